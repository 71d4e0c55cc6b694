"""What came in, by source and day; what failed; and the programs that send. Numbers name no patient."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from types import SimpleNamespace
from zoneinfo import ZoneInfo

from django.db.models import Count, DateField, Exists, Max, Q, QuerySet, Sum, Value
from django.db.models.functions import Coalesce

from himdept.common.db.sums import rows_of
from himdept.common.moments import midnight
from records.exchange.models import Client, InboundMessage
from records.exchange.queries import applied_again, standing
from records.inventory.models import Practitioner, Source

DAYS = 14
Outcome = InboundMessage.Outcome
FAILED = (Outcome.REFUSED, Outcome.PARTLY)


@dataclass(frozen=True)
class Day:
    """The messages of one source on one local day."""

    day: date
    messages: int
    failed: int


class Feed(SimpleNamespace):
    """One source over the last fortnight: its days, its last message, and what its messages held.

    `number` is 0 and `name` empty for what came without a source that we know.
    """

    @property
    def days(self) -> list[Day]:
        return [
            Day(day, getattr(self, f"messages_{i}"), getattr(self, f"failed_{i}"))
            for i, day in enumerate(fortnight(self.last_day))
        ]

    @property
    def is_silent(self) -> bool:
        """Whether it sent something on a day of the fortnight and nothing on the last one."""
        return not self.days[-1].messages


def fortnight(until: date) -> list[date]:
    return [until - timedelta(days=n) for n in range(DAYS - 1, -1, -1)]


def feeds(messages: QuerySet[InboundMessage], zone: ZoneInfo, *, now: datetime) -> QuerySet:
    """A row (`Feed`) for each source that sent any of these in the last fortnight of local days."""
    days = fortnight(now.astimezone(zone).date())
    limits = [midnight(day, zone) for day in [*days, days[-1] + timedelta(days=1)]]
    each = [Q(received_at__gte=since, received_at__lt=until) for since, until in pairwise(limits)]
    failed = standing(*FAILED)
    found = (
        messages.filter(received_at__gte=limits[0], received_at__lt=limits[-1])
        .order_by()
        .values(number=Coalesce("source", 0), name=Coalesce("source__name", Value("")))
        .annotate(
            messages=Count("id"),
            failed=Count("id", filter=failed),
            last_at=Max("received_at"),
            last_day=Value(days[-1], DateField()),
            **{f"{name}_resources": Sum(name) for name in TAKEN},
            refused_resources=Sum("refused", filter=~Exists(applied_again()), default=0),
            **{f"messages_{i}": Count("id", filter=day) for i, day in enumerate(each)},
            **{f"failed_{i}": Count("id", filter=day & failed) for i, day in enumerate(each)},
        )
    )
    return rows_of(found, Feed)


TAKEN = ("created", "changed", "unchanged")


def feed_of(messages: QuerySet[InboundMessage], source: Source | None, zone: ZoneInfo, *, now: datetime) -> Feed | None:
    """The fortnight of one source, or of what came without one; None when nothing came. One query."""
    return next(iter(feeds(messages.filter(source=source), zone, now=now)), None)


def clients(source: Source) -> list[Client]:
    """The programs that may send in the name of a source, with what they may do and reach. Two queries."""
    return list(
        Client.objects.filter(source=source)
        .select_related("application", "user")
        .prefetch_related("user__facilities")
        .annotate(token_until=Max("application__accesstoken__expires"))
        .order_by("user__username")
    )


def stubs(*, most: int) -> list[Practitioner]:
    """Practitioners that a document named before anybody told who they are, with their numbers; the latest first."""
    known = Practitioner.objects.filter(is_stub=True).prefetch_related("identifiers")
    return list(known.order_by("-pk")[:most])
