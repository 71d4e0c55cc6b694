"""What the department asks beside the line: which acts take two, and what a closed payroll asks."""

from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from himdept.common.errors import DomainError
from staff.employment.models import Employee
from staff.people.models import Facility
from staff.personnel.fold import Timeline
from staff.personnel.kinds import Kind, Reason
from staff.personnel.models import PayrollClosing, PersonnelAction

MOST_ALONE = Decimal("0.10")  # of pay: what changes it by more takes a second approver


def second_approver_because(action: PersonnelAction, before: Timeline, after: Timeline) -> list[str]:
    """Why an action takes the approval of two people; nothing where one is enough."""
    reasons = []
    if action.reason == Reason.DISCHARGE:
        reasons.append(_("A discharge takes two."))
    if action.kind == Kind.DEMOTION:
        reasons.append(_("A demotion takes two."))
    if _changes_pay_much(action.effective, before, after):
        reasons.append(_("A change of pay by more than a tenth takes two."))
    if is_before_closing(action):
        reasons.append(_("What reaches back into a closed payroll period takes two."))
    return reasons


def _changes_pay_much(moment: datetime, before: Timeline, after: Timeline) -> bool:
    was, becomes = before.at(moment).get("pays"), after.at(moment).get("pays")
    if not was or not becomes:
        return False
    (was_amount, was_basis), (amount, basis) = was, becomes
    return was_basis != basis or abs(amount - was_amount) > MOST_ALONE * was_amount


def facility_of(action: PersonnelAction) -> Facility | None:
    """Where the action plays: where its seat is, else where the person sits or last sat."""
    seat = action.position or _seat_of(action.employee)
    return seat.unit.facility if seat else None


def _seat_of(employee: Employee):
    last = employee.assignments.select_related("position__unit__facility").order_by("during").last()
    return last.position if last else None


def is_before_closing(action: PersonnelAction) -> bool:
    facility = facility_of(action)
    return PayrollClosing.objects.filter(facility=facility, until__gt=action.effective).exists()


def see_that_payroll_allows(action: PersonnelAction):
    """Raises DomainError for an act that reaches into a closed payroll period and does not say of what kind it is."""
    if is_before_closing(action) and not action.backdated:
        raise DomainError(
            _("The payroll of that time is closed. Say why the act reaches back; it then takes a second approver."),
            field="backdated",
        )
