"""Rules that ask for a document again and again: docs/completeness.md, section 14.

The engine takes one multirange from another; here the documents are walked through one after the other.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from .model import Chart, Document, Moment, Rule, midnight


@dataclass(frozen=True, slots=True)
class Gap:
    """A block in which something lacks: `until` is when a document ended it, or when nothing could end it any more."""

    block: int
    due_at: datetime
    until: datetime | None = None
    ended_by: Document | None = None


@dataclass(frozen=True, slots=True)
class Series:
    """What became of a series by some moment: its gaps, and by when the next document is due, if one is."""

    gaps: tuple[Gap, ...]
    next: Gap | None


def end_of(chart: Chart, episode: str | None, as_of: datetime) -> datetime | None:
    """The first instant at which the series may have ended, if it has ended by `as_of`."""
    ends = [chart.end]
    if episode is not None:
        ends.append(chart.episode(episode).end)
    return min((end.first for end in ends if end and end.first <= as_of), default=None)


def series(chart: Chart, rule: Rule, occasion, documents: list[Document], as_of: datetime) -> Series:
    """`documents` are those of the rule's types and of the occasion's episode or of none, as they stood at `as_of`."""
    ended = end_of(chart, occasion.episode, as_of)
    if rule.every_hours is not None:
        return _by_hours(rule, occasion.moment, documents, ended, as_of)
    blocks = list(_by_days(chart, rule, occasion.moment, documents, ended, as_of))
    coming = [block for block in blocks if as_of < block.due_at]
    past = tuple(Gap(one.block, one.due_at, one.due_at) for one in blocks if as_of >= one.due_at)
    return Series(past, min(coming, key=lambda block: block.due_at, default=None))


def _by_hours(rule: Rule, begun: Moment, documents, ended: datetime | None, as_of: datetime) -> Series:
    every = timedelta(hours=rule.every_hours)
    until = max(begun.first, ended or as_of)
    gaps = []
    reaches = begun  # the moment that reaches farthest so far

    def is_past(instant: datetime) -> bool:
        due = reaches.last + every
        return instant > due or (instant == due and not reaches.exact)

    def gap(**ending) -> Gap:
        return Gap(int((reaches.last - begun.first).total_seconds() // 60), reaches.last + every, **ending)

    for document in sorted(documents, key=lambda one: (one.authored.first, one.place)):
        authored = document.authored
        if authored.last < begun.first or authored.first > until:
            continue
        if authored.first > reaches.last + every:  # at that very instant it leaves no gap
            gaps.append(gap(until=authored.first, ended_by=document))
        if (authored.last, authored.exact) > (reaches.last, reaches.exact):
            reaches = authored
    if ended is None:
        return Series((*gaps, gap()), None) if is_past(as_of) else Series(tuple(gaps), gap())
    return Series((*gaps, gap(until=until)) if is_past(until) else tuple(gaps), None)


def _by_days(chart: Chart, rule: Rule, begun: Moment, documents, ended, as_of: datetime) -> Iterator[Gap]:
    """The blocks in which too little is written, one after that of `as_of` included while the series goes on."""
    day = begun.day(chart.tz)
    last_day = None if ended is None else Moment.at(ended).day(chart.tz)
    written = [document.authored.day(chart.tz) for document in documents]
    first = day + timedelta(days=rule.begins_after_days)
    ahead = 0
    while ahead < 2:
        after = first + timedelta(days=rule.every_days)
        if rule.ends_after_days is not None:
            after = min(after, day + timedelta(days=rule.ends_after_days))
        if first >= after or (last_day is not None and first >= last_day):
            return
        whole_days = (after if last_day is None else min(after, last_day)) - first
        if last_day is not None:
            after = min(after, last_day + timedelta(days=1))
        wanted = rule.at_least * whole_days.days // rule.every_days
        if sum(first <= on < after for on in written) < wanted:
            yield Gap((first - day).days, midnight(after, chart.tz))
        ahead += first > Moment.at(as_of).day(chart.tz)
        first += timedelta(days=rule.every_days)
