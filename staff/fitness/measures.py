"""Whether people were assessed in what their job asks, in time, and passed."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from himdept.common.metrics import Measured, Metric, Offender, Scope, Source
from staff.employment import measured
from staff.fitness.models import Competency


def asked_of(user, numbers: Iterable[int]) -> list[Offender]:
    """The failed and overdue among these, of whom the person may see. Two queries."""
    return measured.pairs_of(user, numbers, Competency.objects.all(), "person_fitness")


CURRENT = Metric(
    "competencies-current",
    _("People were assessed in time in what their job asks, and passed"),
    _("competencies that people were assessed in or were due to be"),
    window=0,
    target=1.0,
    name=asked_of,
    smallest=1,
)


def read(scope: Scope, codes: frozenset[str]) -> dict[str, Measured]:
    """The competencies in force that people were assessed in or were due to be; which they failed last, or are past
    their day."""
    return {
        CURRENT.code: measured.owed(
            scope, "competence_due", done="assessed_on", short="passed IS FALSE OR due < %(today)s"
        )
    }


SOURCE = Source("competencies", (CURRENT,), read)
