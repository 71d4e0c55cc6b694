"""Taking facts in for an interface: one transaction for rows, due list and message log; again when two collide."""

import time
from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import DatabaseError, DataError, IntegrityError, connection, transaction

from records.completeness import due
from records.inventory.intake import KINDS, Door, Item, Outcome, Refused, take_in
from records.inventory.models import Source
from staff.models import Facility

AGAIN = {"40001", "40P01", "23505"}  # serialization, deadlock, unique: somebody else was there at the same time
ATTEMPTS = 8


def door(source: Source, *, facility: Facility | None = None, reaches: frozenset[int] | None = None) -> Door:
    """The door for what a source brings: into `facility`, else into the only one that it reaches."""
    facilities = [f for f in Facility.objects.all() if reaches is None or f.pk in reaches]
    only = facility or (facilities[0] if len(facilities) == 1 else None)
    return Door(
        source=source.pk,
        zones={f.pk: f.zone for f in Facility.objects.all()},
        zone=only.zone if only else ZoneInfo(settings.TIME_ZONE),
        facility=only.pk if only else None,
        facilities=reaches,
    )


def take(noun: str, items: list[Item], at: Door) -> None:
    """Take in facts of one kind and put their records on the due list, within the caller's transaction."""
    take_in(noun, items, at)
    due.append({record for item in items for record in item.touched})


def take_all(noun: str, items: list[Item], at: Door) -> None:
    """As `take`, for facts that stand or fall together: what the database refuses is found, and named in its item."""
    try:
        with transaction.atomic():
            take(noun, items, at)
    except (IntegrityError, DataError) as error:
        if sqlstate(error) in AGAIN:
            raise
        for item in items:
            item.start_over()
            try:
                with transaction.atomic():
                    take(noun, [item], at)
            except (IntegrityError, DataError) as problem:
                item.start_over()
                item.refuse(refusal(noun, problem))


def again[T](attempt: Callable[[], T]) -> T:
    """Run a transaction, and again when it collided with another one. Raises the last error after some attempts."""
    for n in range(ATTEMPTS):
        try:
            with transaction.atomic():
                return attempt()
        except DatabaseError as error:
            if sqlstate(error) not in AGAIN or n + 1 == ATTEMPTS or connection.in_atomic_block:
                raise
            time.sleep(0.01 * n)
    raise AssertionError("unreachable")


def take_each(noun: str, items: list[Item], at: Door, log: Callable[[list[Item]], None]) -> None:
    """Take in facts that stand for themselves: what the database refuses is found by halving, the rest gets in.

    `log` writes down what became of them, in the same transaction.
    """
    if not items:
        return

    def attempt() -> None:
        for item in items:
            item.start_over()
        take(noun, items, at)
        log(items)

    known = dict(at.named)
    try:
        again(attempt)
    except (IntegrityError, DataError) as error:
        at.named = known
        if len(items) == 1:
            items[0].start_over()
            items[0].refuse(refusal(noun, error))
            with transaction.atomic():
                log(items)
            return
        half = len(items) // 2
        take_each(noun, items[:half], at, log)
        take_each(noun, items[half:], at, log)


def sqlstate(error: Exception) -> str:
    return getattr(error.__cause__, "sqlstate", "") or ""


def refusal(noun: str, error: Exception) -> Refused:
    """What the database refused, in our words: its own may repeat the values."""
    name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None)
    for constraint in KINDS[noun].model._meta.constraints:
        if constraint.name == name:
            return Refused(str(constraint.violation_error_message))
    about = f"its rule {name}" if name else f"its error {sqlstate(error)}"
    return Refused(f"The database cannot hold this: {about}.")


def count(items: list[Item]) -> dict[str, int]:
    counts = dict.fromkeys((Outcome.CREATED, Outcome.CHANGED, Outcome.UNCHANGED, Outcome.REFUSED), 0)
    for item in items:
        if item.outcome in counts:
            counts[item.outcome] += 1
    return {outcome.value: n for outcome, n in counts.items()}
