"""Work that somebody can have open: each room tells which of its foreign keys to a person is open work, and when.

A foreign key to a user or an employee is either a kind of open work, or says who did something in the past (`keeps`);
a test goes through all of them, so that no room can forget to say which.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.contrib.auth import get_user_model
from django.db.models import Model, QuerySet


@dataclass(frozen=True)
class Kind:
    """A kind of open work, and how it passes from one person to another.

    `column` is the foreign key, `app.Model.field`; `rows(number)` are those that wait for the account, or the employee,
    that it points to.
    `visible(rows, user)` are those of them that somebody may know of, with what `what` prints of one. `takes(user)`
    gives a test of one row: may it be proposed that this person has it? `give(row, to=, by=, because=)` hands it over
    by the rules of its own room; it raises DomainError where these refuse. Whoever may have any of them holds one of
    `rights` (empty: it asks for none) and reaches its `facility`, the path from a row to it (empty: whichever).
    """

    name: str
    title: str
    column: str
    rows: Callable[[int], QuerySet]
    visible: Callable[[QuerySet, Any], QuerySet]
    takes: Callable[[Any], Callable[[Model], bool]]
    give: Callable[..., None]
    what: Callable[[Any], str] = str
    rights: tuple[str, ...] = ()
    facility: str = ""

    def of(self, employee: Any) -> QuerySet:
        """Those that wait for an employee: whoever has no account has nothing of an account, not what is nobody’s."""
        label, field = self.column.rsplit(".", 1)
        model = apps.get_model(label)
        is_of_accounts = model._meta.get_field(field).related_model is get_user_model()
        number = employee.user_id if is_of_accounts else employee.pk
        return model._default_manager.none() if number is None else self.rows(number)


_kinds: dict[str, Kind] = {}
_kept: set[str] = set()


def register(kind: Kind):
    _kinds[kind.name] = kind


def keeps(*columns: str):
    """Say of foreign keys to people that they are history, or the person's own: nothing waits because of them."""
    _kept.update(columns)


def kinds() -> list[Kind]:
    return list(_kinds.values())


def named(name: str) -> Kind | None:
    return _kinds.get(name)


def columns() -> tuple[set[str], set[str]]:
    """The foreign keys that are open work, and those that are not."""
    return {kind.column for kind in _kinds.values()}, set(_kept)
