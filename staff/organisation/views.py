"""The chart of the department, as of any day."""

from datetime import timedelta

from django.contrib.auth.decorators import permission_required
from django.http import Http404
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from himdept.common import days, moments
from staff.employment.models import known_to
from staff.organisation.chart import chart

LAST_MINUTE = timedelta(minutes=1)


@require_safe
@permission_required("staff.view_chart", raise_exception=True)
def org_chart(request):
    """The chart of a facility that the person reaches: now, or at the end of the day `?on=`; with `?unit=` of one.

    Of no day to come: what is approved and not yet in effect, a discharge too, is for the line above alone.
    """
    facilities, code = request.user.reached, request.GET.get("facility", "")
    facility = next((one for one in facilities if one.code == code or not code), None)
    if facility is None:
        raise Http404
    now = timezone.now()
    today = now.astimezone(facility.zone).date()
    to_come = _("This day is to come: the chart shows what is so, and what was.")
    asked = days.day_in(request, "on", instead=today, last=today, too_late=to_come)
    day = asked.day
    at = now if day == today else moments.midnight(day + timedelta(days=1), facility.zone) - LAST_MINUTE
    unit = request.GET.get("unit", "")
    number = int(unit) if unit.isdecimal() else 0
    shown = chart(facility, at, number if unit else None, known=known_to(request.user))
    if unit and not shown.tops:
        raise Http404
    opens = request.GET.copy()
    opens.pop("unit", None)
    opens["unit"] = ""  # comes last
    context = {
        "unit_address": f"?{opens.urlencode()}",
        "facility": facility,
        "facilities": facilities,
        "chart": shown,
        "day": day,
        "today": today,
        "is_today": day == today,
        "at": at,
        "asked": asked,
        "one": shown.tops[0] if unit else None,
    }
    return render(request, "staff/org_chart.html", context, status=asked.status)
