"""Writing down who read what."""

from himdept.common.reports import Operator
from records.confidentiality.models import AccessLog
from staff.models import User


def log_read(record, *, by):
    """Log that `by` opened a record. Called before the page is made: a read that fails half-way was still a read."""
    AccessLog.objects.create(user=by, record=record, act=AccessLog.Act.READ)


def log_export(what: str, *, by: User | Operator, rows: int):
    """Log that `by` exported a list of `rows` lines; `what` names the list and never a patient.

    An operator at the server's terminal is nobody of the program's people: the entry has no user and says who it was.
    """
    user, detail = (None, f"{what} · operator {by} at the terminal") if isinstance(by, Operator) else (by, what)
    AccessLog.objects.create(user=user, act=AccessLog.Act.LISTED, detail=detail[:LONGEST_DETAIL], rows=rows)


LONGEST_DETAIL = AccessLog._meta.get_field("detail").max_length
