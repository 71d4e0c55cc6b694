"""Hypothesis strategies for charts that lie on the limits.

An audit is wrong at the edges first, so nothing here is drawn from a broad range: the limits of the drawn rules are
worked out, and documents, signatures and the moment of the audit are put exactly on them, a minute before or a minute
after, on ordinary days and on those when the clocks change.
"""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from .judge import earliest, limit, occasions, reckoned_from
from .model import (
    CLASSES_NOT_JUDGED,
    ENTRY_ELEMENTS,
    NEWBORN,
    OCCASION_TRIGGERS,
    SUPERSEDED,
    Chart,
    Document,
    Episode,
    Moment,
    Rule,
)
from .record import delinquent_from
from .survey import Case

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
FOREVER = datetime(2099, 1, 1, tzinfo=UTC)

DAYS = (
    ("America/Chicago", date(2024, 6, 12)),  # an ordinary day
    ("America/New_York", date(2023, 3, 12)),  # 23 hours
    ("America/New_York", date(2023, 11, 5)),  # 25 hours
    ("Europe/London", date(2023, 3, 26)),
    ("Europe/London", date(2023, 10, 29)),
    ("Australia/Lord_Howe", date(2023, 10, 1)),  # 23 hours and a half
    ("Australia/Lord_Howe", date(2023, 4, 2)),  # 24 hours and a half
    ("America/Havana", date(2023, 3, 12)),  # a day without its midnight
    ("America/Havana", date(2023, 11, 5)),  # a midnight that happens twice
)
HOURS_OF_THE_DAY = (time(8), time(0), time(0, 30), time(1), time(2), time(3), time(12), time(23, 59))

TYPES = ("history-and-physical", "report", "order")
SECTIONS = ("Allergies", "Findings", "Plan")
TOPICS = ("T1", "T2")
PEOPLE = ("DR-A", "DR-B", "DR-C")
CLASSES = ("inpatient", "observation", "psychiatric", NEWBORN)
DISPOSITIONS = (None, "home", "ama", "expired")
FATES = (SUPERSEDED, "retracted", "entered_in_error", "amended", "addendum", "replacement")
DUE_HOURS = (24, 0, 1, 0.25, 48, 4)
DUE_DAYS = (0, 1, 2, 30)
NOT_BEFORE_HOURS = (None, -24, -720, 0, 2)


@cache
def below(number: int):
    # Kept: building a strategy anew costs more than drawing from it.
    return st.integers(0, number - 1)


@dataclass(frozen=True)
class Draw:
    """Hypothesis's `draw`, in the vocabulary of charts."""

    draw: st.DrawFn
    zone: ZoneInfo

    def one(self, *choices):
        return choices[self.draw(below(len(choices)))]

    def some(self, choices, most=3):
        """Some of the choices, in their order."""
        left = [choice for choice in choices if self.draw(st.booleans())]
        return tuple(left[:most])

    def chance(self, *, one_in):
        # Neither the first nor the last: Hypothesis is fond of the ends of a range.
        return self.draw(below(one_in)) == one_in // 2

    def near(self, instants):
        """One of the instants, or the minute before or after it."""
        return self.one(*instants) + self.one(0, -1, 1) * MINUTE

    def moment(self, instants, *precisions):
        match self.one(*precisions):
            case "exact":
                return Moment.at(self.near(instants))
            case "day":
                day = self.near(instants).astimezone(self.zone).date()
                return Moment.sometime_on(day + self.one(0, 0, 0, -1, 1) * DAY, self.zone)
        return None


@st.composite
def cases(draw, *, plain=False, days=DAYS) -> Case:
    """A chart with its rules and the moment of the audit.

    With `plain`, only what the form of the survey-finding cases can say: a topic per rule, one version of each,
    no addenda, no superseded or void documents, one kind of episode.
    """
    zone_name, day = draw(st.sampled_from(days))
    zone = ZoneInfo(zone_name)
    d = Draw(draw, zone)
    wall = [
        datetime.combine(day + shift, hour, zone).astimezone(UTC)
        for shift in (0 * DAY, -DAY, DAY)
        for hour in HOURS_OF_THE_DAY
    ]
    chart = _encounter(d, zone_name, wall, plain)
    rules = _rules(d, chart, plain)
    chart = replace(chart, documents=_documents(d, chart, rules, plain))
    delinquent_after_days = d.one(30, 0, 1, 2)
    due_dates, others = _moments_of_audit(chart, rules, delinquent_after_days)
    # When all is past due, most is found: without that, late findings and complete records would be rare.
    as_of = d.near(d.one(due_dates or others, [max(due_dates + others) + 2 * MINUTE], others))
    if plain or not d.chance(one_in=25):  # an audit from before the admission finds nothing
        as_of = max(as_of, chart.start.first)
    return Case(chart, rules, as_of, delinquent_after_days)


def turning_points(case: Case) -> list[datetime]:
    """All instants from the admission on at which a verdict may turn, each with the minute after it, in order.

    A chart is dear to draw and cheap to judge: looking at it at each of these finds far more than `as_of` alone.
    """
    due_dates, others = _moments_of_audit(case.chart, case.rules, case.delinquent_after_days)
    instants = {instant + shift for instant in due_dates + others for shift in (0 * MINUTE, MINUTE)}
    return sorted(instant for instant in instants if instant >= case.chart.start.first)


def _encounter(d: Draw, zone_name: str, wall, plain: bool) -> Chart:
    start = d.moment(wall, "exact", "exact", "day")
    end = None
    if not d.chance(one_in=4):
        end = d.moment([start.first + hours * HOUR for hours in (48, 0, 1, 24, 72)], "exact", "exact", "day")
        end = end if end.last >= start.first else start
    kinds = ("procedure", "restraint")
    if plain:
        kinds = (d.one(*kinds),)
    episodes = []
    for number in range(d.one(1, 2, 0)):
        begun = d.moment([start.first + hours * HOUR for hours in (24, 0, 1, 5)], "exact", "exact", "day", None)
        over = d.moment([begun.first, begun.first + 2 * HOUR], "exact", "day", None) if begun else None
        episodes.append(
            Episode(
                id=f"E{number + 1}",
                kind=d.one(*kinds),
                start=begun,
                end=over if over and over.last >= begun.first else None,
                anesthesia=d.one(True, False),
                took_place=plain or not d.chance(one_in=12),
                performer=d.one(*PEOPLE, None),
            )
        )
    return Chart(
        zone=zone_name,
        klass=d.one(*CLASSES) if plain or not d.chance(one_in=40) else d.one(*CLASSES_NOT_JUDGED),
        start=start,
        end=end,
        disposition=d.one(*DISPOSITIONS),
        cancelled=not plain and d.chance(one_in=40),
        attending=d.one(*PEOPLE, None),
        service=d.one("medicine", "surgery", None),
        episodes=tuple(episodes),
    )


# Rules


def _rules(d: Draw, chart: Chart, plain: bool) -> tuple[Rule, ...]:
    rules = []
    for number in range(d.one(2, 3, 4, 1)):
        rule = _rule(d, chart, f"R{number + 1}", plain)
        settled = [other.topic for other in rules if not (plain and other.judges_entries) and other.topic != rule.topic]
        if settled and not rule.judges_entries and d.chance(one_in=3):
            rule = replace(rule, only_if_met=d.one(*settled))
        rules += [rule] if plain else _versions(d, chart, rule)
    return tuple(rules)


def _rule(d: Draw, chart: Chart, code: str, plain: bool) -> Rule:
    trigger = d.one(*_triggers(chart, plain))
    judges_entries = trigger in ("document", "order")
    common = {
        "code": code,
        "topic": code if plain else d.one(*TOPICS),
        "profile_rank": 0 if plain else d.one(0, 1, 2),
        "document_types": (d.one(*TYPES), *d.some(TYPES[:2], most=1)),
        "trigger": trigger,
        "classes": (chart.klass, "swing_bed") if d.chance(one_in=4) else d.some(CLASSES) if d.chance(one_in=10) else (),
        "dispositions": d.some(DISPOSITIONS[1:]) if d.chance(one_in=10) else (),
        "counts_toward_delinquency": plain or d.one(True, True, False),
        "responsible": "attending" if plain else d.one("attending", "surgeon", "author"),
    }
    common["document_types"] = tuple(dict.fromkeys(common["document_types"]))
    if judges_entries:
        common["entry_must_have"] = d.some(ENTRY_ELEMENTS, most=4)
        if trigger == "document" and d.chance(one_in=4):
            return Rule(**common)
    else:
        common |= {"not_before_hours": d.one(*NOT_BEFORE_HOURS), "anesthesia_only": d.chance(one_in=4)}
    return Rule(
        **common,
        **_due(d, common.get("not_before_hours")),
        authentication_required=d.one(True, True, False),
        sections_required=d.some(SECTIONS, most=2) if d.chance(one_in=3) else (),
    )


def _triggers(chart: Chart, plain: bool) -> list[str]:
    """Mostly those that this chart has an occasion for."""
    found = ["admission", "document", "order"]
    found += ["discharge"] if chart.end else []
    for episode in chart.episodes:
        found += ["procedure_start", "procedure_end"] if episode.kind == "procedure" else ["restraint_start"]
    if not plain:
        found += ["birth"] if chart.klass == NEWBORN else []
    return found * 2 + [name for name in OCCASION_TRIGGERS if name not in found and not (plain and name == "birth")][:1]


def _due(d: Draw, not_before: float | None = None) -> dict:
    if d.one(True, False):
        hours = [hours for hours in DUE_HOURS if not_before is None or hours >= not_before]
        return {"due_after_hours": d.one(*hours), "due_after_days": None}
    return {"due_after_hours": None, "due_after_days": d.one(*DUE_DAYS)}


def _versions(d: Draw, chart: Chart, rule: Rule) -> list[Rule]:
    """The rule as it is, or in versions that change on the day of something in the chart, or the day beside it."""
    if not d.chance(one_in=4):
        return [rule]
    happened = [chart.start, chart.end, *(side for episode in chart.episodes for side in (episode.start, episode.end))]
    day = d.one(*(moment.day(d.zone) for moment in happened if moment)) + d.one(0, 0, 1, -1) * DAY
    halves = ((None, day), (day, None))
    spans = d.one(halves, halves, ((None, day), (day + DAY, None)), halves[:1], halves[1:])
    later = {}
    if rule.due_after_hours is not None or rule.due_after_days is not None:
        later = _due(d, rule.not_before_hours)
    return [replace(rule, effective=span, **(later if number else {})) for number, span in enumerate(spans)]


def _due_dates(chart: Chart, rules) -> list[datetime]:
    return [
        limit(rule, occasion.moment, chart.tz).at
        for rule in rules
        if not rule.judges_entries
        for occasion in occasions(chart, rule, FOREVER)
    ]


def _turns(chart: Chart, rules) -> list[datetime]:
    """The other instants at which the verdict on an occasion turns."""
    found = [chart.start.first, chart.start.last]
    for rule in rules:
        for occasion in occasions(chart, rule, FOREVER):
            opens = earliest(rule, occasion)
            found += [occasion.moment.first, occasion.moment.last, *([opens] if opens else [])]
    return found


def _entry_limits(chart: Chart, rules, document: Document) -> list[datetime]:
    due = [limit(rule, reckoned_from(chart, document), chart.tz) for rule in rules if rule.judges_entries]
    return [one.at for one in due if one]


# Documents


def _documents(d: Draw, chart: Chart, rules, plain: bool) -> tuple[Document, ...]:
    documents = []
    for number in range(d.one(3, 2, 4, 5, 6, 1, 0)):
        rule = d.one(*rules)
        instants = _due_dates(chart, [rule]) + _turns(chart, [rule])
        document = Document(
            id=f"D{number + 1}",
            type=d.one(*rule.document_types) if not d.chance(one_in=20) else d.one(*TYPES),
            ordinal=number if plain else d.one(number, 10 - number, None),
            author=None if plain else d.one(*PEOPLE, None),
            episode=d.one(None, *(episode.id for episode in chart.episodes)),
            authored=d.moment(instants, "exact", "exact", "exact", "day", None),
            verbal=d.one(True, True, False),
            sections=SECTIONS if d.one(True, False) else d.some(SECTIONS),
        )
        document = _signed(d, document, d.one(instants, _entry_limits(chart, [rule], document) or instants))
        documents.append(document if plain else _fated(d, document, documents))
    return tuple(documents)


def _signed(d: Draw, document: Document, instants) -> Document:
    match d.one("timed", "no", "undated", "timed", "no"):
        case "timed":
            return replace(document, signed=True, signature=d.moment(instants, "exact", "exact", "day"))
        case "undated":
            return replace(document, signed=True)
    return document


def _fated(d: Draw, document: Document, earlier: list[Document]) -> Document:
    """Void, superseded, a replacement, an addendum, or, most often, none of these."""
    fate = d.one("none", "none", "none", *FATES)
    if fate == "addendum" and earlier:
        return replace(document, addendum_to=d.one(*earlier).id)
    if fate == "replacement" and earlier:
        place = d.draw(st.integers(0, len(earlier) - 1))
        earlier[place] = replace(earlier[place], status=SUPERSEDED)
        return replace(document, replaces=earlier[place].id, type=earlier[place].type, episode=earlier[place].episode)
    if fate in ("none", "addendum", "replacement"):
        return document
    return replace(document, status=fate)


def _moments_of_audit(chart: Chart, rules, delinquent_after_days: int) -> tuple[list[datetime], list[datetime]]:
    """When things are due, and when anything else happens."""
    due = _due_dates(chart, rules)
    other = _turns(chart, rules)
    for document in chart.documents:
        due += _entry_limits(chart, rules, document)
        other += [bound for one in (document.authored, document.signature) if one for bound in (one.first, one.last)]
    if chart.end:
        other += [chart.end.first, delinquent_from(chart, delinquent_after_days)]
    return due, other
