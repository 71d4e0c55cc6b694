"""The adjectives of the inventory, and the one rule of who sees what."""

from django.apps import apps
from django.db import models
from django.db.models import Exists, OuterRef, Q, Subquery
from guardian.shortcuts import get_objects_for_user


class RecordQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Records `user` may open: those their role reaches, plus any granted to them by name.

        Being an administrator of the software opens none: only a role does (45 CFR 164.312(a)).
        """
        return self.filter(self.seen_by(user))

    def seen_by(self, user, record: str = "") -> Q:
        """The same rule for rows that lead to one record each, by the way to it, such as `record__`.

        A condition and not a subquery: what is joined for its names anyway is not looked up a second time. The way
        goes to one, so nothing is doubled.
        """
        if not user.is_active:  # AnonymousUser included
            return Q(pk__in=[])
        seen = Q(**{f"{record}pk__in": self.granted_to(user)})
        if user.has_perm("records.view_record"):
            reached = {"facility__in": user.facility_ids, "confidentiality__lte": user.clearance}  # integer ranks
            seen |= Q(**{record + name: value for name, value in reached.items()})
        return seen

    def granted_to(self, user) -> list[int]:
        """The few records opened to this person by name; a list, so that the database can use its indexes.

        Asked once a request, as their permissions and facilities are: `user` lives no longer.
        """
        if not hasattr(user, "records_by_name"):
            granted = get_objects_for_user(
                user,
                "records.view_record",
                self.model,
                use_groups=False,
                with_superuser=False,
                accept_global_perms=False,
            )
            user.records_by_name = list(granted.values_list("pk", flat=True))
        return user.records_by_name

    def unfinished(self):
        """Those of which something past due is still owed, whether or not they are delinquent yet."""
        return self.filter(status__in=["incomplete", "delinquent"])

    def with_names(self):
        """With everything that a list prints, in one query."""
        return self.select_related(
            "facility", "encounter__patient", "encounter__service", "encounter__attending"
        ).annotate(mrn=number_of_patient("encounter__patient"), is_due=waits())


class EncounterQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(self.model.record.related.related_model.objects.seen_by(user, "record__"))


class PatientQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Patients with at least one record that `user` may open."""
        return self.filter(pk__in=self.model.encounters.rel.related_model.objects.visible_to(user).values("patient"))


def waits(record: str = "pk") -> Exists:
    """Whether the record at the end of this path is to be looked at by the next audit."""
    return Exists(apps.get_model("records.Due").objects.filter(record=OuterRef(record)))


def number_of_patient(path: str) -> Subquery:
    """The medical record number of the patient at the end of `path`; of several, the one known longest."""
    return first_identifier("records.PatientIdentifier", patient=OuterRef(path), kind="MR")


def number_of_visit(path: str) -> Subquery:
    """The visit number of the encounter at the end of `path`."""
    return first_identifier("records.EncounterIdentifier", encounter=OuterRef(path))


def first_identifier(model: str, **of) -> Subquery:
    return Subquery(apps.get_model(model).objects.filter(**of).order_by("pk").values("value")[:1])
