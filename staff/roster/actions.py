"""The verbs of a file of people: lay it before the program, load it."""

from typing import BinaryIO

from django.utils import timezone
from django.utils.translation import gettext as _

from himdept.common.audit import acting_as
from himdept.common.db import promises
from himdept.common.errors import Conflict
from staff.employment.models import Employee
from staff.people.models import User
from staff.personnel.taking_over import Newcomer, take_over_all
from staff.roster.knowing import known_to
from staff.roster.models import PeopleFile
from staff.roster.plan import Plan, Row, Verdict, plan
from staff.roster.reading import read


def lay(file: BinaryIO, *, by: User) -> PeopleFile:
    """Keep the rows of a file to be looked at. Raises Unreadable for what is no list of people."""
    found = read(file)
    with acting_as(by):
        return PeopleFile.objects.create(by=by, rows=found.rows, unread=found.unread[:50])


def look_at(file: PeopleFile, *, by: User) -> Plan:
    """What loading it now would come to."""
    return plan(file.rows, known_to(by, file.rows))


def load(file: PeopleFile, *, by: User, digest: str) -> PeopleFile:
    """Take over the new people of a file and change the names of those that it names otherwise; list the others.

    Raises Conflict when it is loaded already, or when it would come to something else than what was seen (`digest`).
    """
    because = _("From a file of people, number %(n)d.") % {"n": file.pk}
    with promises.kept(), acting_as(by, because=because):
        file = PeopleFile.objects.select_for_update(no_key=True).get(pk=file.pk)
        if file.loaded_at:
            raise Conflict(_("This file is loaded already."))
        seen = look_at(file, by=by)
        if seen.digest != digest:
            raise Conflict(_("What this file comes to has changed since you looked. Look at it again."))
        take_over_all(_newcomers(seen.of(Verdict.NEW)), by=by, because=because)
        for row in seen.of(Verdict.CHANGED):
            _rename(row)
        file.loaded_at, file.counts = timezone.now(), seen.counts
        file.refused = [[row.line, row.column, row.why] for row in seen.of(Verdict.REFUSED)]
        file.save(update_fields=["loaded_at", "counts", "refused"])
    return file


def _newcomers(rows: list[Row]) -> list[Newcomer]:
    coming = {
        row.number: Employee(
            number=row.number, given_name=row.cells["given_name"], family_name=row.cells["family_name"]
        )
        for row in rows
    }
    named = {row.cells["reports_to"] for row in rows if "reports_to" in row.cells} - coming.keys()
    here = {employee.number: employee for employee in Employee.objects.filter(number__in=named)}
    return [
        Newcomer(
            employee=coming[row.number],
            position=row.seat.position,
            since=row.since,
            fte=row.fte,
            supervisor=(coming | here).get(row.cells.get("reports_to", "")),
            account=row.cells.get("account", ""),
        )
        for row in rows
    ]


def _rename(row: Row):
    for name, words in row.changes.items():
        setattr(row.person, name, words)
    row.person.save(update_fields=list(row.changes))


def forget_tonight(step) -> dict[str, int]:
    """Forget the rows of files that were laid before the program a week ago: they are full of names."""
    return {"forgotten": PeopleFile.objects.forgotten().update(rows=[], refused=[])}
