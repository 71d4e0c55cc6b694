"""Who could come to a seat, the best first."""

from dataclasses import dataclass
from datetime import date

from staff.catalogue.models import Job
from staff.employment.models import Employee
from staff.organisation.models import Position
from staff.qualifications import ranking, told
from staff.qualifications.check import Check, check
from staff.qualifications.facts import facts_of, terms_of, with_terms
from staff.qualifications.models import Known
from staff.qualifications.ranking import Order


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


def ranked(seat: Position, people, on: date, *, most: int) -> tuple[list[Candidate], Order]:
    """The first of these people who stay and do not sit in the seat: who lacks least comes first, then by name; and how
    many there are."""
    job = with_terms(Job.objects.filter(pk=seat.job_id)).get()
    terms = terms_of(job, job)
    others = people.staying().exclude(pk__in=seat.assignments.at().values("employee"))
    order = ranking.order(others, terms, on, most=most)
    known = Known.objects.select_related("employee").in_bulk(order.first)
    first = [Candidate(known[pk].employee, check(terms, facts_of(known[pk]), on)) for pk in order.first]
    return first, order
