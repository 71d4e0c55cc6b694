"""Work that somebody can have open: each room tells which of its foreign keys to a person is open work, and when.

A foreign key to a user or an employee is either a kind of open work, or says who did something in the past (`keeps`);
a test goes through all of them, so that no room can forget to say which.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import QuerySet


@dataclass(frozen=True)
class Kind:
    """`rows(user, employee)` are those that wait for that person; `column` is the foreign key, `app.Model.field`."""

    name: str
    title: str
    column: str
    rows: Callable[[int | None, int], QuerySet]


_kinds: dict[str, Kind] = {}
_kept: set[str] = set()


def register(kind: Kind):
    _kinds[kind.name] = kind


def keeps(*columns: str):
    """Say of foreign keys to people that they are history, or the person's own: nothing waits because of them."""
    _kept.update(columns)


def kinds() -> list[Kind]:
    return list(_kinds.values())


def columns() -> tuple[set[str], set[str]]:
    """The foreign keys that are open work, and those that are not."""
    return {kind.column for kind in _kinds.values()}, set(_kept)
