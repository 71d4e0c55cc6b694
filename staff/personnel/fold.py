"""What a person's actions come to: a pure function from acts to a timeline. Preview and apply are this one function.

Nothing is ever put back to a "previous value": an act that is taken back is left out, and the others are folded anew.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from django.utils.translation import gettext as _

from himdept.common.errors import DomainError
from staff.personnel.kinds import HIRING, ORDER, SEATING, Kind


@dataclass(frozen=True)
class Act:
    """A personnel action as the fold sees it. `number` is the action's, or None for one not yet kept."""

    kind: str
    effective: datetime
    number: int | None = None
    position: int | None = None
    fte: Decimal | None = None
    pay: Decimal | None = None
    basis: str = ""
    supervisor: int | None = None
    reason: str = ""
    until: datetime | None = None

    @property
    def place(self) -> tuple:
        """Acts count in the order of their moments, those of one moment by kind, then as they were made."""
        return self.effective, ORDER[self.kind], self.number is None, self.number or 0


class NoGround(DomainError):
    """An act has nothing to act on, and `why`. Who knows in which zone its day is a day says when it was (`told`)."""

    def __init__(self, act: Act, why: str, field: str = "effective"):
        super().__init__(why, field=field)
        self.act = act

    def told(self, moment: str) -> DomainError:
        said = {"kind": Kind(self.act.kind).label, "moment": moment, "why": self.message}
        return DomainError(_("%(kind)s of %(moment)s: %(why)s") % said, field=self.field)


class Spell(NamedTuple):
    """A value that holds `[since, until)`; without `until` for as long as nothing else is said."""

    since: datetime
    until: datetime | None
    value: tuple


class Timeline(NamedTuple):
    """What is so of a person, and when. Within each, spells are in order and do not overlap."""

    employments: tuple[Spell, ...] = ()
    assignments: tuple[Spell, ...] = ()  # (position, fte)
    pays: tuple[Spell, ...] = ()  # (amount, basis)
    supervisions: tuple[Spell, ...] = ()  # (supervisor,), by name only
    leaves: tuple[Spell, ...] = ()  # (reason, expected until)

    def at(self, moment: datetime) -> dict[str, tuple]:
        """The values in force at a moment, by the name of the track."""
        return {
            track: spell.value
            for track in self._fields
            for spell in getattr(self, track)
            if spell.since <= moment and (spell.until is None or moment < spell.until)
        }

    def begun(self, moment: datetime) -> "Timeline":
        """What had begun by a moment; an end that was then still to come is left out."""
        return Timeline(
            *(
                tuple(
                    spell if spell.until is None or spell.until <= moment else spell._replace(until=None)
                    for spell in spells
                    if spell.since <= moment
                )
                for spells in self
            )
        )


class _Tracks:
    """Spells being written: of each track the one that is open, and those that are over."""

    def __init__(self):
        self.open: dict[str, tuple[datetime, tuple]] = {}
        self.over: dict[str, list[Spell]] = {track: [] for track in Timeline._fields}

    def __contains__(self, track: str) -> bool:
        return track in self.open

    def value(self, track: str) -> tuple | None:
        return self.open[track][1] if track in self.open else None

    def begin(self, track: str, at: datetime, *value):
        if self.open.get(track, (None, None))[1] == value:
            return  # said again: the spell goes on
        self.end(track, at)
        self.open[track] = (at, value)

    def end(self, track: str, at: datetime | None):
        if track in self.open:
            since, value = self.open.pop(track)
            if since != at:  # what lasted no time never was
                self.over[track].append(Spell(since, at, value))

    def close(self) -> Timeline:
        for track in list(self.open):
            self.end(track, None)
        begun = {spell.since for spell in self.over["employments"]}
        return Timeline(**{track: _joined(spells, begun) for track, spells in self.over.items()})


def _joined(spells: list[Spell], begun: set[datetime]) -> tuple[Spell, ...]:
    """Spells that touch and say the same are one: how often something was said is no part of what is so.

    But where another employment has begun, all that belongs to it begins.
    """
    joined: list[Spell] = []
    for spell in spells:
        if joined and joined[-1].until == spell.since and joined[-1].value == spell.value and spell.since not in begun:
            spell = Spell(joined.pop().since, spell.until, spell.value)
        joined.append(spell)
    return tuple(joined)


def fold(acts: Iterable[Act]) -> Timeline:
    """The timeline that these acts come to.

    Raises NoGround when one of them has nothing to act on, e.g. a transfer of somebody who has left.
    """
    tracks, was_employed = _Tracks(), False
    for act in sorted(acts, key=lambda act: act.place):
        _see_that_it_can_be(act, tracks, was_employed)
        _apply(act, tracks)
        was_employed = True
    return tracks.close()


def _see_that_it_can_be(act: Act, tracks: _Tracks, was_employed: bool):
    employed = "employments" in tracks
    if act.kind == Kind.TAKEN_OVER and employed and not (act.position and "assignments" in tracks):
        return  # what else was so before the program was here: into a seat from none, or out of it
    if act.kind in HIRING and employed:
        raise NoGround(act, _("The person is employed already."))
    if act.kind in HIRING - {Kind.REHIRE} and was_employed:
        raise NoGround(act, _("The person was employed before: that is a rehire."))
    if act.kind == Kind.REHIRE and not was_employed:
        raise NoGround(act, _("The person was never employed: that is a hire."))
    if act.kind not in HIRING and not employed:
        raise NoGround(act, _("The person is not employed at that time."))
    if act.kind == Kind.RETURN and "leaves" not in tracks:
        raise NoGround(act, _("The person is not on leave at that time."))
    if act.kind == Kind.LEAVE and "leaves" in tracks:
        raise NoGround(act, _("The person is on leave at that time already."))
    if act.kind in SEATING - HIRING and act.fte is None and "assignments" not in tracks:
        raise NoGround(act, _("The person has no seat at that time: say the share of full time."), field="fte")
    if act.kind in SEATING - HIRING and tracks.value("assignments") == (act.position, _fte(act, tracks)):
        raise NoGround(act, _("The person sits in that seat already."), field="position")


def _fte(act: Act, tracks: _Tracks) -> Decimal:
    return tracks.value("assignments")[1] if act.fte is None else act.fte


def _apply(act: Act, tracks: _Tracks):
    at = act.effective
    if act.kind in HIRING:
        tracks.begin("employments", at)
    if act.kind in SEATING:
        if act.kind not in HIRING and (tracks.value("assignments") or (None,))[0] != act.position:
            tracks.end("supervisions", at)  # in another seat the head of its unit leads, unless the act names somebody
        if act.position is None:
            tracks.end("assignments", at)
        else:
            tracks.begin("assignments", at, act.position, _fte(act, tracks))
    if act.pay is not None:
        tracks.begin("pays", at, act.pay, act.basis)
    if act.supervisor is not None:
        tracks.begin("supervisions", at, act.supervisor)
    elif act.kind == Kind.SUPERVISOR:
        tracks.end("supervisions", at)  # back to the head of the unit
    if act.kind == Kind.LEAVE:
        tracks.begin("leaves", at, act.reason, act.until)
    if act.kind == Kind.RETURN:
        tracks.end("leaves", at)
    if act.kind == Kind.SEPARATION:
        for track in Timeline._fields:
            tracks.end(track, at)
