"""An action and its preview in words: what is so before and after, and what follows."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from himdept.common import spoken
from staff.employment.models import Employee
from staff.organisation.models import Position
from staff.personnel.days import begins
from staff.personnel.fold import Spell, Timeline
from staff.personnel.kinds import Basis, Reason
from staff.personnel.models import PersonnelAction
from staff.personnel.timeline import Preview, pay_unknown

TRACKS = {
    "employments": gettext_lazy("Employed"),
    "assignments": gettext_lazy("Seat"),
    "pays": gettext_lazy("Pay"),
    "supervisions": gettext_lazy("Reports by name to"),
    "leaves": gettext_lazy("On leave"),
}
DONE = {
    "account": gettext_lazy("The account was opened"),
    "role": gettext_lazy("The role of the job was given"),
    "facility": gettext_lazy("The facility of the seat was given"),
    "sessions": gettext_lazy("Sessions closed"),
    "tokens": gettext_lazy("Tokens ended"),
    "grants": gettext_lazy("Grants to single records ended"),
}


@dataclass(frozen=True)
class Difference:
    """One track at the moment of the action: what was so, and what would be."""

    title: str
    before: str
    after: str

    @property
    def changes(self) -> bool:
        return self.before != self.after


@dataclass(frozen=True)
class Row:
    """One spell of a timeline."""

    title: str
    what: str
    since: datetime
    until: datetime | None


class Names:
    """The names of the seats and people that timelines speak of, fetched at once."""

    def __init__(self, *timelines: Timeline):
        seats = {spell.value[0] for line in timelines for spell in line.assignments}
        people = {spell.value[0] for line in timelines for spell in line.supervisions}
        self.seats = Position.objects.select_related("job", "unit").in_bulk(seats)
        self.people = Employee.objects.in_bulk(people)

    def of(self, track: str, value: tuple | None, zone: ZoneInfo) -> str:
        """A value in words; nothing for what is not so."""
        if value is None:
            return ""
        if track == "employments":
            return _("yes")
        if track == "assignments":
            seat, fte = self.seats[value[0]], value[1]
            return f"{seat.number}, {seat.job.title}, {seat.unit.name}, {fte:.2f}"
        if track == "pays":
            return f"{value[0]:,.2f} {_('for')} {Basis(value[1]).label}"
        if track == "supervisions":
            return str(self.people[value[0]])
        back = value[1] and _("expected back %(day)s") % {"day": spoken.day(value[1], zone)}
        return ", ".join(filter(None, [str(Reason(value[0]).label), back]))


def differences(
    seen: Preview,
    moment: datetime,
    zone: ZoneInfo,
    *,
    names: Names | None = None,
    without: frozenset[str] = frozenset(),
) -> list[Difference]:
    """What an action changes at its moment, track by track; a track that is empty before and after is left out."""
    names = names or Names(seen.before, seen.after)
    before, after = seen.before.at(moment), seen.after.at(moment)

    def of(held: dict[str, tuple], track: str) -> str:
        if track == "pays" and pay_unknown(held):
            return _("not known")
        return names.of(track, held.get(track), zone)

    return [
        Difference(title, of(before, track), of(after, track))
        for track, title in TRACKS.items()
        if (track in before or track in after) and track not in without
    ]


def rows(
    timeline: Timeline, zone: ZoneInfo, *, names: Names | None = None, without: frozenset[str] = frozenset()
) -> list[Row]:
    """A whole timeline, track by track, each in order."""
    names = names or Names(timeline)
    return [
        Row(title, names.of(track, spell.value, zone), spell.since, spell.until)
        for track, title in TRACKS.items()
        if track not in without
        for spell in _spells(timeline, track)
    ]


def _spells(timeline: Timeline, track: str) -> tuple[Spell, ...]:
    return getattr(timeline, track)


def done(pairs: list) -> list[str]:
    """What followed of itself, as a step keeps it, in words."""
    return [f"{DONE[word]}: {number}" for word, number in pairs if number]


def facts(action: PersonnelAction, zone: ZoneInfo, *, with_pay: bool = True) -> list[tuple[str, str]]:
    """What an action says, as label and words."""
    said = [
        (_("Person"), f"{action.employee} · {action.employee.number}"),
        (_("Counts from"), begins(action, zone)),
    ]
    if action.position:
        seat = action.position
        said.append((_("Seat"), f"{seat.number}, {seat.job.title}, {seat.unit.name}"))
    if action.fte is not None:
        said.append((_("Share of full time"), f"{action.fte:.2f}"))
    if action.pay is not None and with_pay:
        said.append((_("Pay"), f"{action.pay:,.2f} {_('for')} {action.get_basis_display()}"))
    if action.supervisor:
        said.append((_("Reports to"), str(action.supervisor)))
    if action.reason:
        said.append((_("Kind"), action.get_reason_display()))
    if action.case_id:
        said.append((_("Corrective action"), str(action.case)))
    if action.until:
        said.append((_("Expected back"), spoken.day(action.until, zone)))
    if action.backdated:
        said.append((_("Reaches back because"), action.get_backdated_display()))
    said.append((_("Why"), action.because))
    return said
