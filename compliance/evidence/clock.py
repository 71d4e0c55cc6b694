"""Evidence comes due on the day by which somebody looks at it again, or on its last good one: its owner is told."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from compliance.evidence import actions, queries
from compliance.evidence.models import EvidenceRevision, EvidenceRevisionQuerySet
from himdept.common import clocks, handover
from himdept.common.clocks import Clock
from himdept.common.errors import DomainError
from staff.models import User


def rows(facility: int) -> EvidenceRevisionQuerySet:
    return EvidenceRevision.objects.filter(evidence__facility=facility).standing().with_due()


def whom(revisions: EvidenceRevisionQuerySet):
    return revisions.filter(owner__is_active=True).order_by().values_list("pk", "owner")


def said(revision: EvidenceRevision) -> str:
    """What it is, and what is to be done about it."""
    if revision.due == revision.expires_on:
        return _("%(title)s expires") % {"title": revision}
    return _("%(title)s is to be looked at again") % {"title": revision}


def give(revision: EvidenceRevision, *, to: User, by: User, because: str):
    """Let a successor answer for evidence; for who may revise it."""
    if not by.has_perm("compliance.add_evidence"):
        raise DomainError(_("Your role does not revise evidence."))
    actions.hand_over(revision, to=to, by=by, because=because)


def register():
    clocks.register(
        Clock(
            name="evidence",
            title=gettext_lazy("Evidence"),
            due="due",
            rows=rows,
            whom=whom,
            visible=lambda user: EvidenceRevision.objects.visible_to(user).standing().with_due(),
            what=said,
            where=lambda revision: reverse("evidence_page", args=[revision.evidence_id]),
            every="evidence_list",
            mail="mail/evidence.txt",
        )
    )
    handover.register(
        handover.Kind(
            "evidence",
            gettext_lazy("Evidence that they answer for"),
            "compliance.EvidenceRevision.owner",
            lambda user: EvidenceRevision.objects.standing().filter(owner=user).select_related("evidence"),
            visible=lambda rows, user: rows.visible_to(user),
            takes=lambda user: lambda revision: revision.evidence.facility_id in queries.owns_in(user),
            give=give,
            rights=("compliance.own_evidence",),
            facility="evidence__facility",
        )
    )
    handover.keeps(
        "compliance.EvidenceRevision.by", "compliance.EvidenceSupport.by", "compliance.EvidenceWithdrawal.by"
    )
