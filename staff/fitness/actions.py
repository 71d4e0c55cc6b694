"""The verb of competencies: assess. An assessment is struck as any other part of somebody's background."""

from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _

from himdept.common.errors import DomainError
from staff.employment.models import Employee
from staff.fitness.models import Assessment, Competence, Competency
from staff.people.models import User
from staff.qualifications import actions


def assess(
    person: Employee, competency: Competency, *, assessor: Employee, assessed_on: date, by: User, **said
) -> Assessment:
    """Write down that somebody showed, or did not, that they can do something.

    The assessor holds it themselves; as long as nobody holds it, whoever writes it down may be the first.
    Raises DomainError for a day to come, and for another assessor.
    """
    if assessed_on > timezone.localdate():
        raise DomainError(_("That day is still to come."), field="assessed_on")
    if not may_assess(assessor, competency, by=by):
        raise DomainError(_("This person does not hold it, so they assess nobody in it."), field="assessor")
    row = Assessment(employee=person, competency=competency, assessor=assessor, assessed_on=assessed_on, **said)
    return actions.record(row, by=by)


def may_assess(assessor: Employee, competency: Competency, *, by: User) -> bool:
    """Whether somebody assesses others in it."""
    held = holders(competency)
    return assessor.pk in held or (not held and assessor.user_id == by.pk)


def holders(competency: Competency) -> set[int]:
    """The numbers of those who were assessed last with success, and whose time is not over."""
    today, held = timezone.localdate(), set()
    last = Assessment.objects.standing().filter(competency=competency).order_by("employee_id", "-assessed_on", "-pk")
    for one in last.distinct("employee_id"):
        if one.passed and not _is_over(one, competency, today):
            held.add(one.employee_id)
    return held


def _is_over(one: Assessment, competency: Competency, today: date) -> bool:
    row = Competence.objects.filter(employee=one.employee_id, competency=competency).first()
    return bool(row and row.due and row.due < today)
