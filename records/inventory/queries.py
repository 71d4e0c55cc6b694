"""The adjectives of the inventory, and the one rule of who sees what."""

from django.db import models
from django.db.models import Q
from guardian.shortcuts import get_objects_for_user


class RecordQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Records `user` may open: those their role reaches, plus any granted to them by name.

        Being an administrator of the software opens none: only a role does (45 CFR 164.312(a)).
        """
        if not user.is_active:  # AnonymousUser included
            return self.none()
        reachable = Q(pk__in=self.granted_to(user))
        if user.has_perm("records.view_record"):
            reachable |= Q(facility__in=user.facility_ids, confidentiality__lte=user.clearance)  # integer ranks
        return self.filter(reachable)

    def granted_to(self, user) -> list[int]:
        """The few records opened to this person by name; a list, so that the database can use its indexes."""
        granted = get_objects_for_user(
            user, "records.view_record", self.model, use_groups=False, with_superuser=False, accept_global_perms=False
        )
        return list(granted.values_list("pk", flat=True))


class EncounterQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(record__in=self.model.record.related.related_model.objects.visible_to(user))


class PatientQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Patients with at least one record that `user` may open."""
        return self.filter(pk__in=self.model.encounters.rel.related_model.objects.visible_to(user).values("patient"))
