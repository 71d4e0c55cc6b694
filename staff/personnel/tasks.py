"""What beat and the workers do for personnel actions: doorways, harmless when they come twice."""

from himdept.common import queue
from staff.personnel import clock


@queue.task
def tick():
    """Each minute: actions whose moment has come take effect."""
    for number in clock.due():
        take_effect(number)


@queue.task
def take_effect(action: int):
    """Bring one action as far as it goes by now; what hinders it hinders no other."""
    clock.go_on(action)
