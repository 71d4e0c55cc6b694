"""Which of our rows a fact is about: by the id that its source gives it, or by any number it shares with one."""

import uuid
from collections import defaultdict
from collections.abc import Iterable

from records.inventory.intake import tables
from records.inventory.intake.items import Door, Item, Key, Refused

OURS = uuid.UUID("6d1c1f6c-3f0e-5d7b-9a53-0f6f9a3a1c11")  # ids that we give where the source gives none


def find(cursor, kind, items: list[Item], door: Door) -> None:
    """Fill in row, key and version of each item that is known; refuse what would be two rows at once."""
    called = {name for item in items for name in (item.external_id, item.offered) if name}
    keys = {key.external_id: key for key in keys_called(cursor, kind, door.source, called)}
    owners = owners_of(cursor, kind, [(n.system, n.value) for item in items for n in item.facts.numbers])
    others = set(owners.values()) - {key.row for key in keys.values()}
    here: dict[tuple[int, str], Key] = {}
    for key in [*keys_of(cursor, kind, door.source, others), *keys.values()]:
        # Of several names of one row the least, so that the answer is always the same.
        place = (key.row, space_of(key.external_id))
        if place not in here or key.external_id < here[place].external_id:
            here[place] = key
    for item in items:
        try:
            _identify(kind, item, keys, owners, here)
        except Refused as problem:
            item.refuse(problem)


def _identify(kind, item: Item, keys, owners, here) -> None:
    key = keys.get(item.external_id) if item.external_id else None
    row = key.row if key else None
    for n, number in enumerate(item.facts.numbers):
        owner = owners.get((number.system, number.value))
        if owner is None or owner == row:
            continue
        other = here.get((owner, item.space))
        if row is not None or (item.external_id and other):
            whose = f"{kind.noun} {other.external_id}" if other else f"another {kind.noun}"
            raise Refused(f"This number belongs to {whose}.", field=f"numbers:{n}", status=409)
        row = owner
    item.name = item.external_id or ""
    if row is not None and item.external_id is None and (key := here.get((row, item.space))):
        item.name = key.external_id
    if item.only_if_new and row is not None:
        raise Refused(f"This {kind.noun} is there already.", status=412)
    if item.only_if_version is not None and item.only_if_version != (key.version if key else None):
        raise Refused(f"This {kind.noun} has another version by now.", status=412)
    item.row = row
    if key:
        item.key, item.known_hash, item.version = key.id, key.content_hash, key.version
    elif item.external_id is None:
        taken = keys.get(item.offered)
        if taken is None:
            item.name = item.offered
        elif row is None:
            item.namesake = taken


def same_again(item: Item) -> None:
    """Of a fact without an id whose offered name is taken: the very same one again is known, any other is new."""
    if item.namesake and item.content_hash == item.namesake.content_hash:
        key = item.namesake
        item.name, item.row, item.key = key.external_id, key.row, key.id
        item.known_hash, item.version = key.content_hash, key.version


def keys_called(cursor, kind, source: int, names: Iterable[str]) -> list[Key]:
    return _keys(cursor, kind, "external_id", source, list(names))


def keys_of(cursor, kind, source: int, rows: Iterable[int]) -> list[Key]:
    return _keys(cursor, kind, kind.owner, source, list(rows))


def _keys(cursor, kind, column: str, source: int, wanted: list) -> list[Key]:
    if not wanted:
        return []
    cursor.execute(
        f"SELECT id, external_id, {kind.owner}, content_hash, version FROM {kind.keys._meta.db_table} "
        f"WHERE source_id = %s AND {column} = ANY(%s)",
        [source, wanted],
    )
    return [Key(a, b, c, bytes(d) if d is not None else None, e) for a, b, c, d, e in cursor.fetchall()]


def owners_of(cursor, kind, numbers: list[tuple[str, str]]) -> dict[tuple[str, str], int]:
    """The rows that hold these numbers."""
    if not numbers or kind.numbers is None:
        return {}
    wanted = list(set(numbers))
    cursor.execute(
        f"SELECT n.system, n.value, n.{kind.owner} FROM {kind.numbers._meta.db_table} n "
        "JOIN unnest(%s::text[], %s::text[]) AS w(system, value) ON n.system = w.system AND n.value = w.value",
        [[system for system, _ in wanted], [value for _, value in wanted]],
    )
    return {(system, value): row for system, value, row in cursor.fetchall()}


def rows_numbered(cursor, kind, value: str) -> list[int]:
    """The rows that hold this number in any system: there may be several."""
    if kind.numbers is None:
        return []
    cursor.execute(
        f"SELECT DISTINCT {kind.owner} FROM {kind.numbers._meta.db_table} WHERE value = %s",
        [value],
    )
    return [row for (row,) in cursor.fetchall()]


def space_of(name: str) -> str:
    return name.rpartition("/")[0]


def name_for(kind, row: int, source: int, space: str = "") -> str:
    """What a row is called in a source that has not named it: always the same, so that two at once agree."""
    name = str(uuid.uuid5(OURS, f"{source}/{kind.noun}/{row}"))
    return f"{space}/{name}" if space else name


def key_for(cursor, kind, row: int, source: int, space: str = "") -> Key:
    """The name of a row in a source, given now if it has none."""
    if keys := [key for key in keys_of(cursor, kind, source, [row]) if space_of(key.external_id) == space]:
        return min(keys, key=lambda key: key.external_id)
    name = name_for(kind, row, source, space)
    tables.insert(cursor, kind.keys, [{"source_id": source, "external_id": name, kind.owner: row}])
    return keys_called(cursor, kind, source, [name])[0]


def ranks(cursor, kind, rows: Iterable[int], ranked: dict[str, int]) -> dict[int, int]:
    """Of these rows, the highest rank among the names by which any source knows them: names such as `Word/id`."""
    wanted = list(rows)
    if not wanted:
        return {}
    cursor.execute(
        f"SELECT {kind.owner}, split_part(external_id, '/', 1) FROM {kind.keys._meta.db_table} "
        f"WHERE {kind.owner} = ANY(%s) AND external_id LIKE '%%/%%'",
        [wanted],
    )
    best: dict[int, int] = {}
    for row, word in cursor.fetchall():
        best[row] = max(best.get(row, 0), ranked.get(word, 0))
    return best


def versions(cursor, kind, keys: list[int]) -> dict[int, int]:
    """The versions that these keys have by now; read again once the rows are locked."""
    if not keys:
        return {}
    cursor.execute(f"SELECT id, version FROM {kind.keys._meta.db_table} WHERE id = ANY(%s)", [keys])
    return dict(cursor.fetchall())


def remember(cursor, kind, items: list[Item], door: Door) -> None:
    """Write down under which names these items' rows are known, and what was last said of them."""
    new = [item for item in items if item.key is None]
    for item in new:
        item.name = item.name or name_for(kind, item.row, door.source, item.space)
        item.version = 1
    new.sort(key=lambda item: item.name)
    tables.insert(
        cursor,
        kind.keys,
        [
            {
                "source_id": door.source,
                "external_id": item.name,
                kind.owner: item.row,
                "content_hash": _bytes(item.content_hash),
            }
            for item in new
        ],
    )
    known = sorted((item for item in items if item.key is not None), key=lambda item: item.key)
    rows = [{"id": item.key, "content_hash": _bytes(item.content_hash), "version": item.version} for item in known]
    tables.update(cursor, kind.keys, rows, ["content_hash", "version"])


def _bytes(content: bytes) -> str:
    """Bytes as PostgreSQL reads them in a text."""
    return f"\\x{content.hex()}"


def number(cursor, kind, items: list[Item]) -> set[int]:
    """Enter the numbers that are new; the rows that got one."""
    if kind.numbers is None:
        return set()
    told = {(n.system, n.value): (item.row, n) for item in items for n in item.facts.numbers}
    known = owners_of(cursor, kind, list(told))
    new = sorted(told.keys() - known.keys())
    has_kind = "kind" in tables.table(kind.numbers).columns
    rows: dict[int, list] = defaultdict(list)
    entries = []
    for pair in new:
        row, n = told[pair]
        rows[row].append(pair)
        entries.append({"system": n.system, "value": n.value, kind.owner: row} | ({"kind": n.kind} if has_kind else {}))
    tables.insert(cursor, kind.numbers, entries)
    return set(rows)
