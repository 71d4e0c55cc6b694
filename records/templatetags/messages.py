"""A message of the inbound log: its state in one word, and its address; the days of a source as a picture."""

from urllib.parse import urlencode

from django import template
from django.urls import reverse
from django.utils.translation import gettext as _

from himdept.common import pictures, spoken
from himdept.common.templatetags.shell import badge
from records.exchange import columns
from records.exchange.inbound import DAYS, Day, Feed
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
    """What became of it at last: of what was applied again, what became of it then."""
    return outcome_badge(message.applied_again or message.outcome, columns.outcome(message))


@register.simple_tag
def outcome_badge(outcome: str, word: str):
    tone, shape = OF_OUTCOME[outcome]
    return badge(tone, word.lower(), shape)


@register.simple_tag
def message_url(message: InboundMessage, act: str = "page") -> str:
    """Its own page, or with `act` that of an act upon it: replay, read."""
    return reverse(f"message_{act}", args=[message.received_at.isoformat(), message.id])


@register.simple_tag(takes_context=True)
def messages_address(context, feed: Feed, day: Day | None = None, outcome: str = "") -> str:
    """The list of the messages of a source, of a day or of the fortnight: for those who may open it, where there are
    any; else nothing."""
    number = (day.failed if outcome else day.messages) if day else (feed.failed if outcome else feed.messages)
    if not number or not context["request"].user.has_perm("records.view_inboundmessage"):
        return ""
    when = {"day": day.day.isoformat()} if day else {"within": DAYS}
    query = {"outcome": outcome, "source": feed.number or "null"} | when
    return f"{reverse('message_list')}?{urlencode({name: value for name, value in query.items() if value})}"


@register.simple_tag
def days_picture(feed: Feed) -> pictures.Bars:
    """The fortnight of a source, what was refused marked."""
    days = feed.days
    busiest = max(days, key=lambda day: day.messages)
    words = _("%(today)s today, at most %(most)s on %(day)s, %(refused)s refused in 14 days") % {
        "today": f"{days[-1].messages:,}",
        "most": f"{busiest.messages:,}",
        "day": spoken.date_of(busiest.day),
        "refused": f"{feed.failed:,}",
    }
    return pictures.barred([(day.messages, day.failed) for day in days], width=112, height=22, words=words)
