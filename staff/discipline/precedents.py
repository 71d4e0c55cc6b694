"""What went before a case, and the step that the table suggests because of it."""

from dataclasses import dataclass
from datetime import date

from staff.discipline import offences
from staff.discipline.models import CaseFile
from staff.discipline.offences import Offence, Step
from staff.employment.models import Employee


@dataclass(frozen=True)
class Suggestion:
    """The how-manieth time of an offence this is, which given steps count toward that, and the step it suggests."""

    offence: str
    occurrence: int
    step: Step
    earlier: tuple[CaseFile, ...]

    @property
    def title(self) -> str:
        return str(Offence(self.offence).label)


def counting(employee: Employee, on: date, without: int | None = None) -> list[CaseFile]:
    """The steps given to somebody that still count on a day, of every offence, the oldest first."""
    return list(employee.case_files.counting_on(on).exclude(pk=without).order_by("given_at", "pk"))


def suggestion(case: CaseFile) -> Suggestion:
    """What the table suggests for a case, from the steps of the same offence that counted when it happened."""
    return _of(case.offence, case.happened_on, counting(case.employee, case.happened_on, case.pk))


def suggestions(employee: Employee, on: date) -> list[Suggestion]:
    """For each offence what the table would suggest if it happened on a day."""
    before = counting(employee, on)
    return [_of(offence, on, before) for offence in Offence.values]


def _of(offence: str, on: date, before: list[CaseFile]) -> Suggestion:
    earlier = tuple(case for case in before if case.offence == offence)
    occurrence = len(earlier) + 1
    return Suggestion(offence, occurrence, offences.in_force(on).step(offence, occurrence), earlier)
