"""The opponent: the same rules, nights and tables by SQL that was written by hand, as fast as we could (by_hand/).

It works in a schema of its own, in which the five tables that a night writes stand beside those of the program: the
same columns, indexes, constraints and foreign keys. It reads the same facts. One session judges, by parallel
query; then each processor writes a part of the records.
"""

import os
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from itertools import pairwise
from pathlib import Path

import psycopg

from bench import machine, memory, processor
from bench.engine import Measured, postmaster
from himdept.runtime import places
from records.models import DocumentType, Requirement
from staff.models import Facility

SCRIPTS = Path(__file__).parent / "by_hand"
SCHEMA, WORK = "by_hand", "by_hand_work"  # the tables of a night; what the scripts make on the way

TYPES = {
    "hp": "34117-2",
    "hp_update": "hp-update",
    "summary": "18842-5",
    "final_note": "final-progress-note",
    "transfer_note": "18761-7",
    "operative_report": "11504-8",
    "consent": "64293-4",
    "preanesthesia": "preanesthesia-evaluation",
    "postanesthesia": "postanesthesia-evaluation",
    "restraint_order": "restraint-order",
    "face_to_face": "restraint-face-to-face",
    "psychiatric": "psychiatric-evaluation",
    "consultation": "11488-4",
    "progress_note": "11506-3",
    "emergency_note": "34111-5",
    "brief_note": "brief-operative-note",
    "anesthesia_record": "anesthesia-record",
    "treatment_plan": "treatment-plan",
    "newborn_exam": "newborn-exam",
    "order": "order",
    "admission_order": "admission-order",
}
RULES = {
    "r_hp": "HP-24H",
    "r_hp_update": "HP-UPDATE-24H",
    "r_summary": "DISCHARGE-SUMMARY",
    "r_short_stay": "DISCHARGE-NOTE-SHORT-STAY",
    "r_death": "DEATH-SUMMARY",
    "r_operative_report": "OPERATIVE-REPORT",
    "r_consent": "SURGICAL-CONSENT",
    "r_preanesthesia": "PREANESTHESIA-48H",
    "r_postanesthesia": "POSTANESTHESIA-48H",
    "r_order": "VERBAL-ORDER-48H",
    "r_restraint_order": "RESTRAINT-ORDER",
    "r_face_to_face": "RESTRAINT-FACE-TO-FACE-1H",
    "r_psychiatric": "PSYCHIATRIC-EVALUATION-60H",
    "r_entry": "ENTRY-AUTHENTICATED",
}
NEVER = date(9999, 1, 1)


def night(facility: Facility, as_of: datetime, chosen: str, *, changed: Requirement | None = None) -> Measured:
    """A night of the records that the script `chosen` names; `changed` is the rule whose change has just begun."""
    values = parameters(facility, as_of, changed)
    with connected() as connection:
        connection.execute(_CLEAR)
        connection.commit()
        with (
            memory.private_to_postgresql(postmaster()) as database,
            ThreadPoolExecutor(values["processors"]) as sessions,
        ):
            began, spent = time.perf_counter(), processor.spent([postmaster()])
            connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            for statement in statements("settings", chosen, "judge"):
                connection.execute(statement, values)
            connection.commit()
            parts = [values | part for part in shares(connection, values["processors"])]
            for written in [sessions.submit(write, part) for part in parts]:
                written.result()
            seconds, spent = time.perf_counter() - began, processor.spent([postmaster()]) - spent
        connection.execute(_CLEAR)
    return Measured(seconds, spent, database=database.peak)


def shares(connection: psycopg.Connection, sessions: int) -> list[dict[str, int]]:
    """The records in as many parts as there are sessions to write them."""
    first, last = connection.execute(
        "SELECT coalesce(min(record_id), 0), coalesce(max(record_id), 0) FROM chart"
    ).fetchone()
    bounds = [first + (last + 1 - first) * n // sessions for n in range(sessions + 1)]
    return [{"first": one, "last": other - 1} for one, other in pairwise(bounds)]


def write(values: dict):
    with connected() as connection:
        for statement in statements("settings", "write"):
            connection.execute(statement, values)


def parameters(facility: Facility, as_of: datetime, changed: Requirement | None) -> dict:
    """What the scripts leave open: the numbers of rules and document types, the moment, and the facility's own."""
    types = dict(DocumentType.objects.values_list("code", "pk"))
    rules = dict(
        Requirement.objects.filter(profile__facilities=facility)
        .exclude(pk=changed and changed.pk)
        .values_list("code", "pk")
    )
    return {
        **{name: types[code] for name, code in TYPES.items()},
        **{name: rules[code] for name, code in RULES.items()},
        "r_summary_changed": changed.pk if changed else 0,
        "changed_on": changed.effective.lower if changed else NEVER,
        "as_of": as_of,
        "facility": facility.pk,
        "zone": facility.time_zone_id,
        "delinquent_after_days": facility.delinquent_after_days,
        "run": None,
        "processors": machine.processors(),
    }


def statements(*scripts: str) -> Iterator[str]:
    for script in scripts:
        for statement in (SCRIPTS / f"{script}.sql").read_text().split(";\n"):
            if statement.strip():
                yield statement


def connected() -> psycopg.Connection:
    """As the owner, with its own tables before the program's."""
    return psycopg.connect(
        os.environ.get("DATABASE_OWNER_URL") or places.database_url(places.OWNER),
        options=f"-c search_path={WORK},{SCHEMA},public",
        cursor_factory=psycopg.ClientCursor,  # values go into the statement: it is planned for them
    )


_CLEAR = f"DROP SCHEMA IF EXISTS {WORK} CASCADE; CREATE SCHEMA {WORK} AUTHORIZATION {places.OWNER}"
