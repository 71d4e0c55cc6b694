"""The morning huddle: one page made of what the apps offer."""

from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from records.completeness import figures


@require_safe
def huddle(request):
    """What the department must do now, who owes it, and how fresh the numbers are. Every number opens its list."""
    context = {"now": timezone.now()}
    if request.user.has_perm("records.view_record") and request.user.has_perm("records.view_deficiency"):
        context |= {
            "figures": figures.headline(request),
            "practitioners": figures.by_practitioner(request),
            "services": figures.by_service(request),
            "last": figures.latest_run(request.user),
        }
    return render(request, "dashboard/huddle.html", context)
