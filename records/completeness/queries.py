"""The adjectives of deficiencies."""

from django.db import models
from django.utils import timezone

from records.inventory.queries import number_of_patient

NAMES = (
    "record__encounter__patient",
    "record__encounter__service",
    "record__encounter__facility",
    "requirement__profile",
    "document_type",
    "episode",
    "document",
    "owed_by",
)


class DeficiencyQuerySet(models.QuerySet):
    def open(self):
        return self.filter(status="open")

    def overdue(self, at=None):
        """Open ones whose due time is past `at` (default: now). An undated entry has no clock and is none of them."""
        return self.open().filter(due_at__lt=at or timezone.now())

    def delinquent(self):
        """Open ones of delinquent records, of rules that count toward delinquency."""
        return self.open().filter(
            mendable=True, requirement__counts_toward_delinquency=True, record__status="delinquent"
        )

    def visible_to(self, user):
        return self.filter(record__in=self.model.record.field.related_model.objects.visible_to(user))

    def with_names(self):
        """With everything that a list prints, in one query."""
        return self.select_related(*NAMES, "served_by", "waived_by").annotate(
            mrn=number_of_patient("record__encounter__patient")
        )


class ExpectedQuerySet(models.QuerySet):
    def due_between(self, since, until):
        return self.filter(due_at__gte=since, due_at__lt=until)

    def visible_to(self, user):
        return self.filter(record__in=self.model.record.field.related_model.objects.visible_to(user))

    def with_names(self):
        """With everything that a list prints, in one query."""
        return self.select_related(*NAMES).annotate(mrn=number_of_patient("record__encounter__patient"))


class AuditShardQuerySet(models.QuerySet):
    def waiting(self, at=None):
        """Those that nobody works on: never claimed, or claimed by somebody whose lease has run out."""
        at = at or timezone.now()
        return self.filter(models.Q(state="queued") | models.Q(state="running", lease_until__lt=at))
