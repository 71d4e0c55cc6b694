"""Who owes what: the list of practitioners, and the page of one of them."""

from django.contrib.auth.decorators import permission_required
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from himdept.common import pictures, spoken
from himdept.common.errors import Unreadable
from himdept.common.lists import address
from himdept.common.pictures import Picture
from himdept.common.web import wants_fragment
from records.completeness import nights, practitioners
from records.completeness.figures import address as address_of
from records.completeness.figures import latest_run
from records.completeness.models import Deficiency
from records.completeness.practitioners import PractitionerFilter
from records.inventory.models import Practitioner

MOST = 8


@require_safe
@permission_required("records.view_deficiency", raise_exception=True)
def practitioner_list(request):
    """Those who owe something on a record that the person may see; who owes most first."""
    now = timezone.now()
    filters = PractitionerFilter(request.GET, Deficiency.objects.visible_to(request.user).open(), request=request)
    context, status = {"filters": filters, "now": now, "last": latest_run(request.user)}, 200
    try:
        owed = filters.narrowed()
        context |= shown(request, filters, owed, now)
    except Unreadable as refusal:
        filters.refuse(refusal)
        context["refusal"], status = refusal, 400
    template = "records/practitioner_list.html" + ("#list" if wants_fragment(request) else "")
    response = render(request, template, context, status=status)
    if wants_fragment(request):
        response.headers["HX-Push-Url"] = address(request)
    return response


def shown(request, filters: PractitionerFilter, owed: QuerySet, now) -> dict:
    narrow = {name: request.GET[name] for name in ("service", "facility") if request.GET.get(name)}
    page = practitioners.page_of(
        owed, now=now, sort=request.GET.get("sort", ""), at=request.GET.get("at", ""), **narrow
    )
    is_whole = not (page.previous or page.next)
    count = len(page) if is_whole else owed.order_by().values("owed_by").exclude(owed_by=None).distinct().count()
    return {"page": page, "count": f"{count:,}"}


@require_safe
@permission_required("records.view_deficiency", raise_exception=True)
def practitioner_page(request, number: int):
    """One practitioner: what they owe, by age and type; how that moved; what they made good, and what comes next."""
    practitioner, now, user = get_object_or_404(Practitioner, pk=number), timezone.now(), request.user
    every, types = practitioners.by_type(user, practitioner, now=now)
    past = nights.owed_by(user, practitioner.pk, now=now)
    coming = practitioners.due_next(user, practitioner, most=MOST)
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
        "trend": trend(past.days),
    }
    return render(request, "records/practitioner_page.html", context)


def trend(days: list) -> Picture | None:
    if not any(owed for _day, owed in days):
        return None
    words = _("Past due on %(n)d nights: from %(first)d on %(since)s to %(last)d on %(until)s") % {
        "n": len(days),
        "first": days[0][1],
        "since": spoken.date_of(days[0][0]),
        "last": days[-1][1],
        "until": spoken.date_of(days[-1][0]),
    }
    return pictures.drawn(days, width=420, height=120, also=[0], words=words)
