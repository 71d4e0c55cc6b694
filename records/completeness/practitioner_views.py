"""Who owes what: the list of practitioners, and the page of one of them."""

from django.contrib.auth.decorators import permission_required
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from himdept.common import pictures, spoken
from himdept.common.pictures import Picture
from records.completeness import nights, practitioners
from records.completeness.figures import address as address_of
from records.completeness.figures import latest_run
from records.completeness.listings import PRACTITIONERS
from records.inventory.models import Practitioner

MOST = 8
HEADROOM = 1.2  # the name of the highest number stands above the line


@require_safe
@permission_required("records.view_deficiency", raise_exception=True)
def practitioner_list(request):
    """Those who owe something on a record that the person may see; who owes most first."""
    return PRACTITIONERS.show(request, last=latest_run(request.user))


@require_safe
@permission_required("records.view_deficiency", raise_exception=True)
def practitioner_page(request, number: int):
    """One practitioner: what they owe, by age and type; how that moved; what they made good, and what comes next."""
    practitioner, now, user = get_object_or_404(Practitioner, pk=number), timezone.now(), request.user
    every, types = practitioners.by_type(user, practitioner, now=now)
    past = nights.owed_by(user, practitioner.pk, now=now)
    coming = practitioners.due_next(user, practitioner, most=MOST)
    picture = trend(past.days)
    context = {
        "practitioner": practitioner,
        "now": now,
        "as_of": past.as_of,
        "types": types,
        "all": every,
        "coming": coming[:MOST],
        "more_coming": len(coming) > MOST,
        "coming_address": address_of("expected_list", owed_by=practitioner.pk),
        "resolved": practitioners.resolved(user, practitioner, now=now, most=MOST),
        "trend": picture,
        "scale": pictures.extremes_of(picture) if picture else [],
    }
    return render(request, "records/practitioner_page.html", context)


def trend(days: list) -> Picture | None:
    if not any(owed for _day, owed in days):
        return None
    words = _(
        "Past due on %(n)d nights: from %(first)d on %(since)s to %(last)d on %(until)s; least %(least)d, most %(most)d"
    ) % {
        "least": min(number for _day, number in days),
        "most": max(number for _day, number in days),
        "n": len(days),
        "first": days[0][1],
        "since": spoken.date_of(days[0][0]),
        "last": days[-1][1],
        "until": spoken.date_of(days[-1][0]),
    }
    most = max(number for _day, number in days)
    return pictures.drawn(days, width=420, height=120, also=[0, most * HEADROOM], words=words)
