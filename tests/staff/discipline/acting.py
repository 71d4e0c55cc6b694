"""Short ways through the verbs of a case, for tests that are about what comes after."""

from datetime import timedelta

from django.utils import timezone

from staff.discipline import actions
from staff.models import CaseFile

SAID = {
    "offence": "attendance",
    "facts": "Came at ten on three days; the door log shows it.",
    "policy": "Hours of work, 4.2; signed for in January.",
    "volume": "As usual.",
    "staffing": "Nobody was away.",
    "training": "Knows the hours.",
    "system": "The clock is right.",
    "expectation": "At the desk at eight.",
}


def today():
    return timezone.localdate()


def draft(employee, *, by, follow_ups=True, **said) -> CaseFile:
    case = CaseFile(employee=employee, **SAID | {"happened_on": today()} | said)
    days = [(today() + timedelta(days=30), "The door log")] if follow_ups else []
    return actions.write(case, by=by.user, follow_ups=days)


def submitted(employee, *, by, **said) -> CaseFile:
    return actions.submit(draft(employee, by=by, **said), by=by.user)


def approve(case, *, by) -> CaseFile:
    return actions.approve(case, by=by.user, digest=actions.digest(case))


def given(employee, *, by, then=None, **said) -> CaseFile:
    """A case that `by` wrote, approved and gave, and `then` approved too where two are asked."""
    case = submitted(employee, by=by, **said)
    for decider in filter(None, (by, then)):
        case = approve(case, by=decider)
    return actions.give(case, by=by.user)
