"""How a score, a reading, a share or a piece of evidence stands, on a page."""

from datetime import date
from decimal import Decimal

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _

from compliance.crosswalks.models import Relation
from compliance.evidence.models import EvidenceRevision
from compliance.evidence.standing import State, state_of
from compliance.scoring import scores
from compliance.scoring.models import Assessment, Reading, Result
from compliance.scoring.scores import Part, Score
from compliance.scoring.takeover import Proposal
from compliance.standards.models import Element
from himdept.common import metrics, spoken
from himdept.common.templatetags.shell import badge
from staff.models import Facility

register = template.Library()
EVIDENCE_TONES = {
    State.WITHDRAWN: "quiet",
    State.EXPIRED: "bad",
    State.REVIEW: "watch",
    State.EXPIRING: "watch",
    State.IN_FORCE: "good",
}
TONES = {Result.MET: "good", Result.PARTLY: "watch", Result.NOT_MET: "bad", Result.NOT_APPLICABLE: "quiet"}


def words_of(why: str) -> str:
    return {
        scores.NOTHING: _("nothing to judge"),
        scores.TOO_FEW: _("too few to judge"),
        scores.NOT_READ: _("not measured yet"),
        scores.OPEN: _("not judged yet"),
    }[why]


@register.simple_tag
def result_badge(score: Score):
    """How an element stands: its result, whether it is out of date, or why it has none."""
    if score.is_to_confirm and not score.is_carried:
        return to_confirm(score.result)
    if score.has_lapsed and not score.is_carried:
        return badge("watch", _("%(result)s, evidence out of date") % {"result": spoken.choice(Result, score.result)})
    return drawn(score.result, score.why, is_stale=score.is_stale, is_carried=score.is_carried)


@register.simple_tag
def proposal_badge(proposal: Proposal):
    """What an element would be."""
    return to_confirm(proposal.result) if proposal.to_confirm else drawn(proposal.result, "")


@register.simple_tag
def relation_of(relation: Relation) -> str:
    """What another element is to this one, in words that go on after its name."""
    return {
        Relation.EQUAL: _("asks the same"),
        Relation.SUPERSET: _("asks this and more"),
        Relation.SUBSET: _("asks a part of this"),
        Relation.INTERSECTS: _("has something in common with this"),
    }[relation]


@register.simple_tag
def aside_of(element: Element, facility: Facility) -> str:
    """What stands beside an element in a list: its framework, and whether that does not bind the facility."""
    edition = element.edition
    if edition.binds(facility):
        return str(edition.framework)
    return _("%(framework)s, does not bind this facility") % {"framework": edition.framework}


def to_confirm(result: str):
    return badge("watch", _("%(result)s, to be confirmed") % {"result": spoken.choice(Result, result)})


@register.simple_tag
def reading_badge(reading: Reading):
    """How a reading stands by its own aim."""
    return drawn(*scores.by_measure(reading))


@register.simple_tag
def measure_of(reading: Reading) -> str:
    """What was measured, in words; by its code where nobody measures it any more."""
    metric = metrics.named(reading.metric)
    return metric.title if metric else reading.metric


@register.simple_tag
def given_badge(one: Assessment):
    """What a person judged."""
    return to_confirm(one.result) if one.to_confirm else drawn(Result(one.result), "")


def drawn(result: Result | None, why: str, *, is_stale: bool = False, is_carried: bool = False):
    if result is None:
        return badge("quiet", words_of(why))
    word = spoken.choice(Result, result)
    if is_carried:
        return badge("watch", _("%(result)s before, to be confirmed") % {"result": word})
    if is_stale:
        return badge("watch", _("%(result)s, out of date") % {"result": word})
    return badge(TONES[result], word)


@register.simple_tag
def evidence_badge(revision: EvidenceRevision, today: date | None = None):
    """How a piece of evidence stands on a local day, today's where none is given."""
    today = today or timezone.localdate(timezone=revision.evidence.facility.zone)
    state = state_of(revision, today)
    return badge(EVIDENCE_TONES[state], spoken.choice(State, state))


@register.filter
def percent(share: float | Decimal | None) -> str:
    """A share in percent, rounded down: 100% is said of nothing that lacks something."""
    if share is None:
        return "–"
    thousandths = int(Decimal(str(share)) * 1000 + Decimal("1e-9"))
    return f"{thousandths / 10:g}%"


@register.simple_tag
def share_bar(part: Part):
    """The share of a chapter as a bar; its words stand beside it."""
    return format_html(
        '<svg class="bar" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">'
        '<rect data-tone="{}" x="0" y="0" width="{}" height="6"></rect></svg>',
        part.tone,
        part.percent or 0,
    )
