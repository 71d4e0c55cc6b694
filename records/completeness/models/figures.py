"""What each written audit found, kept for comparing: yesterday, the weeks before, and how much somebody owed when."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from himdept.common.confidentiality import Confidentiality
from records.completeness.models.runs import AuditRun
from records.completeness.queries import KeptQuerySet
from records.inventory.models import Practitioner
from staff.models import Facility


class Kept(models.Model):
    """Of one facility and one rank of confidentiality, so that everybody is shown sums of what they may open."""

    run = models.ForeignKey(AuditRun, on_delete=models.PROTECT, related_name="+", db_index=False)
    facility = models.ForeignKey(Facility, on_delete=models.PROTECT, related_name="+", db_index=False)
    day = models.DateField(help_text=_("The facility's local day of the moment that was judged."))
    confidentiality = models.PositiveSmallIntegerField(choices=Confidentiality)
    open = models.PositiveIntegerField(default=0, help_text=_("Open deficiencies."))
    past_due = models.PositiveIntegerField(default=0, help_text=_("Those that were due before the moment judged."))

    class Meta:
        abstract = True


class KeptFigures(Kept):
    """How the records of a facility stood after one written audit. Written once, never changed.

    `discharges` are those of the 365 days before the moment judged, of stays that are judged at all; `months` how many
    months these days are: twelve, or fewer (one at least) where the facility's first stay began later.
    """

    delinquent = models.PositiveIntegerField(default=0, help_text=_("Records."))
    incomplete = models.PositiveIntegerField(default=0, help_text=_("Records, the delinquent ones included."))
    undated = models.PositiveIntegerField(default=0, help_text=_("Open deficiencies without a clock."))
    due_today = models.PositiveIntegerField(default=0, help_text=_("What was to fall due by the next midnight."))
    discharges = models.PositiveIntegerField(default=0)
    months = models.FloatField(default=12)

    objects = KeptQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "kept figures"
        constraints = [
            models.UniqueConstraint(fields=["run", "facility", "confidentiality"], name="figures_kept_once"),
        ]
        indexes = [models.Index(fields=["facility", "day"], name="figures_by_day")]

    def __str__(self):
        return f"figures of {self.run}"


class KeptOwing(Kept):
    """How much a practitioner owed after one written audit; without a row they owed nothing. Never changed."""

    practitioner = models.ForeignKey(
        Practitioner, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )

    objects = KeptQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "kept owing"
        constraints = [
            models.UniqueConstraint(
                fields=["run", "facility", "practitioner", "confidentiality"],
                name="owing_kept_once",
                nulls_distinct=False,
            ),
        ]
        indexes = [models.Index(fields=["practitioner", "day"], name="owing_by_day")]

    def __str__(self):
        return f"owing of {self.run}"
