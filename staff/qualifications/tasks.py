"""What beat and the workers do for the order of candidates: a doorway, harmless when it comes twice."""

from himdept.common import queue
from staff.qualifications import keeping


@queue.task
def tick():
    """Each minute: what the schools and years of people come to is written down of whom it changed."""
    keeping.keep()
