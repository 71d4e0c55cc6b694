"""What facts refer to: from names and numbers to rows, in sets."""

from collections import defaultdict
from collections.abc import Iterable

from msgspec import Struct, field

from records.inventory.intake import identity, tables
from records.inventory.intake.facts import ByIdentifier, ByKey, Coded, Named, Ref
from records.inventory.intake.items import Door, Item, Refused
from records.inventory.models import DocumentType, Practitioner, PractitionerIdentifier, Service


class Stay(Struct, frozen=True):
    """Whose encounter it is, and where."""

    patient: int
    facility: int


class Stranger(Struct, frozen=True):
    """A practitioner whom nobody has told of yet, and the number of the row that he will have."""

    row: int
    display: str


class Found(Struct):
    """Everything that a batch refers to."""

    rows: dict[tuple[str, Ref], int] = field(default_factory=dict)
    stays: dict[int, Stay] = field(default_factory=dict)
    records_of_episodes: dict[int, int] = field(default_factory=dict)
    homes: dict[int, int] = field(default_factory=dict)  # of documents that are known: their records
    document_types: dict[str, tuple[int, str]] = field(default_factory=dict)
    services: dict[str, int] = field(default_factory=dict)
    strangers: dict[tuple[str, str], Stranger] = field(default_factory=dict)

    def row(self, kind: str, ref: Ref | None) -> int | None:
        return self.rows[kind, ref] if ref else None


def look_up(cursor, kinds, items: list[Item], references, door: Door) -> Found:
    """Find the row of every reference; an item with one that leads nowhere has it in `missing`.

    `references(facts)` gives (field, name of the kind, reference). Raises Refused within `item.refuse` where a
    number means several rows.
    """
    found = Found()
    told = [(item, list(references(item.facts))) for item in items]
    wanted: dict[str, set[Ref]] = defaultdict(set)
    for _, refs in told:
        for _, kind, ref in refs:
            wanted[kind].add(ref)
    ambiguous: set[tuple[str, Ref]] = set()
    for name, refs in wanted.items():
        _find(cursor, kinds[name], refs, door, found, ambiguous)
    for item, refs in told:
        for where, kind, ref in refs:
            if (kind, ref) in ambiguous:
                item.refuse(Refused(f"Several a {kind} could be meant by this reference.", field=where, status=412))
                break
            if (kind, ref) not in found.rows:
                item.missing = (where, kind, ref)
                break
    return found


def _find(cursor, kind, refs: set[Ref], door: Door, found: Found, ambiguous: set) -> None:
    by_key = {ref.external_id: ref for ref in refs if isinstance(ref, ByKey)}
    for key in identity.keys_called(cursor, kind, door.source, by_key):
        found.rows[kind.noun, by_key[key.external_id]] = key.row
    by_number = [ref for ref in refs if isinstance(ref, ByIdentifier)]
    owners = identity.owners_of(cursor, kind, [(r.system, r.value) for r in by_number if r.system is not None])
    strangers = {}
    for ref in by_number:
        if ref.system is None:
            rows = identity.rows_numbered(cursor, kind, ref.value)
            if len(rows) > 1:
                ambiguous.add((kind.noun, ref))
            owner = rows[0] if len(rows) == 1 else None
        else:
            owner = owners.get((ref.system, ref.value))
        if owner is not None:
            found.rows[kind.noun, ref] = owner
        elif ref.stub and ref.system is not None and kind.noun == "practitioner":
            strangers[ref.system, ref.value] = ref
    keys = tables.fresh_keys(cursor, Practitioner, len(strangers))
    for (pair, ref), row in zip(strangers.items(), keys, strict=True):
        found.strangers[pair] = Stranger(row, ref.display[:200])
        owners[pair] = row
    for ref in by_number:
        if (ref.system, ref.value) in owners:
            found.rows[kind.noun, ref] = owners[ref.system, ref.value]
    for ref in refs:
        if isinstance(ref, Named) and (kind.noun, ref.name) in door.named:
            found.rows[kind.noun, ref] = door.named[kind.noun, ref.name]


def enter_strangers(cursor, found: Found, items: list[Item], references) -> None:
    """Enter the practitioners of whom only a number is known and whom these items name, flagged as such."""
    named = {
        (ref.system, ref.value)
        for item in items
        for _, kind, ref in references(item.facts)
        if kind == "practitioner" and isinstance(ref, ByIdentifier)
    }
    pairs = sorted(named & found.strangers.keys())
    people = [
        {"id": found.strangers[pair].row, "family_name": found.strangers[pair].display, "is_stub": True}
        for pair in pairs
    ]
    numbers = [
        {"system": system, "value": value, "practitioner_id": found.strangers[system, value].row}
        for system, value in pairs
    ]
    tables.insert(cursor, Practitioner, people)
    tables.insert(cursor, PractitionerIdentifier, numbers)


def look_up_stays(cursor, found: Found, encounters: Iterable[int | None]) -> None:
    wanted = sorted({number for number in encounters if number is not None})
    if wanted:
        cursor.execute("SELECT id, patient_id, facility_id FROM records_encounter WHERE id = ANY(%s)", [wanted])
        found.stays |= {number: Stay(patient, facility) for number, patient, facility in cursor.fetchall()}


def look_up_homes(cursor, found: Found, documents: Iterable[int | None]) -> None:
    wanted = sorted({number for number in documents if number is not None})
    if wanted:
        cursor.execute("SELECT id, record_id FROM records_document WHERE id = ANY(%s)", [wanted])
        found.homes |= dict(cursor.fetchall())
        look_up_stays(cursor, found, found.homes.values())


def look_up_episodes(cursor, found: Found, episodes: Iterable[int | None]) -> None:
    wanted = sorted({number for number in episodes if number is not None})
    if wanted:
        cursor.execute("SELECT id, record_id FROM records_episode WHERE id = ANY(%s)", [wanted])
        found.records_of_episodes |= dict(cursor.fetchall())


def look_up_document_types(cursor, found: Found, codes: Iterable[Coded]) -> None:
    """The catalogue's entries for these codes; a code that it lacks is entered with the words given."""
    rows = _look_up_codes(cursor, DocumentType, "id, system", {c.code: c for c in codes}, 200)
    found.document_types |= {code: (number, system) for code, number, system in rows}


def look_up_services(cursor, found: Found, codes: Iterable[Coded]) -> None:
    found.services |= dict(_look_up_codes(cursor, Service, "id", {c.code: c for c in codes}, 100))


def _look_up_codes(cursor, model, columns: str, wanted: dict[str, Coded], length: int) -> list[tuple]:
    if not wanted:
        return []
    table = tables.table(model)
    query = f"SELECT code, {columns} FROM {table.name} WHERE code = ANY(%s)"
    cursor.execute(query, [list(wanted)])
    rows = cursor.fetchall()
    if missing := sorted(wanted.keys() - {code for code, *_ in rows}):
        new = [{"code": c, "system": wanted[c].system, "title": wanted[c].title[:length]} for c in missing]
        new = [{name: value for name, value in row.items() if name in table.columns} for row in new]
        tables.insert(cursor, model, new, unless_there="code")
        cursor.execute(query, [list(wanted)])  # and those that somebody else entered meanwhile
        rows = cursor.fetchall()
    return rows
