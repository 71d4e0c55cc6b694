"""Survey readiness in the browser: the whole, a framework, an element, a measure and what was not as it should be."""

from datetime import date
from decimal import Decimal
from itertools import groupby

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from compliance.crosswalks.models import Correspondence
from compliance.evidence import queries
from compliance.evidence.models import EvidenceRevision
from compliance.scoring import actions, history, scores
from compliance.scoring.comparing import compared
from compliance.scoring.forms import AimForm, AssessForm
from compliance.scoring.models import Assessment, Reading
from compliance.scoring.standing import DAY, judged, said_of, standing
from compliance.selfcheck.faults import faults
from compliance.standards.models import Element
from himdept.common import days, metrics
from himdept.common.days import DayAsked
from himdept.common.errors import Unreadable
from himdept.common.filling import filled
from staff.models import Facility

MAY_SEE = permission_required("compliance.view_readiness", raise_exception=True)
MAY_ASSESS = permission_required("compliance.assess_element", raise_exception=True)
MAY_AIM = permission_required("compliance.set_aim", raise_exception=True)
ASKED = require_http_methods(["GET", "HEAD", "POST"])
FIRST = 12  # elements that need somebody
TOGETHER = 50  # offenders on a page
EARLIEST = date(2000, 1, 1)


@require_safe
@MAY_SEE
def readiness(request, code: str = ""):
    """What a surveyor would find at one facility, on this day or any before, and what is different since an earlier."""
    if not request.user.reached:
        return render(request, "compliance/readiness.html", {"stands": None})
    facility = reached(request, code or request.user.reached[0].code)
    asked = day_asked(request, facility)
    asked_since = since_asked(request, asked.day)
    day, since = asked.day, asked_since.day
    stands, different = compared(facility, day, since or day - DAY, now=timezone.now())
    is_all = request.GET.get("needs") == "all"
    context = {
        "facility": facility,
        "facilities": request.user.reached,
        "stands": stands,
        "day": day,
        "today": today_of(facility),
        "asked": asked,
        "asked_since": asked_since,
        "frameworks": [
            (edition, scores.by_chapter(rows))
            for edition, rows in groupby_list(stands.scores, lambda one: one.element.edition)
        ],
        "first": stands.needs if is_all else stands.needs[:FIRST],
        "more": 0 if is_all else max(0, len(stands.needs) - FIRST),
        "different": different,
        "since": since,
        "faults": len(faults(stands)) if day == today_of(facility) else None,
        "changed": different.changed if since else different.changed[:FIRST],
        "beside": [(metric, one) for one in stands.beside if one.denominator and (metric := metrics.named(one.metric))],
    }
    return render(request, "compliance/readiness.html", context, status=max(asked.status, asked_since.status))


@require_safe
@MAY_SEE
def framework(request, code: str, name: str):
    """Every element of one framework with its score."""
    facility = reached(request, code)
    asked = day_asked(request, facility)
    stands = standing(facility, asked.day, now=timezone.now())
    rows = [one for one in stands.scores if one.element.edition.framework.code == name]
    if not rows:
        raise Http404
    context = {
        "facility": facility,
        "edition": rows[0].element.edition,
        "day": asked.day,
        "today": today_of(facility),
        "asked": asked,
        "whole": scores.summed(rows),
        "chapters": [
            (scores.summed(part, chapter), part)
            for chapter, part in groupby_list(rows, lambda one: one.element.chapter)
        ],
    }
    return render(request, "compliance/framework.html", context, status=asked.status)


@require_safe
@MAY_SEE
def element(request, code: str, number: int):
    """One element: what it asks, how it stands, what was judged of it, and by what evidence."""
    facility, asked = reached(request, code), element_of(number)
    now, today = timezone.now(), today_of(facility)
    said = said_of(facility, queries.with_those_before(asked), today, now)
    stands = judged(facility, today, [asked], now=now, said=said)
    rows = Correspondence.objects.in_force(stands.day).about([asked]).with_elements()
    context = {
        "facility": facility,
        "element": asked,
        "corresponds": [(relation.inverse, other, row) for row in rows for relation, other in [row.seen_from(number)]],
        "binds": asked.edition.binds(facility),
        "score": stands.scores[0],
        "measures": [(metrics.named(name), stands.readings.get(name)) for name in asked.metrics if metrics.named(name)],
        "assessments": [one for one in reversed(said.judgements) if one.element_id == asked.pk],
        "evidence": EvidenceRevision.objects.filter(evidence__elements=asked, evidence__facility=facility)
        .latest()
        .in_list()
        .select_related("reading")
        .defer("reading__offenders")
        .order_by("evidence__withdrawal__at", "-pk"),
        "to_reconfirm": queries.to_reconfirm(asked, said.evidence, today, stands.now),
        "today": today,
    }
    return render(request, "compliance/element.html", context)


@ASKED
@MAY_ASSESS
def assess(request, code: str, number: int):
    """Judge an element that no measure judges, of those that bind the facility."""
    facility, asked = reached(request, code), element_of(number)
    if asked.is_measured or not asked.edition.binds(facility):
        raise Http404
    last = Assessment.objects.filter(facility=facility, element=asked).order_by("pk").last()
    form = AssessForm(request.POST or None, initial={"after": last.pk if last else 0})
    back = reverse("element_page", args=[facility.code, asked.pk])

    def do():
        actions.assess(asked, facility, by=request.user, **form.cleaned_data)
        messages.success(request, _("%(element)s is judged.") % {"element": asked})
        return HttpResponseRedirect(back)

    title = _("Judge %(element)s") % {"element": asked}
    return filled(request, form, do, title=title, lead=asked.asks, act=_("Keep the judgement"), back=back)


@require_safe
@MAY_SEE
def measure(request, code: str, name: str):
    """One measure over its last nights, with the limits within which it moves by chance."""
    facility, metric = reached(request, code), metric_of(name)
    context = {
        "facility": facility,
        "metric": metric,
        "history": history.of(facility, metric),
        "elements": Element.objects.filter(bindings__metric=name).select_related("edition__framework"),
        "aims": facility.aims.filter(metric=name).select_related("by").order_by("-effective_from", "-pk"),
    }
    return render(request, "compliance/measure.html", context)


@ASKED
@MAY_AIM
def aim(request, code: str, name: str):
    """Set what a measure aims at."""
    facility, metric = reached(request, code), metric_of(name)
    form = AimForm(request.POST or None, initial={"since": today_of(facility)})
    back = reverse("measure_page", args=[facility.code, name])

    def do():
        said = form.cleaned_data
        share = said["percent"] / Decimal(100)
        because, since = said["because"], said["since"]
        actions.aim(name, facility, share=share, effective_from=since, because=because, by=request.user)
        messages.success(
            request, _("The aim is set. The first reading after this, of that day or later, counts by it.")
        )
        return HttpResponseRedirect(back)

    return filled(request, form, do, title=_("Set the aim"), lead=metric.title, act=_("Set it"), back=back)


@require_safe
@MAY_SEE
def reading(request, number: int):
    """One reading and what was not as it should be: of these, what the person may see."""
    rows = Reading.objects.visible_to(request.user).select_related("facility__time_zone")
    found = get_object_or_404(rows, pk=number)
    metric = metrics.named(found.metric)
    after = number_asked(request, "after")
    numbers = sorted(set(found.offenders))
    coming = [one for one in numbers if one > after]
    shown = metric.name(request.user, coming[:TOGETHER]) if metric else []
    context = {
        "facility": found.facility,
        "reading": found,
        "metric": metric,
        "result": scores.by_measure(found),
        "shown": shown,
        "different": len(numbers),
        "short": len(found.offenders),
        "hidden": len(coming[:TOGETHER]) - len(shown),
        "next": coming[TOGETHER - 1] if len(coming) > TOGETHER else None,
        "after": after,
    }
    return render(request, "compliance/reading.html", context)


def reached(request, code: str) -> Facility:
    """A facility that the person's role reaches."""
    facility = next((one for one in request.user.reached if one.code == code), None)
    if facility is None:
        raise Http404
    return facility


def element_of(number: int) -> Element:
    return get_object_or_404(Element.objects.with_metrics().select_related("chapter", "edition__framework"), pk=number)


def metric_of(name: str) -> metrics.Metric:
    metric = metrics.named(name)
    if metric is None:
        raise Http404
    return metric


def today_of(facility: Facility) -> date:
    return timezone.localdate(timezone=facility.zone)


def day_asked(request, facility: Facility) -> DayAsked:
    """The day in the address, else today."""
    today = today_of(facility)
    too_late = _("Readiness is known of past days and of today.")
    return days.day_in(request, "day", instead=today, last=today, too_late=too_late, first=EARLIEST)


def since_asked(request, day: date) -> DayAsked:
    """The day in the address that another one is compared with, else none."""
    too_late = _("Compare with a day before the one that is shown.")
    return days.day_in(request, "since", instead=None, last=day - DAY, too_late=too_late, first=EARLIEST)


def number_asked(request, name: str) -> int:
    """The number in the address, else 0. Raises Unreadable for what is none."""
    text = request.GET.get(name, "0")
    if not (text.isascii() and text.isdecimal() and len(text) < 18):
        raise Unreadable(_("This place in the list is not known. Start again from the first page."), field=name)
    return int(text)


def groupby_list(rows: list, key) -> list[tuple]:
    """The neighbours that share a key, as lists."""
    return [(value, list(part)) for value, part in groupby(rows, key)]
