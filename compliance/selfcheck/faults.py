"""What is not in order in the compliance data itself, each with the page where it is mended.

A score is only as good as what people wrote down for it. What follows from judgements and evidence is a pure function
of how the facility stands; recurring controls and the parts of survey cycles are asked for once each.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from django.db import models
from django.db.models import OuterRef, Q, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from compliance.controls.models import Control, ControlOccurrence
from compliance.cycles.models import WRITABLE, CyclePart, State
from compliance.evidence import queries
from compliance.evidence.held import Held, held
from compliance.scoring.models import Result
from compliance.scoring.scores import Score
from compliance.scoring.standing import Standing
from himdept.common import spoken
from staff.models import Facility

SHORTEST = 10  # letters and digits: "n/a" and "see above" are no reasons


class Kind(models.TextChoices):
    NO_EVIDENCE = "no_evidence", gettext_lazy("Met, without evidence")
    NO_REASON = "no_reason", gettext_lazy("Does not apply, without a reason")
    EXPIRED = "expired", gettext_lazy("No evidence in force any more")
    OWN_EVIDENCE = "own_evidence", gettext_lazy("Judged by who answers for the evidence")
    OLD_EDITION = "old_edition", gettext_lazy("Judged last by an edition that is no longer in force")
    OWNERLESS = "ownerless", gettext_lazy("Nobody answers for it")
    OVERDUE = "overdue", gettext_lazy("Overdue or missed")


@dataclass(frozen=True)
class Fault:
    """One thing that is not in order: its kind, what it is, what is known of it, the address where it is mended."""

    kind: Kind
    what: str
    detail: str
    where: str


def faults(stands: Standing) -> list[Fault]:
    """What is not in order at a facility as it stands, by kind. Two queries."""
    of = held(stands.evidence, day=stands.day, until=stands.now)
    found = [
        *(fault for score in stands.scores for fault in of_element(stands.facility, score, of.get(score.element.pk))),
        *of_evidence(of.values(), stands.day),
        *of_controls(controls_of(stands.facility, stands.day), stands.day),
        *of_cycles(parts_of(stands.facility, stands.day)),
    ]
    order = list(Kind)
    return sorted(found, key=lambda fault: order.index(fault.kind))


def of_element(facility: Facility, score: Score, evidence: Held | None) -> Iterator[Fault]:
    """What is not in order of one element: by its score, and by its evidence, if it ever had any."""
    where = reverse("element_page", args=[facility.code, score.element.pk])

    def fault(kind: Kind, detail: str) -> Fault:
        return Fault(kind, f"{score.element.code} · {score.element.asks}", detail, where)

    if evidence and evidence.expired and not evidence.in_force:
        yield fault(Kind.EXPIRED, ", ".join(str(one) for one in evidence.expired))
    judged = score.assessment
    if judged is None:
        return
    if score.is_carried:
        told = {"element": judged.element, "edition": judged.element.edition}
        yield fault(Kind.OLD_EDITION, _("%(element)s of %(edition)s") % told)
    in_force = evidence.in_force if evidence else []
    if score.result == Result.MET and not score.is_carried and not in_force and not (evidence and evidence.expired):
        yield fault(Kind.NO_EVIDENCE, str(judged.by))
    if score.result == Result.NOT_APPLICABLE and sum(map(str.isalnum, judged.because)) < SHORTEST:
        yield fault(Kind.NO_REASON, judged.because)
    if score.result == Result.MET and in_force and all(one.owner_id == judged.by_id for one in in_force):
        yield fault(Kind.OWN_EVIDENCE, str(judged.by))


def of_evidence(evidence: Iterable[Held], day: date) -> Iterator[Fault]:
    """Evidence for which nobody answers any more, or that should have been looked at again; each piece once."""
    standing = {one.evidence_id: one for of in evidence for one in (*of.in_force, *of.expired)}
    for one in standing.values():
        where = reverse("evidence_page", args=[one.evidence_id])
        if not one.is_answered_for:
            yield Fault(Kind.OWNERLESS, one.title, str(one.owner), where)
        if one.review_by and one.review_by < day:
            told = {"day": spoken.date_of(one.review_by)}
            yield Fault(Kind.OVERDUE, one.title, _("to be looked at again by %(day)s") % told, where)


def controls_of(facility: Facility, day: date):
    """The controls that go on and are not in order: nobody answers for them, one is overdue, or the last was missed."""
    times = ControlOccurrence.objects.filter(control=OuterRef("pk"))
    past = times.exclude(state="open").order_by("-scheduled_on")
    controls = facility.controls.going_on(day).annotate(
        overdue_since=Subquery(times.overdue(day).order_by("due_on").values("due_on")[:1]),
        last_state=Subquery(past.values("state")[:1]),
        last_on=Subquery(past.values("scheduled_on")[:1]),
        is_answered_for=queries.answers("owner", "facility"),
    )
    wrong = Q(overdue_since__isnull=False) | Q(last_state="missed") | Q(is_answered_for=False)
    return controls.filter(wrong).select_related("owner").order_by("title")


def of_controls(controls: Iterable[Control], day: date) -> Iterator[Fault]:
    for control in controls:
        where = reverse("control_page", args=[control.pk])
        if not control.is_answered_for:
            yield Fault(Kind.OWNERLESS, control.title, str(control.owner), where)
        if control.overdue_since:
            told = {"day": spoken.date_of(control.overdue_since)}
            yield Fault(Kind.OVERDUE, control.title, _("was due on %(day)s") % told, where)
        elif control.last_state == "missed":
            told = {"day": spoken.date_of(control.last_on)}
            yield Fault(Kind.OVERDUE, control.title, _("the time of %(day)s was missed") % told, where)


def parts_of(facility: Facility, day: date):
    """The parts of open cycles that are late: not submitted by their day, or not closed by that of the cycle."""
    late = Q(state__in=WRITABLE, due__lt=day) | Q(state=State.SUBMITTED, cycle__due__lt=day)
    parts = CyclePart.objects.filter(late, cycle__facility=facility, cycle__closed_at=None)
    return parts.select_related("cycle", "chapter", "assignee").order_by("due", "cycle", "chapter__ordinal")


def of_cycles(parts: Iterable[CyclePart]) -> Iterator[Fault]:
    for part in parts:
        told = {"who": part.assignee or _("nobody yet"), "day": spoken.date_of(part.due)}
        words = _("was due on %(day)s, of %(who)s") % told
        if part.state == State.SUBMITTED:
            told = {"day": spoken.date_of(part.cycle.due)}
            words = _("is not closed, and its cycle was due on %(day)s") % told
        yield Fault(Kind.OVERDUE, f"{part.cycle} · {part.chapter}", words, reverse("cycle_part", args=[part.pk]))
