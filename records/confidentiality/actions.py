"""Writing down who read what."""

from records.confidentiality.models import AccessLog


def log_read(record, *, by):
    """Log that `by` opened a record. Called before the page is made: a read that fails half-way was still a read."""
    AccessLog.objects.create(user=by, record=record, act=AccessLog.Act.READ)


def log_export(what: str, *, by, rows: int):
    """Log that `by` exported a list of `rows` lines; `what` names the list and never a patient."""
    AccessLog.objects.create(user=by, act=AccessLog.Act.LISTED, detail=what, rows=rows)
