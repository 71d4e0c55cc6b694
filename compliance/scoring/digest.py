"""What the daily digest says of survey readiness."""

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import ngettext

from compliance.scoring.comparing import compared
from compliance.scoring.standing import DAY
from himdept.common.digests import Line, Source

LINES = (
    Line(
        "readiness-worse",
        "compliance.view_readiness",
        lambda n: (
            ngettext(
                "%(n)d element stands worse than the day before.", "%(n)d elements stand worse than the day before.", n
            )
            % {"n": n}
        ),
        lambda facility: reverse("readiness_at", args=[facility.code]),
    ),
    Line(
        "to-judge",
        "compliance.assess_element",
        lambda n: (
            ngettext("%(n)d element waits for a judgement.", "%(n)d elements wait for a judgement.", n) % {"n": n}
        ),
        lambda facility: reverse("readiness_at", args=[facility.code]),
    ),
)


def read(night) -> dict[str, int]:
    day = night.business_date
    stands, different = compared(night.facility, day, day - DAY, now=timezone.now())
    return {"readiness-worse": sum(one.is_worse for one in different.changed), "to-judge": stands.whole.open}


SOURCE = Source(LINES, read)
