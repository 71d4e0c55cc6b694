"""Charts written by hand, with dull defaults: an admission in New York, and one rule that wants a note within a day.

What is asked of a chart here is asked of whichever evaluator is in `evaluator`: of the reference, unless another one
that keeps the same clauses is put there, such as the audit engine.
"""

from collections.abc import Iterable
from contextvars import ContextVar
from datetime import UTC, date, datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from . import record
from .judge import examine
from .model import Chart, Document, Expected, Finding, Moment, Rule

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


class Evaluator(Protocol):
    """Who judges charts: `as_of` is an instant, the answers are values of the reference's model."""

    def findings(self, chart: Chart, rules: tuple[Rule, ...], as_of: datetime) -> Iterable[Finding]: ...
    def expected(self, chart: Chart, rules: tuple[Rule, ...], as_of: datetime) -> Iterable[Expected]: ...
    def state(self, chart: Chart, rules: tuple[Rule, ...], as_of: datetime, days: int) -> record.RecordState: ...
    def next_check_at(self, chart: Chart, rules: tuple[Rule, ...], as_of: datetime, days: int) -> datetime | None: ...
    def fault(self, terms: dict) -> str: ...


class Reference:
    """The evaluator of this package."""

    state = staticmethod(record.state)
    next_check_at = staticmethod(record.next_check_at)

    def findings(self, chart, rules, as_of):
        return examine(chart, rules, as_of).findings

    def expected(self, chart, rules, as_of):
        return examine(chart, rules, as_of).expected

    def fault(self, terms: dict) -> str:
        try:
            Rule(**terms)
        except ValueError as problem:
            return str(problem)
        return ""


REFERENCE = Reference()
evaluator: ContextVar[Evaluator] = ContextVar("evaluator")  # where none is put: the reference


def found(chart: Chart, rules: Rule | Iterable[Rule], as_of: str | datetime) -> list[Finding]:
    """What stands against the chart, whichever order it is found in: by topic, entry, episode, block and slot."""
    findings = evaluator.get(REFERENCE).findings(chart, several(rules), moment(chart, as_of))
    return sorted(findings, key=lambda one: (one.topic, one.entry or "", one.episode or "", one.block or 0, one.slot))


def only(chart: Chart, rules: Rule | Iterable[Rule], as_of: str | datetime) -> Finding:
    """The one thing that stands against the chart."""
    findings = found(chart, rules, as_of)
    assert len(findings) == 1, findings
    return findings[0]


def kinds(chart: Chart, rules: Rule | Iterable[Rule], as_of: str | datetime) -> list[str]:
    """The kinds found, in alphabetical order; a missing element with its name."""
    return sorted(
        f"{finding.kind}:{finding.element}" if finding.kind == "missing_element" else finding.kind
        for finding in found(chart, rules, as_of)
    )


def awaited(chart: Chart, rules: Rule | Iterable[Rule], as_of: str | datetime) -> list[Expected]:
    return list(evaluator.get(REFERENCE).expected(chart, several(rules), moment(chart, as_of)))


def state(chart: Chart, rules: Rule | Iterable[Rule], as_of: str | datetime, days: int = 30) -> record.RecordState:
    """The flags of the record, in a facility whose records are delinquent so many days after discharge."""
    return evaluator.get(REFERENCE).state(chart, several(rules), moment(chart, as_of), days)


def look_again(chart: Chart, rules: Rule | Iterable[Rule], as_of: str | datetime, days: int = 30) -> datetime | None:
    return evaluator.get(REFERENCE).next_check_at(chart, several(rules), moment(chart, as_of), days)


def fault(trigger: str = "admission", **terms) -> str:
    """Why there can be no rule of these terms; nothing where there can."""
    return evaluator.get(REFERENCE).fault({"code": "R1", "document_types": (NOTE,), "trigger": trigger, **terms})


def several(rules: Rule | Iterable[Rule]) -> tuple[Rule, ...]:
    return (rules,) if isinstance(rules, Rule) else tuple(rules)


def moment(chart: Chart, as_of: str | datetime) -> datetime:
    return instant(as_of, chart.tz) if isinstance(as_of, str) else as_of
