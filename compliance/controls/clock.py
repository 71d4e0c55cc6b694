"""A control comes due on the day by which it is to be done: whoever answers for it is told."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from compliance.controls import actions
from compliance.controls.models import Control, ControlOccurrence
from compliance.evidence.queries import owns_in
from himdept.common import clocks, handover
from himdept.common.clocks import Clock
from himdept.common.errors import DomainError
from staff.models import User


def give(control: Control, *, to: User, by: User, because: str):
    """Let a successor answer for a control; for who may name its owner."""
    if not by.has_perm("compliance.own_evidence"):
        raise DomainError(_("Your role does not say who answers for controls."))
    elements = list(control.elements.all())
    actions.change(control, elements, title=control.title, basis=control.basis, owner=to, by=by)


def register():
    clocks.register(
        Clock(
            name="controls",
            title=gettext_lazy("Recurring controls"),
            due="due_on",
            rows=lambda facility: ControlOccurrence.objects.open().filter(control__facility=facility),
            whom=lambda rows: (
                rows.filter(control__owner__is_active=True).order_by().values_list("pk", "control__owner")
            ),
            visible=lambda user: ControlOccurrence.objects.visible_to(user).open().select_related("control"),
            what=lambda row: str(row.control),
            where=lambda row: reverse("control_page", args=[row.control_id]),
            every="control_calendar",
            mail="mail/controls.txt",
            ladder=(30, 7, 0),
        )
    )
    handover.register(
        handover.Kind(
            "controls",
            gettext_lazy("Recurring controls that they answer for"),
            "compliance.Control.owner",
            lambda user: Control.objects.filter(owner=user, ends_on=None).select_related("facility"),
            visible=lambda rows, user: rows.visible_to(user),
            takes=lambda user: lambda control: control.facility_id in owns_in(user),
            give=give,
            rights=("compliance.own_evidence",),
            facility="facility",
        )
    )
    handover.keeps("compliance.ControlOccurrence.done_by")
