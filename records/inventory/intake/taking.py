"""Taking facts in: find the rows, resolve what they refer to, write what is new or different, and nothing else."""

import hashlib
from collections.abc import Iterator

import msgspec
from django.db import connection
from msgspec import UNSET

from records.inventory.intake import identity, references, tables
from records.inventory.intake.care import Encounters, Episodes
from records.inventory.intake.charts import Documents
from records.inventory.intake.facts import ByIdentifier, ByKey, Named, Row
from records.inventory.intake.items import Door, Item, Outcome, Refused
from records.inventory.intake.kinds import Kind
from records.inventory.intake.people import Patients, Practitioners

KINDS: dict[str, Kind] = {
    kind.noun: kind for kind in (Patients(), Practitioners(), Encounters(), Episodes(), Documents())
}


def take_in(noun: str, items: list[Item], door: Door) -> None:
    """Take in facts of one kind, within the caller's transaction; each item says afterwards what became of it.

    Of an item that is created or changed, `touched` names the records to be looked at again: the caller appends them
    to the due list in the same transaction. An item that refers to what is not there is WAITING and says for what.
    Raises IntegrityError (23505) when another transaction entered the same at the same time: roll back and try again.
    """
    kind = KINDS[noun]
    for wave in _waves(kind, items):
        rest = wave
        while rest:
            rest = _take_in(kind, rest, door)
        for item in wave:
            if item.row is not None and item.outcome not in (Outcome.REFUSED, Outcome.WAITING):
                door.named |= {(noun, name): item.row for name in item.names}


def _waves(kind: Kind, items: list[Item]) -> Iterator[list[Item]]:
    """Parts to be taken in one after the other: none tells twice of one identity, or of what it refers to itself."""
    waiting = items
    while waiting:
        tellers: dict[object, Item] = {}
        marked = [(item, list(_marks(item))) for item in waiting]
        for item, marks in marked:
            for mark in marks:
                tellers.setdefault(mark, item)
        firsts = [item for item, marks in marked if all(tellers[mark] is item for mark in marks)]
        wave = [item for item in firsts if not _follows(kind, item, tellers)]
        # What refers to itself in a circle is taken as it comes, and then waits for ever.
        wave = wave or firsts
        yield wave
        if len(wave) == len(waiting):
            return
        taken = set(map(id, wave))
        waiting = [item for item in waiting if id(item) not in taken]


def _marks(item: Item) -> Iterator[object]:
    """Everything by which another item of the same kind could mean the same row."""
    for name in (item.external_id, item.offered):
        if name:
            yield ByKey(name)
    for number in item.facts.numbers:
        yield number.system, number.value
    for name in item.names:
        yield Named(name)


def _follows(kind: Kind, item: Item, tellers: dict[object, Item]) -> bool:
    """Whether an item refers to what another one has still to tell of."""
    for noun in kind.own_references:
        if ref := getattr(item.facts, noun):
            mark = (ref.system, ref.value) if isinstance(ref, ByIdentifier) else ref
            if tellers.get(mark, item) is not item:
                return True
    return False


def _take_in(kind: Kind, items: list[Item], door: Door) -> list[Item]:
    """Take in what means each a row of its own; gives back what turned out to mean the same row as one before it."""
    with connection.cursor() as cursor:
        identity.find(cursor, kind, items, door)
        found = references.look_up(cursor, KINDS, [item for item in items if item.is_open], kind.references, door)
        for item in items:
            _place(kind, item, found)
        items, rest = _once_each(items)
        known = [item for item in items if item.is_open]
        kind.prepare(cursor, known, found)
        for item in known:
            _value(kind, item, found, door)
        before = _merge(cursor, kind, [item for item in known if item.is_open])
        write = [item for item in known if item.is_open]
        references.enter_strangers(cursor, found, write, kind.references)
        _write(cursor, kind, write, before, door)
    return rest


def _once_each(items: list[Item]) -> tuple[list[Item], list[Item]]:
    """Those that are the first to mean their row, and the others as if they had not been looked at."""
    firsts: dict[int, Item] = {}
    for item in items:
        if item.row is not None:
            firsts.setdefault(item.row, item)
    rest = [item for item in items if item.row is not None and firsts[item.row] is not item]
    if not rest:
        return items, rest
    for item in rest:
        item.start_over()
    again = set(map(id, rest))
    return [item for item in items if id(item) not in again], rest


def _place(kind: Kind, item: Item, found) -> None:
    if item.missing:
        item.outcome = Outcome.WAITING
    elif item.is_open:
        try:
            kind.place(item, found)
        except Refused as problem:
            item.refuse(problem)


def _value(kind: Kind, item: Item, found, door: Door) -> None:
    """Work out the row; an item whose content its source has told before is done with."""
    try:
        item.values = kind.values(item, found, door)
    except Refused as problem:
        item.refuse(problem)
        return
    item.content_hash = _hash(item)
    identity.same_again(item)
    if item.known_hash == item.content_hash:
        item.outcome = Outcome.UNCHANGED


def _hash(item: Item) -> bytes:
    """What the source said, as it reads here: a rule of reading that changes makes everything new."""
    numbers = sorted((n.system, n.value, n.kind) for n in item.facts.numbers)
    label = getattr(item.facts, "confidentiality", UNSET)
    told = (item.values, numbers, None if label is UNSET else label)
    return hashlib.sha256(msgspec.msgpack.encode(told)).digest()


def _merge(cursor, kind: Kind, items: list[Item]) -> dict[int, Row]:
    """Lay what is told over what is known, and check the whole. Gives the rows as they were, by number, locked."""
    before = tables.locked(cursor, kind.model, {item.row for item in items if item.row is not None}, kind.columns)
    versions = identity.versions(cursor, kind, [item.key for item in items if item.key is not None])
    empty = {column: tables.table(kind.model).default(column) for column in kind.columns}
    kind.yield_to(cursor, items, before)
    for item in items:
        try:
            item.version = versions.get(item.key, 0)
            if item.only_if_version not in (None, item.version):
                raise Refused(f"This {kind.noun} has another version by now.", status=412)
            item.values = before.get(item.row, empty) | item.values
            kind.check(item.values)
        except Refused as problem:
            item.refuse(problem)
    return before


def _write(cursor, kind: Kind, items: list[Item], before: dict[int, Row], door: Door) -> None:
    """Write what is new and what differs; then under which names and numbers it is known."""
    new = [item for item in items if item.row is None]
    for item, row in zip(new, tables.fresh_keys(cursor, kind.model, len(new)), strict=True):
        item.row = row
    changed = [item for item in items if item.row in before and _differs(item.values, before[item.row])]
    tables.insert(cursor, kind.model, [{"id": item.row} | item.values for item in sorted(new, key=_neighbours)])
    columns = [c for c in kind.columns if any(item.values[c] != before[item.row][c] for item in changed)]
    tables.update(cursor, kind.model, [{"id": item.row} | item.values for item in changed], columns)
    kind.entered(cursor, new)
    numbered = identity.number(cursor, kind, items)
    moved = {item.row for item in changed} | numbered
    for item in items:
        item.version += item.row in moved
        item.outcome = Outcome.CHANGED if item.row in moved else Outcome.UNCHANGED
    for item in new:
        item.outcome = Outcome.CREATED
    identity.remember(cursor, kind, items, door)
    kind.settle(cursor, items)
    kind.touched(cursor, [*new, *changed], {item.row: before[item.row] for item in changed})


def _differs(values: Row, old: Row) -> bool:
    return any(values[column] != value for column, value in old.items())


def _neighbours(item: Item) -> tuple[int, int]:
    """Rows of one record beside each other, and in the order in which the night locks records."""
    return item.values.get("record_id", 0), item.row
