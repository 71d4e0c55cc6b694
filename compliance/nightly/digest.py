"""What the daily digest says of the night itself and of the charts that it judged."""

from django.db.models import Sum
from django.urls import reverse
from django.utils.translation import ngettext

from compliance.nightly.models import NightStep
from himdept.common.digests import Line, Source
from records.completeness.models import KeptFigures

LINES = (
    Line(
        "night-failed",
        "records.view_auditrun",
        lambda n: ngettext("%(n)d step of the night failed.", "%(n)d steps of the night failed.", n) % {"n": n},
        lambda facility: reverse("night"),
    ),
    Line(
        "delinquent",
        "records.reassign_deficiency",
        lambda n: ngettext("%(n)d record is delinquent.", "%(n)d records are delinquent.", n) % {"n": n},
        lambda facility: reverse("record_list") + "?status=delinquent",
    ),
    Line(
        "past-due",
        "records.view_deficiency",
        lambda n: ngettext("%(n)d deficiency is past due.", "%(n)d deficiencies are past due.", n) % {"n": n},
        lambda facility: reverse("deficiency_list") + "?age=0",
    ),
)


def read(night) -> dict[str, int]:
    """The steps that failed; how the facility stood after the audit of the night, where it had one."""
    kept = KeptFigures.objects.filter(run__in=night.steps.exclude(audit=None).values("audit"), facility=night.facility)
    stood = kept.aggregate(delinquent=Sum("delinquent"), past_due=Sum("past_due"))
    return {
        "night-failed": night.steps.filter(state=NightStep.State.FAILED).count(),
        "delinquent": stood["delinquent"] or 0,
        "past-due": stood["past_due"] or 0,
    }


SOURCE = Source(LINES, read)
