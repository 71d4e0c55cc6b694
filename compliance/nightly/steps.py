"""Doing one step of a night: claimed by one, done in one transaction with its row, tried three times."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.db import DatabaseError, connection, transaction
from django.db.models import ExpressionWrapper, F, FloatField, QuerySet
from django.db.models.functions import Coalesce, Extract, Now

from compliance.nightly.models import ATTEMPTS, Night, NightStep
from himdept.common import night as program
from himdept.common.errors import DomainError, without_values

LEASE = timedelta(seconds=15)  # covers the moment between the claim and the lock that proves the worker alive
TRY_AGAIN_AFTER = timedelta(minutes=1)
STEPPING = 0x48494D04  # the class of our advisory locks
State = NightStep.State

logger = logging.getLogger(__name__)


class TakenOver(Exception):
    """Somebody else has claimed the step since: what was done here is undone."""


def do(pk: int) -> Night | None:
    """Do a step if it is its turn and nobody else does; returns its night if it can go on now.

    What it writes and that it is finished are one commit. Its third failure is final, a DomainError is so at once;
    either way the night goes on without it, and says so.
    """
    step = claim(pk)
    if step is None:
        return None
    try:
        with working(step) as known:
            counts = known.do(step)
            if counts is None:
                change(step, state=State.WAITING, attempts=F("attempts") - 1)
                return None
            change(step, state=State.FINISHED, counts=counts, error="", **ended())
    except TakenOver:
        return None
    except Exception as problem:  # noqa: BLE001 - whatever it is, the night goes on
        give_back(step, problem)
    return step.night


def claim(pk: int) -> NightStep | None:
    """Take a step that is ready, if all before it are over. The row is locked while this is found out."""
    with transaction.atomic():
        ready = NightStep.objects.ready().filter(pk=pk, attempts__lt=ATTEMPTS, night__state=Night.State.RUNNING)
        step = ready.select_related("night__facility__time_zone").select_for_update(of=["self"]).first()
        if step is None or (step.state == State.RUNNING and not is_abandoned(step)) or step.earlier().left().exists():
            return None
        NightStep.objects.filter(pk=pk).update(
            state=State.RUNNING,
            attempts=F("attempts") + 1,
            lease_until=Now() + LEASE,
            started_at=Coalesce("started_at", Now()),
        )
        step.attempts += 1
        return step


@contextmanager
def working(step: NightStep) -> Iterator[program.Step]:
    """Prove to others that a claimed step is being worked on, and give what is to be done.

    In a transaction it is an advisory lock: the server lets go when the worker is gone in any way. Outside of one it is
    a lease that is renewed for as long as the worker lives.
    """
    known = program.step_named(step.name)
    if known is None:
        raise DomainError("The program that runs does not know this step; was it changed during the night?")
    if known.in_transaction:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL client_connection_check_interval = '2s'")
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [STEPPING, step.pk])
            yield known
        return
    over = threading.Event()
    renewing = threading.Thread(target=renew, args=(step, over), daemon=True)
    renewing.start()
    try:
        yield known
    finally:
        over.set()
        renewing.join()


def renew(step: NightStep, over: threading.Event):
    """Renew the lease of a step until it is over; in a thread, which has a connection of its own."""
    try:
        while not over.wait(LEASE / timedelta(seconds=3)):
            try:
                mine(step).update(lease_until=Now() + LEASE)
            except DatabaseError as problem:
                logger.warning("The lease of a step was not renewed: %s", without_values(problem))
    finally:
        connection.close()


def is_abandoned(step: NightStep) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [STEPPING, step.pk])
        return cursor.fetchone()[0]


def mine(step: NightStep) -> QuerySet[NightStep]:
    """The row of a claimed step, for as long as nobody else has claimed it."""
    return NightStep.objects.filter(pk=step.pk, state=State.RUNNING, attempts=step.attempts)


def change(step: NightStep, **values):
    """Write how a claimed step went on. Raises TakenOver when it is no longer ours."""
    if not mine(step).update(lease_until=None, **values):
        raise TakenOver


def ended() -> dict:
    # By the database's clock, as the beginning: those of two machines may differ.
    seconds = ExpressionWrapper(Extract(Now() - F("started_at"), "epoch"), output_field=FloatField())
    return {"finished_at": Now(), "seconds": seconds}


def give_back(step: NightStep, problem: Exception):
    error = without_values(problem)
    logger.warning("Step %s of night %d, attempt %d: %s", step.name, step.night_id, step.attempts, error)
    try:
        if step.attempts >= ATTEMPTS or isinstance(problem, DomainError):
            change(step, state=State.FAILED, error=error, **ended())
        else:
            change(step, state=State.QUEUED, error=error, next_try_at=Now() + TRY_AGAIN_AFTER)
    except TakenOver:
        return


def bury(night: Night):
    """Give up a step whose worker was lost at its last attempt."""
    with transaction.atomic():
        for step in night.steps.ready().filter(state=State.RUNNING, attempts__gte=ATTEMPTS):
            if is_abandoned(step):
                change(step, state=State.FAILED, error="Its worker was lost three times.", **ended())
