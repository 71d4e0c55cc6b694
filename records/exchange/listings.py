"""The lists of what came in, from where, and of who is known by a number only."""

from django.utils.translation import gettext_lazy as _

from himdept.common.lists import Listing, register
from himdept.common.paging import Sort
from records.exchange.columns import FEED_COLUMNS, MESSAGE_COLUMNS, STUB_COLUMNS
from records.exchange.filters import FeedFilter, MessageFilter, StubFilter
from records.exchange.models import InboundMessage
from records.inventory.models import Practitioner

FEEDS = register(
    Listing(
        url_name="interface_page",
        title=_("Interfaces"),
        template="records/interface_page.html",
        filters=FeedFilter,
        rows=lambda request: InboundMessage.objects.visible_to(request.user),
        sorts=(
            Sort("name", "name"),
            Sort("last", "last_at"),
            Sort("messages", "messages"),
            Sort("refused", "failed"),
        ),
        columns=FEED_COLUMNS,
        permission="records.view_intake",
        exported_by="records.view_intake",
        key="number",
    )
)
MESSAGES = register(
    Listing(
        url_name="message_list",
        title=_("Messages"),
        template="records/message_list.html",
        filters=MessageFilter,
        rows=lambda request: (
            InboundMessage.objects.visible_to(request.user)
            .with_replay()
            .select_related("source", "client__user")
            .defer("body")
        ),
        sorts=(Sort("came", "received_at"),),
        columns=MESSAGE_COLUMNS,
        first="-came",
        permission="records.view_inboundmessage",
        exported_by="records.view_inboundmessage",
        key="id",
    )
)
STUBS = register(
    Listing(
        url_name="stub_list",
        title=_("Practitioners known by a number only"),
        template="records/stub_list.html",
        filters=StubFilter,
        rows=lambda request: Practitioner.objects.filter(is_stub=True).prefetch_related("identifiers", "keys__source"),
        sorts=(Sort("number", "pk"),),
        columns=STUB_COLUMNS,
        first="-number",
        permission="records.view_inboundmessage",
        exported_by="records.view_inboundmessage",
    )
)
