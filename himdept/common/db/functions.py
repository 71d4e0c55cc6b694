"""Functions of PostgreSQL that Django does not name."""

from django.db.models import Func, UUIDField


class UUIDv7(Func):
    """A unique id that sorts by time of making (PostgreSQL 18, RFC 9562)."""

    function = "uuidv7"
    template = "%(function)s()"
    output_field = UUIDField()
    arity = 0
