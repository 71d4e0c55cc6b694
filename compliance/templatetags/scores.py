"""How a score, a reading or a share stands, on a page."""

from decimal import Decimal

from django import template
from django.utils.html import format_html
from django.utils.translation import gettext as _

from compliance.scoring import scores
from compliance.scoring.models import Reading, Result
from compliance.scoring.scores import Part, Score
from himdept.common import spoken
from himdept.common.templatetags.shell import badge

register = template.Library()
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
    return drawn(score.result, score.why, is_stale=score.is_stale, is_carried=score.is_carried)


@register.simple_tag
def reading_badge(reading: Reading):
    """How a reading stands by its own aim."""
    return drawn(*scores.by_measure(reading))


@register.simple_tag
def given_badge(result: str):
    """What a person judged."""
    return drawn(Result(result), "")


def drawn(result: Result | None, why: str, *, is_stale: bool = False, is_carried: bool = False):
    if result is None:
        return badge("quiet", words_of(why))
    word = spoken.choice(Result, result)
    if is_carried:
        return badge("watch", _("%(result)s before, to be confirmed") % {"result": word})
    if is_stale:
        return badge("watch", _("%(result)s, out of date") % {"result": word})
    return badge(TONES[result], word)


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
