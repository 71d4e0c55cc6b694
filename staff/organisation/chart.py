"""The chart of a facility's department at a moment: units below units, seats in them, people in those."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from staff.employment.models import Assignment, Supervision
from staff.organisation.models import Place, Position
from staff.people.models import Facility

MOST_SEATS = 150  # that are shown one by one; of a larger chart the units, each of which opens by itself


@dataclass
class Seat:
    """A seat and who sits in it; `reports_to` of somebody who reports to a person by name."""

    position: Position
    people: list[Assignment] = field(default_factory=list)
    reports_to: dict[int, str] = field(default_factory=dict)

    @property
    def is_filled(self) -> bool:
        return bool(self.people)


@dataclass
class Node:
    """A unit with its own seats, its head's seat first, and the units below it."""

    place: Place
    seats: list[Seat] = field(default_factory=list)
    below: list["Node"] = field(default_factory=list)
    above: "Node | None" = None

    @property
    def unit(self):
        return self.place.unit

    @property
    def head(self) -> Seat | None:
        return next((seat for seat in self.seats if seat.position.pk == self.place.head_id), None)

    @property
    def others(self) -> list[Seat]:
        return [seat for seat in self.seats if seat.position.pk != self.place.head_id]

    def all_seats(self) -> list[Seat]:
        return [*self.seats, *(seat for node in self.below for seat in node.all_seats())]

    @property
    def filled(self) -> int:
        return sum(seat.is_filled for seat in self.all_seats())

    @property
    def authorised(self) -> int:
        return len(self.all_seats())

    @property
    def fte(self) -> Decimal:
        return sum((one.fte for seat in self.all_seats() for one in seat.people), Decimal(0))


@dataclass
class Chart:
    """The units at the top, or the one that was asked for; `whole` when each seat is to be shown."""

    tops: list[Node]

    @property
    def seats(self) -> int:
        return sum(node.authorised for node in self.tops)

    @property
    def filled(self) -> int:
        return sum(node.filled for node in self.tops)

    @property
    def whole(self) -> bool:
        return self.seats <= MOST_SEATS


def chart(facility: Facility, at: datetime, unit: int | None = None) -> Chart:
    """The chart at a moment, in four queries whatever its size; of one unit and those below when it is named."""
    places = Place.objects.filter(during__contains=at, unit__facility=facility).select_related("unit")
    nodes = {place.unit_id: Node(place) for place in places.order_by("unit__name")}
    for node in nodes.values():
        node.above = nodes.get(node.place.under_id)
        if node.above:
            node.above.below.append(node)
    sitting: dict[int, list[Assignment]] = {}
    assignments = Assignment.objects.filter(during__contains=at, position__unit__facility=facility)
    for one in assignments.select_related("employee").order_by("during"):
        sitting.setdefault(one.position_id, []).append(one)
    led = Supervision.objects.filter(during__contains=at, employee__assignments__in=assignments)
    named = {row.employee_id: str(row.supervisor) for row in led.select_related("supervisor")}
    seats = Position.objects.existing(at).filter(unit__in=nodes).select_related("job").order_by("number")
    for position in seats:
        seat = Seat(position, sitting.get(position.pk, []))
        seat.reports_to = {one.employee_id: named[one.employee_id] for one in seat.people if one.employee_id in named}
        nodes[position.unit_id].seats.append(seat)
    if unit is not None:
        return Chart([nodes[unit]] if unit in nodes else [])
    return Chart([node for node in nodes.values() if node.above is None])
