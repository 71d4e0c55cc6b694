"""What beat and the workers do for the nights: doorways to actions, harmless when they come twice."""

from compliance.nightly import liveness, nights, steps
from compliance.nightly.models import Night
from himdept.common import queue
from himdept.common.queue import NIGHT
from records.completeness import tasks as audits


@queue.task
def tick():
    """Each minute: begin the nights whose time has come."""
    liveness.clock_ticked()
    for night in nights.begin_due():
        go_on(night)


@queue.task
def sweep():
    """Each minute, and whenever something is done that a night waits for: go on with all that is unfinished."""
    audits.sweep()
    for night in nights.under_way():
        go_on(night)
    liveness.forget_the_gone()


@queue.task
def run_step(step: int):
    """Do one step of a night, and tell the workers of the next one."""
    if night := steps.do(step):
        go_on(night)


def go_on(night: Night):
    if step := nights.go_on(night):
        queue.nudge(run_step, step.pk, queue=NIGHT)
