"""What has become known of a record since a moment: what arrived, what was corrected, retracted or moved.

A fact that was replaced is read from its version table (docs/adr/0007-what-was-known-when.md).
"""

import copy
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.utils.dateparse import parse_datetime

from records.inventory.models import Document, Record

# Of what was known of a document then, these decide a verdict; whose it is and where it belongs is told as of now.
TIMES = tuple(f"{act}_{bound}" for act in ("authored", "signed", "cosigned") for bound in ("first", "last"))
OTHERS = ("status", "signed", "cosigned", "sections", "verbal")
DOES_NOT_MATTER = ("known_from", "identifier", "ordinal", "location", "attachment_sha256", "confidentiality")


@dataclass(frozen=True)
class Change:
    """One fact of a record that is told otherwise now than it was known at a moment.

    `kind` is its table (document, episode, encounter, filing, patient) and `number` its row; `unfiled` is a filing that
    is no more. `before` has the columns that differ, as they were (JSON); None: it was not known at all. `known_from`
    (UTC) is since when it is known as it is now.
    """

    kind: str
    number: int
    before: dict | None
    known_from: datetime

    @property
    def is_new(self) -> bool:
        return self.before is None


FACTS = {
    "encounter": "c.id = %(record)s",
    "patient": "c.id = %(patient)s",
    "episode": "c.record_id = %(record)s",
    "filing": "c.record_id = %(record)s",
    "document": """c.record_id = %(record)s
        OR c.id IN (SELECT document_id FROM records_filing WHERE record_id = %(record)s)""",
}
MOVED = {  # what was here, and is another record's now
    "episode": "v.record_id = %(record)s",
    "document": "v.record_id = %(record)s",
}


UNFILED = """
    SELECT 'unfiled', v.id, jsonb_build_object('document_id', v.document_id), upper(v.known)
    FROM records_filing_version v
    WHERE v.record_id = %(record)s AND v.known @> %(known_at)s
    AND NOT EXISTS (SELECT FROM records_filing c WHERE c.id = v.id)
"""


def since(record: Record, known_at: datetime) -> list[Change]:
    """What has become known since then (UTC), in the order in which it did. One query."""
    parts = [*(_of(kind, here, MOVED.get(kind)) for kind, here in FACTS.items()), UNFILED]
    parameters = {"record": record.pk, "patient": record.encounter.patient_id, "known_at": known_at}
    with connection.cursor() as cursor:
        cursor.execute(f"{' UNION ALL '.join(parts)} ORDER BY known_from, kind, number", parameters)
        rows = [
            Change(kind, number, before and json.loads(before), at) for kind, number, before, at in cursor.fetchall()
        ]
    return [row for row in rows if row.is_new or row.before.keys() - set(DOES_NOT_MATTER)]


def _of(kind: str, here: str, moved: str | None) -> str:
    table = f"records_{kind}"
    was_here = f"SELECT v.id FROM {table}_version v WHERE {moved} AND v.known @> %(known_at)s" if moved else "NULL"
    return f"""
        SELECT '{kind}' AS kind, c.id AS number, differing.before, c.known_from
        FROM {table} c
        LEFT JOIN {table}_version v ON v.id = c.id AND v.known @> %(known_at)s
        CROSS JOIN LATERAL (
            SELECT CASE WHEN v.id IS NOT NULL THEN (
                SELECT coalesce(jsonb_object_agg(was.key, was.value), '{{}}')
                FROM jsonb_each(to_jsonb(v)) was JOIN jsonb_each(to_jsonb(c)) now USING (key)
                WHERE was.value IS DISTINCT FROM now.value) END AS before) differing
        WHERE c.known_from > %(known_at)s AND (({here}) OR c.id IN ({was_here}))
    """


def as_known(documents: Iterable[Document], changes: Iterable[Change]) -> list[Document]:
    """The documents as they were told before these changes, without those that were not known."""
    of = {change.number: change for change in changes if change.kind == "document"}
    known = []
    for document in documents:
        change = of.get(document.pk)
        if change is not None and change.is_new:
            continue
        if change is not None:
            document = copy.copy(document)
            for column, value in change.before.items():
                if column in TIMES:
                    setattr(document, column, parse_datetime(value) if value else None)
                elif column in OTHERS:
                    setattr(document, column, value)
        known.append(document)
    return known
