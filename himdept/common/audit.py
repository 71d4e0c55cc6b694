"""Who did it, and why: every change inside `acting_as` is written to the trail under that name."""

from contextlib import contextmanager

from auditlog.context import auditlog_value, set_extra_data


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
