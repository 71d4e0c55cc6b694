"""Short ways through the verbs, for tests that are about what comes after."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from staff.models import PersonnelAction
from staff.personnel import actions, timeline

NOON = datetime(2026, 3, 2, 17, tzinfo=UTC)
A_DAY = timedelta(days=1)


def draft(employee, kind, *, by, effective=NOON, **terms) -> PersonnelAction:
    if "pay" in terms:
        terms = {"basis": "year"} | terms | {"pay": Decimal(terms["pay"])}
    action = PersonnelAction(employee=employee, kind=kind, effective=effective, **{"because": "It is so."} | terms)
    return actions.write(action, by=by.user)


def submitted(employee, kind, *, by, **terms) -> PersonnelAction:
    return actions.submit(draft(employee, kind, by=by, **terms), by=by.user)


def approved(employee, kind, *, by, then=None, **terms) -> PersonnelAction:
    """An action that `by` wrote and approved, and `then` too where two are asked."""
    action = submitted(employee, kind, by=by, **terms)
    for decider in filter(None, (by, then)):
        action = approve(action, by=decider)
    return action


def approve(action, *, by) -> PersonnelAction:
    return actions.approve(action, by=by.user, digest=timeline.preview(action).digest)


def rescind(action, *, by) -> PersonnelAction:
    digest = timeline.preview_without(action).digest
    return actions.rescind(action, by=by.user, because="It was a mistake.", digest=digest)
