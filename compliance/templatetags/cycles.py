"""How a part of a survey cycle, a mark or a grade stands, on a page."""

from django import template
from django.utils.translation import gettext as _

from compliance.cycles.models import NOT_ASSESSED, CyclePart, Likelihood, Mark, Scope, State
from compliance.scoring import scores
from compliance.scoring.models import Result
from compliance.templatetags.scores import drawn
from himdept.common import spoken
from himdept.common.templatetags.shell import badge

register = template.Library()
TONES = {
    State.DRAFT: "quiet",
    State.IN_PROGRESS: "info",
    State.SUBMITTED: "special",
    State.CHANGES: "watch",
    State.CLOSED: "good",
}


@register.simple_tag
def part_state(part: CyclePart):
    """How far a part is."""
    return badge(TONES[part.state], spoken.choice(State, part.state))


@register.simple_tag
def mark_badge(mark: Mark):
    """What a mark says."""
    if mark.result == NOT_ASSESSED:
        return drawn(None, scores.NOTHING if mark.is_measured else scores.OPEN)
    return drawn(Result(mark.result), "")


@register.simple_tag
def overruled_badge():
    """That a person says otherwise than what is measured; stands wherever the result does."""
    return badge("special", _("overruled"))


@register.filter
def grade_words(grade: tuple[str, str] | None) -> str:
    """A grade in words: likelihood and scope."""
    if not grade:
        return ""
    likelihood, scope = grade
    words = {"likelihood": spoken.choice(Likelihood, likelihood), "scope": spoken.choice(Scope, scope)}
    return _("%(likelihood)s likelihood, %(scope)s") % words


@register.filter
def mark_grade(mark: Mark) -> str:
    return grade_words((mark.likelihood, mark.scope) if mark.is_graded else None)
