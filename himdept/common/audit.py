"""Who did it, and why: every change inside `acting_as` is written to the trail under that name."""

from collections.abc import Iterable
from contextlib import contextmanager

from auditlog.cid import get_cid
from auditlog.context import auditlog_value, set_extra_data
from auditlog.diff import model_instance_diff
from django.db.models import Model
from django.db.models.signals import pre_save


def mask_whole(value: str) -> str:
    """Hide all of a value: auditlog's own mask shows half of it."""
    return "***"


@contextmanager
def acting_as(user, *, because: str = ""):
    """Attribute every audited change in this block to `user`, with a reason.

    auditlog forgets the enclosing actor when its own context exits, leaving the rest of the request anonymous;
    so the outer one is put back.
    """
    outer = auditlog_value.get(None)
    context = {"actor": user, "additional_data": {"because": because}}
    if outer and "remote_addr" in outer:
        context["remote_addr"] = outer["remote_addr"]
    try:
        with set_extra_data(context):
            yield
    finally:
        if outer is not None:
            auditlog_value.set(outer)


def address_of_request() -> str | None:
    """Where the request that is being answered came from, for those who write the trail in a statement of their own."""
    return auditlog_value.get({}).get("remote_addr")


def created(rows: Iterable[Model]):
    """Write the trail of rows that one statement has made: as if each had been saved by itself.

    Of its own columns alone: nothing points to a new row yet, and auditlog would ask the database for each one whether
    something does.
    """
    from auditlog.models import LogEntry
    from django.contrib.contenttypes.models import ContentType

    entries = [
        LogEntry(
            content_type=ContentType.objects.get_for_model(row),
            object_pk=row.pk,
            object_id=row.pk,
            object_repr=str(row),
            action=LogEntry.Action.CREATE,
            changes=model_instance_diff(None, row, [field.name for field in row._meta.concrete_fields]),
            cid=get_cid(),
        )
        for row in rows
    ]
    for entry in entries:
        pre_save.send(LogEntry, instance=entry)  # who and why: what auditlog itself adds to an entry
    LogEntry.objects.bulk_create(entries)


def looked_at(row: Model):
    """Write into the trail that a row was read, for what is logged nowhere else."""
    from auditlog.models import LogEntry

    LogEntry.objects.log_create(row, force_log=True, action=LogEntry.Action.ACCESS, changes={})
