"""What came in, by source and day; what failed; and the programs that send. Numbers name no patient."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Count, Max, Q, Sum
from django.db.models.functions import TruncDate

from records.exchange.models import Client, InboundMessage
from records.inventory.models import Practitioner

DAYS = 14
Outcome = InboundMessage.Outcome
FAILED = (Outcome.REFUSED, Outcome.PARTLY)
SILENT = timedelta(hours=24)  # without a message a source is worth a look


@dataclass(frozen=True)
class Day:
    """The messages of one source on one local day."""

    day: date
    messages: int
    failed: int


@dataclass(frozen=True)
class Feed:
    """One source over the last fortnight: its days, its last message, and what the messages held."""

    number: int | None
    name: str
    days: list[Day]
    last_at: datetime
    messages: int
    failed: int
    resources: dict[str, int]

    @property
    def is_silent(self) -> bool:
        """Whether it sent something on a day of the fortnight and nothing on the last one."""
        return bool(self.messages) and not self.days[-1].messages


RESOURCES = ("created", "changed", "unchanged", "refused")


def feeds(zone: ZoneInfo, *, now: datetime) -> list[Feed]:
    """Every source that sent something in the last fortnight, by name. One query over those days alone."""
    until = now.astimezone(zone).date()
    days = [until - timedelta(days=n) for n in range(DAYS - 1, -1, -1)]
    rows = (
        InboundMessage.objects.filter(received_at__gte=now - timedelta(days=DAYS + 1))
        .values("source", "source__name", day=TruncDate("received_at", tzinfo=zone))
        .annotate(
            messages=Count("id"),
            failed=Count("id", filter=Q(outcome__in=FAILED)),
            last=Max("received_at"),
            **{f"sum_{name}": Sum(name) for name in RESOURCES},
        )
        .order_by("source__name", "day")
    )
    of: dict[tuple, dict[date, dict]] = {}
    for row in rows:
        if row["day"] >= days[0]:
            of.setdefault((row["source"], row["source__name"] or ""), {})[row["day"]] = row
    return [feed(number, name, found, days) for (number, name), found in of.items()]


def feed(number: int | None, name: str, found: dict[date, dict], days: list[date]) -> Feed:
    each = [Day(day, *((found[day]["messages"], found[day]["failed"]) if day in found else (0, 0))) for day in days]
    return Feed(
        number,
        name,
        each,
        max(row["last"] for row in found.values()),
        sum(day.messages for day in each),
        sum(day.failed for day in each),
        {kind: sum(row[f"sum_{kind}"] for row in found.values()) for kind in RESOURCES},
    )


def clients() -> list[Client]:
    """The programs that may send, with what they may do and reach. Two queries."""
    return list(
        Client.objects.select_related("application", "user", "source")
        .prefetch_related("user__facilities")
        .annotate(token_until=Max("application__accesstoken__expires"))
        .order_by("user__username")
    )


def stubs(*, most: int = 20) -> list[Practitioner]:
    """Practitioners that a document named before anybody told who they are; the latest first, one more than `most`."""
    known = Practitioner.objects.filter(is_stub=True).prefetch_related("identifiers", "keys__source")
    return list(known.order_by("-pk")[: most + 1])
