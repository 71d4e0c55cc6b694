"""What every list screen does: narrow, sort, page, count, and answer with the whole page or only the list."""

import django_filters
from django.db.models import FETCH_RAISE, QuerySet
from django.forms import HiddenInput
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from himdept.common.errors import Unreadable
from himdept.common.paging import Page, Sort, count_up_to, page_of
from himdept.common.web import wants_fragment


class ListFilter(django_filters.FilterSet):
    """Narrows a list by the fields of a form. What it does not understand is refused, never ignored."""

    def narrowed(self) -> QuerySet:
        """The rows that pass. Raises Unreadable naming the first field that cannot be understood."""
        if not self.form.is_valid():
            field, errors = next(iter(self.form.errors.items()))
            raise Unreadable(f"{self.form[field].label}: {errors[0]}", field=field)
        return self.qs

    def get_form_class(self):
        """The fields in the order of `field_order`, where the list has one; no choice of facility for those of one."""
        form = super().get_form_class()
        form.field_order = getattr(self, "field_order", None)
        if "facility" in form.base_fields and len(self.request.user.facility_ids) < 2:
            form.base_fields["facility"].widget = HiddenInput()
        return form

    def refusal(self, field: str, words) -> Unreadable:
        return Unreadable(f"{self.form[field].label}: {words}", field=field)

    @property
    def is_narrowed(self) -> bool:
        return any(self.data.get(name) for name in self.filters)


def show_list(
    request: HttpRequest, template: str, filters: ListFilter, sorts: list[Sort], *, first: str = "", **context
) -> HttpResponse:
    """A page of a list, or only its `#list` part when a script asks for that; `first` is the order without a choice.

    Rows know what the query fetched and no more: a template that asks for another column fails in the tests instead
    of fetching it once for each row.
    """
    rows = filters.narrowed()
    page: Page = page_of(
        rows.fetch_mode(FETCH_RAISE),
        sorts,
        sort=request.GET.get("sort") or first,
        at=request.GET.get("at", ""),
    )
    fragment = wants_fragment(request)
    response = render(
        request,
        f"{template}#list" if fragment else template,
        {"page": page, "filters": filters, "count": counted(rows, page), **context},
    )
    if fragment:
        response.headers["HX-Push-Url"] = address(request)
    return response


def counted(rows: QuerySet, page: Page) -> str:
    """How many rows there are; of a list that is one page long, what is seen is the answer."""
    return count_up_to(rows) if page.previous or page.next else f"{len(page)}"


def address(request: HttpRequest) -> str:
    """The address of what is shown, without the filters that were left empty."""
    query = request.GET.copy()
    for name in [name for name, values in query.lists() if not any(values)]:
        del query[name]
    return f"{request.path}?{query.urlencode()}" if query else request.path
