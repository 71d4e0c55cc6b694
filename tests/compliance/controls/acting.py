"""Recurring controls for tests: a restore drill of MAIN every three months, that its manager answers for."""

from compliance.controls import actions
from compliance.controls.models import Control, ControlOccurrence
from compliance.controls.schedule import months_later
from compliance.evidence.models import Kind
from tests import factories as make
from tests.compliance.evidence.acting import element, owner, today


def planned(title: str = "Restore drill", *, elements=None, at=None, **said) -> Control:
    """Planned half a year ago, for the first time that day, with the nights since then."""
    before = months_later(today(), -6)
    about = {"basis": "45 CFR 164.308(a)(7)(ii)(D)", "anchor": before, "every_months": 3, "on": before}
    about |= {"owner": owner(), "by": owner()} | said
    control = actions.add(at or make.facility(), elements or [element()], title=title, **about)
    actions.plan(control, today())
    actions.mark_missed(control, today())
    return control


def times(control: Control) -> list[ControlOccurrence]:
    return list(control.occurrences.order_by("number"))


def done(occurrence: ControlOccurrence, **said) -> ControlOccurrence:
    about = {"kind": Kind.LINK, "title": "Protocol", "done_on": today(), "link": "https://example.org/", "by": owner()}
    return actions.do(occurrence, **(about | said))
