"""Documents on their way in."""

from collections.abc import Iterator

from msgspec import UNSET

from records.inventory.intake import identity, references
from records.inventory.intake.facts import Facts, Ref, Row
from records.inventory.intake.items import Door, Item, Refused
from records.inventory.intake.kinds import Kind, fits, moment, stay_of, stays_of, told, zone_of
from records.inventory.intake.references import Found
from records.inventory.models import Document, DocumentIdentifier, DocumentKey

TIMES = {
    "authored": "authored",
    "dictated": "dictated",
    "transcribed": "transcribed",
    "signed_at": "signed",
    "cosigned_at": "cosigned",
}
PEOPLE = ("author", "authenticator", "cosigner")
FORERUNNERS = ("replaces", "addendum_to")
SIGNATURE = ("signed", "signed_first", "signed_last", "authenticator_id")
# By which keys a document is known tells who has spoken of it: an attested composition knows better than a mere
# reference when it was signed, and a provenance better than both (docs/interfaces.md).
WITNESSES = {"Composition": 2, "Provenance": 3}


class Documents(Kind):
    noun = "document"
    model, keys, numbers = Document, DocumentKey, DocumentIdentifier
    columns = (
        "record_id",
        "episode_id",
        "document_type_id",
        "status",
        "identifier",
        "ordinal",
        *(f"{person}_id" for person in PEOPLE),
        *(f"{column}_{bound}" for column in TIMES.values() for bound in ("first", "last")),
        "signed",
        "cosigned",
        "sections",
        "verbal",
        *(f"{name}_id" for name in FORERUNNERS),
        "confidentiality",
        "attachment_sha256",
    )
    own_references = ("about", *FORERUNNERS)

    def references(self, facts: Facts) -> Iterator[tuple[str, str, Ref]]:
        if facts.about:
            yield "about", "document", facts.about
        if facts.encounter:
            yield "encounter", "encounter", facts.encounter
        if facts.patient:
            yield "patient", "patient", facts.patient
        if facts.episode:
            yield "episode", "episode", facts.episode
        for name in PEOPLE:
            if ref := getattr(facts, name):
                yield name, "practitioner", ref
        for name in FORERUNNERS:
            if ref := getattr(facts, name):
                yield name, "document", ref

    def place(self, item: Item, found: Found) -> None:
        if item.facts.about:
            row = found.row("document", item.facts.about)
            if item.row not in (None, row):
                raise Refused("This was told of another document before.", field="about", status=409)
            item.row = row

    def prepare(self, cursor, items: list[Item], found: Found) -> None:
        stays_of(cursor, items, found)
        references.look_up_homes(cursor, found, (item.row for item in items if item.facts.about))
        episodes = (found.row("episode", i.facts.episode) for i in items if i.facts.episode)
        references.look_up_episodes(cursor, found, episodes)
        types = (item.facts.document_type for item in items if item.facts.document_type)
        references.look_up_document_types(cursor, found, types)

    def values(self, item: Item, found: Found, door: Door) -> Row:
        facts = item.facts
        row: Row = {}
        if facts.about:
            record = found.homes[item.row]
            zone = zone_of(record, found, door)
        else:
            record, zone = stay_of(item, found, door)
            row["record_id"] = record
        if facts.document_type:
            row["document_type_id"] = _type(facts.document_type, found)
        row |= told(
            status=facts.status,
            identifier=facts.identifier,
            ordinal=facts.ordinal,
            signed=facts.signed,
            cosigned=facts.cosigned,
            sections=facts.sections,
            verbal=facts.verbal,
            confidentiality=facts.confidentiality,
            attachment_sha256=facts.attachment_sha256,
        )
        if facts.episode is not UNSET:
            row["episode_id"] = episode = found.row("episode", facts.episode)
            if episode is not None and found.records_of_episodes[episode] != record:
                raise Refused("The procedure belongs to another encounter than the document.", field="episode")
        for name in PEOPLE:
            if (ref := getattr(facts, name)) is not UNSET:
                row[f"{name}_id"] = found.row("practitioner", ref)
        for name in FORERUNNERS:
            if (ref := getattr(facts, name)) is not UNSET:
                row[f"{name}_id"] = forerunner = found.row("document", ref)
                if forerunner is not None and forerunner == item.row:
                    raise Refused("A document cannot replace or amend itself.", field=name)
        for name, column in TIMES.items():
            moment(row, column, getattr(facts, name), zone, name)
        fits(Document, row)
        return row

    def yield_to(self, cursor, items: list[Item], before: dict[int, Row]) -> None:
        """A better witness of a signature is not overruled, unless he knew no time and this one does."""
        best = identity.ranks(cursor, self, before, WITNESSES)
        for item in items:
            old = before.get(item.row)
            if not old or not old["signed"] or best.get(item.row, 1) <= item.facts.witness:
                continue
            if old["signed_first"] or not item.values.get("signed_first"):
                item.values = {c: value for c, value in item.values.items() if c not in SIGNATURE}

    def check(self, row: Row) -> None:
        for column, field in (("status", "status"), ("document_type_id", "document_type"), ("record_id", "encounter")):
            if not row[column]:
                raise Refused("A document needs this.", field=field)
        for act in ("signed", "cosigned"):
            if row[f"{act}_first"] and not row[act]:
                raise Refused("A signature that has a time is there.", field=act)

    def touched(self, cursor, items: list[Item], before: dict[int, Row]) -> None:
        """The record it lies in and lay in, those it is filed in, and those of the documents that it follows."""
        relatives: dict[int, set[int]] = {}
        for item in items:
            old = before.get(item.row, {})
            item.touched |= {row["record_id"] for row in (item.values, old) if row}
            relatives[item.row] = {
                row[f"{name}_id"] for row in (item.values, old) for name in FORERUNNERS if row.get(f"{name}_id")
            }
        records: dict[int, set[int]] = {}
        if others := sorted(set().union(*relatives.values())):
            cursor.execute("SELECT id, record_id FROM records_document WHERE id = ANY(%s)", [others])
            for document, record in cursor.fetchall():
                records.setdefault(document, set()).add(record)
        if before:
            cursor.execute(
                "SELECT document_id, record_id FROM records_filing WHERE document_id = ANY(%s)", [sorted(before)]
            )
            for document, record in cursor.fetchall():
                records.setdefault(document, set()).add(record)
        for item in items:
            for document in (item.row, *relatives[item.row]):
                item.touched |= records.get(document, set())


def _type(told_type, found: Found) -> int:
    number, system = found.document_types[told_type.code]
    if system != told_type.system:
        sentence = f"The code {told_type.code!r} means a document type of another system here."
        raise Refused(sentence, field="document_type")
    return number
