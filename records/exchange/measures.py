"""Whether what the interfaces refused was seen to: a message that stays refused is a gap in somebody's chart."""

from collections.abc import Iterable
from datetime import timedelta

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from himdept.common.metrics import Measured, Metric, Offender, Scope
from himdept.common.metrics import Source as Measures
from records.exchange.models import InboundMessage
from records.exchange.queries import applied_again
from records.inventory.models import Source

WINDOW = 30
TO_MEND = timedelta(days=1)


def sources_of(user, numbers: Iterable[int]) -> list[Offender]:
    """These sources, for who may see what came in. One query."""
    if not user.has_perm("records.view_intake"):
        return []
    found = Source.objects.filter(pk__in=numbers).order_by("pk")
    return [Offender(one.pk, one.name, reverse("source_page", args=[one.pk])) for one in found]


REPAIRED = Metric(
    "messages-repaired",
    _("Nothing that an interface refused is left lying for more than a day"),
    _("sources that sent something"),
    WINDOW,
    target=1.0,
    name=sources_of,
    smallest=1,
)


def read(scope: Scope, codes: frozenset[str]) -> dict[str, Measured]:
    """The sources that sent something within the window; which of them have a message that was refused whole, more than
    a day ago, and not applied since.

    A source belongs to the facilities that its client reaches; what comes from files without a client, to all.
    """
    until = min(scope.as_of, scope.known_at or scope.as_of)
    came = InboundMessage.objects.filter(
        Q(client=None) | Q(client__user__facilities=scope.facility.pk),
        source=OuterRef("pk"),
        received_at__gt=scope.since(WINDOW),
        received_at__lte=until,
    )
    mended = applied_again().filter(at__lte=until)
    lying = came.filter(~Exists(mended), outcome=InboundMessage.Outcome.REFUSED, received_at__lte=until - TO_MEND)
    sources = Source.objects.filter(Exists(came)).annotate(lies=Exists(lying)).order_by("pk")
    found = list(sources.values_list("pk", "lies"))
    return {REPAIRED.code: Measured(len(found), tuple(pk for pk, lies in found if lies))}


SOURCE = Measures("interfaces", (REPAIRED,), read)
