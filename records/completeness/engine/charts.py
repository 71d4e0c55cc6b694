"""The charts of a shard as they stood: as of one moment, and as known at another.

`as_of` moves the clock: what lies after it has not happened. `known_at` limits what had reached us: a row that was
replaced since then is read from its `_version` table. Everything after this module sees plain tables.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from records.completeness.engine import tables
from records.completeness.engine.binding import Rule
from staff.models import Facility

# Encounters that nobody owes anything: exchange.md, known traps.
NOT_JUDGED = ("planned", "cancelled", "entered_in_error")
CLASSES_NOT_JUDGED = ("virtual", "pre_admission")
# Episodes that are no occasions, and documents that never count.
UNDONE = ("not_done", "entered_in_error")
VOID = ("entered_in_error", "retracted")

# From how many charts on, and how thinly they are strewn, their facts are gathered before they are judged.
MANY, SPARSE = 1_000, 10

# When a local day begins; of the few midnights that happen twice PostgreSQL would take the second (docs/adr/0002).
MIDNIGHT = "coalesce(l.starts_at, ({day})::timestamp AT TIME ZONE %(zone)s)"
ODD_MIDNIGHT = "LEFT JOIN staff_oddmidnight l ON l.zone_id = %(zone)s AND l.day = {day}"

# Facts, and the temporary tables into which those of the charts are gathered.
GATHERED = {"records_document": "documents", "records_filing": "filings", "records_episode": "episodes"}


def within(record: str) -> str:
    """That a row is of the scope's range of records.

    It follows from the chart that the row is joined to, but the planner does not draw that conclusion: untold, it reads
    what there is of every record for each of the many parts of a night.
    """
    return f"{record} BETWEEN %(first)s AND %(last)s"


@dataclass(frozen=True)
class Scope:
    """Which records of a facility are judged, as of when (UTC), by what was known when (UTC; None: by all we know)."""

    facility: Facility
    as_of: datetime
    known_at: datetime | None
    first_record: int
    last_record: int
    full: bool
    written: bool
    only: tuple[int, ...] = ()  # of these records alone, whatever else is due between the first and the last
    changed: frozenset[int] = frozenset()  # versions of requirements that were published since the last audit
    gathered: bool = False  # whether the facts are read from what was gathered of the charts

    @property
    def parameters(self) -> dict:
        return {
            "facility": self.facility.pk,
            "zone": self.facility.time_zone_id,
            "delinquent_after_days": self.facility.delinquent_after_days,
            "as_of": self.as_of,
            "known_at": self.known_at,
            "first": self.first_record,
            "last": self.last_record,
            "only": list(self.only),
        }

    def is_sparse(self, charts: int) -> bool:
        """Whether so many charts are many, and yet few of those between the first and the last.

        Then each rule would read what there is of all of them to find what belongs to these.
        """
        return charts >= MANY and charts * SPARSE < self.last_record - self.first_record

    def table(self, name: str) -> str:
        """A table of facts by what was known at `known_at`, to be read in FROM."""
        if self.gathered and name in GATHERED:
            return GATHERED[name]
        if self.known_at is None:
            return name
        return (
            f"(SELECT * FROM {name} WHERE known_from <= %(known_at)s UNION ALL "
            f"SELECT now.* FROM {name}_version old, jsonb_populate_record(NULL::{name}, to_jsonb(old)) now "
            f"WHERE old.known @> %(known_at)s)"
        )

    @property
    def episodes(self) -> str:
        """Procedures and restraints that have begun or ended by `as_of`."""
        return f"""(
            SELECT id, record_id, kind, code, anesthesia, performer_id,
                   CASE WHEN start_first <= %(as_of)s THEN start_first END AS start_first,
                   CASE WHEN start_first <= %(as_of)s THEN start_last END AS start_last,
                   CASE WHEN end_first <= %(as_of)s THEN end_first END AS end_first,
                   CASE WHEN end_first <= %(as_of)s THEN end_last END AS end_last
            FROM {self.table("records_episode")} e
            WHERE status NOT IN {UNDONE} AND {within("record_id")})"""

    def documents(self, *, filed: bool) -> str:
        """Documents that existed at `as_of` and are not void; a signature made later is not there yet.

        `filed` adds those that are filed in a record beside the one they belong to.
        """
        home = f"{self._documents('d.record_id', self._all_documents)} AND {within('d.record_id')}"
        if not filed:
            return f"({home})"
        beside = f"{self._documents('f.record_id', self.filings)} AND {within('f.record_id')}"
        return f"({home} UNION ALL {beside})"

    @property
    def filings(self) -> str:
        """Filings `f` and their documents `d`, to be read in FROM."""
        filings, chosen = self.table("records_filing"), ""
        if self.known_at is not None:
            # Of a union of what is and what was, the planner would read every document before it joins them.
            chosen = f"AND d.id = ANY(ARRAY(SELECT x.document_id FROM {filings} x WHERE {within('x.record_id')}))"
        return f"{filings} f JOIN {self._all_documents} ON d.id = f.document_id {chosen}"

    @property
    def addenda(self) -> str:
        """All documents that existed at `as_of`, as by `documents`: an addendum may be in another record."""
        return f"({self._documents('d.record_id', self._all_documents)})"

    @property
    def _all_documents(self) -> str:
        return f"{self.table('records_document')} d"

    def _documents(self, record: str, source: str) -> str:
        return f"""
            SELECT {record} AS record_id, d.id, d.document_type_id, d.episode_id, d.author_id, d.status,
                   d.authored_first, d.authored_last, d.sections, d.verbal, d.ordinal, d.identifier, d.addendum_to_id,
                   d.signed AND (d.signed_first IS NULL OR d.signed_first <= %(as_of)s) AS signed,
                   CASE WHEN d.signed_first <= %(as_of)s THEN d.signed_first END AS signed_first,
                   CASE WHEN d.signed_first <= %(as_of)s THEN d.signed_last END AS signed_last,
                   d.cosigner_id,
                   (SELECT daterange(p.training_from, p.training_until)
                    FROM {self.table("records_practitioner")} p
                    WHERE p.id = d.author_id AND p.training_from IS NOT NULL) AS training,
                   d.cosigned AND (d.cosigned_first IS NULL OR d.cosigned_first <= %(as_of)s) AS cosigned,
                   CASE WHEN d.cosigned_first <= %(as_of)s THEN d.cosigned_first END AS cosigned_first
            FROM {source}
            WHERE d.status NOT IN {VOID}
              AND (d.authored_first IS NULL OR d.authored_first <= %(as_of)s)"""


def lay_out(cursor, scope: Scope) -> int:
    """Make the table `chart`: the records to be judged, one row each, as they stood. Returns how many there are.

    A written run locks them first, in the order of their numbers: the one lock order of every writer.
    """
    chosen = f"{within('r.encounter_id')} AND r.facility_id = %(facility)s"
    due = within("record_id")
    if scope.only:
        chosen += " AND r.encounter_id = ANY(%(only)s)"
        due = "record_id = ANY(%(only)s)"
    elif not scope.full:
        chosen += f""" AND (r.next_check_at <= %(as_of)s OR r.encounter_id IN (
            SELECT record_id FROM records_due WHERE {within("record_id")})"""
        chosen += " OR r.encounter_id IN (SELECT record_id FROM touched))" if scope.changed else ")"
    if scope.written:
        # What a writer commits after this is in neither the charts nor the rows that are struck off: it stays due.
        cursor.execute(
            f"SELECT FROM records_record r WHERE {chosen} ORDER BY r.encounter_id FOR NO KEY UPDATE", scope.parameters
        )
        tables.fill(cursor, "seen", f"SELECT seq, record_id FROM records_due WHERE {due}", scope.parameters)
    open_charts(cursor, scope, chosen)
    cursor.execute("SELECT count(*) FROM chart")
    (laid,) = cursor.fetchone()
    return laid


def open_charts(cursor, scope: Scope, chosen: str):
    """Make the table `chart` of the records `r` that are chosen."""
    if tables.fill(cursor, "chart", chart(scope, chosen), scope.parameters):
        cursor.execute("CREATE UNIQUE INDEX ON chart (record_id)")
    tables.analyze(cursor, "chart")


def gather(cursor, scope: Scope, rules: Iterable[Rule]) -> Scope:
    """Copy what these rules read of the records in `chart`; returns the scope that reads the copies.

    A few records among many are found by their numbers once, and not again for every rule. Documents that are filed in
    these records and belong to others come along, and so do addenda wherever they are.
    """
    rules = list(rules)
    types = {number for rule in rules for number in rule.types}
    documents, filings, episodes = map(scope.table, GATHERED)
    of_types = f"d.document_type_id = ANY(ARRAY{sorted(types)}::bigint[])"
    copy(cursor, scope, "episodes", f"SELECT e.* FROM chart JOIN {episodes} e USING (record_id)")
    copy(cursor, scope, "filings", f"SELECT f.* FROM chart JOIN {filings} f USING (record_id)")
    own = f"SELECT d.* FROM chart JOIN {documents} d USING (record_id) WHERE {of_types}"
    filed = f"""SELECT d.* FROM {documents} d WHERE d.id IN (SELECT document_id FROM filings) AND {of_types}
        AND NOT EXISTS (SELECT FROM chart c WHERE c.record_id = d.record_id)"""
    if copy(cursor, scope, "documents", f"{own} UNION ALL {filed}"):
        cursor.execute("CREATE UNIQUE INDEX ON documents (id)")
        cursor.execute("CREATE INDEX ON documents (addendum_to_id) WHERE addendum_to_id IS NOT NULL")
    if any(rule.requirement.entry_must_have for rule in rules):
        cursor.execute(
            f"""
            INSERT INTO documents SELECT a.* FROM {documents} a
            WHERE a.addendum_to_id IS NOT NULL AND a.addendum_to_id = ANY(ARRAY(SELECT id FROM documents))
              AND NOT EXISTS (SELECT FROM documents x WHERE x.id = a.id)
            """,
            scope.parameters,
        )
    return replace(scope, gathered=True)


def copy(cursor, scope: Scope, table: str, query: str) -> bool:
    is_new = tables.fill(cursor, table, query, scope.parameters)
    if is_new:
        cursor.execute(f"CREATE INDEX ON {table} (record_id)")
    tables.analyze(cursor, table)
    return is_new


def chart(scope: Scope, chosen: str) -> str:
    """The query for `chart`: one row for each record `r` that is chosen."""
    return f"""
        SELECT r.encounter_id AS record_id, e.patient_id, e.encounter_class, e.attending_id, s.code AS service,
               e.status NOT IN {NOT_JUDGED} AND e.encounter_class NOT IN {CLASSES_NOT_JUDGED}
                   AND e.start_first <= %(as_of)s AS judged,
               e.status = 'planned' AS planned,
               e.start_first, e.start_last,
               CASE WHEN e.end_first <= %(as_of)s THEN e.end_first END AS end_first,
               CASE WHEN e.end_first <= %(as_of)s THEN e.end_last END AS end_last,
               e.disposition,
               (e.start_first AT TIME ZONE %(zone)s)::date AS start_day,
               CASE WHEN e.end_first <= %(as_of)s THEN (e.end_first AT TIME ZONE %(zone)s)::date END AS end_day,
               LEAST(CASE WHEN e.start_first > %(as_of)s THEN e.start_first END,
                     CASE WHEN e.end_first > %(as_of)s THEN e.end_first END) AS later
        FROM records_record r
        JOIN {scope.table("records_encounter")} e ON e.id = r.encounter_id
        LEFT JOIN records_service s ON s.id = e.service_id
        WHERE {chosen} AND {within("e.id")}
    """
