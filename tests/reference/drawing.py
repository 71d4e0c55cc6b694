"""The vocabulary in which charts and rules are drawn, and the instants on which they are put."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from .judge import earliest, limit, occasions, reckoned_from
from .model import NEWBORN, Chart, Document, Moment, Rule, midnight

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
PEOPLE = ("DR-A", "DR-B", "DR-C")
CLASSES = ("inpatient", "observation", "psychiatric", NEWBORN)
SERVICES = ("medicine", "surgery")
CODES = ("27447", "66984")  # of procedures
DISPOSITIONS = (None, "home", "ama", "expired")


@dataclass(frozen=True)
class Draw:
    """Choices, in the vocabulary of charts.

    `plain` keeps to what the form of the survey-finding cases can say: a topic per rule, one version of each, no
    addenda, no superseded or void documents.
    """

    random: Random
    zone: ZoneInfo
    plain: bool

    def one(self, *choices):
        return self.random.choice(choices)

    def some(self, choices, most=3):
        """Some of the choices, in their order."""
        left = [choice for choice in choices if self.one(True, False)]
        return tuple(left[:most])

    def chance(self, *, one_in):
        return self.random.randrange(one_in) == 0

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

    def document(self, chart: Chart, types, instants, signed_around=(), **facts) -> Document:
        """A document of one of the types, written around the instants."""
        facts = {
            "type": self.one(*types),
            "author": None if self.plain else self.one(*PEOPLE, None),
            "cosigner": None if self.plain else self.one(*PEOPLE, None, None),
            "episode": self.one(None, *(episode.id for episode in chart.episodes)),
            "verbal": self.one(True, True, False),
            "sections": SECTIONS if self.one(True, False) else self.some(SECTIONS),
            **facts,
        }
        if "authored" not in facts:
            facts["authored"] = self.moment(instants, "exact", "exact", "exact", "day", None)
        if "signed" not in facts:
            facts["signed"] = self.one(True, True, False)
            if facts["signed"] and self.one(True, True, False):
                around = list(signed_around) or list(instants)
                around += [facts["authored"].first] if facts["authored"] else []
                facts["signature"] = self.moment(around, "exact", "exact", "day")
        if not self.plain and "cosigned" not in facts:
            facts["cosigned"] = self.one(True, True, False)
            if facts["cosigned"] and self.one(True, True, False):
                around = [*(list(signed_around) or list(instants)), *self._when(facts, "authored", "signature")]
                facts["cosignature"] = self.moment(around, "exact", "exact", "day")
        return Document(id="", **facts)

    @staticmethod
    def _when(facts, *names) -> list[datetime]:
        return [facts[name].first for name in names if facts.get(name)]


def due_dates(chart: Chart, rules) -> list[datetime]:
    """When something is due for an occasion."""
    once = [rule for rule in rules if not rule.recurs]
    due = [limit(rule, occasion.moment, chart.tz).at for rule in once for occasion in occasions(chart, rule, FOREVER)]
    for rule in rules:
        if rule.recurs:
            due += [at for occasion in occasions(chart, rule, FOREVER) for at in turns(chart, rule, occasion.moment)]
    return due


def turns(chart: Chart, rule: Rule, begun: Moment) -> list[datetime]:
    """When a series may turn: so far after its beginning and after each document; or the midnights of its blocks."""
    if rule.every_hours is not None:
        moments = [begun, *(document.authored for document in chart.documents if document.authored)]
        return [moment.last + n * rule.every_hours * HOUR for moment in moments for n in (1, 2)]
    day = begun.day(chart.tz) + rule.begins_after_days * DAY
    return [midnight(day + n * rule.every_days * DAY, chart.tz) for n in range(4)]


def windows(chart: Chart, rules) -> list[datetime]:
    """From when on a document serves an occasion, where the rules say so."""
    opens = [earliest(rule, occasion) for rule in rules for occasion in occasions(chart, rule, FOREVER)]
    return [instant for instant in opens if instant]


def happenings(chart: Chart, rules) -> list[datetime]:
    """The admission, and the occasions of the rules."""
    moments = [chart.start, *(occasion.moment for rule in rules for occasion in occasions(chart, rule, FOREVER))]
    return [bound for moment in moments for bound in (moment.first, moment.last)]


def around_occasions(chart: Chart, rules) -> list[datetime]:
    return due_dates(chart, rules) + windows(chart, rules) + happenings(chart, rules)


def entry_limits(chart: Chart, rules: tuple[Rule, ...], document: Document) -> list[datetime]:
    """When something is due for an entry."""
    due = [limit(rule, reckoned_from(chart, document), chart.tz) for rule in rules if rule.judges_entries]
    return [one.at for one in due if one]
