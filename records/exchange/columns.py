"""The columns of the lists of what came in. Times are those of the installation."""

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from himdept.common import spoken
from himdept.common.columns import Column, Showing, Under
from records.exchange.inbound import Feed
from records.exchange.models import InboundMessage

FEED_CELLS, MESSAGE_CELLS, STUB_CELLS = (f"records/cells/{name}.html#" for name in ("feed", "message", "stub"))


def local(at: datetime) -> datetime:
    return at.astimezone(timezone.get_current_timezone())


def number(key: str, label: str, field: str = "", **choices) -> Column:
    return Column(key, label, lambda row, showing: getattr(row, field or key), end=True, width=10, **choices)


def state(feed: Feed, showing: Showing) -> str:
    return _("silent today") if feed.is_silent else _("sends")


FEED_COLUMNS = (
    Column(
        "source",
        gettext_lazy("Source"),
        lambda feed, showing: feed.name or _("not known"),
        cell=FEED_CELLS + "source",
        sort="name",
        width=24,
    ),
    Column("state", gettext_lazy("State"), state, cell=FEED_CELLS + "state"),
    Column(
        "last",
        gettext_lazy("Last message"),
        lambda feed, showing: local(feed.last_at),
        cell=FEED_CELLS + "last",
        sort="last",
        nowrap=True,
        width=18,
    ),
    Column(
        "days",
        gettext_lazy("14 days"),
        lambda feed, showing: " ".join(str(day.messages) for day in feed.days),
        cell=FEED_CELLS + "days",
        in_sheet=gettext_lazy("Messages a day, the oldest first"),
        width=44,
    ),
    number("messages", gettext_lazy("Messages"), cell=FEED_CELLS + "messages", sort="messages"),
    number("failed", gettext_lazy("Refused"), cell=FEED_CELLS + "failed", sort="refused"),
    number("created", gettext_lazy("Created"), "created_resources"),
    number("changed", gettext_lazy("Changed"), "changed_resources"),
    number("unchanged", gettext_lazy("Unchanged"), "unchanged_resources"),
)


def outcome(message) -> str:
    """What became of it, in words; of what was applied again, what became of it then. Asks for `with_replay`."""
    again = message.applied_again
    if not again:
        return str(message.get_outcome_display())
    if again == InboundMessage.Outcome.APPLIED:
        return _("Applied again")
    return _("Applied again: %(outcome)s") % {"outcome": spoken.choice(InboundMessage.Outcome, again).lower()}


def first_problem(message, name: str) -> str:
    return str(message.problems[0].get(name, "")) if message.problems else ""


MESSAGE_COLUMNS = (
    Column(
        "came",
        gettext_lazy("Came"),
        lambda message, showing: local(message.received_at),
        cell=MESSAGE_CELLS + "came",
        sort="came",
        nowrap=True,
        width=18,
    ),
    Column(
        "outcome",
        gettext_lazy("Outcome"),
        lambda message, showing: outcome(message),
        cell=MESSAGE_CELLS + "outcome",
    ),
    Column("source", gettext_lazy("Source"), lambda message, showing: str(message.source or _("not known")), width=20),
    Column("form", gettext_lazy("Form"), lambda message, showing: str(message.get_form_display()), quiet=True),
    Column(
        "problem",
        gettext_lazy("What is wrong"),
        lambda message, showing: first_problem(message, "problem"),
        cell=MESSAGE_CELLS + "problem",
        under=(Under(gettext_lazy("Element"), lambda message, showing: first_problem(message, "element"), 24),),
        width=48,
    ),
    number("created", gettext_lazy("Created")),
    number("changed", gettext_lazy("Changed")),
    number("unchanged", gettext_lazy("Unchanged"), at_first=False),
    Column(
        "refused",
        gettext_lazy("Refused"),
        lambda message, showing: 0 if message.applied_again else message.refused,
        end=True,
        width=10,
    ),
    Column(
        "client",
        gettext_lazy("Sent by"),
        lambda message, showing: str(message.client or ""),
        quiet=True,
        at_first=False,
        width=20,
    ),
    Column(
        "place",
        gettext_lazy("Place"),
        lambda message, showing: message.place,
        cell=MESSAGE_CELLS + "place",
        at_first=False,
        width=30,
    ),
)


def joined(rows) -> str:
    return "; ".join(map(str, rows))


STUB_COLUMNS = (
    Column("name", gettext_lazy("Name as given"), lambda stub, showing: str(stub), cell=STUB_CELLS + "name", width=28),
    Column(
        "numbers",
        gettext_lazy("Numbers"),
        lambda stub, showing: joined(stub.identifiers.all()),
        cell=STUB_CELLS + "numbers",
        width=36,
    ),
    Column(
        "source",
        gettext_lazy("Source and its name for them"),
        lambda stub, showing: joined(f"{key.source} {key.external_id}" for key in stub.keys.all()),
        cell=STUB_CELLS + "source",
        width=36,
    ),
)
