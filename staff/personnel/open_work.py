"""Of this app's foreign keys to people: which are work that waits for them, and which only say who did what."""

from django.utils.translation import gettext_lazy as _

from himdept.common import handover


def register():
    from django.utils import timezone

    from staff.discipline.models import OPEN, CaseFile
    from staff.employment.models import Supervision
    from staff.organisation.models import Requisition
    from staff.personnel.models import PENDING, Delegation, PersonnelAction

    handover.register(
        handover.Kind(
            "people",
            _("People who report to them by name"),
            "staff.Supervision.supervisor",
            lambda user, employee: Supervision.objects.filter(supervisor=employee).at(),
        )
    )
    handover.register(
        handover.Kind(
            "actions",
            _("Personnel actions that they wrote and nobody has decided"),
            "staff.PersonnelAction.written_by",
            lambda user, employee: PersonnelAction.objects.filter(written_by=user, state__in=PENDING),
        )
    )
    handover.register(
        handover.Kind(
            "requisitions",
            _("Requisitions that they asked for and nobody has decided"),
            "staff.Requisition.asked_by",
            lambda user, employee: Requisition.objects.filter(asked_by=user, decided_at=None),
        )
    )
    handover.register(
        handover.Kind(
            "delegations",
            _("Heads in whose place they act"),
            "staff.Delegation.taker",
            lambda user, employee: Delegation.objects.filter(taker=employee, during__contains=timezone.now()),
        )
    )
    handover.register(
        handover.Kind(
            "cases",
            _("Corrective actions that they wrote and that are not closed"),
            "staff.CaseFile.written_by",
            lambda user, employee: CaseFile.objects.filter(written_by=user, state__in=OPEN),
        )
    )
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
