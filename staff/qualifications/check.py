"""Whether somebody may do a job, requirement by requirement, and the cheapest way to what is missing: a pure function.

A year is 365.25 days, and what comes to a part of a day is not asked. Days that are told twice count once.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_CEILING, Decimal
from enum import IntEnum, StrEnum

SOON = timedelta(days=90)
A_YEAR = Decimal("365.25")


class What(StrEnum):
    EDUCATION = "education"
    CERTIFICATION = "certification"
    IN_FIELD = "in_field"
    SUPERVISING = "supervising"


class Standing(StrEnum):
    MET = "met"
    EXPIRING = "expiring"
    MISSING = "missing"


class Kind(IntEnum):
    """What closes a gap, the cheapest first."""

    VERIFY = 1  # it is held and in force, and nobody has asked its issuer
    RENEW = 2
    WAIT = 3  # time alone does it, in the seat that the person is in
    SERVE = 4  # time does it, in a seat that the person is not in
    EARN = 5
    STUDY = 6


@dataclass(frozen=True)
class Way:
    """`certification` is its code; `fee` in dollars, where it is known; `on` the day on which time has done it."""

    kind: Kind
    certification: str = ""
    fee: Decimal | None = None
    on: date | None = None


@dataclass(frozen=True)
class Spell:
    """Local days from `first` to `last`, both of them; without a last day, until further notice."""

    first: date
    last: date | None = None

    def holds(self, on: date) -> bool:
        return self.first <= on and (self.last is None or on <= self.last)


@dataclass(frozen=True)
class Held:
    """The last cycle of a certification that somebody holds. `proved`: its source confirmed it; None, nobody asked."""

    certification: str
    days: Spell
    proved: bool | None = None


@dataclass(frozen=True)
class Terms:
    """What a job asks: of `certifications` any one; `fees` of those whose fee is known."""

    education: int = 0
    certifications: frozenset[str] = frozenset()
    preferred: frozenset[str] = frozenset()
    years_in_field: Decimal = Decimal(0)
    years_supervising: Decimal = Decimal(0)
    fees: tuple[tuple[str, Decimal], ...] = ()


@dataclass(frozen=True)
class Facts:
    """What is known of a person."""

    education: int = 0
    held: tuple[Held, ...] = ()
    in_field: tuple[Spell, ...] = ()
    supervising: tuple[Spell, ...] = ()


@dataclass(frozen=True)
class Judged:
    """One requirement: what the job asks, what the person has, how that stands, and the way to it."""

    what: What
    standing: Standing
    asked: object
    has: object
    way: Way | None = None
    until: date | None = None


@dataclass(frozen=True)
class Check:
    judged: tuple[Judged, ...]
    preferred: frozenset[str]
    years_in_field: Decimal

    @property
    def missing(self) -> list[Judged]:
        return [one for one in self.judged if one.standing == Standing.MISSING]

    @property
    def expiring(self) -> list[Judged]:
        return [one for one in self.judged if one.standing == Standing.EXPIRING]

    @property
    def is_met(self) -> bool:
        return not self.missing

    @property
    def rank(self) -> tuple:
        """Who comes first: who lacks least, then what is cheapest to close, then what is preferred, then years."""
        ways = sum(one.way.kind for one in self.missing if one.way)
        return len(self.missing), ways, len(self.expiring), -len(self.preferred), -self.years_in_field


def check(terms: Terms, facts: Facts, on: date) -> Check:
    """How a person stands to a job on a day. What the job does not ask is not among the requirements."""
    judged = []
    if terms.education:
        met = facts.education >= terms.education
        judged.append(
            Judged(
                What.EDUCATION,
                Standing.MET if met else Standing.MISSING,
                terms.education,
                facts.education,
                None if met else Way(Kind.STUDY),
            )
        )
    if terms.certifications:
        judged.append(_certified(terms, facts, on))
    for what, asked, spells in (
        (What.IN_FIELD, terms.years_in_field, facts.in_field),
        (What.SUPERVISING, terms.years_supervising, facts.supervising),
    ):
        if asked:
            judged.append(_served(what, asked, spells, on))
    preferred = frozenset(one.certification for one in facts.held if one.proved and one.days.holds(on))
    return Check(tuple(judged), preferred & terms.preferred, years(facts.in_field, on))


def _certified(terms: Terms, facts: Facts, on: date) -> Judged:
    """Any one of the certifications, in force and proved at its source; of several, the one that lasts longest."""
    ours = [one for one in facts.held if one.certification in terms.certifications]
    current = [one for one in ours if one.days.holds(on)]
    if proved := [one for one in current if one.proved]:
        best = max(proved, key=lambda one: (one.days.last or date.max, one.certification))
        told = (What.CERTIFICATION, terms.certifications, best.certification)
        if best.days.last is None or best.days.last > on + SOON:
            return Judged(told[0], Standing.MET, *told[1:], until=best.days.last)
        way = Way(Kind.RENEW, best.certification)
        return Judged(told[0], Standing.EXPIRING, *told[1:], way, best.days.last)
    if unproved := [one for one in current if one.proved is None]:
        best = max(unproved, key=lambda one: (one.days.last or date.max, one.certification))
        way = Way(Kind.VERIFY, best.certification)
        return Judged(What.CERTIFICATION, Standing.MISSING, terms.certifications, best.certification, way)
    if lapsed := [one for one in ours if one.proved is not False and one.days.last and one.days.last < on]:
        best = max(lapsed, key=lambda one: (one.days.last, one.certification))
        way = Way(Kind.RENEW, best.certification)
        return Judged(What.CERTIFICATION, Standing.MISSING, terms.certifications, "", way, best.days.last)
    return Judged(What.CERTIFICATION, Standing.MISSING, terms.certifications, "", _cheapest(terms))


def _cheapest(terms: Terms) -> Way:
    """The certification whose fee is lowest; those without a known fee come last."""
    fees = dict(terms.fees)
    code = min(terms.certifications, key=lambda code: (code not in fees, fees.get(code, 0), code))
    return Way(Kind.EARN, code, fees.get(code))


def _served(what: What, asked: Decimal, spells: tuple[Spell, ...], on: date) -> Judged:
    served, wanted = days(spells, on), int(asked * A_YEAR)
    has = years(spells, on)
    if served >= wanted:
        return Judged(what, Standing.MET, asked, has)
    goes_on = any(spell.last is None and spell.holds(on) for spell in spells)
    way = Way(Kind.WAIT, on=on + timedelta(days=wanted - served)) if goes_on else Way(Kind.SERVE)
    return Judged(what, Standing.MISSING, asked, has, way)


def days(spells: Iterable[Spell], on: date) -> int:
    """How many days there were, to the end of `on`; those that are told twice count once."""
    total, counted_to = 0, date.min
    for spell in sorted(spells, key=lambda spell: spell.first):
        first, last = max(spell.first, counted_to), min(spell.last or on, on)
        if last >= first:
            total += (last - first).days + 1
            counted_to = last + timedelta(days=1)
    return total


def years(spells: Iterable[Spell], on: date) -> Decimal:
    """In years: the most tenths of which `_served` would ask no more than these days."""
    tenths = (Decimal(days(spells, on) + 1) / A_YEAR * 10).to_integral_value(ROUND_CEILING) - 1
    return tenths / 10
