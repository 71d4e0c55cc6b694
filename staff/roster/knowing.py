"""What is known of the people, seats and lines that a file speaks of: a handful of queries, however long the file."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import BooleanField, Case, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.utils import timezone

from himdept.common.sheets import printable
from staff.employment import lines
from staff.employment.models import Assignment, Employee, Employment, Supervision
from staff.organisation.models import Excess, Place, Position
from staff.people.models import User
from staff.personnel.models import heads_for
from staff.roster.plan import Known, Lines, Person, Seat
from staff.roster.reading import COLUMNS


def with_what_is_said(people: QuerySet, at: datetime) -> QuerySet:
    """Employees with what a file says of them, for `said_of`; all empty for who sits in no seat."""
    here = Assignment.objects.filter(employee=OuterRef("pk"), during__contains=at).order_by()
    hired = Employment.objects.filter(employee=OuterRef("pk"), during__contains=at).order_by()
    named = Supervision.objects.filter(employee=OuterRef("pk"), during__contains=at).order_by()
    return people.annotate(
        account=F("user__username"),
        unit=Subquery(here.values("position__unit__name")),
        seat=Subquery(here.values("position__number")),
        job=Subquery(here.values("position__job__title")),
        zone=Subquery(here.values("position__unit__facility__time_zone")),
        hired_at=Subquery(hired.values("during__startswith")),
        fte=Subquery(here.values("fte")),
        reports_to=Subquery(named.values("supervisor__number")),
    )


def said_of(person: Employee) -> dict[str, str]:
    """What a file says of somebody who sits in a seat, as `with_what_is_said` gave them."""
    since = person.hired_at.astimezone(ZoneInfo(person.zone)).date()
    told = {name: getattr(person, name) or "" for name in COLUMNS if name not in ("employed_since", "fte")}
    told |= {"employed_since": since.isoformat(), "fte": str(person.fte)}
    return {name: printable(words) for name, words in told.items()}


class Reader:
    """Somebody who lays files before the program: themselves, in whose place they act, and whom they reach."""

    def __init__(self, user: User, at: datetime | None = None):
        self.at = at or timezone.now()
        self.own = Employee.objects.filter(user=user).first()
        self.heads = heads_for(self.own, self.at) if self.own else []

    def people(self) -> Q:
        """Those below, and below whom they act for; never themselves or who is above them."""
        below = Q(pk__in=[])
        for head in self.heads:
            below |= Q(pk__in=lines.people_below(head, self.at))
        return below & ~Q(pk__in=[self.own.pk, *lines.above(self.own.pk, self.at)]) if self.own else below

    def seats(self) -> Q:
        below = Q(pk__in=[])
        for head in self.heads:
            below |= Q(pk__in=lines.seats_below(head, self.at))
        return below


def rows_of(user) -> Iterator[tuple[str, ...]]:
    """The file that says of one's line what is known of it."""
    reader = Reader(user)
    people = Employee.objects.filter(reader.people()).seated(reader.at).order_by("number")
    for person in with_what_is_said(people, reader.at):
        said = said_of(person)
        yield tuple(said[name] for name in COLUMNS)


def known_to(user, rows: list, at: datetime | None = None) -> Known:
    """What a file of these rows is held against, as of a moment."""
    reader = Reader(user, at)
    numbers, named, accounts, seats = (
        {cells[name] for _line, cells in rows if name in cells} for name in ("number", "reports_to", "account", "seat")
    )
    ours = Case(When(reader.people(), then=Value(True)), default=Value(False), output_field=BooleanField())
    people = with_what_is_said(Employee.objects.filter(number__in=numbers | named), reader.at).annotate(ours=ours)
    people = {person.number: person for person in people}
    own = reader.own.pk if reader.own else None
    return Known(
        at=reader.at,
        people={
            number: Person(person, said_of(person) if person.ours and person.seat else None)
            for number, person in people.items()
            if number in numbers
        },
        seats=seats_of(reader, seats),
        accounts=frozenset(User.objects.filter(username__in=accounts).values_list("username", flat=True)),
        supervisors={
            number: people[number]
            for number in named & people.keys()
            if people[number].seat and (people[number].ours or people[number].pk == own)
        },
        lines=lines_at(reader.at) if named else Lines(),
    )


def seats_of(reader: Reader, numbers: set[str]) -> dict[str, Seat]:
    """The approved seats of the reader's line, by number, with who sits in them and what they may hold beyond that."""
    seats = Position.objects.filter(reader.seats(), number__in=numbers, standing=Position.Standing.APPROVED)
    seats = list(seats.select_related("job", "unit__facility"))
    sitting, excesses = defaultdict(list), defaultdict(list)
    spans = [
        model.objects.order_by()
        .filter(position__in=seats)
        .values_list("position", "during", "fte", Value(model is Excess))
        for model in (Assignment, Excess)
    ]
    for seat, during, fte, is_excess in spans[0].union(spans[1], all=True).order_by():
        (excesses if is_excess else sitting)[seat].append((during, fte))
    return {
        seat.number: Seat(seat, seat.unit.facility.zone, tuple(sitting[seat.pk]), tuple(excesses[seat.pk]))
        for seat in seats
    }


def lines_at(at: datetime) -> Lines:
    """Who reports to whom, of everybody: a newcomer can close a circle anywhere above."""
    places = list(Place.objects.filter(during__contains=at).values_list("unit", "under", "head"))
    sitting = Assignment.objects.at(at).order_by("during", "employee")
    told = list(sitting.values_list("employee__number", "position", "position__unit"))
    in_seat: dict[int, str] = {}
    for number, seat, _unit in told:
        in_seat.setdefault(seat, number)
    seated = {number for number, _seat, _unit in told}
    by_name = Supervision.objects.at(at).values_list("employee__number", "supervisor__number")
    return Lines(
        unit_of={number: unit for number, _seat, unit in told},
        named={number: above for number, above in by_name if above in seated},
        head={unit: in_seat[head] for unit, _under, head in places if head in in_seat},
        under={unit: under for unit, under, _head in places},
        head_seats={unit: head for unit, _under, head in places if head},
    )
