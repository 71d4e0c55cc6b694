"""The night's own steps; the others are added by the rooms that do them (himdept.common.night)."""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from compliance.nightly.models import NightStep
from himdept.common import night
from himdept.common.db import partitions
from himdept.common.errors import DomainError
from records.completeness import audits
from records.completeness.models.runs import State
from records.completeness.tasks import start_and_tell

MONTHS_AHEAD = 24
COUNTS = ("records", "occasions", "opened", "closed", "open", "late", "delinquent")


def audit(step: NightStep) -> dict | None:
    """The completeness audit as of the night's moment: asked for, then waited for, shard by shard."""
    run = step.audit
    if run is None or (run.state == State.FINISHED and not run.written):
        return ask(step)
    if run.state == State.FAILED:
        raise DomainError(run.error)
    if run.state == State.FINISHED:
        return {name: getattr(run, name) for name in COUNTS}
    return None


def ask(step: NightStep):
    """Start the audit; anew, as of the later moment, when another one has overtaken it and so it wrote nothing."""
    tonight, written = step.night, audits.last_written(step.night.facility)
    if written and written > timezone.now():
        raise DomainError(f"The records have been judged as of {audits.iso(written)}, which is still to come.")
    if written and written > tonight.as_of:
        tonight.as_of = written
        tonight.save(update_fields=["as_of"])
    step.audit = start_and_tell(as_of=tonight.as_of, facility=tonight.facility)
    step.save(update_fields=["audit"])


def lay_out_months(step: NightStep) -> dict:
    """The months ahead of the logs that are kept by month."""
    return {"new": partitions.lay_out(MONTHS_AHEAD)}


night.register(night.Step("audit", _("Completeness audit"), 20, audit))
night.register(night.Step("partitions", _("Months of the logs"), 95, lay_out_months))
