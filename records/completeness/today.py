"""What falls due until midnight, by the hour: which documents, of which services, owed by whom."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db.models import Count, F, Min
from django.db.models.functions import TruncHour
from django.http import QueryDict

from records.completeness.figures import address
from records.completeness.filters import ExpectedFilter
from records.completeness.models import Expected
from staff.models import Facility

MOST = 8
NAMED = 3


@dataclass
class Coming:
    """The documents of one kind that fall due within one hour."""

    hour: datetime  # its beginning, by the facility's clock
    first: datetime
    is_past: bool  # since the audit that found it
    document: str
    address: str
    today: date  # by the facility's clock
    number: int = 0
    owed_by: Counter = field(default_factory=Counter)
    services: Counter = field(default_factory=Counter)

    @property
    def clock(self) -> str:
        """When the first of them is due, by the facility's clock; the midnight that ends the day is 24:00."""
        local = self.first.astimezone(self.hour.tzinfo)
        return "24:00" if self.hour.date() > self.today else f"{local.hour:02}:{local.minute:02}"

    @property
    def day_before(self) -> date | None:
        """Its day, where that is over: the last audit was before it was due."""
        return self.hour.date() if self.hour.date() < self.today else None

    @property
    def who(self) -> list[tuple[str, int]]:
        return self.owed_by.most_common(NAMED)

    @property
    def others(self) -> int:
        return max(0, len(self.owed_by) - NAMED)

    @property
    def where(self) -> list[str]:
        return [title for title, _number in self.services.most_common(NAMED) if title]


def coming(request, facilities: list[Facility], *, now: datetime, most: int = MOST) -> list[Coming]:
    """The first of what is due today, in its order; at each facility by its own clock. One query."""
    narrowed = ExpectedFilter(
        QueryDict("within=today"), Expected.objects.visible_to(request.user), request=request
    ).narrowed()
    zones = {facility.time_zone_id: facility.zone for facility in facilities}
    if not zones:
        return []
    parts = [
        narrowed.filter(record__facility__in=[f.pk for f in facilities if f.time_zone_id == name])
        .order_by()
        .values(
            "document_type",
            "owed_by",
            hour=TruncHour("due_at", tzinfo=zone),
            title=F("document_type__title"),
            family=F("owed_by__family_name"),
            given=F("owed_by__given_name"),
            service=F("record__encounter__service__title"),
        )
        .annotate(number=Count("pk"), first=Min("due_at"))
        for name, zone in zones.items()
    ]
    found: dict[tuple, Coming] = {}
    for row in parts[0].union(*parts[1:], all=True) if parts[1:] else parts[0]:
        hour = row["hour"]
        group = found.setdefault(
            (hour, row["document_type"]),
            Coming(
                hour,
                row["first"],
                hour + timedelta(hours=1) <= now,
                row["title"],
                address("expected_list", within="today", document_type=row["document_type"], hour=instant(hour)),
                now.astimezone(hour.tzinfo).date(),
            ),
        )
        group.first = min(group.first, row["first"])
        group.number += row["number"]
        group.owed_by[", ".join(part for part in (row["family"], row["given"]) if part)] += row["number"]
        group.services[row["service"] or ""] += row["number"]
    return sorted(found.values(), key=lambda group: (group.hour, -group.number, group.document))[:most]


def instant(hour: datetime) -> str:
    """As it stands in an address."""
    return hour.isoformat(timespec="minutes")
