"""The page of what is not in order in the compliance data, by kind, each line leading to where it is mended."""

from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from compliance.scoring.standing import standing
from compliance.scoring.views import MAY_SEE, groupby_list, reached, today_of
from compliance.selfcheck.faults import faults


@require_safe
@MAY_SEE
def self_check(request, code: str):
    """What is not in order at a facility now."""
    facility = reached(request, code)
    today = today_of(facility)
    found = faults(standing(facility, today, now=timezone.now()))
    context = {
        "facility": facility,
        "number": len(found),
        "kinds": groupby_list(found, lambda fault: fault.kind),
        "today": today,
    }
    return render(request, "compliance/self_check.html", context)
