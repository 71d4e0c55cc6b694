"""A part of a survey cycle comes due on its day: whoever scores it is told, and finds it among what comes due. What
nobody scores yet stands there for who coordinates."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from compliance.cycles import actions
from compliance.cycles.models import SCORES, CyclePart
from himdept.common import clocks, handover
from himdept.common.clocks import Clock
from staff.models import User


def said(part: CyclePart) -> str:
    words = f"{part.cycle} · {part.chapter}"
    return words if part.assignee_id else _("%(part)s: nobody scores it yet") % {"part": words}


def where(part: CyclePart) -> str:
    """What is nobody's is assigned, not scored."""
    return reverse("cycle_part", args=[part.pk]) if part.assignee_id else reverse("cycle_assign", args=[part.cycle_id])


def give(part: CyclePart, *, to: User, by: User, because: str):
    """Let a successor score a part by the same day; for who coordinates the cycle."""
    actions.assign(part, assignee=to, due=part.due, seen=(part.assignee_id, part.due), by=by)


def register():
    clocks.register(
        Clock(
            name="cycle_parts",
            title=gettext_lazy("Parts of survey cycles"),
            due="due",
            rows=lambda facility: CyclePart.objects.to_score().filter(cycle__facility=facility, assignee__isnull=False),
            whom=lambda parts: parts.order_by().values_list("pk", "assignee"),
            visible=lambda user: CyclePart.objects.awaited_by(user).select_related("cycle", "chapter"),
            what=said,
            where=where,
            every="my_parts",
            mail="mail/cycle_parts.txt",
            ladder=(7, 0),
        )
    )
    handover.register(
        handover.Kind(
            "cycle_parts",
            gettext_lazy("Parts of survey cycles that they are to score"),
            "compliance.CyclePart.assignee",
            lambda user: CyclePart.objects.to_score().filter(assignee=user).select_related("cycle", "chapter"),
            visible=lambda rows, user: rows.visible_to(user),
            takes=lambda user: lambda part: SCORES in user.granted and part.cycle.facility_id in user.facility_ids,
            give=give,
            what=lambda part: f"{part.cycle} · {part.chapter}",
            rights=(SCORES,),
            facility="cycle__facility",
        )
    )
    handover.keeps(
        "compliance.Cycle.started_by",
        "compliance.Cycle.closed_by",
        "compliance.Mark.by",
        "compliance.PartStep.by",
        "compliance.CycleFile.by",
    )
