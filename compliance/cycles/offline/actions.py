"""The verbs of a sheet: lay it before the program, take it over."""

from typing import BinaryIO

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from compliance.cycles import actions as cycles
from compliance.cycles.models import Cycle, Hand, Mark
from compliance.cycles.offline.cells import read
from compliance.cycles.offline.models import CycleFile
from compliance.cycles.offline.plan import DIGITS, Known, Plan, Verdict, plan
from compliance.cycles.standing import standing
from compliance.cycles.workflow import open_to
from himdept.common.audit import acting_as
from himdept.common.errors import Conflict, Unreadable
from staff.models import User

MOST_UNREAD = 50  # headings


def lay(cycle: Cycle, file: BinaryIO, *, by: User) -> CycleFile:
    """Keep the rows of a sheet to be looked at.

    Raises Unreadable for what is none of ours, or the sheet of another cycle; Conflict where the cycle is closed. What
    somebody made by hand need not say of which cycle it is.
    """
    if cycle.closed_at:
        raise Conflict(_("This cycle is closed. Nothing of it changes any more."))
    found = read(file)
    number = str(cycle.pk)
    if any(cells.get("cycle", number) != number for _line, cells in found.rows):
        raise Unreadable(_("This is the sheet of another cycle."), field="file")
    with acting_as(by):
        return CycleFile.objects.create(cycle=cycle, by=by, rows=found.rows, unread=found.unread[:MOST_UNREAD])


def look_at(file: CycleFile, *, by: User) -> Plan:
    """What taking it over now would come to. Five queries."""
    return plan(file.rows, known_to(by, file))


def known_to(user: User, file: CycleFile) -> Known:
    stands = standing(file.cycle)
    seen = {cells.get("seen", "") for _line, cells in file.rows}
    numbers = [int(one) for one in seen if one.isascii() and one.isdecimal() and len(one) <= DIGITS]
    marks = Mark.objects.filter(pk__in=numbers, part__cycle=file.cycle, hand=Hand.INDIVIDUAL)
    return Known(
        rows={(row.element.edition.framework.code, row.element.code): row for row in stands.rows},
        marks={mark.pk: mark for mark in marks},
        open_parts=frozenset(one.part.pk for one in stands.parts if "score" in open_to(user, one.part)),
        by=user,
    )


def load(file: CycleFile, *, by: User, digest: str) -> CycleFile:
    """Score what the sheet scores otherwise; what is in conflict or refused stays as it is here.

    Raises Conflict when it is taken over already, or when it would come to something else than was seen (`digest`).
    """
    with transaction.atomic(), acting_as(by, because=_("From a sheet, number %(n)d.") % {"n": file.pk}):
        file = CycleFile.objects.select_for_update(no_key=True, of=("self",)).select_related("cycle").get(pk=file.pk)
        if file.loaded_at:
            raise Conflict(_("This sheet is taken over already."))
        seen = look_at(file, by=by)
        if seen.digest != digest:
            raise Conflict(_("What this sheet comes to has changed since you looked. Look at it again."))
        for line in sorted(seen.of(Verdict.CHANGED), key=lambda line: line.row.part.pk):
            cycles.score(line.row.part, line.row.element, line.said, after=line.row.after, by=by)
        file.loaded_at, file.counts, file.left_out = timezone.now(), seen.counts, seen.left_out
        file.save(update_fields=["loaded_at", "counts", "left_out"])
    return file


def forget_tonight(step) -> dict[str, int]:
    """Forget the rows of sheets that were laid before the program a week ago."""
    return {"forgotten": CycleFile.objects.forgotten().update(rows=[], left_out=None)}
