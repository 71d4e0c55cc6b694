"""What is told of each thing that is asked of a record, in words: the label, the verdict, and one whole sentence.

Many that were met and say the same (thirty verbal orders, signed in time) become one row, which can be opened; what
was found never hides in one. Times are those of the facility.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from himdept.common import spoken
from himdept.common.moments import Moment
from records.completeness import acts, asking, terms, why, wording
from records.completeness.acts import Act
from records.completeness.judgement import Judgement, Occasion, State
from records.completeness.models import Requirement
from records.inventory.models import Document

Trigger = Requirement.Trigger
FEW = 3  # so many met ones of a kind are drawn one by one
MANY = 12  # so many found ones of a kind are drawn before the rest is left to the table

TONES = {
    State.MISSING: "bad",
    State.UNSIGNED: "bad",
    State.UNCOSIGNED: "bad",
    State.MISSING_ELEMENT: "bad",
    State.UNDATED: "watch",
    State.EXPECTED: "info",
    State.WAIVED: "quiet",
    State.GAP: "watch",
    State.LATE: "watch",
    State.MET: "good",
}
SHAPES = {
    State.MISSING: "cross",
    State.UNSIGNED: "triangle",
    State.UNCOSIGNED: "triangle",
    State.MISSING_ELEMENT: "ring",
    State.UNDATED: "clock",
    State.EXPECTED: "clock",
    State.WAIVED: "minus",
    State.GAP: "cross",
    State.LATE: "clock",
    State.MET: "check",
}


@dataclass(frozen=True)
class Row:
    """One line of the picture and of the table: one occasion, or many that were met and are told together."""

    occasions: tuple[Occasion, ...]
    title: str
    under: str  # what tells it from others of its title
    words: str  # the verdict
    short: str  # the verdict, where there is little room
    sentence: str

    @property
    def is_folded(self) -> bool:
        return len(self.occasions) > 1

    @property
    def occasion(self) -> Occasion:
        return self.occasions[0]

    @property
    def state(self) -> State:
        return self.occasion.state

    @property
    def tone(self) -> str:
        return TONES[self.state]

    @property
    def shape(self) -> str:
        return SHAPES[self.state]


@dataclass(frozen=True)
class Rows:
    """The rows in the order of what happened; `left_out` found ones are in the table alone."""

    drawn: tuple[Row, ...]
    every: tuple[Row, ...]  # none folded: what the table shows
    left_out: int

    @property
    def has_folded(self) -> bool:
        return len(self.drawn) < len(self.every)


def lay_out(judgement: Judgement, zone: ZoneInfo, *, fold: bool = True) -> Rows:
    """The rows of a judgement; without `fold` each occasion has its own."""
    every = tuple(row_of(occasion, judgement.as_of, zone) for occasion in judgement.occasions)
    if not fold:
        return Rows(every, every, 0)
    met: dict[str, list[Row]] = {}
    others: dict[str, int] = {}
    for row in every:
        if row.state == State.MET:
            met.setdefault(row.occasion.topic, []).append(row)
    drawn, left_out = [], 0
    for row in every:
        topic = row.occasion.topic
        alike = met.get(topic, [])
        if row.state != State.MET:
            others[topic] = others.get(topic, 0) + 1
            if others[topic] > MANY:
                left_out += 1
                continue
            drawn.append(row)
        elif len(alike) <= FEW:
            drawn.append(row)
        elif row is alike[0]:
            drawn.append(folded(alike))
    return Rows(tuple(drawn), every, left_out)


def folded(rows: list[Row]) -> Row:
    n = len(rows)
    titles = {row.title for row in rows}
    title = titles.pop() if len(titles) == 1 else topic_name(rows[0].occasion)
    words = ngettext("%(n)s in time", "all %(n)s in time", n) % {"n": n}
    return Row(
        occasions=tuple(row.occasion for row in rows),
        title=title,
        under=ngettext("%(n)s of them", "%(n)s of them", n) % {"n": n},
        words=words,
        short=words,
        sentence=_("%(title)s: %(n)s were asked for and met in time.") % {"title": title, "n": n},
    )


def row_of(occasion: Occasion, as_of: datetime, zone: ZoneInfo) -> Row:
    title = occasion.head.document_type.title
    under = apart(occasion, zone)
    words, short = verdict(occasion, as_of, zone)
    return Row((occasion,), title, under, words, short, sentence(occasion, title, words, zone))


def topic_name(occasion: Occasion) -> str:
    """A topic in words: those of the federal baseline can be translated, a hospital's own are as it wrote them."""
    topic = occasion.topic.replace("-", " ").replace("_", " ")
    return _("Entries") if topic == "entry" else topic.capitalize()


def apart(occasion: Occasion, zone: ZoneInfo) -> str:
    """What tells it from others of its title: an entry's time, else the limit and the procedure's day."""
    entry, episode = occasion.entry, occasion.episode
    if entry is not None:
        when = shortly(moment_of(entry.authored_first, entry.authored_last), zone, _("no date"))
        return (_("verbal, %(when)s") if entry.verbal else _("signature, %(when)s")) % {"when": when}
    words = limit(occasion.head.requirement)
    if occasion.block is not None and occasion.moment is not None:
        is_by_hours = occasion.head.requirement.every_hours is not None
        return f"{words}, {shortly(occasion.moment, zone, '', day_alone=not is_by_hours)}"
    if episode is not None and occasion.moment is not None:
        return f"{words}, {shortly(occasion.moment, zone, '', day_alone=True)}"
    return words


def limit(requirement: Requirement) -> str:
    """How long after what, as shortly as can be: "24 h after admission"; of a series how often: "every 4 h"."""
    event = short_event(requirement)
    if requirement.every_hours is not None:
        return _("every %(span)s") % {"span": span(timedelta(hours=float(requirement.every_hours)))}
    if requirement.every_days is not None:
        return asking.often(requirement)
    if requirement.due_after_days is not None:
        n = requirement.due_after_days
        return ngettext("%(n)s day after %(event)s", "%(n)s days after %(event)s", n) % {"n": n, "event": event}
    hours = requirement.due_after_hours
    if hours is None:
        return ""
    if hours == 0:
        return _("by %(event)s") % {"event": event}
    words = {"span": span(timedelta(hours=abs(float(hours)))), "event": event}
    return (_("%(span)s after %(event)s") if hours > 0 else _("%(span)s before %(event)s")) % words


def short_event(requirement: Requirement) -> str:
    return {
        Trigger.PROCEDURE_START: _("surgery") if requirement.anesthesia_only else _("the procedure"),
        Trigger.PROCEDURE_END: _("surgery") if requirement.anesthesia_only else _("the procedure"),
        Trigger.RESTRAINT_START: _("restraint"),
        Trigger.ORDER: _("it was given"),
        Trigger.DOCUMENT: _("it was written"),
    }.get(requirement.trigger) or str(terms.EVENTS[requirement.trigger])


def verdict(occasion: Occasion, as_of: datetime, zone: ZoneInfo) -> tuple[str, str]:
    """How it stands, at length and shortly; the length says by how much."""
    head = occasion.head
    match occasion.state:
        case State.MET if head.requirement.recurs:
            return _("no gap"), _("no gap")
        case State.MET:
            return met(occasion, zone)
        case State.GAP:
            return _("missing for good"), _("gap")
        case State.LATE:
            return late(occasion, zone), _("late")
        case State.EXPECTED:
            words = _("due %(by)s") if occasion.document is None else _("not complete yet, due %(by)s")
            return words % {"by": spoken.by(head.due_at, zone)}, _("not yet due")
        case State.WAIVED:
            at = head.waiver.waived_at if head.waiver else None
            return (_("waived on %(day)s") % {"day": spoken.day(at, zone)} if at else _("waived")), _("waived")
        case State.UNDATED:
            return _("lacks its %(element)s") % {"element": element(head)}, _("undated")
        case State.MISSING_ELEMENT:
            absent = [element(one) for one in occasion.verdicts if one.state == State.MISSING_ELEMENT]
            words = _("lacks: %(elements)s") % {"elements": ", ".join(absent)}
            return overdue(words, head.due_at, as_of), _("incomplete")
        case State.UNSIGNED:
            return overdue(_("unsigned"), head.due_at, as_of), _("unsigned")
        case State.UNCOSIGNED:
            return overdue(_("not co-signed"), head.due_at, as_of), _("not co-signed")
        case State.MISSING:
            return overdue(_("missing"), head.due_at, as_of), _("missing")


def element(verdict) -> str:
    return str(terms.ELEMENTS.get(verdict.element) or wording.section(verdict.element))


def overdue(words: str, due_at: datetime | None, as_of: datetime) -> str:
    if due_at is None or as_of <= due_at:
        return words
    return _("%(words)s, %(span)s past due") % {"words": words, "span": span(as_of - due_at)}


def met(occasion: Occasion, zone: ZoneInfo) -> tuple[str, str]:
    """ "signed 9 h after admission"; of a day without its hour the day alone."""
    document, at = occasion.document, occasion.head.at
    act, short = act_of(document, at)
    if document is None or at is None:
        return short, short
    if to_the_day(document, at):
        return act % {"when": _("on %(day)s") % {"day": spoken.date_of(at.astimezone(zone))}}, short
    if occasion.entry is not None:
        if document.authored_first is None or completing(document, at) == Act.WRITTEN:
            return short, short
        return act % {"when": _("%(span)s later") % {"span": span(at - document.authored_first)}}, short
    if occasion.moment is None or not occasion.moment.exact:
        return act % {"when": _("on %(day)s") % {"day": spoken.minute(at, zone)}}, short
    words = {"span": span(abs(at - occasion.moment.first)), "event": short_event(occasion.head.requirement)}
    when = _("%(span)s after %(event)s") if at >= occasion.moment.first else _("%(span)s before %(event)s")
    return act % {"when": when % words}, short


def late(occasion: Occasion, zone: ZoneInfo) -> str:
    head, document = occasion.head, occasion.document
    act, _short = act_of(document, head.at)
    if head.at is None or head.due_at is None:
        return _("late")
    if document is not None and to_the_day(document, head.at):
        return act % {"when": _("late, on %(day)s") % {"day": spoken.date_of(head.at.astimezone(zone))}}
    length = span(head.at - head.due_at)
    if head.requirement.due_after_days is not None:  # days on the calendar, as in the sentence of why
        last = (head.due_at - timedelta(microseconds=1)).astimezone(zone).date()
        length = _("%(n)d d") % {"n": (head.at.astimezone(zone).date() - last).days}
    return act % {"when": _("%(span)s late") % {"span": length}}


def act_of(document: Document | None, at: datetime | None) -> tuple[str, str]:
    match completing(document, at):
        case Act.SIGNED:
            return _("signed %(when)s"), _("signed")
        case Act.COSIGNED:
            return _("co-signed %(when)s"), _("co-signed")
    return _("written %(when)s"), _("written")


def completing(document: Document | None, at: datetime | None) -> Act:
    """What completed it; what was signed at once counts as signed, and of an unknown signature the writing is told."""
    done = acts.at(document, at) if document is not None else None
    return done.act if done is not None else Act.WRITTEN


def to_the_day(document: Document, at: datetime) -> bool:
    """Whether the act that completed it is known only to the day."""
    moment = acts.when(document, completing(document, at))
    return moment is not None and not moment.exact


def sentence(occasion: Occasion, title: str, words: str, zone: ZoneInfo) -> str:
    """All of a row in one sentence or two: the text that stands for the picture."""
    if occasion.findings():
        told = [f"{why.headline(row)}. {why.sentence(row)}" for row in occasion.findings()]
        return " ".join(told)
    if expected := occasion.expectation():
        return f"{wording.name(expected)}. {asking.awaited(expected)}"
    due = ""
    if occasion.due_at is not None:
        due = _(", due %(by)s") % {"by": spoken.by(occasion.due_at, zone)}
    named = wording.name(occasion_named(occasion))
    document = occasion.document
    if document is None:
        return f"{named}{due}: {words}."
    return f"{named}{due}: {facts(document, zone)}."


def occasion_named(occasion: Occasion):
    """What `wording.name` reads: an occasion that was met is no deficiency, and is called by the same name."""
    return occasion.as_deficiency(occasion.head)


def facts(document: Document, zone: ZoneInfo) -> str:
    """When a document was written and signed: "written 9 Oct 2026 16:05, signed the same minute"."""
    written = told(moment_of(document.authored_first, document.authored_last), zone)
    parts = [_("written %(when)s") % {"when": written} if written else _("written at an unknown time")]
    if document.signed:
        signed = told(moment_of(document.signed_first, document.signed_last), zone)
        parts.append(_("signed %(when)s") % {"when": signed} if signed else _("signed at an unknown time"))
    if document.cosigned:
        second = told(moment_of(document.cosigned_first, document.cosigned_last), zone)
        parts.append(_("co-signed %(when)s") % {"when": second} if second else _("co-signed at an unknown time"))
    return ", ".join(parts)


# -- Moments ---------------------------------------------------------------------------------------------------------


def moment_of(first: datetime | None, last: datetime | None) -> Moment | None:
    return Moment(first, last) if first is not None else None


def told(moment: Moment | None, zone: ZoneInfo) -> str:
    if moment is None:
        return ""
    return spoken.minute(moment.first, zone) if moment.exact else wording.day_alone(moment.first, zone)


def shortly(moment: Moment | None, zone: ZoneInfo, otherwise: str, *, day_alone: bool = False) -> str:
    """Without the year: "9 Oct 16:05"."""
    if moment is None:
        return otherwise
    words = spoken.date_of(moment.first.astimezone(zone)).rsplit(" ", 1)[0]
    if day_alone or not moment.exact:
        return words
    return f"{words} {spoken.minute(moment.first, zone).split(' ', 3)[3]}"


def span(length: timedelta) -> str:
    """A length of time in one short unit, rounded down: minutes, hours up to two days, then days."""
    minutes = int(length.total_seconds() // 60)
    if minutes < 60:
        return _("%(n)d min") % {"n": minutes}
    if minutes < 48 * 60:
        return _("%(n)d h") % {"n": minutes // 60}
    return _("%(n)d d") % {"n": length.days}


def moments_of(occasion: Occasion) -> Iterable[datetime]:
    """All moments of an occasion that are to be seen in the picture."""
    document = occasion.document
    yield from (at for at in (occasion.due_at, occasion.head.at) if at is not None)
    if occasion.moment is not None:
        yield occasion.moment.first
    if document is not None:
        yield from (at for at in (document.authored_first, document.authored_last, document.signed_last) if at)
        if completing(document, occasion.head.at) == Act.COSIGNED:
            yield document.cosigned_last
