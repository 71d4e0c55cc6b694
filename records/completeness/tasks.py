"""What the workers do for audits. The rows say what is to be done: a task takes an id, and done twice does no harm."""

from himdept.common import night, queue
from himdept.common.queue import INTERACTIVE, NIGHT
from records.completeness import audits
from records.completeness.models import AuditRun, AuditShard
from records.completeness.models.runs import State


def start_and_tell(**what) -> AuditRun:
    """Ask for an audit (as `audits.start` does) that the workers begin as soon as this is committed."""
    run = audits.start(**what)
    queue.nudge(begin_audit, run.pk, queue=INTERACTIVE)
    return run


@queue.task
def begin_audit(run: int):
    """Begin a run that was asked for, if it is its turn."""
    for found in AuditRun.objects.filter(pk=run, state=State.QUEUED):
        begin_and_send(found)


@queue.task
def audit_shard(shard: int):
    """Judge one shard, unless somebody else does or has done so."""
    for found in AuditShard.objects.filter(pk=shard).select_related("run"):
        if mine := audits.claim(found.run, shard=shard):
            audits.work(mine)
            found.run.refresh_from_db()
            if found.run.state != State.RUNNING:
                begin_queued()
                night.look_again()


def begin_and_send(run: AuditRun):
    if audits.begin(run):
        waiting = AuditShard.objects.filter(run=run).waiting().order_by("pk")
        queue.nudge_each(audit_shard, waiting.values_list("pk"), queue=NIGHT)
        run.refresh_from_db()
        if run.state != State.RUNNING:  # it had nothing to judge
            night.look_again()


def begin_queued():
    """Begin the runs whose turn has come, the first asked for first."""
    for run in AuditRun.objects.filter(state=State.QUEUED).order_by("pk"):
        begin_and_send(run)


def sweep():
    """Make good whatever was lost on the way: messages, workers, and the moment between a last shard and its sum."""
    for run in AuditRun.objects.filter(state=State.RUNNING).order_by("pk"):
        audits.bury(run)
        audits.finish_if_done(run)
    begin_queued()
    waiting = AuditShard.objects.filter(run__state=State.RUNNING).waiting().order_by("pk")
    # Into an empty queue only: what waits there is still on its way, and a dead worker must not find a thousand copies.
    if waiting.exists() and queue.backlog(NIGHT) == 0:
        queue.nudge_each(audit_shard, waiting.values_list("pk"), queue=NIGHT)
