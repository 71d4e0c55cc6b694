"""What the department asks beside the line: which acts take two, and what a closed payroll asks."""

from datetime import datetime
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from himdept.common.errors import DomainError
from staff.catalogue.models import Job
from staff.employment import lines
from staff.employment.models import Employee
from staff.personnel.fold import Timeline
from staff.personnel.kinds import Basis, Kind, Reason
from staff.personnel.models import PayrollClosing, PersonnelAction
from staff.personnel.timeline import HOURS_A_YEAR

MOST_ALONE = Decimal("0.10")  # of pay: what changes it by more takes a second approver


def second_approver_because(action: PersonnelAction, before: Timeline, after: Timeline) -> list[str]:
    """Why an action takes the approval of two people; nothing where one is enough."""
    reasons = []
    if action.reason == Reason.DISCHARGE:
        reasons.append(_("A discharge takes two."))
    if action.kind == Kind.DEMOTION:
        reasons.append(_("A demotion takes two."))
    if _changes_pay_much(before, after):
        reasons.append(_("A change of pay by more than a tenth takes two."))
    if job := _outside_band(action, after):
        band = {"low": f"{job.pay_from:,.0f}", "high": f"{job.pay_to:,.0f}", "job": job.title}
        reasons.append(_("Pay outside the band of %(job)s, %(low)s to %(high)s a year, takes two.") % band)
    if is_before_closing(action):
        reasons.append(_("What reaches back into a closed payroll period takes two."))
    return reasons


def _changes_pay_much(before: Timeline, after: Timeline) -> bool:
    """Whether somebody who is employed either way is at any moment paid by more than a tenth more or less."""
    moments = {spell.since for line in (before, after) for spell in (*line.employments, *line.pays)}
    return any(_is_much(before.at(moment), after.at(moment)) for moment in moments)


def _is_much(was: dict[str, tuple], becomes: dict[str, tuple]) -> bool:
    if not ("employments" in was and "employments" in becomes) or was.get("pays") == becomes.get("pays"):
        return False
    if "pays" not in was or "pays" not in becomes:
        return True  # whoever was taken over without any
    (was_amount, was_basis), (amount, basis) = was["pays"], becomes["pays"]
    return was_basis != basis or abs(amount - was_amount) > MOST_ALONE * was_amount


def _outside_band(action: PersonnelAction, after: Timeline) -> Job | None:
    """The job whose band does not hold the pay that an action says, by the seat that the person is in from then on."""
    becomes = after.at(action.effective)
    if action.pay is None or not {"assignments", "pays"} <= becomes.keys():
        return None
    amount, basis = becomes["pays"]
    for_a_year = amount * HOURS_A_YEAR if basis == Basis.HOUR else amount
    banded = Job.objects.filter(positions=becomes["assignments"][0], pay_from__isnull=False)
    return banded.exclude(pay_from__lte=for_a_year, pay_to__gte=for_a_year).first()


def is_before_closing(action: PersonnelAction) -> bool:
    """Whether an act, or the one that it corrects, reaches into a closed payroll of any seat that it touches."""
    if action.pk is None:
        return _is_before_closing(action)
    return lines.once(("is before closing", action.pk), timezone.now(), lambda: _is_before_closing(action))


def _is_before_closing(action: PersonnelAction) -> bool:
    acts = [action, action.corrects] if action.corrects else [action]
    since = min(act.effective for act in acts)
    facilities = _facilities_of(action.employee, since)
    facilities |= {act.position.unit.facility_id for act in acts if act.position}
    return PayrollClosing.objects.filter(facility__in=facilities, until__gt=since).exists()


def _facilities_of(employee: Employee, since: datetime) -> set[int]:
    """Where somebody sits at a moment or sat last before it, and wherever they sit after it."""
    seats = list(employee.assignments.order_by("during").values_list("during", "position__unit__facility"))
    begun = [facility for during, facility in seats if during.lower <= since]
    return {*begun[-1:], *(facility for during, facility in seats if during.lower > since)}


def see_that_payroll_allows(action: PersonnelAction):
    """Raises DomainError for an act that reaches into a closed payroll period and does not say of what kind it is."""
    if is_before_closing(action) and not action.backdated:
        raise DomainError(
            _("The payroll of that time is closed. Say why the act reaches back; it then takes a second approver."),
            field="backdated",
        )
