"""The morning huddle: one page made of what the apps offer."""

from datetime import datetime, timedelta

from django.contrib.auth.decorators import permission_required
from django.db.models import Exists, OuterRef
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from compliance.nightly.queries import alarms
from himdept.common.web import wants_fragment
from himdept.dashboard import tiles
from himdept.dashboard.tiles import Standing
from himdept.dashboard.trend import trend
from records.completeness import figures, nights, owing, today
from records.completeness.figures import Freshness
from records.inventory.models import Record
from staff.models import Facility

STALE = timedelta(hours=25)  # a day with the longest night: clocks are put back


@require_safe
def huddle(request):
    """What the department must do now, who owes it, and how fresh the numbers are. Every number opens its list."""
    context = {"now": timezone.now()}
    if request.user.has_perm("records.view_record") and request.user.has_perm("records.view_deficiency"):
        context |= numbers(request, now=context["now"])
    return render(request, "dashboard/huddle.html", context)


@require_safe
@permission_required("records.view_auditrun", raise_exception=True)
def night(request):
    """What somebody must look at of the night, in sentences: a part of the huddle that is asked for by itself."""
    template = "dashboard/night.html" + ("#night" if wants_fragment(request) else "")
    return render(request, template, {"alarms": alarms(facilities=request.user.reached)})


def numbers(request, *, now: datetime) -> dict:
    """Everything that the page shows to somebody who may see records."""
    user = request.user
    facilities = list(user.reached)
    fresh = figures.freshness(user, [facility.pk for facility in facilities])
    as_of = {pk: state.good.as_of if state.good else None for pk, state in fresh.items()}
    owed = owing.owing(user, now=now)
    standing = Standing(
        figures=figures.headline(request, known=owed.by_facility),
        past=nights.past(user, facilities, now=now),
        targets=tiles.targets_of(facilities, now),
        facilities=facilities,
        as_of=min((at for at in as_of.values() if at), default=None),
        now=now,
        reaches_more=bool(user.records_by_name),
    )
    return {
        "tiles": tiles.tiles(standing),
        "facilities": tiles.by_facility(standing, as_of),
        "zone": facilities[0].zone if facilities else None,
        "last": min((s.good for s in fresh.values() if s.good), key=figures.moment_judged, default=None),
        "coming": today.coming(request, facilities, now=now),
        "due_today": standing.figures["due_today"],
        "owing": owed,
        "trend": trend(standing.past.together()),
        "warnings": warnings(user, facilities, fresh, now=now),
    }


def warnings(user, facilities: list[Facility], fresh: dict[int, Freshness], *, now: datetime) -> list[dict]:
    """What is wrong with the numbers themselves: of each facility the worst, and what is to be done about it."""
    told, empty = [], empty_ones(user, [facility for facility in facilities if fresh[facility.pk].good is None])
    for facility in facilities:
        state = fresh[facility.pk]
        about = {"facility": facility, "run": state.failed or state.good}
        if state.failed:
            told.append(about | {"what": "failed", "good": state.good})
        elif state.good is None:
            told.append(about | {"what": "empty" if facility in empty else "none"})
        elif now - state.good.as_of > STALE:
            told.append(about | {"what": "stale", "good": state.good})
    return told


def empty_ones(user, facilities: list[Facility]) -> set[Facility]:
    """Those of them without a single record. A query only where a facility was never audited."""
    if not facilities:
        return set()
    records = Record.objects.visible_to(user).filter(facility=OuterRef("pk"))
    return set(Facility.objects.filter(~Exists(records), pk__in=[facility.pk for facility in facilities]))
