"""What stands around the rows: the marks above, what is shaded behind, the axis below."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from himdept.common.moments import Moment, midnight
from records.completeness.judgement import Judgement
from records.completeness.timeline import rows, scale
from records.completeness.timeline.letters import AIR, SMALL, Text, width
from records.completeness.timeline.scale import LEFT, RIGHT, WIDTH, Name, Scale, Stay, Stretch
from records.inventory.models import Encounter, Episode, Record

LANE, LANES = 16.0, 4  # the height of a line of marks, and how many there are at most


@dataclass(frozen=True)
class Mark:
    """An event that concerns all rows, with its words above the picture."""

    kind: str
    at: datetime
    words: str


@dataclass(frozen=True)
class Shade:
    """A procedure or restraint, from its beginning to its end."""

    kind: str
    x: float
    width: float
    words: str


def of_stay(record: Record, judgement: Judgement, zone: ZoneInfo, *, is_now: bool) -> Iterator[Mark]:
    """Admission, discharge, the day of delinquency, and the moment at which the record is looked at."""
    encounter, as_of = record.encounter, judgement.as_of
    yield Mark(
        "admitted",
        encounter.start_first,
        join(came(encounter), when(encounter.start_first, encounter.start_last, zone)),
    )
    if encounter.end_first is not None and encounter.end_first <= as_of:
        yield Mark(
            "discharged",
            encounter.end_first,
            join(went(encounter), when(encounter.end_first, encounter.end_last, zone)),
        )
        last = encounter.end_first.astimezone(zone).date() + timedelta(days=record.facility.delinquent_after_days)
        delinquent_at = midnight(last + timedelta(days=1), zone)
        if judgement.flags.delinquent_at is not None:
            yield Mark("delinquent", delinquent_at, _("delinquent after %(day)s") % {"day": scale.short_day(last)})
        elif judgement.flags.open_deficiencies or judgement.flags.requirements_met < judgement.flags.requirements_due:
            days = ngettext("%(n)s day", "%(n)s days", record.facility.delinquent_after_days)
            words = days % {"n": record.facility.delinquent_after_days}
            yield Mark("delinquent", delinquent_at, f"{words}, {scale.short_day(last)}")
    yield Mark("now", as_of, _("now") if is_now else when(as_of, as_of, zone))


def came(encounter: Encounter) -> str:
    match encounter.encounter_class:
        case Encounter.Class.NEWBORN:
            return _("Born")
        case Encounter.Class.EMERGENCY:
            return _("Arrived")
        case Encounter.Class.AMBULATORY | Encounter.Class.HOME_HEALTH:
            return _("Began")
    return _("Admitted")


def went(encounter: Encounter) -> str:
    match encounter.disposition:
        case Encounter.Disposition.EXPIRED:
            return _("Died")
        case Encounter.Disposition.AMA:
            return _("Left against advice")
    if encounter.encounter_class in (
        Encounter.Class.EMERGENCY,
        Encounter.Class.AMBULATORY,
        Encounter.Class.HOME_HEALTH,
    ):
        return _("Left") if encounter.encounter_class == Encounter.Class.EMERGENCY else _("Ended")
    return _("Discharged")


def when(first: datetime, last: datetime, zone: ZoneInfo) -> str:
    return rows.shortly(Moment(first, last), zone, "")


def join(*words: str) -> str:
    return " ".join(word for word in words if word)


def began(episode: Episode, as_of: datetime) -> bool:
    """Whether it took place, as far as is known, by the moment of looking."""
    undone = (Episode.Status.NOT_DONE, Episode.Status.ENTERED_IN_ERROR)
    first = episode.start_first or episode.end_first
    return episode.status not in undone and first is not None and first <= as_of


def shown(episode: Episode, axis: Scale) -> bool:
    return axis.shows(episode.start_first or episode.end_first)


def shade(episode: Episode, axis: Scale, as_of: datetime, zone: ZoneInfo) -> Shade:
    first = episode.start_first or episode.end_first
    last = min(max(episode.end_last or episode.start_last or first, first), as_of)
    x = axis.x(first)
    return Shade(episode.kind, x, min(max(axis.x(last) - x, 3.0), RIGHT - x), of_episode(episode, zone).words)


def of_episode(episode: Episode, zone: ZoneInfo) -> Mark:
    words = _("restraint") if episode.kind == Episode.Kind.RESTRAINT else _("procedure")
    if episode.kind == Episode.Kind.PROCEDURE and episode.anesthesia:
        words = _("surgery")
    first = episode.start_first or episode.end_first
    last = episode.start_last if episode.start_first else episode.end_last
    return Mark(episode.kind, first, join(words, when(first, last, zone)))


def in_lanes(marks: list[Mark], axis: Scale) -> tuple[dict[Mark, Text], int]:
    """The words of the marks in as few lines as keep them apart, and how many lines these are.

    What finds no room is left out: its line or shade is there, and the table says what it is.
    """
    lanes: list[list[tuple[float, float]]] = [[] for _lane in range(LANES)]
    placed: dict[Mark, Text] = {}
    for mark in marks:
        if (found := place(mark, axis.x(mark.at), lanes)) is not None:
            placed[mark] = found
    used = max([number + 1 for number, lane in enumerate(lanes) if lane], default=1)
    return placed, used


def place(mark: Mark, x: float, lanes: list[list[tuple[float, float]]]) -> Text | None:
    for number, lane in enumerate(lanes):
        for anchor, shift in (("start", 4.0), ("end", -4.0)):
            text = Text(mark.words, x + shift, LANE * number + 12.0, SMALL + 0.5, anchor, mark.kind)
            clear = all(text.right + AIR < left or right + AIR < text.left for left, right in lane)
            if clear and text.left >= 2.0 and text.right <= WIDTH - 2.0:
                lane.append((text.left, text.right))
                return text
    return None


def along_axis(ticks: dict[Name, list[scale.Tick]], axis: Scale, y: float) -> Iterator[Text]:
    """The words below the axis, those that would touch the one before left out."""
    end = 0.0
    for of in ticks.values():
        for tick in of:
            text = Text(tick.words, axis.x(tick.at), y, SMALL, "middle")
            if text.left > end + AIR and text.left >= LEFT - 14.0 and text.right <= WIDTH - 1.0:
                end = text.right
                yield text


def names(axis: Scale, stay: Stay, y: float) -> Iterator[Text]:
    """What each stretch is, and how fine its scale."""
    for stretch in axis.stretches:
        room = stretch.right - stretch.left - 6.0
        for words in names_of(stretch, stay):
            if width(words, SMALL) <= room:
                yield Text(words, stretch.left + 2.0, y, SMALL)
                break


def names_of(stretch: Stretch, stay: Stay) -> tuple[str, ...]:
    """From the longest to the shortest."""
    fine = stretch.units(scale.OF_HOURS[-1] * scale.HOUR) >= scale.CLOSE
    match stretch.name:
        case Name.BEFORE:
            return (_("before"),)
        case Name.STAY:
            return (_("the stay, hour by hour") if fine else _("the stay, day by day"), _("the stay"))
        case Name.AFTER if stay.end is None:
            return _("to come, day by day"), _("to come")
        case Name.AFTER:
            return (_("the time after, hour by hour") if fine else _("the weeks after, day by day")), _("after")
    return (_("since then"), _("since"))
