"""Choosing rows of a list, by a form that works without a script."""

from urllib.parse import urlencode
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from himdept.common.errors import Unreadable
from himdept.common.web import wants_fragment
from staff.selections import lists, selections
from staff.selections.lists import SelectableList
from staff.selections.selections import Chosen

LONGEST_PAGE = 500
LONGEST_QUERY = 4_000


@require_POST
def choose(request: HttpRequest, name: str) -> HttpResponse:
    """Keep what is ticked on a page of a list, choose all of it or clear it, or go on to an act on what is chosen.

    A script is answered with the bar, everybody else is led back to the list.
    """
    of = lists.named(name)
    if of is None:
        raise Http404
    acts = of.acts_of(request.user)
    if not acts or not request.user.has_perm(of.listing.permission):
        raise PermissionDenied
    here = here_of(request)
    shown, ticked = numbers(request.POST.get("shown", "").split(",")), numbers(request.POST.getlist("row"))
    rows, found = of.listing.rows(request), found_by(of, request, here)
    do = request.POST.get("do", "keep")
    if do == "clear":
        selections.clear(of, by=request.user)
        chosen = None
    else:
        chosen = selections.choose(
            of,
            rows,
            by=request.user,
            token=token_of(request.POST.get("token", "")),
            query=urlencode([(key, value) for key, value in here.items() if key != "at"]),
            without=shown,
            chosen=shown if do == "page" else ticked & shown,
            all_of=found() if do == "all" else None,
        )
    to = request.POST.get("to", "")
    if to and chosen:
        for act in acts:
            if act.url_name == to:
                return HttpResponseRedirect(f"{reverse(to)}?{urlencode({'selection': chosen.token})}")
        raise PermissionDenied
    if not wants_fragment(request):
        return HttpResponseRedirect(f"{of.listing.url}?{here.urlencode()}" if here else of.listing.url)
    matching = found()
    standing = selections.chosen_of(of, request.user, matching)
    bar = Chosen(of, acts, standing, sorted(shown), selections.count_of(matching), here.urlencode())
    return render(request, "parts/bulk.html", {"chosen": bar})


def here_of(request: HttpRequest) -> QueryDict:
    """The address of the list that was sent along: its filters, order and place."""
    query = request.POST.get("query", "")
    if len(query) > LONGEST_QUERY:
        raise Unreadable(_("The address of the list is too long."), field="query")
    return QueryDict(query)


def found_by(of: SelectableList, request: HttpRequest, here: QueryDict):
    """The rows of the list as it was narrowed, when they are asked for."""

    def found():
        return of.listing.filters(here, of.listing.rows(request), request=request).narrowed()

    return found


def numbers(words: list[str]) -> set[int]:
    """Numbers of rows, of one page at most. Raises Unreadable for what is no number."""
    words = [word for word in words if word]
    if len(words) > LONGEST_PAGE or not all(word.isascii() and word.isdecimal() and len(word) <= 18 for word in words):
        raise Unreadable(_("The rows that were chosen are not understood. Load the list again."), field="row")
    return {int(word) for word in words}


def token_of(words: str) -> UUID | None:
    """A selection's token, or nothing where there is none yet. Raises Unreadable for what is no token."""
    if not words:
        return None
    try:
        return UUID(words)
    except ValueError as problem:
        raise Unreadable(_("This selection is not known. Load the list again."), field="token") from problem
