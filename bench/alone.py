"""The changed records alone: a hospital that has these and no others, in a database of its own, audited by the program.

What a night costs should go by what changed, not by what there is.
"""

import json
import os
import re
import subprocess
import sys
from datetime import datetime

import psycopg
from django.conf import settings
from psycopg import sql

from bench import states
from himdept.runtime import places
from himdept.runtime.places import Trouble
from himdept.runtime.postgresql import BINARIES

# Small tables come whole. Of the large ones only what belongs to the chosen records, a document from another record
# that is filed in one of them included. The due list is filled when everything else is there.
WHOLE = (
    "staff_timezone",
    "staff_oddmidnight",
    "staff_facility",
    "records_service",
    "records_documenttype",
    "records_practitioner",
    "records_profile",
    "records_profile_facilities",
    "records_requirement",
    "records_auditrun",
)
CHOSEN = {
    "records_patient": "t.id IN (SELECT patient_id FROM records_encounter JOIN chosen ON record = id)",
    "records_encounter": "t.id IN (SELECT record FROM chosen)",
    "records_record": "t.encounter_id IN (SELECT record FROM chosen)",
    "records_episode": "t.record_id IN (SELECT record FROM chosen)",
    "records_document": """t.record_id IN (SELECT record FROM chosen)
        OR t.id IN (SELECT document_id FROM records_filing JOIN chosen ON record = record_id)""",
    "records_filing": "t.record_id IN (SELECT record FROM chosen)",
    "records_deficiency": "t.record_id IN (SELECT record FROM chosen)",
    "records_expected": "t.record_id IN (SELECT record FROM chosen)",
    "records_deficiencyevent": """t.deficiency_id IN
        (SELECT id FROM records_deficiency JOIN chosen ON record = record_id)""",
}


def night(connection: psycopg.Connection, records: list[int], before: datetime, as_of: datetime) -> float:
    """The seconds that a night takes which finds these records alone, all of them due. `before` is the last night's."""
    name = f"{settings.DATABASES['default']['NAME']}_alone"
    with psycopg.connect(places.database_url("postgres", "postgres"), autocommit=True) as anywhere:
        anywhere.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
        anywhere.execute(sql.SQL("CREATE DATABASE {0} OWNER {1}").format(*map(sql.Identifier, (name, places.OWNER))))
        try:
            _lay_out(name)
            _copy(connection, name, records)
            return _measure(name, before, as_of)
        finally:
            anywhere.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def _lay_out(name: str):
    of = places.database_url("postgres", settings.DATABASES["default"]["NAME"])
    dumped = subprocess.run(
        [BINARIES / "pg_dump", "--schema-only", *(f"--exclude-schema={schema}" for schema in states.OURS), of],
        capture_output=True,
        text=True,
        check=True,
    )
    made = [BINARIES / "psql", "-Xqv", "ON_ERROR_STOP=1", places.database_url("postgres", name)]
    subprocess.run(made, input=dumped.stdout, text=True, check=True, stdout=subprocess.DEVNULL)


def _copy(connection: psycopg.Connection, name: str, records: list[int]):
    connection.execute("CREATE TEMP TABLE chosen (record bigint PRIMARY KEY)")
    connection.execute("INSERT INTO chosen SELECT unnest(%s::bigint[])", [records])
    connection.execute("ANALYZE chosen")
    with psycopg.connect(places.database_url("postgres", name), autocommit=True) as alone:
        alone.execute("SET session_replication_role = replica")  # whatever else these rows name is not there
        for table in (*WHOLE, *CHOSEN):
            query = f"SELECT t.* FROM {table} t WHERE {CHOSEN.get(table, 'true')}"
            with (
                connection.cursor().copy(sql.SQL(f"COPY ({query}) TO STDOUT (FORMAT binary)")) as rows,
                alone.cursor().copy(sql.SQL(f"COPY {table} FROM STDIN (FORMAT binary)")) as to,
            ):
                for block in rows:
                    to.write(block)
        for table in ("records_deficiency", "records_deficiencyevent", "records_expected", "records_auditrun"):
            beyond = f"setval(pg_get_serial_sequence('{table}', 'id'), max(id) + 1)"
            alone.execute(sql.SQL(f"SELECT {beyond} FROM {table} HAVING max(id) IS NOT NULL"))
        alone.execute("VACUUM (ANALYZE)")
    connection.execute("DROP TABLE chosen")


def _measure(name: str, before: datetime, as_of: datetime) -> float:
    broker = 0 if "virtual_host=63" in settings.REDIS_URL else 63
    addresses = {
        "DATABASE_URL": places.database_url(places.APPLICATION, name),
        "DATABASE_OWNER_URL": places.database_url(places.OWNER, name),
        "REDIS_URL": re.sub(r"virtual_host=\d+", f"virtual_host={broker}", settings.REDIS_URL),
        "SECRET_KEY": settings.SECRET_KEY,
    }
    done = subprocess.run(
        [sys.executable, "-m", "bench.one_night", "--before", before.isoformat(), "--as-of", as_of.isoformat()],
        check=False,
        cwd=places.CHECKOUT,
        env=os.environ | addresses,
        stdout=subprocess.PIPE,
        text=True,
    )
    if done.returncode:
        raise Trouble("The night of the changed records alone failed.")
    return json.loads(done.stdout.splitlines()[-1])["seconds"]
