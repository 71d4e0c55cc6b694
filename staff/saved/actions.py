"""Saving, changing and deleting views of lists: the only writers of SavedView."""

from django.db import IntegrityError, transaction
from django.http import QueryDict
from django.utils.translation import gettext as _

from himdept.common import columns, paging
from himdept.common.audit import acting_as
from himdept.common.errors import Conflict, DomainError, Unreadable
from himdept.common.lists import BESIDE_FILTERS, Listing
from staff.people.models import Facility, User
from staff.saved.models import SavedView

LONGEST = SavedView._meta.get_field("query").max_length


def save(listing: Listing, *, name: str, query: QueryDict, by: User, facility: Facility | None = None) -> SavedView:
    """Keep what a list shows under a name, for oneself or for the team of a facility.

    Raises DomainError for what no view may hold, Conflict for a name that is taken.
    """
    view = SavedView(listing=listing.url_name, name=named(name), query=keepable(listing, query), owner=by)
    view.facility = facility
    return write(view, by)


def rename(view: SavedView, *, name: str, by: User) -> SavedView:
    view.name = named(name)
    return write(view, by)


def change(view: SavedView, listing: Listing, *, query: QueryDict, by: User) -> SavedView:
    """Let a view show what the list shows now."""
    view.query = keepable(listing, query)
    return write(view, by)


def delete(view: SavedView, *, by: User):
    with transaction.atomic(), acting_as(by):
        view.delete()


def make_home(view: SavedView, *, by: User, home: bool = True):
    """Let the list open with this view for its owner, or with all rows again."""
    with transaction.atomic(), acting_as(by):
        mine = SavedView.objects.select_for_update().filter(owner=by, listing=view.listing).order_by("pk")
        for other in mine:
            wanted = home and other.pk == view.pk
            if other.is_home and not wanted:
                other.is_home = False
                other.save(update_fields=["is_home"])
        if home:
            view.is_home = True
            view.save(update_fields=["is_home"])


def write(view: SavedView, by: User) -> SavedView:
    try:
        with transaction.atomic(), acting_as(by):
            view.save()
    except IntegrityError as problem:
        raise Conflict(
            _("There is a view called “%(name)s” of this list already. Choose another name.") % {"name": view.name},
            field="name",
        ) from problem
    return view


def named(name: str) -> str:
    name, longest = " ".join(name.replace("\x00", "").split()), SavedView._meta.get_field("name").max_length
    if not name:
        raise DomainError(_("A view needs a name."), field="name")
    if len(name) > longest:
        raise DomainError(_("The name of a view has at most %(n)d characters.") % {"n": longest}, field="name")
    return name


def keepable(listing: Listing, query: QueryDict) -> str:
    """What of an address can be kept: its filters, order and columns, all understood, none that names a patient."""
    for name in listing.filters.identifying:
        if query.get(name):
            label = listing.filters.base_filters[name].label
            raise DomainError(
                _("A view may hold nothing that identifies a patient: take the filter %(label)s away first.")
                % {"label": label},
                field=name,
            )
    kept = QueryDict(mutable=True)
    for name in (*listing.filters.base_filters, *BESIDE_FILTERS):
        if name != "view" and query.get(name):
            kept[name] = query[name]
    words = kept.urlencode(safe=",")
    if len(words) > LONGEST:
        raise DomainError(_("This is more than a view can hold. Take some filters away first."), field="query")
    return words


def understood(listing: Listing, view: SavedView, request) -> tuple[QueryDict, list[str]]:
    """What of a view its list still understands, and in words what it does not: a filter may have been renamed."""
    asked = QueryDict(view.query)
    kept, lost = QueryDict(mutable=True), []
    errors = listing.filters(asked, listing.rows(request), request=request).form.errors
    for name, value in asked.items():
        if name in listing.filters.base_filters and name not in errors:
            kept[name] = value
        elif name == "columns" and (known := known_columns(listing, value)):
            kept[name] = columns.in_address(listing.columns, known)
            lost += sorted({_("column %(name)s") % {"name": key} for key in value.split(",") if key not in known})
        elif name == "sort" and is_known_sort(listing, value):
            kept[name] = value
        else:
            lost.append(f"{name}: {value}")
    return kept, lost


def known_columns(listing: Listing, asked: str) -> set[str]:
    return {column.key for column in listing.columns} & set(asked.split(","))


def is_known_sort(listing: Listing, asked: str) -> bool:
    try:
        paging.order_named(listing.sorts, asked)
    except Unreadable:
        return False
    return True
