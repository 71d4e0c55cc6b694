"""The step of the night that looks whether the compliance data themselves are in order."""

from collections import Counter

from django.utils import timezone

from compliance.scoring.standing import standing
from compliance.selfcheck.faults import faults


def check_tonight(step) -> dict:
    """How many faults there are, and of each kind that there is. It writes nothing: the page shows them as they are."""
    night = step.night
    found = faults(standing(night.facility, night.business_date, now=timezone.now()))
    return {"faults": len(found), **Counter(fault.kind.value for fault in found)}
