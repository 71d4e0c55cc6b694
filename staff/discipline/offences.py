"""Which step a fault suggests the first, the second, the third time: a table, in force from a day on.

A starting point in the words of progressive discipline; a hospital that thinks otherwise writes another edition.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date

from django.db import models
from django.utils.translation import gettext_lazy as _


class Offence(models.TextChoices):
    ATTENDANCE = "attendance", _("Attendance: late, absent, left early")
    WORK = "work", _("Work: quantity or accuracy below the standard")
    CONDUCT = "conduct", _("Conduct toward others, or an instruction not followed")
    CARELESS = "careless", _("Carelessness with records or their confidentiality")
    SNOOPING = "snooping", _("Opened a record without a reason of work")
    DISCLOSED = "disclosed", _("Passed on what a record says, knowingly")
    FALSIFIED = "falsified", _("Falsified a record, a time or a credential")
    SAFETY = "safety", _("Violence, threats, or unfit for work by drink or drugs")


class Step(models.TextChoices):
    """From the mildest to the last."""

    COACHING = "coaching", _("Coaching")
    VERBAL = "verbal", _("Verbal warning")
    WRITTEN = "written", _("Written warning")
    FINAL = "final", _("Final written warning")
    SUSPENSION = "suspension", _("Suspension")
    DISCHARGE = "discharge", _("Discharge")


ACTIVE_MONTHS = {  # how long a step counts against the next one; a discharge for good
    Step.COACHING: 6,
    Step.VERBAL: 6,
    Step.WRITTEN: 12,
    Step.FINAL: 12,
    Step.SUSPENSION: 24,
}
TAKES_TWO = frozenset({Step.FINAL, Step.SUSPENSION, Step.DISCHARGE})


@dataclass(frozen=True)
class Edition:
    """The table as it is from a day on: of each offence the step for the first, second ... time; then the last."""

    since: date
    steps: dict[str, tuple[Step, ...]]

    def step(self, offence: str, occurrence: int) -> Step:
        row = self.steps[offence]
        return row[min(occurrence, len(row)) - 1]


EDITIONS = (  # the newest first
    Edition(
        date.min,
        {
            Offence.ATTENDANCE: (Step.COACHING, Step.VERBAL, Step.WRITTEN, Step.FINAL, Step.DISCHARGE),
            Offence.WORK: (Step.COACHING, Step.VERBAL, Step.WRITTEN, Step.FINAL, Step.DISCHARGE),
            Offence.CONDUCT: (Step.VERBAL, Step.WRITTEN, Step.FINAL, Step.DISCHARGE),
            Offence.CARELESS: (Step.VERBAL, Step.WRITTEN, Step.FINAL, Step.DISCHARGE),
            Offence.SNOOPING: (Step.FINAL, Step.DISCHARGE),
            Offence.DISCLOSED: (Step.DISCHARGE,),
            Offence.FALSIFIED: (Step.SUSPENSION, Step.DISCHARGE),
            Offence.SAFETY: (Step.SUSPENSION, Step.DISCHARGE),
        },
    ),
)


def in_force(on: date) -> Edition:
    """The table that judges what happened on a day."""
    return next(edition for edition in EDITIONS if edition.since <= on)


def last_day(step: str, since: date) -> date | None:
    """Until when a step counts if nobody says otherwise; None for one that counts for good."""
    months = ACTIVE_MONTHS.get(Step(step))
    if months is None:
        return None
    years, month = divmod(since.month - 1 + months, 12)
    year, month = since.year + years, month + 1
    return date(year, month, min(since.day, monthrange(year, month)[1]))
