"""The demonstration's survey cycle: in progress, with parts in every state that comes before the end."""

from datetime import date, timedelta

from django.db import transaction

from compliance.cycles import actions
from compliance.cycles.marking import AS_MEASURED, Said
from compliance.cycles.models import Cycle, CyclePart
from compliance.cycles.standing import Row, stand
from compliance.standards import library
from staff.models import Facility, User

BEGUN, LASTS = timedelta(days=10), timedelta(days=30)
SCORERS = ("supervisor", "privacy", "manager")
SAID = (  # in turn, of what no measure judges
    Said("met", because="Seen in the binder of policies; signed this year."),
    Said("met", because="Five of five asked knew what to do."),
    Said("partly", "moderate", "limited", "Done, but the log of last month has two days without an entry."),
    Said("met", because="Shown on the screen by the supervisor."),
    Said("not_met", "moderate", "pattern", "Three units keep a list of their own."),
    Said("not_applicable", because="The hospital has no such unit."),
)
GRADES = (("low", "limited"), ("moderate", "pattern"), ("low", "pattern"), ("high", "limited"))


@transaction.atomic
def begin(facility: Facility, *, until: date) -> Cycle | None:
    """Start it, unless the facility has a cycle already or nothing to be surveyed by."""
    editions = library.in_force(facility, until - BEGUN)
    if not editions or Cycle.objects.filter(facility=facility).exists():
        return None
    people = {user.username: user for user in User.objects.filter(username__in=SCORERS)}
    manager = people["manager"]
    cycle = actions.start(
        facility,
        title=f"Mock survey of {until:%B %Y}",
        editions=editions,
        begins=until - BEGUN,
        due=until - BEGUN + LASTS,
        by=manager,
    )
    for number, part in enumerate(cycle.parts.with_names().in_order()):
        due = part.due - timedelta(days=number % 10)
        scorer = people[SCORERS[number % len(SCORERS)]]
        part = actions.assign(part, assignee=scorer, due=due, seen=(None, part.due), by=manager)
        go_on(part, how_far=number % 4, by=manager)
    return cycle


def go_on(part: CyclePart, *, how_far: int, by: User):
    """Bring a part on: 0 scored and closed, 1 scored half, 2 scored and submitted, 3 not begun."""
    if how_far == 3:
        return
    rows = stand(part.cycle, [part])[0].rows
    for place, row in enumerate(rows if how_far != 1 else rows[: len(rows) // 2]):
        if said := words_for(row, place):
            actions.score(part, row.element, said, after=0, by=part.assignee)
    if how_far != 1:
        actions.submit(part, by=part.assignee)
    if how_far == 0:
        actions.accept(part, by=by)
        actions.close_part(part, by=by)


def words_for(row: Row, place: int) -> Said | None:
    """What is said of an element; of what is measured only how bad it is, where it falls short."""
    if row.live is None:
        return SAID[(place + row.part.pk) % len(SAID)]
    return Said(AS_MEASURED, *GRADES[place % len(GRADES)]) if row.falls_short else None
