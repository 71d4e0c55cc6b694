"""Writing down who read what."""

from collections.abc import Iterable

from himdept.common.reports import Operator
from records.confidentiality.models import AccessLog
from staff.models import User

LONGEST_DETAIL = AccessLog._meta.get_field("detail").max_length
LONGEST_END = 60  # of it, characters that are kept


def log_read(record, *, by):
    """Log that `by` opened a record. Called before the page is made: a read that fails half-way was still a read."""
    AccessLog.objects.create(user=by, record=record, act=AccessLog.Act.READ)


def log_sent(records: Iterable[int], *, to: User, what: str):
    """Log that a program was sent these records, or something of them: each by itself, all in one statement.

    `what` says by which address and what for, and never who the patient is. Called before the answer is made, as
    `log_read` is.
    """
    sent, detail = AccessLog.Act.SENT, what[:LONGEST_DETAIL]
    AccessLog.objects.bulk_create(
        AccessLog(user=to, record_id=number, act=sent, detail=detail) for number in sorted(set(records))
    )


def log_export(what: str, *, by: User | Operator, rows: int):
    """Log that `by` exported a list of `rows` lines; `what` names the list and never a patient.

    An operator at the server's terminal is nobody of the program's people: the entry has no user and says who it was.
    """
    user, detail = (None, f"{what} · operator {by} at the terminal") if isinstance(by, Operator) else (by, what)
    AccessLog.objects.create(user=user, act=AccessLog.Act.LISTED, detail=shortened(detail), rows=rows)


def shortened(detail: str) -> str:
    """As much as the log has room for. Of what is too long the middle goes: its end says in which form it went out."""
    if len(detail) <= LONGEST_DETAIL:
        return detail
    end = detail[-LONGEST_END:]
    return f"{detail[: LONGEST_DETAIL - len(end) - 3]}...{end}"
