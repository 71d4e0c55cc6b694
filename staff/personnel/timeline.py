"""A person's timeline as it stands and as it would: folded from the actions in force, compared, and written anew."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from himdept.common.db import promises
from himdept.common.errors import DomainError
from staff.employment.models import Assignment, Employee, Employment, Leave, Pay, Supervision
from staff.personnel.days import begins, zone_of_person
from staff.personnel.fold import Act, NoGround, Spell, Timeline, fold
from staff.personnel.kinds import Basis
from staff.personnel.models import PersonnelAction

HOURS_A_YEAR = 2080
TRACKS = {  # of the timeline: the table that keeps it, and what its values are
    "employments": (Employment, ()),
    "assignments": (Assignment, ("position_id", "fte")),
    "pays": (Pay, ("amount", "basis")),
    "supervisions": (Supervision, ("supervisor_id",)),
    "leaves": (Leave, ("reason", "expected_back")),
}


@dataclass(frozen=True)
class Preview:
    """What an action would make of a person's timeline. `digest` is of all that is approved when it is approved."""

    before: Timeline
    after: Timeline
    later: tuple[PersonnelAction, ...]  # those in force that begin after it, and are built on it
    digest: str
    budget: Decimal | None  # what a year costs more from the moment on; None when it is not about pay, or not known
    pay_unknown: bool = False  # what somebody who is in a seat is paid is known on one side of the moment alone


def acts_of(employee: Employee) -> list[PersonnelAction]:
    return list(PersonnelAction.objects.filter(employee=employee).in_force().order_by("effective", "pk"))


def folded(employee: Employee, actions: Iterable[PersonnelAction]) -> Timeline:
    """What these actions come to. Raises DomainError that says, in the person's own time, which one cannot be."""
    try:
        return fold(action.act for action in actions)
    except NoGround as refusal:
        raise refusal.told(begins(refusal.act, zone_of_person(employee))) from refusal


def preview(action: PersonnelAction, *, leaving_out: PersonnelAction | None = None) -> Preview:
    """What would be so if `action` came into force, in place of the one that it corrects.

    Raises DomainError when it, or one built on it, could then not be.
    """
    acts, replaced = acts_of(action.employee), {action.pk, action.corrects_id}
    others = [other for other in acts if other.pk not in replaced]
    before, after = folded(action.employee, acts), folded(action.employee, [*others, action])
    return _compared(action.act, action.effective, before, after, others)


def preview_without(action: PersonnelAction) -> Preview:
    """What would be so if an action in force were rescinded; one that it corrected does not come back by that."""
    acts = acts_of(action.employee)
    others = [other for other in acts if other.pk != action.pk]
    before, after = folded(action.employee, acts), folded(action.employee, others)
    return _compared(None, action.effective, before, after, others)


def as_it_came(action: PersonnelAction) -> Preview:
    """What an action in force changed when it began, whatever was built on it afterwards."""
    earlier = [other for other in acts_of(action.employee) if other.act.place < action.act.place]
    before, after = folded(action.employee, earlier), folded(action.employee, [*earlier, action])
    return _compared(action.act, action.effective, before, after, [])


def _compared(act: Act | None, moment: datetime, before: Timeline, after: Timeline, others) -> Preview:
    later = tuple(other for other in others if other.effective > moment)
    told = json.dumps([str(act), before, after, [other.pk for other in later]], default=str)
    cost_before, cost_after = (_cost_of_a_year(timeline, moment) for timeline in (before, after))
    unknown = pay_unknown(before.at(moment)) != pay_unknown(after.at(moment))
    return Preview(
        before,
        after,
        later,
        hashlib.sha256(told.encode()).hexdigest(),
        None if cost_before == cost_after or unknown else cost_after - cost_before,
        pay_unknown=unknown,
    )


def pay_unknown(held: dict[str, tuple]) -> bool:
    """Whether somebody sits in a seat and nobody recorded for what pay: whoever was taken over without any."""
    return "assignments" in held and "pays" not in held


def _cost_of_a_year(timeline: Timeline, moment: datetime) -> Decimal:
    """What a person is paid for a year as of a moment, at their share of full time."""
    held = timeline.at(moment)
    if not {"pays", "assignments"} <= held.keys():
        return Decimal(0)
    (amount, basis), (_, fte) = held["pays"], held["assignments"]
    return amount * fte * (HOURS_A_YEAR if basis == Basis.HOUR else 1)


def try_out(employee: Employee, timeline: Timeline) -> DomainError | None:
    """Why the database would not take a timeline, or None. Writes nothing."""
    try:
        with transaction.atomic():
            write(employee, timeline)
            transaction.set_rollback(True)
    except DomainError as refusal:
        return refusal
    return None


def write(employee: Employee, timeline: Timeline):
    """Make what is kept say what the timeline says; rows that say it already stay as they are.

    The caller holds the employee's row. Raises DomainError for what the database refuses.
    """
    with promises.kept():
        for track, (model, columns) in TRACKS.items():
            wanted = {(spell.since, spell.until, *spell.value) for spell in getattr(timeline, track)}
            for row in model.objects.filter(employee=employee):
                there = (row.during.lower, row.during.upper, *(getattr(row, column) for column in columns))
                if there in wanted:
                    wanted.remove(there)
                else:
                    row.delete()
            for since, until, *values in sorted(wanted, key=lambda row: row[0]):
                during = DateTimeTZRange(since, until)
                model.objects.create(employee=employee, during=during, **dict(zip(columns, values, strict=True)))


def rebuild(employee: Employee) -> Timeline:
    """Fold the actions in force and write what they come to. The caller holds the employee's row."""
    timeline = folded(employee, acts_of(employee))
    write(employee, timeline)
    return timeline


def stored(employee: Employee) -> Timeline:
    """The timeline as it is kept."""
    return Timeline(
        **{
            track: tuple(
                Spell(row.during.lower, row.during.upper, tuple(getattr(row, column) for column in columns))
                for row in model.objects.filter(employee=employee).order_by("during")
            )
            for track, (model, columns) in TRACKS.items()
        }
    )
