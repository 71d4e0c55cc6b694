"""Carrying out what a person decided, on one deficiency or thousands: the same statements for both.

One lock order, as of every writer: records by number, then deficiencies by number. Each deficiency gets its own row of
history and its own entry in the trail in the statement that changes it; then its records are judged again, so that
their flags follow at once.
"""

from collections import defaultdict
from collections.abc import Iterable

from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.db.models import Q

from himdept.common.audit import address_of_request
from records.completeness import due
from records.completeness.engine import shard as engine
from records.completeness.models import AuditRun, Decision, Deficiency
from records.completeness.models.runs import State
from records.inventory.models import Record
from staff.models import Facility

WAIVE = """
    status = 'waived', cause = 'waived', waived_at = %(at)s, waived_by_id = %(by)s, waived_because = %(because)s"""
REINSTATE = """
    status = 'open', cause = 'found', waived_at = NULL, waived_by_id = NULL, waived_because = ''"""
REASSIGN = """
    reassigned_from_id = d.owed_by_id, owed_by_id = %(to)s, reassigned_at = %(at)s, reassigned_by_id = %(by)s,
    reassigned_because = %(because)s"""
# Until the record is judged again it is owed by whom it was taken from; the rule's answer follows with the judgement.
RETURN = """
    owed_by_id = d.reassigned_from_id, reassigned_at = NULL, reassigned_by_id = NULL, reassigned_because = '',
    reassigned_from_id = NULL"""
# What stood before the reassignment: whoever owed it then, and the reassignment before it if there was one.
UNDO_REASSIGN = """
    owed_by_id = d.reassigned_from_id,
    (reassigned_at, reassigned_by_id, reassigned_because, reassigned_from_id) = (
        SELECT made.reassigned_at, made.by_id, coalesce(made.because, ''), made.reassigned_from_id
        FROM (SELECT) one LEFT JOIN LATERAL (
            SELECT before.reassigned_at FROM records_deficiencyevent before
            JOIN records_deficiencyevent undone ON undone.deficiency_id = d.id AND undone.decision_id = %(undoes)s
            WHERE before.deficiency_id = d.id AND before.id < undone.id ORDER BY before.id DESC LIMIT 1
        ) stood ON true LEFT JOIN LATERAL (
            SELECT e.reassigned_at, e.by_id, e.because, e.reassigned_from_id FROM records_deficiencyevent e
            WHERE e.deficiency_id = d.id AND e.reassigned_at = stood.reassigned_at ORDER BY e.id LIMIT 1
        ) made ON true
    )"""

AUDITED = ("status", "waived_at", "waived_by", "waived_because", "owed_by", "reassigned_at", "reassigned_by",
           "reassigned_because", "reassigned_from")  # fmt: skip


def lock(numbers: Iterable[int]) -> list[Deficiency]:
    """These deficiencies as they are now, ours until the transaction ends; their records are locked first.

    A record is never taken from a deficiency, so that the locks can be taken in the order of the records.
    """
    numbers = sorted(set(numbers))
    rows = Deficiency.objects.filter(pk__in=numbers)
    records = Record.objects.filter(pk__in=rows.values("record_id")).order_by("pk")
    list(records.select_for_update(no_key=True).values_list("pk"))
    return list(rows.order_by("pk").select_for_update(no_key=True))


def carry_out(decision: Decision, statement: str, rows: Iterable[Deficiency]):
    """Change these locked deficiencies, and judge their records again."""
    rows = list(rows)
    audited = ", ".join(f"old.{column(name)} AS was_{name}" for name in AUDITED)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            WITH settled AS (
                UPDATE records_deficiency d SET {statement}
                WHERE d.id = ANY(%(numbers)s) RETURNING new.*, {audited}
            ), told AS (
                INSERT INTO records_deficiencyevent (deficiency_id, as_of, by_id, decision_id, because, status, kind,
                    cause, due_at, resolved_at, owed_by_id, requirement_id, reassigned_at, reassigned_from_id)
                SELECT id, %(at)s, %(by)s, %(decision)s, %(because)s, status, kind, cause, due_at, resolved_at,
                    owed_by_id, requirement_id, reassigned_at, reassigned_from_id
                FROM settled ORDER BY id
            )
            INSERT INTO auditlog_logentry (content_type_id, object_pk, object_id, object_repr, action, changes,
                changes_text, actor_id, actor_email, remote_addr, additional_data, timestamp)
            SELECT %(type)s, id::text, id, 'deficiency ' || id, 1, {changes()}, '', %(by)s, %(email)s, %(address)s,
                jsonb_build_object('because', %(because)s::text), %(at)s
            FROM settled ORDER BY settled.id
            """,
            {
                "numbers": [row.pk for row in rows],
                "decision": decision.pk,
                "at": decision.at,
                "by": decision.by_id,
                "because": decision.because,
                "to": decision.to_id,
                "undoes": decision.undoes_id,
                "type": ContentType.objects.get_for_model(Deficiency).pk,
                "email": decision.by.email,
                "address": address_of_request(),
            },
        )
    judge_again(row.record_id for row in rows)


def column(name: str) -> str:
    return Deficiency._meta.get_field(name).column


def changes() -> str:
    """What changed in the form of the trail: {"status": ["open", "waived"]}."""
    pairs = (
        f"CASE WHEN was_{name} IS DISTINCT FROM {column(name)} THEN jsonb_build_object('{name}', "
        f"jsonb_build_array({told(f'was_{name}')}, {told(column(name))})) ELSE '{{}}'::jsonb END"
        for name in AUDITED
    )
    return " || ".join(pairs)


def told(value: str) -> str:
    at = f"to_char({value} AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')" if value.endswith("_at") else value
    return f"coalesce({at}::text, 'None')"


def judge_again(records: Iterable[int]):
    """Judge these records again as of the moment of their facility's last audit, as a part of that audit.

    They go on the list of due records first: where there has been no audit yet, the next one finds them there.
    """
    records = set(records)
    due.append(records)
    by_facility = defaultdict(list)
    for number, facility in Record.objects.filter(pk__in=records).values_list("pk", "facility"):
        by_facility[facility].append(number)
    begun = AuditRun.objects.filter(written=True).exclude(state=State.QUEUED).order_by("-as_of", "-pk")
    for facility in Facility.objects.filter(pk__in=by_facility).order_by("pk"):
        last = begun.filter(Q(facility=None) | Q(facility=facility)).first()
        if last is not None:
            engine.audit_again(last, facility, by_facility[facility.pk])
