"""Who could come to a seat, the best first."""

from dataclasses import dataclass
from datetime import date

from staff.employment.models import Employee
from staff.organisation.models import Position
from staff.qualifications import told
from staff.qualifications.check import Check, check
from staff.qualifications.facts import facts_of, terms_of, with_facts


@dataclass(frozen=True)
class Candidate:
    employee: Employee
    check: Check

    @property
    def lines(self) -> list[told.Line]:
        return told.lines(self.check)

    @property
    def preferred(self) -> str:
        """The certifications they hold that the job prefers and does not ask for."""
        return ", ".join(sorted(self.check.preferred))


def ranked(seat: Position, people, on: date) -> list[Candidate]:
    """Those of these people who do not sit in the seat, ranked: who lacks least comes first, then by name.

    The seat is one that `with_terms` gave.
    """
    terms = terms_of(seat, seat.job)
    people = with_facts(people.employed().exclude(assignments__in=seat.assignments.at()))
    candidates = [Candidate(person, check(terms, facts_of(person), on)) for person in people]
    return sorted(candidates, key=lambda one: (one.check.rank, str(one.employee).casefold(), one.employee.pk))
