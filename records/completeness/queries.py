"""The adjectives of deficiencies."""

from datetime import datetime

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone

from records.inventory.models import Record
from records.inventory.queries import number_of_patient, waits

IN_LIST = (
    "record__encounter__patient",
    "record__encounter__service",
    "record__encounter__facility",
    "document_type",
    "episode",
    "owed_by",
)
NAMES = (*IN_LIST, "requirement__profile", "document")


OPEN = Q(status="open")
LATE = Q(status="resolved", kind="late")
PAST_MENDING = Q(status="resolved", mendable=False)
COUNTS = Q(requirement=None) | Q(requirement__counts_toward_delinquency=True)  # by hand: it counts
DELINQUENT = OPEN & COUNTS & Q(mendable=True, record__status="delinquent")


NOT_COMPLETE = Q(record__status__in=[status for status in Record.Status.values if status != Record.Status.COMPLETE])


def overdue(at: datetime) -> Q:
    return OPEN & Q(due_at__lt=at)


class DeficiencyQuerySet(models.QuerySet):
    def open(self):
        return self.filter(OPEN)

    def every_open(self):
        """All open ones, to be summed up. Says too what the database promises, that nothing is open on a complete
        record: so it reads the index of the others once, instead of looking up the record of each (docs/adr/0048)."""
        return self.filter(OPEN & NOT_COMPLETE)

    def overdue(self, at=None):
        """Open ones whose due time is past `at` (default: now). An undated entry has no clock and is none of them."""
        return self.filter(overdue(at or timezone.now()))

    def late(self):
        """Those that were met after they were due."""
        return self.filter(LATE)

    def resolved_since(self, at: datetime):
        """Those that were put right at this moment or later."""
        return self.filter(status="resolved", resolved_at__gte=at)

    def past_mending(self):
        """Gaps in a series, that nothing which is done now can fill: owed by nobody any more, on record for good."""
        return self.filter(PAST_MENDING)

    def delinquent(self):
        """Open ones of delinquent records, of rules that count toward delinquency."""
        return self.filter(DELINQUENT)

    def by_practitioner(self):
        """For handing out: by the name of who owes, what is due longest first; last what nobody is known to owe."""
        owes = "owed_by__family_name", "owed_by__given_name"
        return self.order_by(
            *(Lower(F(name)).asc(nulls_last=True) for name in owes),
            F("owed_by").asc(nulls_last=True),
            F("due_at").asc(nulls_last=True),
            "pk",
        )

    def visible_to(self, user):
        return self.filter(Record.objects.seen_by(user, "record__"))

    def in_list(self):
        """With what a row of the list prints. To plan the joins of `with_names` takes longer than to read a page."""
        return self.select_related(*IN_LIST).annotate(
            mrn=number_of_patient("record__encounter__patient"), record_is_due=waits("record")
        )

    def with_names(self):
        """With everything that is told of a deficiency, in one query."""
        return self.select_related(*NAMES, "served_by", "waived_by", "reassigned_by", "reassigned_from").annotate(
            mrn=number_of_patient("record__encounter__patient"), record_is_due=waits("record")
        )


class ExpectedQuerySet(models.QuerySet):
    def due_between(self, since, until):
        return self.filter(due_at__gte=since, due_at__lt=until)

    def visible_to(self, user):
        return self.filter(Record.objects.seen_by(user, "record__"))

    def in_list(self):
        """With what a row of the list prints."""
        return self.select_related(*IN_LIST).annotate(mrn=number_of_patient("record__encounter__patient"))

    def with_names(self):
        """With everything that is told of it, in one query."""
        return self.select_related(*NAMES).annotate(mrn=number_of_patient("record__encounter__patient"))


class KeptReportQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Those of the person's facilities that tell of no record above their clearance."""
        if not user.is_active:
            return self.none()
        return self.filter(facility__in=user.facility_ids, clearance__lte=user.clearance)


class KeptQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Those of the records that the person's role reaches; what was opened to them by name is not among them."""
        if not (user.is_active and user.has_perm("records.view_record")):
            return self.none()
        return self.filter(facility__in=user.facility_ids, confidentiality__lte=user.clearance)


class AuditShardQuerySet(models.QuerySet):
    def waiting(self, at=None):
        """Those that nobody works on: never claimed, or claimed by somebody whose lease has run out."""
        at = at or timezone.now()
        return self.filter(models.Q(state="queued") | models.Q(state="running", lease_until__lt=at))
