"""What the daily digest says of the interfaces."""

from datetime import timedelta

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import ngettext

from himdept.common.digests import Line, Source
from records.exchange.models import InboundMessage
from records.exchange.queries import standing

DAY = timedelta(days=1)
REFUSED = (InboundMessage.Outcome.REFUSED, InboundMessage.Outcome.PARTLY)

LINE = Line(
    "messages-refused",
    "records.view_intake",
    lambda n: (
        ngettext(
            "%(n)d message was refused, in part or whole, in the day before.",
            "%(n)d messages were refused, in part or whole, in the day before.",
            n,
        )
        % {"n": n}
    ),
    lambda facility: reverse("interface_page"),
)


def read(night) -> dict[str, int]:
    """Of clients that reach the facility, and of files without a client: what is refused still, for it may have been
    applied again since."""
    came = InboundMessage.objects.filter(
        Q(client=None) | Q(client__user__facilities=night.facility_id),
        standing(*REFUSED),
        received_at__gt=night.as_of - DAY,
        received_at__lte=night.as_of,
    )
    return {LINE.name: came.count()}


SOURCE = Source((LINE,), read)
