"""A task that takes more memory than a worker's process may have; a worker that is told to include it can do it."""

from himdept.common import queue

taken: list[bytes] = []


@queue.task
def take(mebibytes: int):
    taken.append(b"x" * mebibytes * 2**20)
