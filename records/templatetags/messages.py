"""A message of the inbound log: its state in one word, and its address."""

from django import template
from django.urls import reverse

from himdept.common.templatetags.shell import badge
from records.exchange.models import InboundMessage

register = template.Library()
Outcome = InboundMessage.Outcome
OF_OUTCOME = {
    Outcome.RECEIVED: ("info", "clock"),
    Outcome.APPLIED: ("good", "check"),
    Outcome.UNCHANGED: ("quiet", "minus"),
    Outcome.PARTLY: ("watch", "alert-triangle"),
    Outcome.REFUSED: ("bad", "x"),
    Outcome.IGNORED: ("quiet", "minus"),
}


@register.simple_tag
def message_outcome(message: InboundMessage):
    return outcome_badge(message.outcome, message.get_outcome_display())


@register.simple_tag
def outcome_badge(outcome: str, word: str):
    tone, shape = OF_OUTCOME[outcome]
    return badge(tone, word.lower(), shape)


@register.simple_tag
def message_url(message: InboundMessage, act: str = "page") -> str:
    """Its own page, or with `act` that of an act upon it: replay, read."""
    return reverse(f"message_{act}", args=[message.received_at.isoformat(), message.id])
