"""Opening, saving and changing views of lists. A view's page is the list that it is a view of."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from himdept.common import chips, lists
from himdept.common.errors import Unreadable
from himdept.common.lists import Listing
from staff.people.models import Facility
from staff.saved import actions
from staff.saved.models import SavedView, may_share
from staff.saved.numbers import numbers

MOST_COUNTED = 12  # of the views of a list


def home(request, listing: Listing) -> str:
    """Where a list opens for somebody who made a view of it their own."""
    return next((opened(view) for view in views_of(request, listing) if view.is_home_of(request.user)), "")


def views_of(request, listing: Listing) -> list[SavedView]:
    """The views of a list that this person can open; asked once a request."""
    if not hasattr(request, "saved_views"):
        request.saved_views = list(SavedView.objects.visible_to(request.user).of(listing.url_name))
    return request.saved_views


def opened(view: SavedView) -> str:
    return reverse("view_open", args=[view.pk])


@require_safe
def view_open(request, number: int):
    """The list as a view keeps it, of the rows that this person may see. Says what it no longer understands."""
    view = get_object_or_404(SavedView.objects.visible_to(request.user), pk=number)
    listing = listing_named(request, view.listing)
    query, lost = actions.understood(listing, view, request)
    if lost:
        messages.warning(
            request,
            _("The view “%(name)s” asks for what this list no longer knows, and is shown without it: %(lost)s.")
            % {"name": view.name, "lost": "; ".join(lost)},
        )
    query["view"] = str(view.pk)
    return HttpResponseRedirect(chips.address(listing.url, query))


@require_safe
def view_numbers(request, listing: str):
    """How many rows each view of a list has, for its tabs: a script asks for it when the page has come."""
    of = listing_named(request, listing)
    found = numbers(of, views_of(request, of)[:MOST_COUNTED], request)
    return render(request, "parts/view_numbers.html", {"numbers": found})


@require_POST
def view_save(request):
    """Keep what a list shows under a name."""
    listing, facility = listing_named(request, request.POST.get("listing", "")), None
    if request.POST.get("whose") == "team":
        if not may_share(request.user):
            raise PermissionDenied
        facility = team_of(request)
    name, query = request.POST.get("name", ""), asked(request, listing)
    view = actions.save(listing, name=name, query=query, by=request.user, facility=facility)
    messages.success(request, _("Saved as “%(name)s”.") % {"name": view.name})
    return led_to(request, opened(view))


@require_POST
def view_change(request, number: int):
    """Rename a view, let it show what the list shows now, delete it, or let the list open with it."""
    view = get_object_or_404(SavedView.objects.visible_to(request.user), pk=number)
    listing, act = listing_named(request, view.listing), request.POST.get("act", "")
    if act not in {"home", "leave"} and not view.may_be_changed_by(request.user):
        raise PermissionDenied
    if act == "rename":
        actions.rename(view, name=request.POST.get("name", ""), by=request.user)
    elif act == "change":
        actions.change(view, listing, query=asked(request, listing), by=request.user)
    elif act in {"home", "leave"} and view.owner_id == request.user.pk:
        actions.make_home(view, by=request.user, home=act == "home")
    elif act == "delete":
        actions.delete(view, by=request.user)
        messages.success(request, _("The view “%(name)s” is deleted.") % {"name": view.name})
        return led_to(request, f"{listing.url}?view=all")
    else:
        raise Unreadable(_("A view can be renamed, changed, deleted, or made the one that its list opens with."))
    messages.success(request, _("The view “%(name)s” is changed.") % {"name": view.name})
    return led_to(request, opened(view))


def listing_named(request, url_name: str) -> Listing:
    """The list of that name, for those who may open it."""
    listing = lists.named(url_name)
    if listing is None:
        raise Http404
    if listing.permission and not request.user.has_perm(listing.permission):
        raise PermissionDenied
    return listing


def asked(request, listing: Listing) -> QueryDict:
    """What the list shows at the moment. Raises Unreadable when that is not understood: it is not worth keeping."""
    query = QueryDict(request.POST.get("query", ""))
    filters = listing.filters(query, listing.rows(request), request=request)
    if not filters.form.is_valid():
        raise Unreadable(_("The list is not understood as it stands; mend its filters before saving it."))
    return query


def team_of(request) -> Facility:
    number = request.POST.get("facility", "")
    mine = request.user.facilities.order_by("pk")
    found = mine.filter(pk=number).first() if number.isdecimal() and len(number) <= 18 else None
    if found is None and mine.count() == 1:
        found = mine.get()
    if found is None:
        raise Unreadable(_("Say for the team of which facility; it must be one of yours."), field="facility")
    return found


def led_to(request, address: str) -> HttpResponse:
    """On to a page: by a redirect, or, where a script asked, by its header."""
    if request.headers.get("HX-Request") == "true":
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    return HttpResponseRedirect(address)
