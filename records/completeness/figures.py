"""The numbers of the huddle. Each is the count of a list, narrowed by the list's own filters: the two never differ."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlencode

from django.db.models import Count, F, Q, QuerySet, Value
from django.http import QueryDict
from django.urls import reverse

from records.completeness.filters import DeficiencyFilter, ExpectedFilter
from records.completeness.models import AuditRun, Deficiency, Expected
from records.completeness.models.runs import State
from records.inventory.filters import UNFINISHED, RecordFilter
from records.inventory.models import Record


@dataclass(frozen=True)
class Figure:
    """A number and the address of the rows behind it; `by_facility` has its parts, each with an address too."""

    number: int
    address: str
    by_facility: dict[int, "Figure"] = field(default_factory=dict)


RECORD, OWED = "facility", "record__facility"  # the way to the facility
HEADLINE = {
    "delinquent": ("record_list", RecordFilter, Record, RECORD, {"status": "delinquent"}),
    "incomplete": ("record_list", RecordFilter, Record, RECORD, {"status": UNFINISHED}),
    "past_due": ("deficiency_list", DeficiencyFilter, Deficiency, OWED, {"age": "0"}),
    "open": ("deficiency_list", DeficiencyFilter, Deficiency, OWED, {}),
    "undated": ("deficiency_list", DeficiencyFilter, Deficiency, OWED, {"kind": "undated"}),
    "due_today": ("expected_list", ExpectedFilter, Expected, OWED, {"within": "today"}),
}


def headline(request, *, known: dict[str, dict[int, int]] | None = None) -> dict[str, Figure]:
    """What the manager asks first: how many are delinquent, incomplete, past due, undated, due today. One query.

    `known` are those that were counted already, by their names and then by facility.
    """
    counts, known = [], known or {}
    for name, (_url, filters, model, way, query) in HEADLINE.items():
        if name in known:
            continue
        rows = model.objects.visible_to(request.user)
        narrowed = filters(QueryDict(urlencode(query)), rows, request=request).narrowed()
        counts.append(narrowed.order_by().values(name=Value(name), at=F(way)).annotate(number=Count("pk")))
    parts: dict[str, dict[int, int]] = {name: dict(known.get(name, {})) for name in HEADLINE}
    for row in counts[0].union(*counts[1:], all=True):
        parts[row["name"]][row["at"]] = row["number"]
    return {name: figure(name, parts[name], request.user.facility_ids) for name in HEADLINE}


def figure(name: str, parts: dict[int, int], facilities: Iterable[int]) -> Figure:
    url, *_rest, query = HEADLINE[name]
    by_facility = {
        facility: Figure(parts.get(facility, 0), address(url, **query, facility=facility)) for facility in facilities
    }
    return Figure(sum(parts.values()), address(url, **query), by_facility)


def address(url_name: str, **query) -> str:
    return reverse(url_name) + (f"?{urlencode(query)}" if query else "")


def runs_for(user) -> QuerySet[AuditRun]:
    """Audits of the person's facilities, and of all of them at once."""
    return AuditRun.objects.filter(Q(facility=None) | Q(facility__in=user.facility_ids))


def latest_run(user) -> AuditRun | None:
    """The last audit that was finished and written: all numbers are as of then."""
    return runs_for(user).filter(written=True, state=State.FINISHED).order_by("-as_of", "-pk").first()


@dataclass(frozen=True)
class Freshness:
    """The last audits of one facility that wrote: the last good one, and the last that failed since then."""

    good: AuditRun | None
    failed: AuditRun | None


def freshness(user, facilities: Iterable[int]) -> dict[int, Freshness]:
    """How fresh the numbers of each facility are. One query."""
    over = runs_for(user).filter(written=True, state__in=[State.FINISHED, State.FAILED])
    # Of each facility, and of all at once, the last of either state.
    last = list(over.order_by("facility_id", "state", "-as_of", "-pk").distinct("facility_id", "state"))
    return {
        facility: freshness_of([run for run in last if run.facility_id in (None, facility)]) for facility in facilities
    }


def freshness_of(runs: list[AuditRun]) -> Freshness:
    def latest(state: State) -> AuditRun | None:
        return max((run for run in runs if run.state == state), key=moment_judged, default=None)

    good, failed = latest(State.FINISHED), latest(State.FAILED)
    overtaken = good and failed and moment_judged(failed) < moment_judged(good)
    return Freshness(good, None if overtaken else failed)


def moment_judged(run: AuditRun) -> tuple[datetime, int]:
    return run.as_of, run.pk
