"""The inventory as a list: the one definition behind its page, its saved views and its sheets."""

from django.utils.translation import gettext_lazy as _

from himdept.common.lists import Listing, register
from himdept.common.paging import Sort
from records.inventory.columns import RECORD_COLUMNS
from records.inventory.filters import RecordFilter
from records.inventory.models import Record
from records.inventory.queries import RecordQuerySet

RECORDS = register(
    Listing(
        url_name="record_list",
        title=_("Inventory"),
        template="records/record_list.html",
        filters=RecordFilter,
        rows=lambda request: Record.objects.visible_to(request.user),
        dressed=RecordQuerySet.with_names,
        sorts=(
            Sort("start", "encounter__start_first"),
            Sort("due", "oldest_due_at", nullable=True),
            Sort("delinquent", "delinquent_at", nullable=True),
        ),
        columns=RECORD_COLUMNS,
        first="-start",
        permission="records.view_record",
    )
)
