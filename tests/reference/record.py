"""The state of the whole record at a moment: docs/completeness.md, sections 12 and 13."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from .judge import Examination, examine
from .model import VOID_STATUSES, Chart, Moment, Rule, midnight

IN_PROGRESS, DISCHARGED, INCOMPLETE, DELINQUENT, COMPLETE = (
    "in_progress",
    "discharged",
    "incomplete",
    "delinquent",
    "complete",
)


@dataclass(frozen=True, slots=True)
class RecordState:
    """The flags of a record that follow from its chart."""

    status: str
    requirements_due: int
    requirements_met: int
    open_deficiencies: int
    oldest_due_at: datetime | None
    completed_at: datetime | None


def state(chart: Chart, rules: Iterable[Rule], as_of: datetime, delinquent_after_days: int) -> RecordState:
    """The flags of the record at `as_of`, in a facility whose records are delinquent so many days after discharge."""
    seen = examine(chart, rules, as_of)
    still_open = [finding for finding in seen.findings if finding.is_open]
    unmet = {finding.key for finding in seen.findings if finding.kind != "late"}
    unmet |= {awaited.key for awaited in seen.expected}
    return RecordState(
        status=_status(chart, seen, as_of, delinquent_after_days),
        requirements_due=len(seen.judged),
        requirements_met=len(seen.judged - unmet),
        open_deficiencies=len(still_open),
        oldest_due_at=min((finding.due_at for finding in still_open if finding.due_at), default=None),
        completed_at=_completed_at(chart, seen, as_of),
    )


def delinquent_from(chart: Chart, delinquent_after_days: int) -> datetime | None:
    """The midnight that ends the last day allowed after the discharge; None without a discharge."""
    if chart.end is None:
        return None
    return midnight(chart.end.day(chart.tz) + timedelta(days=delinquent_after_days + 1), chart.tz)


def next_check_at(chart: Chart, rules: Iterable[Rule], as_of: datetime, delinquent_after_days: int) -> datetime | None:
    """The earliest instant, not before `as_of`, at which time alone could change what is judged; None if never."""
    seen = examine(chart, rules, as_of)
    instants = list(seen.pending)  # a limit by the clock may be this very instant, and is past right after it
    instants += [moment.first for moment in moments(chart) if moment.first > as_of]
    delinquent = delinquent_from(chart, delinquent_after_days)
    if delinquent and delinquent > as_of and _has_counting(seen):
        instants.append(delinquent)
    return min(instants, default=None)


def moments(chart: Chart) -> list[Moment]:
    """All that happened in the chart, without what was undone, entered in error or retracted."""
    found = [chart.start, chart.end]
    for episode in chart.episodes:
        if episode.took_place:
            found += [episode.start, episode.end]
    for document in chart.documents:
        if document.status not in VOID_STATUSES:
            found += [document.authored, document.signature, document.cosignature]
    return [moment for moment in found if moment]


def _is_discharged(chart: Chart, as_of: datetime) -> bool:
    # An end known to the day may begin before a start known to the minute.
    return chart.end is not None and chart.start.first <= as_of and chart.end.first <= as_of


def _has_counting(seen: Examination) -> bool:
    return any(finding.is_open and finding.counts_toward_delinquency for finding in seen.findings)


def _status(chart: Chart, seen: Examination, as_of: datetime, delinquent_after_days: int) -> str:
    discharged = _is_discharged(chart, as_of)
    if discharged and _has_counting(seen) and as_of >= delinquent_from(chart, delinquent_after_days):
        return DELINQUENT
    if any(finding.is_open for finding in seen.findings):
        return INCOMPLETE
    if not discharged and (chart.is_judged or chart.start.first > as_of):
        return IN_PROGRESS
    return DISCHARGED if seen.expected else COMPLETE


def _completed_at(chart: Chart, seen: Examination, as_of: datetime) -> datetime | None:
    if _status(chart, seen, as_of, delinquent_after_days=0) != COMPLETE:
        return None
    over = chart.end if _is_discharged(chart, as_of) else chart.start
    return max([over.first, *seen.completions])
