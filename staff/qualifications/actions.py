"""The verbs of somebody's background: record, strike. For whom somebody may do that is the edge's to see."""

from django.utils import timezone
from django.utils.translation import gettext as _

from himdept.common import reasons
from himdept.common.audit import acting_as
from himdept.common.db import promises
from himdept.common.errors import Conflict, DomainError
from staff.people.models import User
from staff.qualifications.models import Background


def record[Row: Background](row: Row, *, by: User) -> Row:
    """Write down a school or work elsewhere. Raises DomainError, naming the field; for a day to come, too."""
    if row.over_on and getattr(row, row.over_on) > timezone.localdate():
        raise DomainError(_("That day is still to come."), field=row.over_on)
    row.written_by = by
    with acting_as(by), promises.kept():
        promises.seen_to(row)
        row.save()
    return row


def strike[Row: Background](row: Row, *, by: User, because: str) -> Row:
    """Take out what was entered in error: it counts for nothing from now on, and stays to be read."""
    reasons.see_that_it_says(because)
    with acting_as(by, because=because), promises.kept():
        row = type(row).objects.select_for_update(no_key=True).get(pk=row.pk)
        if row.struck_because:
            raise Conflict(_("It was struck; nothing of it is changed any more."))
        row.struck_by, row.struck_because = by, because
        row.save(update_fields=["struck_by", "struck_because"])
    return row
