"""Hypothesis strategies for charts that lie on the limits.

An audit is wrong at the edges first, so nothing here is drawn from a broad range: the limits of the drawn rules are
worked out, and documents, signatures and the moment of the audit are put exactly on them, a minute before or a minute
after, on ordinary days and on those when the clocks change.
"""

from dataclasses import replace
from datetime import UTC, date, datetime
from random import Random
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from .drawing import (
    CLASSES,
    CODES,
    DAY,
    DAYS,
    DISPOSITIONS,
    HOUR,
    HOURS_OF_THE_DAY,
    MINUTE,
    PEOPLE,
    SERVICES,
    Draw,
    due_dates,
    entry_limits,
    happenings,
    windows,
)
from .drawn_rules import any_rule, conditioned, versions
from .model import CLASSES_NOT_JUDGED, SUPERSEDED, Chart, Document, Episode, Moment
from .record import delinquent_from
from .survey import Case
from .themes import ALL_THEMES, THEMES, anything

FATES = (SUPERSEDED, "retracted", "entered_in_error", "amended", "addendum", "replacement")


@st.composite
def cases(draw, *, plain=False, days=DAYS) -> Case:
    """A chart with its rules and the moment of the audit; `plain` as in `Draw`.

    Drawn choice by choice, most charts would be copies: Hypothesis likes to repeat one choice in place of another. So
    they come from a seed, and Hypothesis draws what to leave out: a byte for each part, hardly ever zero, but zero is
    what it shrinks to. A chart that fails is thus reduced to the parts that matter.
    """
    zone_name, day = draw(st.sampled_from(days))
    # Below 2**24 all numbers are as likely; above, Hypothesis prefers small ones.
    seed = draw(st.integers(0, 2**24 - 1))
    case = case_of(Draw(Random(seed), ZoneInfo(zone_name), plain), day)  # noqa: S311 - nothing here is a secret
    parts = (case.chart.episodes, case.chart.documents, case.rules)
    size = sum(map(len, parts))
    marks = iter(draw(st.binary(min_size=size, max_size=size)))
    return _without_loose_ends(case, *(tuple(part for part in kind if next(marks)) for kind in parts))


def case_of(d: Draw, day: date) -> Case:
    """A chart about this day, with its rules and the moment of the audit."""
    wall = [
        datetime.combine(day + shift, hour, d.zone).astimezone(UTC)
        for shift in (0 * DAY, -DAY, DAY)
        for hour in HOURS_OF_THE_DAY
    ]
    chart = _encounter(d, wall)
    theme = d.one(*(THEMES if d.plain else ALL_THEMES))
    rules, documents = theme(d, chart)
    for number in range(d.one(0, 0, 1, 2) if rules else d.one(1, 2, 3, 4)):
        rules.append(conditioned(d, any_rule(d, chart, f"R{number + 5}"), rules))
    rules = tuple(version for rule in rules for version in versions(d, chart, rule))
    documents += [anything(d, chart, rules) for _ in range(d.one(0, 1, 2) if documents else d.one(2, 1, 3, 4, 0))]
    chart = replace(chart, documents=_filed(d, documents))
    delinquent_after_days = d.one(30, 0, 1, 2)
    due, others = _moments_of_audit(chart, rules, delinquent_after_days)
    # When all is past due, most is found: without that, late findings and complete records would be rare.
    as_of = max(d.near(d.one(due or others, [max(due + others) + 2 * MINUTE], others)), chart.start.first)
    if not d.plain and d.chance(one_in=20):
        as_of = chart.start.first - MINUTE
    return Case(chart, rules, as_of, delinquent_after_days)


def siblings(d: Draw, case: Case, number: int) -> list[Case]:
    """Charts of the same stay for the same rules, with other documents: one audit can judge them all."""
    found = []
    for _ in range(number):
        documents = [_otherwise(d, document) for document in case.chart.documents if not d.chance(one_in=4)]
        if case.rules:
            documents += [anything(d, case.chart, case.rules) for _ in range(d.one(0, 0, 1, 2, 3))]
        found.append(replace(case, chart=replace(case.chart, documents=_filed(d, documents))))
    return found


def _otherwise(d: Draw, document: Document) -> Document:
    """The document, or one that is a minute or a signature beside it; what became of it is drawn anew."""
    if document.addendum_to or document.replaces:
        document = replace(document, addendum_to=None, replaces=None)
    changes = {}
    for name in ("authored", "signature", "cosignature"):
        moment = getattr(document, name)
        if moment and moment.exact and d.chance(one_in=3):
            changes[name] = Moment.at(moment.first + d.one(-1, 1) * MINUTE)
    if d.chance(one_in=6):
        changes |= {"signed": not document.signed, "signature": None}
    if d.chance(one_in=6):
        changes |= {"cosigned": not document.cosigned, "cosignature": None}
    return replace(document, **changes)


def _without_loose_ends(case: Case, episodes, documents, rules) -> Case:
    """The case with these parts alone; what pointed to another part points to none."""
    names = {part.id for part in (*episodes, *documents)} | {None}
    topics = {rule.topic for rule in rules}

    def known(name):
        return name if name in names else None

    documents = tuple(
        replace(one, episode=known(one.episode), addendum_to=known(one.addendum_to), replaces=known(one.replaces))
        for one in documents
    )
    rules = tuple(rule if rule.only_if_met in topics else replace(rule, only_if_met=None) for rule in rules)
    return replace(case, chart=replace(case.chart, episodes=episodes, documents=documents), rules=rules)


def turning_points(case: Case) -> list[datetime]:
    """All instants at which a verdict may turn, each with the minute after it, in order, from the admission on.

    A chart is dear to draw and cheap to judge: looking at it at each of these finds far more than `as_of` alone.
    """
    due, others = _moments_of_audit(case.chart, case.rules, case.delinquent_after_days)
    instants = {instant + shift for instant in due + others for shift in (0 * MINUTE, MINUTE)}
    return sorted(instant for instant in instants if instant >= case.chart.start.first)


def _moments_of_audit(chart: Chart, rules, delinquent_after_days: int) -> tuple[list[datetime], list[datetime]]:
    """When things are due, and when anything else happens."""
    due = due_dates(chart, rules)
    others = happenings(chart, rules) + windows(chart, rules)
    for document in chart.documents:
        due += entry_limits(chart, rules, document)
        moments = (document.authored, document.signature, document.cosignature)
        others += [bound for one in moments if one for bound in (one.first, one.last)]
    if chart.end:
        others += [chart.end.first, delinquent_from(chart, delinquent_after_days)]
    return due, others


def _encounter(d: Draw, wall) -> Chart:
    start = d.moment(wall, "exact", "exact", "day")
    end = None
    if not d.chance(one_in=4):
        end = d.moment([start.first + hours * HOUR for hours in (48, 0, 1, 24, 72)], "exact", "exact", "day")
        end = end if end.last >= start.first else start
    kinds = ("procedure", "restraint")
    if d.one(True, True, False):
        kinds = (d.one(*kinds),)
    episodes = []
    for number in range(d.one(1, 2, 2, 0)):
        begun = d.moment([start.first + hours * HOUR for hours in (24, 0, 1, 5)], "exact", "exact", "day", None)
        over = d.moment([begun.first, begun.first + 2 * HOUR], "exact", "day", None) if begun else None
        episodes.append(
            Episode(
                id=f"E{number + 1}",
                kind=d.one(*kinds),
                start=begun,
                end=over if over and over.last >= begun.first else None,
                anesthesia=d.one(True, False),
                took_place=d.plain or not d.chance(one_in=6),
                performer=d.one(*PEOPLE, None),
                code=d.one(*CODES, ""),
            )
        )
    return Chart(
        zone=d.zone.key,
        klass=d.one(*CLASSES) if d.plain or not d.chance(one_in=40) else d.one(*CLASSES_NOT_JUDGED),
        start=start,
        end=end,
        disposition=d.one(*DISPOSITIONS),
        cancelled=not d.plain and d.chance(one_in=40),
        attending=d.one(*PEOPLE, None),
        service=d.one(*SERVICES, None),
        born=_born(d, start.day(d.zone)),
        training=tuple(_training(d, name, start.day(d.zone)) for name in d.some(PEOPLE, most=2)),
        episodes=tuple(episodes),
    )


def _born(d: Draw, day: date) -> date | None:
    """A birthday on the first day of the stay or beside it, of somebody who is about to be 9 or 18, or is not."""
    if d.one(True, True, False):
        years = d.one(9, 18, 18, 40)
        return (day + d.one(0, 0, 1, -1) * DAY).replace(year=day.year - years)
    return d.one(None, date(2020, 2, 29), date(2005, 2, 28))


def _training(d: Draw, name: str, day: date) -> tuple:
    """A training that begins or ends on the first day of the stay or beside it, or long before and never."""
    begins = d.one(day, day + DAY, day - 400 * DAY)
    return name, begins, d.one(None, begins + DAY, begins + 400 * DAY)


def _filed(d: Draw, documents: list[Document]) -> tuple[Document, ...]:
    """The documents under their identifiers, in an order of the file that is not that of the identifiers."""
    filed = []
    last = len(documents) - 1
    for number, document in enumerate(documents):
        named = f"D{number + 1}"
        ordinal = number if d.plain else d.one(last - number, number, None)
        target = "D1" if document.addendum_to else None
        document = replace(document, id=named, ordinal=ordinal, addendum_to=target)
        filed.append(document if d.plain else _fated(d, document, filed))
    return tuple(filed)


def _fated(d: Draw, document: Document, earlier: list[Document]) -> Document:
    """Void, superseded, a replacement, an addendum, or, most often, none of these."""
    fate = d.one("none", "none", "none", *FATES)
    if document.addendum_to or document.status != "final" or not d.one(True, False):
        return document
    if fate == "addendum" and earlier:
        return replace(document, addendum_to=d.one(*earlier).id)
    if fate == "replacement" and earlier:
        place = d.one(*range(len(earlier)))
        earlier[place] = replace(earlier[place], status=SUPERSEDED)
        return replace(document, replaces=earlier[place].id, type=earlier[place].type, episode=earlier[place].episode)
    if fate in ("none", "addendum", "replacement"):
        return document
    return replace(document, status=fate)
