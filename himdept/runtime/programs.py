"""What `up` runs beside the servers: the web, the workers of each queue, and beat."""

import os
import sys

from django.db import connection

from . import places
from .places import Trouble
from .supervisor import Program

BLOCKING_THREADS = 4
RESERVE = 12  # connections for commands at a terminal, and for the database itself


def _processors() -> int:
    return max(1, min(len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1, 8))


def web(host: str, port: int, workers: int) -> Program:
    # A worker that dies or grows is replaced; without the first flag Granian would stop altogether.
    options = ["--respawn-failed-workers", "--respawn-interval=1", "--workers-max-rss=768", "--workers-kill-timeout=10"]
    threads = [f"--workers={workers}", f"--blocking-threads={BLOCKING_THREADS}"]
    where = [f"--host={host}", f"--port={port}", "--no-ws", "--log-level=warning"]
    start = [sys.executable, "-m", "granian", "--interface=wsgi", "himdept.wsgi:application"]
    return Program("web", [*start, *where, *threads, *options], patience=12)


def worker(queue: str, *pool: str) -> Program:
    name = [f"--queues={queue}", f"--hostname={queue}@himdept", "--loglevel=WARNING"]
    quiet = ["--without-gossip", "--without-mingle"]
    return Program(f"worker-{queue}", [sys.executable, "-m", "celery", "-A", "himdept", "worker", *name, *pool, *quiet])


def beat() -> Program:
    schedule = places.private_folder(places.data() / "run") / "beat"
    options = ["--schedule", str(schedule), "--pidfile=", "--loglevel=WARNING"]
    return Program("beat", [sys.executable, "-m", "celery", "-A", "himdept", "beat", *options], patience=5)


def all_of_them(host: str, port: int) -> list[Program]:
    """The programs of one machine, the web first, sized by its processors.

    Raises Trouble if the database has too few connections for them.
    """
    processors = _processors()
    web_workers, night = max(2, processors // 2), processors
    # Each thread and each worker process keeps one connection: counted now, not found out in the middle of a night.
    needed = web_workers * BLOCKING_THREADS + night + 2 + 1 + RESERVE
    with connection.cursor() as cursor:
        cursor.execute("SHOW max_connections")
        allowed = int(cursor.fetchone()[0])
    if needed > allowed:
        raise Trouble(f"The database allows {allowed} connections and {needed} are needed: raise max_connections.")
    return [
        web(host, port, web_workers),
        # Apart, so that neither the night nor a storm of clicks can hold up what recovers the night.
        worker("interactive", "--concurrency=2"),
        worker("night", f"--concurrency={night}"),
        worker("sweeper", "--pool=solo"),
        beat(),
    ]
