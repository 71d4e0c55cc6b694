"""Choosing a seat or a person of one's line: from a list that is short enough to look through, else by number."""

from datetime import datetime

from django import forms
from django.db.models import F, Q, QuerySet, Sum
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from himdept.common import spoken
from staff.employment import lines
from staff.employment.models import Assignment, Employee
from staff.organisation.models import Excess, Position
from staff.personnel import authority
from staff.personnel.models import heads_for

MOST = 200  # in a list
OFFERED = 20  # to who types


def seats_for(user, at: datetime | None = None) -> QuerySet[Position]:
    """The seats in one's line that somebody can be put into: approved, and with a share or a dated excess left."""
    own, at = Employee.objects.filter(user=user).first(), at or timezone.now()
    if own is None:
        return Position.objects.none()
    below = Q()
    for head in heads_for(own, at):
        below |= Q(pk__in=lines.seats_below(head, at))
    taken = Assignment.objects.at(at).order_by().values("position", "position__authorised_fte").annotate(sum=Sum("fte"))
    full = taken.filter(sum__gte=F("position__authorised_fte")).values("position")
    excess = Excess.objects.values("position")
    return (
        Position.objects.filter(below, ~Q(pk__in=full) | Q(pk__in=excess), standing=Position.Standing.APPROVED)
        .exclude(valid__fully_lt=(at, None))
        .select_related("job", "unit__facility")
    )


class ListedOrTyped(forms.ModelChoiceField):
    """A row of `queryset`; where these are many, its number is typed, and what the words may mean is offered if
    `suggests` (static/js/suggest.js)."""

    by_number = ""
    are_many = False
    has_any = True  # whether there is anything to choose

    def __init__(self, queryset, *, suggests: bool = False, **options):
        self.suggests = suggests
        super().__init__(queryset=queryset, **options)
        if queryset is not None:
            self.offer(queryset)

    def offer(self, queryset: QuerySet):
        """Let these be chosen from."""
        self.queryset = queryset
        number = len(queryset.order_by().values_list("pk")[: MOST + 1])
        self.has_any, self.are_many = number > 0, number > MOST
        if self.are_many:
            attrs = {"data-suggest": reverse("admin:staff_personnelaction_suggest")} if self.suggests else {}
            self.widget = forms.TextInput(attrs | {"autocomplete": "off"})
            self.to_field_name, self.help_text = "number", self.by_number


class SeatChoice(ListedOrTyped):
    by_number = gettext_lazy("The number of a seat.")

    def offer(self, queryset: QuerySet):
        super().offer(queryset.with_next().select_related("job", "unit__facility"))

    def label_from_instance(self, seat: Position) -> str:
        words = f"{seat.number} · {seat.job.title} · {seat.unit.name} · {seat.authorised_fte}"
        if seat.next_from is None:
            return words
        day = spoken.day(seat.next_from, seat.unit.facility.zone)
        return f"{words} · {_('somebody comes on %(day)s') % {'day': day}}"


class PersonChoice(ListedOrTyped):
    """Somebody by staff number."""

    by_number = gettext_lazy("A staff number; empty: the head of the unit.")

    def __init__(self, queryset, **options):
        super().__init__(queryset=queryset, to_field_name="number", **options)

    def label_from_instance(self, person: Employee) -> str:
        return f"{person} · {person.number}"


def suggested(user, field: str, words: str) -> list[tuple[str, str]]:
    """The first numbers, with what to call them, of seats or people that the words may mean; all of them must fit."""
    rows, columns, label = {
        "position": (
            seats_for(user).with_next(),
            ("number", "job__title", "unit__name"),
            SeatChoice.label_from_instance,
        ),
        "supervisor": (
            authority.supervisors_for(user).seated(),
            ("number", "family_name", "given_name"),
            PersonChoice.label_from_instance,
        ),
    }[field]
    for word in words.split():
        fits = Q()
        for column in columns:
            fits |= Q(**{f"{column}__icontains": word})
        rows = rows.filter(fits)
    return [(row.number, label(None, row)) for row in rows.order_by("number")[:OFFERED]]
