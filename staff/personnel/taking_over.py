"""Taking over many at once: what `actions.take_over` does for one, in a dozen statements for all.

They are people whom nobody in the program knew: no account, action or timeline of theirs is there before.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils import timezone

from himdept.common.audit import acting_as, created
from himdept.common.db import promises
from staff.employment.models import Employee
from staff.organisation.models import Position
from staff.people.models import User
from staff.personnel.fold import fold
from staff.personnel.kinds import Kind
from staff.personnel.models import PersonnelAction, PersonnelStep, State
from staff.personnel.timeline import TRACKS


@dataclass(frozen=True)
class Newcomer:
    """Somebody whom nobody knew: not kept yet, and into which seat, since when, with what share and under whom by name
    (another newcomer, or somebody who is here). `account` is a user name that is free, or none."""

    employee: Employee
    position: Position
    since: datetime
    fte: Decimal
    supervisor: Employee | None = None
    account: str = ""


def take_over_all(newcomers: Iterable[Newcomer], *, by: User, because: str) -> list[PersonnelAction]:
    """Take over these people: all of them, or none when the database refuses one (DomainError)."""
    newcomers = list(newcomers)
    with promises.kept(), acting_as(by, because=because):
        _open_accounts(newcomers)
        employees = Employee.objects.bulk_create([one.employee for one in newcomers])
        actions = PersonnelAction.objects.bulk_create(
            [
                PersonnelAction(
                    employee=one.employee,
                    kind=Kind.TAKEN_OVER,
                    state=State.RECORDED,
                    effective=one.since,
                    position=one.position,
                    fte=one.fte,
                    supervisor=one.supervisor,
                    because=because,
                    written_by=by,
                )
                for one in newcomers
            ]
        )
        now, opened = timezone.now(), [("account", 1), ("role", 1), ("facility", 1)]
        PersonnelStep.objects.bulk_create(
            PersonnelStep(
                action=action,
                move="take_over",
                state=State.RECORDED,
                by=by,
                at=now,
                because=because,
                done=opened if one.account else [],
            )
            for action, one in zip(actions, newcomers, strict=True)
        )
        _write_timelines(actions)
        created([*employees, *actions])
    return actions


def _open_accounts(newcomers: list[Newcomer]):
    """Accounts as `access.settle` would leave them: open, with the role of the seat's job and its facility."""
    users = [
        User(
            username=one.account,
            first_name=one.employee.given_name,
            last_name=one.employee.family_name,
            password=make_password(None),
            must_change_password=True,
        )
        for one in newcomers
        if one.account
    ]
    User.objects.bulk_create(users)
    groups = dict(Group.objects.values_list("name", "pk"))
    roles, facilities = User.groups.through, User.facilities.through
    gives, reaches = [], []
    for user, one in zip(users, (one for one in newcomers if one.account), strict=True):
        one.employee.user = user
        if role := groups.get(one.position.job.default_role):
            gives.append(roles(user_id=user.pk, group_id=role))
        reaches.append(facilities(user_id=user.pk, facility_id=one.position.unit.facility_id))
    roles.objects.bulk_create(gives)
    facilities.objects.bulk_create(reaches)
    created(users)


def _write_timelines(actions: list[PersonnelAction]):
    """What each of these actions comes to by itself: their people have no other."""
    rows: dict[type, list] = {model: [] for model, _columns in TRACKS.values()}
    for action in actions:
        timeline = fold([action.act])
        for track, (model, columns) in TRACKS.items():
            rows[model] += [
                model(
                    employee_id=action.employee_id,
                    during=DateTimeTZRange(spell.since, spell.until),
                    **dict(zip(columns, spell.value, strict=True)),
                )
                for spell in getattr(timeline, track)
            ]
    for model, made in rows.items():
        model.objects.bulk_create(made)
