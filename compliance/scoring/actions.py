"""What people add to the scores: a judgement of what no measure judges, one that is taken over, and what a measure is
to aim at."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from compliance.scoring import standing, takeover
from compliance.scoring.models import Aim, Assessment, Result
from compliance.scoring.takeover import Proposal, Source
from compliance.standards.models import Element
from himdept.common import metrics, spoken
from himdept.common.audit import acting_as
from himdept.common.errors import Conflict, DomainError
from staff.models import Facility, User


def assess(
    element: Element, facility: Facility, *, result: Result, because: str, after: int | None = None, by: User
) -> Assessment:
    """Judge an element. The judgement before stays, and this one is in force from now on.

    `after` is the judgement that the person looked at (its number, 0 for none): Conflict where another one has come.
    The same said twice by the same person after the same one is kept once.
    Raises DomainError without a reason; of an element that measures judge: these are not talked better; and of one that
    does not bind the facility. An edition that is no longer in force can be judged by.
    """
    if not element.edition.binds(facility):
        raise DomainError(_("%(element)s does not bind %(facility)s.") % {"element": element, "facility": facility})
    if element.bindings.exists():
        raise DomainError(_("%(element)s is judged by what is measured.") % {"element": element})
    if not because.strip():
        raise DomainError(_("Say on what the judgement rests."), field="because")
    with transaction.atomic(), acting_as(by, because=because):
        Facility.objects.select_for_update(no_key=True).get(pk=facility.pk)  # one judges at a time
        last, before = _last_two(element, facility)
        if after is not None and after != (last.pk if last else 0):
            said = last and (last.by, last.result, last.because)
            if said == (by, result, because.strip()) and after == (before.pk if before else 0):
                return last
            raise Conflict(_("%(who)s has judged it meanwhile.") % {"who": last.by if last else "?"})
        return Assessment.objects.create(
            element=element, facility=facility, result=result, because=because.strip(), by=by
        )


def _last_two(element: Element, facility: Facility) -> tuple[Assessment | None, Assessment | None]:
    """The judgement in force and the one before it."""
    rows = Assessment.objects.filter(element=element, facility=facility).select_related("by").order_by("-pk")[:2]
    return (*rows, None, None)[:2]


def take_over(facility: Facility, chosen: dict[int, str], *, by: User) -> list[Assessment]:
    """Judge elements that nobody has judged by what they correspond to, all of them or none.

    `chosen` are the elements (their numbers), each with the mark of the proposal that the person looked at: Conflict
    where somebody has judged it meanwhile, or what it rests on says something else by now. Raises DomainError where
    nothing is chosen.
    """
    if not chosen:
        raise DomainError(_("Choose what is to be taken over."))
    with transaction.atomic(), acting_as(by, because="Taken over by crosswalk."):
        Facility.objects.select_for_update(no_key=True).get(pk=facility.pk)  # one judges at a time
        now = timezone.now()
        stands = standing.standing(facility, now.astimezone(facility.zone).date(), now=now)
        told = {one.element.pk: one for one in takeover.proposed(stands)}
        gone = [number for number, mark in chosen.items() if number not in told or told[number].mark != mark]
        if gone:
            codes = Element.objects.filter(pk__in=gone).order_by("code").values_list("code", flat=True)
            words = _(
                "Somebody judged meanwhile, or what it rests on has changed: %(elements)s. Nothing was taken over."
            )
            raise Conflict(words % {"elements": ", ".join(codes)})
        return [judged_by(told[number], facility, by) for number in chosen]


def judged_by(proposal: Proposal, facility: Facility, by: User) -> Assessment:
    sources = "; ".join(said_of(source, facility) for source in proposal.sources)
    return Assessment.objects.create(
        element=proposal.element,
        facility=facility,
        result=proposal.result,
        because=_("Taken over from %(sources)s.") % {"sources": sources},
        by=by,
        seen_at=proposal.seen_at,
        to_confirm=proposal.to_confirm,
    )


def said_of(source: Source, facility: Facility) -> str:
    """A source in words: "A-0439 (CMS ..., met on 3 May 2026), which asks a part of it"."""
    one = source.score
    words = {
        "element": one.element,
        "framework": one.element.edition.framework,
        "result": spoken.choice(Result, one.result),
        "day": spoken.day(source.seen_at, facility.zone),
        "through": ", ".join(element.code for element in source.through),
    }
    said = _("%(element)s (%(framework)s; %(result)s, %(day)s)") % words
    return said + _(" by way of %(through)s") % words if source.through else said


def assess_all(
    facility: Facility, found: Iterable[tuple[Element, Result, str]], *, because: str, by: User
) -> list[Assessment]:
    """Judge many elements at once: each with its result and on what that rests. `because` says where they come from.

    Raises DomainError without a reason and of what measures judge. The elements need `with_metrics`; that they bound
    the facility was seen to when a cycle began, and one that became of another kind meanwhile can still close it.
    """
    rows = [
        Assessment(element=element, facility=facility, result=result, because=why.strip(), by=by)
        for element, result, why in found
    ]
    for row in rows:
        if row.element.is_measured:
            raise DomainError(_("%(element)s is judged by what is measured.") % {"element": row.element})
        if not row.because:
            raise DomainError(_("Say on what the judgement rests."), field="because")
    with transaction.atomic(), acting_as(by, because=because):
        Facility.objects.select_for_update(no_key=True).get(pk=facility.pk)  # one judges at a time
        return Assessment.objects.bulk_create(rows)


def aim(code: str, facility: Facility, *, share: Decimal, effective_from: date, because: str, by: User) -> Aim:
    """Set the share from which a measure is met, from a local day on; readings that were taken keep theirs.

    Raises DomainError for a day that is over, a share that is none, and without a reason.
    """
    if metrics.named(code) is None:
        raise DomainError(_("Nobody measures %(metric)s.") % {"metric": code})
    if not 0 < share <= 1:
        raise DomainError(_("An aim is more than 0 and at most 100 percent."), field="percent")
    if effective_from < timezone.now().astimezone(facility.zone).date():
        raise DomainError(_("That day is over: what was read then was judged by the aim of then."), field="since")
    if not because.strip():
        raise DomainError(_("Give a reason."), field="because")
    with transaction.atomic(), acting_as(by, because=because):
        return Aim.objects.create(
            metric=code, facility=facility, share=share, effective_from=effective_from, because=because.strip(), by=by
        )
