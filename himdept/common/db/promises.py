"""What the database refuses, in words: each room names its constraints and the sentence for each.

A constraint that Django knows has its sentence in the model's Meta; this is for those that only PostgreSQL has.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.db.models import Model

from himdept.common.errors import DomainError

_words: dict[str, tuple[str, str]] = {}


def register(constraint: str, words: str, *, field: str = ""):
    """Say what it means when `constraint` refuses something, and by which field of a form."""
    _words[constraint] = (words, field)


@contextmanager
def kept() -> Iterator[None]:
    """Do the block in a transaction and see at its end that all promises are kept, also those looked at last.

    Raises DomainError in the registered words; a constraint without words is a mistake of ours and stays an error.
    """
    try:
        with transaction.atomic():
            yield
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
                cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    except IntegrityError as refusal:
        broken = getattr(getattr(refusal.__cause__, "diag", None), "constraint_name", None)
        if broken not in _words:
            raise
        words, field = _words[broken]
        raise DomainError(str(words), field=field) from refusal


def seen_to(row: Model):
    """What a model's own constraints say of a row, before it is written. Raises DomainError naming the first field."""
    try:
        row.full_clean()
    except ValidationError as problem:
        field, errors = next(iter(problem.error_dict.items()))
        raise DomainError(" ".join(errors[0].messages), field="" if field == "__all__" else field) from problem
