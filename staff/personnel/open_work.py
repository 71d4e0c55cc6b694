"""Of this app's foreign keys to people: which are work that waits for them, and which only say who did what."""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from himdept.common import handover
from staff.discipline.models import OPEN, CaseFile
from staff.employment.models import Supervision
from staff.organisation.models import Requisition
from staff.personnel import authority, passing_on
from staff.personnel.models import PENDING, Delegation, PersonnelAction

ACTS = (authority.PROPOSES, authority.DECIDES)
KINDS = (
    handover.Kind(
        "people",
        _("People who report to them by name"),
        "staff.Supervision.supervisor",
        lambda employee: Supervision.objects.filter(supervisor=employee).at().select_related("employee"),
        visible=passing_on.people_seen,
        takes=passing_on.leads,
        give=passing_on.give_person,
        what=lambda row: f"{row.employee} · {row.employee.number}",
    ),
    handover.Kind(
        "actions",
        _("Personnel actions that they wrote and nobody has decided"),
        "staff.PersonnelAction.written_by",
        lambda user: PersonnelAction.objects.filter(written_by=user, state__in=PENDING).select_related("employee"),
        visible=lambda rows, user: rows.visible_to(user),
        takes=passing_on.acts_on,
        give=passing_on.give_action,
        rights=ACTS,
        what=lambda row: f"{row.get_kind_display()}, {row.employee} · {row.employee.number}",
    ),
    handover.Kind(
        "requisitions",
        _("Requisitions that they asked for and nobody has decided"),
        "staff.Requisition.asked_by",
        lambda user: Requisition.objects.filter(asked_by=user, decided_at=None).select_related(
            "position__job", "position__unit"
        ),
        visible=passing_on.requisitions_seen,
        takes=passing_on.asks_for,
        give=passing_on.give_requisition,
        rights=(authority.PROPOSES,),
    ),
    handover.Kind(
        "delegations",
        _("Heads in whose place they act"),
        "staff.Delegation.taker",
        lambda employee: Delegation.objects.filter(taker=employee, during__contains=timezone.now()).select_related(
            "giver"
        ),
        visible=lambda rows, user: rows,
        takes=passing_on.stands_in,
        give=passing_on.give_delegation,
        rights=ACTS,
        what=lambda row: str(row.giver),
    ),
    handover.Kind(
        "cases",
        _("Corrective actions that they wrote and that are not closed"),
        "staff.CaseFile.written_by",
        lambda user: CaseFile.objects.filter(written_by=user, state__in=OPEN).select_related("employee"),
        visible=lambda rows, user: rows.visible_to(user).exclude(employee__user=user),
        takes=passing_on.acts_on,
        give=passing_on.give_case,
        rights=ACTS,
        what=lambda row: f"{row}, {row.employee} · {row.employee.number}",
    ),
)


def register():
    for kind in KINDS:
        handover.register(kind)
    handover.keeps(
        "staff.CaseFile.employee",
        "staff.CaseFile.witness",
        "staff.CaseFollowUp.done_by",
        "staff.CaseStep.by",
        "staff.CaseStep.in_place_of",
        "staff.ChecklistItem.done_by",
        "staff.Decision.decided_by",
        "staff.DecisionLine.employee",
        "staff.Employee.user",
        "staff.Employment.employee",
        "staff.Assignment.employee",
        "staff.Supervision.employee",
        "staff.Pay.employee",
        "staff.Leave.employee",
        "staff.PersonnelAction.employee",
        "staff.PersonnelAction.supervisor",
        "staff.PersonnelStep.by",
        "staff.PersonnelStep.in_place_of",
        "staff.PersonnelNotice.person",
        "staff.HandedOver.to",
        "staff.HandedOver.by",
        "staff.Delegation.giver",  # ends with the seat that it was given from
        "staff.Requisition.decided_by",
        "staff.PeopleFile.by",
        "staff.Credential.employee",
        "staff.Credential.written_by",
        "staff.Credential.struck_by",
        "staff.Verification.by",
        *(f"staff.Attendance.{column}" for column in ("employee", "written_by", "struck_by")),
        *(f"staff.Learning.{column}" for column in ("employee", "written_by", "struck_by")),
        *(f"staff.Assessment.{column}" for column in ("employee", "assessor", "written_by", "struck_by")),
        "staff.Competence.employee",
        "staff.Particulars.employee",
        "staff.Home.employee",
        "staff.Known.employee",
        "staff.ExclusionLoad.by",
        "staff.ExclusionCheck.employee",
        "staff.ExclusionMatch.employee",
        "staff.ExclusionMatch.decided_by",
        "staff.Training.employee",
        "staff.Schooling.employee",
        "staff.Schooling.written_by",
        "staff.Schooling.struck_by",
        "staff.Experience.employee",
        "staff.Experience.written_by",
        "staff.Experience.struck_by",
        "staff.KeptReply.owner",
        "staff.SavedView.owner",
        "staff.Selection.owner",
    )
