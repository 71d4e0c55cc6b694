"""Charts written by hand, with dull defaults: an admission in New York, and one rule that wants a note within a day."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from .judge import examine, judge
from .model import Chart, Document, Finding, Moment, Rule

NEW_YORK = ZoneInfo("America/New_York")
NOTE = "note"
ADMITTED = "2023-06-02 18:40"


def clause(*numbers: str):
    """The clauses of docs/completeness.md that a test holds the evaluator to."""

    def marked(test):
        test.clauses = numbers
        return test

    return marked


def instant(text: str, zone: ZoneInfo = NEW_YORK) -> datetime:
    """A time on the wall, as UTC; of an hour that happens twice, the first."""
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


def at(text: str, zone: ZoneInfo = NEW_YORK) -> Moment:
    return Moment.at(instant(text, zone))


def on(text: str, zone: ZoneInfo = NEW_YORK) -> Moment:
    return Moment.sometime_on(date.fromisoformat(text), zone)


def chart(*documents: Document, zone: ZoneInfo = NEW_YORK, start: str | Moment = ADMITTED, **facts) -> Chart:
    start = start if isinstance(start, Moment) else at(start, zone)
    facts = {"klass": "inpatient", "attending": "DR-ATTENDING", **facts}
    return Chart(zone=zone.key, start=start, documents=documents, **facts)


def note(authored: str | Moment | None = None, *, signed: bool | str | Moment = False, **facts) -> Document:
    """A document; `signed` is a moment, or True for a signature of which the time is not known."""
    signature = at(signed) if isinstance(signed, str) else signed if isinstance(signed, Moment) else None
    authored = at(authored) if isinstance(authored, str) else authored
    facts = {"id": "D1", "type": NOTE, **facts}
    return Document(authored=authored, signed=bool(signed), signature=signature, **facts)


def rule(trigger: str = "admission", **terms) -> Rule:
    if not terms.keys() & {"due_after_hours", "due_after_days", "every_hours", "every_days"}:
        terms["due_after_hours"] = 24
    return Rule(**{"code": "R1", "document_types": (NOTE,), "trigger": trigger, **terms})


def found(chart: Chart, rules: Rule | list[Rule], as_of: str | datetime) -> list[Finding]:
    rules = [rules] if isinstance(rules, Rule) else rules
    return judge(chart, rules, instant(as_of, chart.tz) if isinstance(as_of, str) else as_of)


def kinds(chart: Chart, rules: Rule | list[Rule], as_of: str | datetime) -> list[str]:
    """The kinds found, in alphabetical order; a missing element with its name."""
    return sorted(
        f"{finding.kind}:{finding.element}" if finding.kind == "missing_element" else finding.kind
        for finding in found(chart, rules, as_of)
    )


def awaited(chart: Chart, rules: Rule | list[Rule], as_of: str):
    return list(examine(chart, [rules] if isinstance(rules, Rule) else rules, instant(as_of, chart.tz)).expected)
