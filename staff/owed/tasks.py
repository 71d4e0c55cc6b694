"""What beat and the workers do for what is owed: a doorway, harmless when it comes twice."""

from himdept.common import queue
from staff.owed import keeping


@queue.task
def tick():
    """Each minute: what people owe whose facts changed is written down."""
    keeping.keep()
