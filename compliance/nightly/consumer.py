"""The part of a Celery worker's consumer that says it is there."""

import logging

from celery import bootsteps
from django.db import DatabaseError, connection

from compliance.nightly import liveness
from himdept.common.errors import without_values

EVERY = 30  # seconds

logger = logging.getLogger(__name__)


class SaysItIsThere(bootsteps.StartStopStep):
    """Writes a row every half minute for as long as the consumer has its broker and its loop turns.

    A row written by anybody else, or by a pool process, would say nothing about whether work is still being taken.
    """

    requires = {"celery.worker.consumer.tasks:Tasks"}

    def __init__(self, consumer, **options):
        super().__init__(consumer, **options)
        self.timer = None

    def start(self, consumer):
        self.write(consumer)
        self.timer = consumer.timer.call_repeatedly(EVERY, self.write, (consumer,), priority=10)

    def stop(self, consumer):
        if self.timer:
            self.timer.cancel()
            self.timer = None

    def write(self, consumer):
        try:
            for queue in consumer.task_consumer.queues:
                liveness.seen(f"{consumer.hostname} {queue.name}", queue.name)
        except DatabaseError as problem:
            logger.warning("The worker could not say that it is there: %s", without_values(problem))
        finally:
            connection.close()  # pool processes are forked from this one, and must not inherit it
