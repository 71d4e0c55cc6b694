"""Telling the workers that there is something to do.

What is to be done stands in the tables; a message is a nudge that may get lost, come twice or come late
(docs/adr/0006). So publishing never fails whoever asked for it: a broker that is gone, full or frozen costs a moment
and a line in the log, and the sweeper makes it good within a minute of the broker's coming back.
"""

import logging
import time
import traceback
from collections.abc import Callable, Iterable
from functools import wraps

from celery import current_app, shared_task
from django.db import transaction
from kombu.exceptions import ChannelError

from himdept.common.errors import without_values

INTERACTIVE, NIGHT, SWEEPER = "interactive", "night", "sweeper"
QUEUES = (INTERACTIVE, NIGHT, SWEEPER)

PAUSE = 10  # seconds in which a process does not try again: a frozen broker takes two of every click that asks it

logger = logging.getLogger(__name__)


class Lost:
    """How many messages of this process the broker did not take, and until when it is left alone."""

    number = 0
    leave_alone_until = 0.0


def task(function: Callable[..., None]):
    """Make a function of ids a task. Doing it twice must be harmless, and not doing it be noticed by the sweeper.

    So an error helps nobody as such. It is logged with the lines of code that it came through but without its words:
    those may quote a patient's row, and Celery would log them.
    """

    @wraps(function)
    def quietly(*ids):
        try:
            function(*ids)
        except Exception as problem:  # noqa: BLE001 - as said above
            way = "".join(traceback.format_tb(problem.__traceback__))
            logger.error("%s%s failed: %s\n%s", function.__name__, ids, without_values(problem), way)

    return shared_task(quietly)


def nudge(task, *ids: int, queue: str):
    """Ask the workers of `queue` to do `task` with these ids, as soon as what this transaction writes is committed.

    `task` is a task, or the name of one in a higher storey of the house.
    """
    nudge_each(task, [ids], queue=queue)


def nudge_each(task, many: Iterable[tuple[int, ...]], *, queue: str):
    """The same for many at once: one message for each tuple of ids."""
    many = list(many)
    transaction.on_commit(lambda: _send(task if isinstance(task, str) else task.name, many, queue), robust=True)


def _send(name: str, many: list[tuple[int, ...]], queue: str):
    left = len(many)
    try:
        if time.monotonic() >= Lost.leave_alone_until:
            with current_app.producer_or_acquire() as producer:
                for ids in many:
                    current_app.send_task(name, args=ids, queue=queue, producer=producer, retry=False)
                    left -= 1
    except Exception as problem:  # noqa: BLE001 - whatever it is, what was committed stands
        Lost.leave_alone_until = time.monotonic() + PAUSE
        logger.warning(
            "The broker took no message for the queue %s (%s); lost by this process so far: %d.",
            queue,
            type(problem.__cause__ or problem).__name__,
            Lost.number + left,
        )
    Lost.number += left


def backlog(queue: str) -> int | None:
    """How many messages wait in `queue` that no worker has taken; None when the broker cannot be asked."""
    try:
        with current_app.producer_or_acquire() as producer:
            return producer.channel.queue_declare(queue, passive=True).message_count
    except ChannelError:
        return 0  # an empty queue does not exist
    except Exception as problem:  # noqa: BLE001 - as above
        logger.warning("The broker does not answer (%s).", type(problem.__cause__ or problem).__name__)
        return None
