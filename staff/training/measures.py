"""Whether people took the training that they owe (45 CFR 164.530(b), 164.308(a)(5))."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from himdept.common.metrics import Measured, Metric, Offender, Scope, Source
from staff.employment import measured
from staff.training.models import Course


def owed_by(user, numbers: Iterable[int]) -> list[Offender]:
    """The overdue among these, of whom the person may see. Two queries."""
    return measured.pairs_of(user, numbers, Course.objects.all(), "person_training")


CURRENT = Metric(
    "training-current",
    _("People have taken the training that they owe"),
    _("courses that people took or were due to take"),
    window=0,
    target=1.0,
    name=owed_by,
    smallest=1,
)


def read(scope: Scope, codes: frozenset[str]) -> dict[str, Measured]:
    """The courses in force that people took or were due to take; which of them are past their day."""
    return {CURRENT.code: measured.owed(scope, "training_due", done="done_on", short="due < %(today)s")}


SOURCE = Source("training", (CURRENT,), read)
