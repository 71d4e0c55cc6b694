"""Audits: asked for, begun, worked off shard by shard, finished.

PostgreSQL is the only truth. A run and its shards are rows before anybody is told of them; a shard is claimed by
compare-and-swap on its row and finished in the same transaction as its data, so whoever comes second does nothing.
Whether a claimed shard is still being worked on is told by a transaction-scoped advisory lock: the server releases it
the moment a worker is gone, however it went (docs/adr/0006).
"""

import logging
import os
import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Count, Max, Q, QuerySet
from django.utils import timezone

from himdept.common.errors import Conflict, DomainError, without_values
from records.completeness import past
from records.completeness.engine import shard as engine
from records.completeness.models import AuditRun, AuditShard, Deficiency, Due
from records.completeness.models.runs import State
from records.inventory.models import Encounter, Record
from staff.models import Facility

ATTEMPTS = 3
CLASHES = 5  # in a row, of one attempt
LEASE = timedelta(seconds=15)  # covers the moment between the claim and the lock that proves the worker alive
CLOCKS_DIFFER = timedelta(minutes=5)
BEGINNING, WORKING = 0x48494D01, 0x48494D02  # the classes of our advisory locks
AGAIN = {"40001", "40P01", "23505"}  # serialization, deadlock, unique: the whole shard is done again

logger = logging.getLogger(__name__)


def start(
    *,
    as_of: datetime,
    known_at: datetime | None = None,
    full: bool = False,
    writes: bool = True,
    facility: Facility | None = None,
    by=None,
) -> AuditRun:
    """Ask for an audit as of a moment (with offset), by what was known at another; it begins when its turn comes.

    With `known_at`, where it is not to write, or for a moment before the last audit, it is a what-if. Raises
    DomainError when a moment has no offset or `known_at` lies in the future.
    """
    for name, moment in (("as_of", as_of), ("known_at", known_at)):
        if moment is not None and timezone.is_naive(moment):
            raise DomainError(f"{name} needs an offset, such as 2026-03-03T00:00:00Z.", field=name)
    if known_at is not None and known_at > timezone.now():
        raise DomainError("known_at lies in the future: nothing is known from there.", field="known_at")
    if not Facility.objects.exists():
        raise DomainError("There is no facility to audit.", field="facility")
    writes = writes and known_at is None and not is_behind(as_of, that_write_to(facility and facility.pk))
    return AuditRun.objects.create(
        as_of=as_of, known_at=known_at, full=full, facility=facility, requested_by=by, written=writes
    )


def is_ahead(as_of: datetime) -> bool:
    """Whether a moment is to come, by more than clocks differ: once one was written, no night before it writes."""
    return as_of > timezone.now() + CLOCKS_DIFFER


def is_behind(as_of: datetime, others: QuerySet[AuditRun]) -> bool:
    """Whether one of these runs judged a later moment: what it wrote is not to be overwritten by an earlier one."""
    latest = latest_moment(others)
    return latest is not None and as_of < latest


def that_write_to(facility: int | None) -> QuerySet[AuditRun]:
    """Runs that write to a facility, by its number; None: to any."""
    runs = AuditRun.objects.filter(written=True)
    return runs if facility is None else runs.filter(Q(facility=None) | Q(facility=facility))


def facility_to_audit(user, code: str | None) -> Facility | None:
    """The facility that is asked for, or the only one in reach; None for all, where all there are is in reach.

    Raises DomainError where that is not clear.
    """
    if code is None and not Facility.objects.exclude(pk__in=user.facility_ids).exists():
        return None
    return facility_in_reach(user, code, several="You reach several facilities: say which one to audit.")


def facility_in_reach(user, code: str | None, *, several: str) -> Facility:
    """The facility that is asked for, or the only one in reach. Raises DomainError, which says `several` where many."""
    reached = Facility.objects.filter(pk__in=user.facility_ids)
    if code is not None:
        if (found := reached.filter(code=code).first()) is None:
            raise DomainError(f"There is no facility {code} in reach of yours.", field="facility")
        return found
    if len(reached) != 1:
        raise DomainError(several, field="facility")
    return reached[0]


def begin(run: AuditRun) -> bool:
    """Plan the shards of a queued run, unless another that writes to the same facilities is still under way.

    Two written runs of one facility never overlap: a shard of the older moment would overwrite the newer one's.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, 0)", [BEGINNING])
        run = AuditRun.objects.select_for_update().get(pk=run.pk)
        if run.state != State.QUEUED:
            return run.state == State.RUNNING
        facilities = list(Facility.objects.filter(pk=run.facility_id) if run.facility_id else Facility.objects.all())
        others = that_write_to(run.facility_id)
        # Asked again: since the run was asked for, one of a later moment may have had its turn.
        run.written = run.written and not is_behind(run.as_of, others)
        if run.written and others.filter(state=State.RUNNING).exists():
            return False
        rules = Due.objects.filter(facility__in=facilities)
        run.rules_seen = list(rules.values_list("pk", flat=True))
        run.full = run.full or not run.written or asks_for_all(rules)
        run.state, run.started_at = State.RUNNING, timezone.now()
        run.save(update_fields=["written", "full", "rules_seen", "state", "started_at"])
        for facility in facilities:
            AuditShard.objects.bulk_create(
                AuditShard(run=run, facility=facility, first_record=first, last_record=last)
                for first, last in ranges(run, facility)
            )
    finish_if_done(run)
    return True


def asks_for_all(rules: QuerySet[Due]) -> bool:
    """Whether changed rules need every record: after a profile was adopted, or when an audit has failed since.

    Otherwise the engine finds those that the published versions make a difference to. It compares the rules without
    them and with them, which holds only as long as no record was judged by some of them already.
    """
    numbers = list(rules.values_list("pk", flat=True))
    return (
        rules.filter(requirement=None).exists()
        or AuditRun.objects.filter(state=State.FAILED, rules_seen__overlap=numbers).exists()
    )


def last_written(facility: Facility) -> datetime | None:
    """The moment that the records of a facility were last judged for; an audit of an earlier one writes nothing."""
    return latest_moment(that_write_to(facility.pk))


def latest_moment(runs) -> datetime | None:
    begun = runs.filter(state__in=[State.RUNNING, State.FINISHED, State.FAILED])
    return begun.aggregate(at=Max("as_of"))["at"]


def ranges(run: AuditRun, facility: Facility) -> list[tuple[int, int]]:
    """Cut the records to be judged into parts of AUDIT_SHARD_SIZE, by their numbers."""
    records = "SELECT encounter_id AS id FROM records_record WHERE facility_id = %(facility)s"
    if not (run.full or changed_rules(run, facility)):
        records = f"""{records} AND next_check_at <= %(as_of)s UNION
            SELECT r.encounter_id FROM records_due d JOIN records_record r ON r.encounter_id = d.record_id
            WHERE r.facility_id = %(facility)s"""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT min(id), max(id) FROM (SELECT id, (row_number() OVER (ORDER BY id) - 1) / %(size)s AS part "
            f"FROM ({records}) chosen) cut GROUP BY part ORDER BY part",
            {"facility": facility.pk, "as_of": run.as_of, "size": settings.AUDIT_SHARD_SIZE},
        )
        return cursor.fetchall()


def changed_rules(run: AuditRun, facility: Facility) -> frozenset[int]:
    """The versions of requirements that were published for a facility, and that this run is the first to judge by."""
    seen = Due.objects.filter(pk__in=run.rules_seen, facility=facility, requirement__isnull=False)
    return frozenset(seen.values_list("requirement_id", flat=True))


def work_off(run: AuditRun) -> Iterator[AuditRun]:
    """Do a run's shards one after the other, beside whoever else does; yields the run after each."""
    while shard := claim(run):
        work(shard)
        run.refresh_from_db()
        yield run


def claim(run: AuditRun, *, shard: int | None = None) -> AuditShard | None:
    """Take a shard that nobody works on, if one is left; `shard` asks for that one alone."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE records_auditshard SET state = 'running', attempts = attempts + 1, claimed_by = %(me)s,
                lease_until = now() + %(lease)s
            WHERE id = (
                SELECT id FROM records_auditshard
                WHERE run_id = %(run)s AND id = coalesce(%(shard)s, id) AND attempts < %(attempts)s
                  AND (state = 'queued' OR (state = 'running' AND lease_until < now()
                       AND pg_try_advisory_xact_lock(%(working)s, id::int)))
                ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED)
            RETURNING id
            """,
            {
                "run": run.pk,
                "shard": shard,
                "me": f"{socket.gethostname()} {os.getpid()}",
                "lease": LEASE,
                "attempts": ATTEMPTS,
                "working": WORKING,
            },
        )
        found = cursor.fetchone()
    return AuditShard.objects.select_related("run", "facility").get(pk=found[0]) if found else None


def work(shard: AuditShard):
    """Judge a claimed shard; its third failure is final and visible, and the run goes on without it.

    What clashes with another writer is done again at once, and is a failure only when it clashes again and again.
    """
    for clashes in range(1, CLASHES + 1):
        try:
            judge(shard)
            break
        except Conflict:
            return  # whoever has taken it over sees to the rest
        except Exception as problem:  # noqa: BLE001 - whatever it is, the other parts are to be done
            state = getattr(problem.__cause__, "sqlstate", None)
            if state not in AGAIN or clashes == CLASHES:
                give_back(shard, problem)
                break
            logger.info("Part %d of audit %d clashed with another writer (%s): again.", shard.pk, shard.run_id, state)
    finish_if_done(shard.run)


def judge(shard: AuditShard):
    began = timezone.now()
    nested = connection.in_atomic_block
    mine = AuditShard.objects.filter(pk=shard.pk, state=State.RUNNING, attempts=shard.attempts)
    with transaction.atomic():
        if not nested:
            engine.isolate()
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [WORKING, shard.pk])
        changed = changed_rules(shard.run, shard.facility)
        counts = engine.audit(shard.run, shard.facility, shard.first_record, shard.last_record, changed=changed)
        finished_at = timezone.now()
        if not mine.update(
            state=State.FINISHED,
            counts=counts.as_dict(),
            seconds=(finished_at - began).total_seconds(),
            finished_at=finished_at,
            error="",
            lease_until=None,
        ):
            raise Conflict("Somebody else has taken over this shard.")


def give_back(shard: AuditShard, problem: Exception):
    """Put a shard back for another attempt, or after its last one among the failed."""
    error = without_values(problem)
    logger.warning("Part %d of audit %d, attempt %d: %s", shard.pk, shard.run_id, shard.attempts, error)
    AuditShard.objects.filter(pk=shard.pk, state=State.RUNNING, attempts=shard.attempts).update(
        state=State.FAILED if shard.attempts >= ATTEMPTS else State.QUEUED, lease_until=None, error=error
    )


def bury(run: AuditRun) -> int:
    """Give up shards whose worker died at their last attempt; returns how many."""
    lost = AuditShard.objects.filter(
        run=run, state=State.RUNNING, attempts__gte=ATTEMPTS, lease_until__lt=timezone.now() - LEASE
    )
    with transaction.atomic():
        buried = [pk for pk in lost.values_list("pk", flat=True) if is_abandoned(pk)]
        AuditShard.objects.filter(pk__in=buried, state=State.RUNNING).update(
            state=State.FAILED, lease_until=None, error="Its worker was lost three times."
        )
    if buried:
        finish_if_done(run)
    return len(buried)


def is_abandoned(shard: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [WORKING, shard])
        return cursor.fetchone()[0]


def finish_if_done(run: AuditRun):
    """Sum a run up when none of its shards is left. The row is locked: of two last shards one does it.

    But not its key: the rows of history of other shards refer to it, which is checked as they commit.
    """
    with transaction.atomic():
        run = AuditRun.objects.select_for_update(no_key=True).get(pk=run.pk)
        shards = AuditShard.objects.filter(run=run)
        if run.state != State.RUNNING or shards.filter(state__in=[State.QUEUED, State.RUNNING]).exists():
            return
        finished = shards.filter(state=State.FINISHED).values_list("counts", flat=True)
        total = sum((engine.Counts(**counts) for counts in finished), engine.Counts())
        failed = list(shards.filter(state=State.FAILED).values_list("error", flat=True))
        if run.written:
            state_of_all(run, total)
            if not failed:
                past.keep(run)
                Due.objects.filter(pk__in=run.rules_seen).delete()
        encounters = Encounter.objects.filter(start_first__lte=run.as_of)
        run.records = (encounters.filter(facility=run.facility_id) if run.facility_id else encounters).count()
        for name in ("occasions", "opened", "closed", "open", "late", "delinquent", "by_kind"):
            setattr(run, name, getattr(total, name))
        run.state = State.FAILED if failed else State.FINISHED
        run.error = f"{len(failed)} of {shards.count()} parts failed: {failed[0]}" if failed else ""
        run.finished_at = timezone.now()
        run.seconds = (run.finished_at - run.started_at).total_seconds()
        run.save()


def state_of_all(run: AuditRun, total: engine.Counts):
    """Counts of what stands after a written run, the records that it did not have to judge included."""
    deficiencies, records = Deficiency.objects.all(), Record.objects.filter(status=Record.Status.DELINQUENT)
    if run.facility_id:
        deficiencies = deficiencies.filter(record__facility=run.facility_id)
        records = records.filter(facility=run.facility_id)
    by_kind = deficiencies.open().values("kind").annotate(number=Count("pk")).values_list("kind", "number")
    total.by_kind = dict.fromkeys(engine.KINDS, 0) | dict(by_kind)
    total.open = sum(total.by_kind.values())
    total.late = deficiencies.filter(status=Deficiency.Status.RESOLVED, kind=Deficiency.Kind.LATE).count()
    total.delinquent = records.count()


def as_json(run: AuditRun) -> dict:
    """The audit as outside programs read it: times in UTC, counts, seconds."""
    return {
        "as_of": iso(run.as_of),
        "known_at": iso(run.known_at),
        "written": run.written,
        "records": run.records,
        "occasions": run.occasions,
        "opened": run.opened,
        "closed": run.closed,
        "open": run.open,
        "late": run.late,
        "delinquent": run.delinquent,
        "by_kind": run.by_kind,
        "seconds": round(run.seconds, 3),
    }


def iso(moment: datetime | None) -> str | None:
    return moment and moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
