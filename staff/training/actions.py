"""The verb of training: attend. An attendance is struck as any other part of somebody's background."""

from collections.abc import Iterable
from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from himdept.common.errors import DomainError
from staff.employment.models import Employee
from staff.people.models import User
from staff.qualifications import actions
from staff.training.models import Attendance, Course


def attend(course: Course, people: Iterable[Employee], *, done_on: date, proof: str, by: User) -> list[Attendance]:
    """Write down that these people took a course on a day: all of them or, when one is refused, none.

    Raises DomainError for a day to come, and for those who have it of that day already, naming them.
    """
    people = list(people)
    if done_on > timezone.localdate():
        raise DomainError(_("That day is still to come."), field="done_on")
    with transaction.atomic():
        have = Attendance.objects.standing().filter(course=course, done_on=done_on, employee__in=people)
        if names := [str(row.employee) for row in have.select_related("employee")]:
            raise DomainError(_("Written down already: %(names)s.") % {"names": "; ".join(names)}, field="people")
        return [
            actions.record(Attendance(employee=person, course=course, done_on=done_on, proof=proof), by=by)
            for person in people
        ]
