"""The tabs above a list: its saved views, and which of them it shows."""

from dataclasses import dataclass

from django import template
from django.http import QueryDict

from himdept.common.chips import address
from himdept.common.lists import BESIDE_FILTERS
from staff.saved.models import SavedView, may_share
from staff.saved.views import views_of

register = template.Library()


@dataclass(frozen=True)
class Tabs:
    """The views of a list. `current` is the one it was opened by; `is_changed` when it shows something else now."""

    views: list[SavedView]
    current: SavedView | None
    is_changed: bool
    may_change: bool
    may_share: bool
    query: str  # what the list shows, as it would be kept


@register.simple_tag(takes_context=True)
def view_tabs(context) -> Tabs:
    request, listing = context["request"], context["listing"]
    views = views_of(request, listing)
    current = next((view for view in views if str(view.pk) == request.GET.get("view")), None)
    query = address("", shown(request.GET, listing)).removeprefix("?")
    is_changed = bool(current) and dict(QueryDict(query).items()) != dict(QueryDict(current.query).items())
    return Tabs(
        views,
        current,
        is_changed,
        bool(current) and current.may_be_changed_by(request.user),
        may_share(request.user),
        query,
    )


def shown(query: QueryDict, listing) -> QueryDict:
    """What of an address a view would keep."""
    kept = query.copy()
    names = {*listing.filters.base_filters, *BESIDE_FILTERS} - {"view"}
    for name in set(query) - names:
        del kept[name]
    return kept
