"""The chart of a facility's department at a moment: units below units, seats in them, people in those."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from django.db.models import Case, Count, QuerySet, When
from django.db.models import Sum as Added
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

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
class Sum:
    """How many seats, how many of them filled, and by how much of full time."""

    seats: int = 0
    filled: int = 0
    fte: Decimal = Decimal(0)

    def __str__(self):
        """In words: "3 of 4 filled, 2.50 full time"."""
        said = {"filled": self.filled, "n": self.seats, "fte": f"{self.fte:.2f}"}
        return _("%(filled)s of %(n)s filled, %(fte)s full time") % said

    def __add__(self, other: "Sum") -> "Sum":
        return Sum(self.seats + other.seats, self.filled + other.filled, self.fte + other.fte)


@dataclass
class Node:
    """A unit with its own seats, its head's seat first, and the units below it. `own` counts the unit's own seats."""

    place: Place
    seats: list[Seat] = field(default_factory=list)
    below: list["Node"] = field(default_factory=list)
    above: "Node | None" = None
    own: Sum = field(default_factory=Sum)

    @property
    def unit(self):
        return self.place.unit

    @cached_property
    def head(self) -> Seat | None:
        return next((seat for seat in self.seats if seat.position.pk == self.place.head_id), None)

    @property
    def others(self) -> list[Seat]:
        return [seat for seat in self.seats if seat.position.pk != self.place.head_id]

    @cached_property
    def total(self) -> Sum:
        """Of the unit and all below."""
        return sum((node.total for node in self.below), self.own)

    def units(self) -> list[int]:
        return [self.place.unit_id, *(unit for node in self.below for unit in node.units())]


@dataclass
class Chart:
    """The units at the top, or the one that was asked for; `whole` when each seat is shown and not heads alone."""

    tops: list[Node]

    @cached_property
    def total(self) -> Sum:
        return sum((node.total for node in self.tops), Sum())

    @property
    def whole(self) -> bool:
        return self.total.seats <= MOST_SEATS


def chart(facility: Facility, at: datetime, unit: int | None = None, *, known=()) -> Chart:
    """The chart at a moment, in a handful of queries whatever its size; of one unit and those below when named.

    Who is among `known`, numbers of employees or a query of them, has `is_known`: their pages open to who looks.
    """
    places = Place.objects.filter(during__contains=at, unit__facility=facility).select_related("unit")
    nodes = {place.unit_id: Node(place) for place in places.order_by("unit__name")}
    for node in nodes.values():
        node.above = nodes.get(node.place.under_id)
        if node.above:
            node.above.below.append(node)
    tops = [node for number, node in nodes.items() if (node.above is None if unit is None else number == unit)]
    shown = {number: nodes[number] for node in tops for number in node.units()}
    _count(shown, at)
    found = Chart(tops)
    seats = Position.objects.existing(at).filter(unit__in=shown).select_related("job").order_by("number")
    seats = seats if found.whole else seats.filter(pk__in=[node.place.head_id for node in shown.values()])
    _seat(shown, seats, at, known)
    return found


def _count(nodes: dict[int, Node], at: datetime):
    seats = Position.objects.existing(at).filter(unit__in=nodes)
    for number, count in seats.order_by().values_list("unit").annotate(Count("pk")):
        nodes[number].own.seats = count
    taken = Assignment.objects.filter(during__contains=at, position__unit__in=nodes).order_by()
    sums = taken.values_list("position__unit").annotate(Count("position", distinct=True), Added("fte"))
    for number, filled, fte in sums:
        nodes[number].own.filled, nodes[number].own.fte = filled, fte


def _seat(nodes: dict[int, Node], seats: QuerySet, at: datetime, known):
    """Put these seats into their units, and people into the seats."""
    made = {position.pk: Seat(position) for position in seats}
    assignments = Assignment.objects.filter(during__contains=at, position__in=made).select_related("employee")
    assignments = assignments.annotate(is_known=Case(When(employee__among=known, then=True), default=False))
    people = {}
    for one in assignments.order_by("during"):
        made[one.position_id].people.append(one)
        people[one.employee_id] = made[one.position_id]
    for row in Supervision.objects.filter(during__contains=at, employee__in=people).select_related("supervisor"):
        people[row.employee_id].reports_to[row.employee_id] = str(row.supervisor)
    for seat in made.values():
        nodes[seat.position.unit_id].seats.append(seat)
