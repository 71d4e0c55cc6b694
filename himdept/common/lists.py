"""What every list screen does: narrow, sort, page, count, and answer with the whole page or only the list."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import django_filters
from django.db.models import FETCH_RAISE, QuerySet
from django.forms import HiddenInput
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from himdept.common import chips, columns
from himdept.common.columns import Column, Showing
from himdept.common.errors import Unreadable
from himdept.common.masking import is_masked
from himdept.common.paging import FEW, Sort, number_up_to, order_named, page_of, up_to
from himdept.common.web import wants_fragment

BESIDE_FILTERS = ("sort", "columns", "view")  # what else an address of a list says, and a change of filter keeps


class ListFilter(django_filters.FilterSet):
    """Narrows a list by the fields of a form. What it does not understand is refused, never ignored.

    `identifying` names the filters that hold what identifies a patient: they are never kept in a saved view. `spans`
    are pairs of filters that are one to the eye, by the name of the first.
    """

    identifying: tuple[str, ...] = ()
    spans: dict[str, chips.Span] = {}
    has_home = False  # whether the address without any choice leads to a view of the person's own

    def narrowed(self) -> QuerySet:
        """The rows that pass. Raises Unreadable naming the first field that cannot be understood."""
        if not self.form.is_valid():
            field, errors = next(iter(self.form.errors.items()))
            raise Unreadable(f"{self.form[field].label}: {errors[0]}", field=field)
        return self.qs

    def countable(self) -> QuerySet:
        """As many rows as are `narrowed`, in the form in which they cost least to count."""
        return self.narrowed()

    def get_form_class(self):
        """The fields in the order of `field_order`, where the list has one; no choice of facility for those of one."""
        form = super().get_form_class()
        for field in form.base_fields.values():
            if "invalid_choice" in field.error_messages:
                field.error_messages["invalid_choice"] = _("there is no “%(value)s” here.")
        form.field_order = getattr(self, "field_order", None)
        if "facility" in form.base_fields and len(self.request.user.facility_ids) < 2:
            form.base_fields["facility"].widget = HiddenInput()
        return form

    def refusal(self, field: str, words) -> Unreadable:
        return Unreadable(f"{self.form[field].label}: {words}", field=field)

    def told(self, name: str, value: str) -> str:
        """A value of a filter without a list of choices, in words."""
        return value

    @property
    def is_narrowed(self) -> bool:
        return any(self.data.get(name) for name in self.filters)

    @cached_property
    def chips(self) -> list[chips.Chip]:
        return chips.chips(self)

    @property
    def kept(self) -> list[tuple[str, str]]:
        """What a form of filters sends along, so that a change of one keeps the order and the columns."""
        return [(name, self.data[name]) for name in BESIDE_FILTERS if self.data.get(name)]

    @property
    def cleared(self) -> str:
        """The address without any filter."""
        return self.address_without(*self.filters, "view", **({"view": "all"} if self.has_home else {}))

    def address_without(self, *names: str, **but: str) -> str:
        """The address of the list without these, from its first page; `but` is set instead."""
        query = self.data.copy()
        for name in (*names, "at"):
            query.pop(name, None)
        query.update(but)
        return chips.address(self.request.path, query)

    def refuse(self, refusal: Unreadable):
        """Put a refusal beside the filter that it is about."""
        if refusal.field in self.filters and refusal.field not in self.form.errors:
            self.form.add_error(refusal.field, refusal.message.partition(": ")[2] or refusal.message)


@dataclass(frozen=True)
class Listing:
    """A list screen: what it is called, how it can be narrowed and sorted, and its columns.

    `url_name` is its key, in saved views too. `rows` are all that the person may see; `dressed` adds what the columns
    print: they are counted without it. `key` is the field that tells one from another, where they are sums and not rows
    of a model. What goes out as a sheet or on paper is made of the same: `narrowed`, `dressed`, `chosen`,
    `columns.cells`. A sheet asks for the permission `exported_by` too.
    """

    url_name: str
    title: str
    template: str
    filters: type[ListFilter]
    rows: Callable[[HttpRequest], QuerySet]
    sorts: Sequence[Sort]
    columns: Sequence[Column]
    first: str = ""
    permission: str = ""
    exported_by: str = "records.export_report"
    key: str = "pk"
    dressed: Callable[[QuerySet], QuerySet] = QuerySet.all

    @property
    def url(self) -> str:
        return reverse(self.url_name)

    def filters_of(self, request: HttpRequest) -> ListFilter:
        return self.filters(request.GET, self.rows(request), request=request)

    def chosen(self, request: HttpRequest) -> tuple[Column, ...]:
        """The columns that the address asks for. Raises Unreadable for one that the list does not have."""
        return columns.chosen(self.columns, asked_columns(request))

    def show(self, request: HttpRequest, **context) -> HttpResponse:
        """A page of the list, or only its `#list` part when a script asks for that.

        What cannot be understood is said beside its filter, and no rows are shown: a list that is not narrowed as it
        says would be acted on wrongly.
        """
        home, clean, fragment = home_of(request, self), self.address(request), wants_fragment(request)
        if home and not request.GET and not fragment:
            return HttpResponseRedirect(home)
        if not fragment and any(len(values) > 1 for _name, values in request.GET.lists()):
            return HttpResponseRedirect(clean)  # a plain form repeats names; the address that is shared does not
        filters, status = self.filters_of(request), 200
        filters.has_home = bool(home)
        context |= {"listing": self, "filters": filters, "showing": showing(request), "columns": self.columns[:1]}
        try:
            context |= self.page(request, filters)
        except Unreadable as refusal:
            filters.refuse(refusal)
            context["refusal"], status = refusal, 400
        template = f"{self.template}#list" if fragment else self.template
        response = render(request, template, context, status=status)
        if fragment:
            response.headers["HX-Push-Url"] = clean
        return response

    def dressed_for(self, rows: QuerySet, shown: Sequence[Column]) -> QuerySet:
        """The rows with everything that these columns print."""
        rows = self.dressed(rows)
        for column in shown:
            rows = column.dressed(rows)
        return rows

    def page(self, request: HttpRequest, filters: ListFilter) -> dict:
        """Rows know what the query fetched and no more: a template that asks for another column fails in the tests
        instead of fetching it once for each row."""
        rows, shown = filters.narrowed(), self.chosen(request)
        name = request.GET.get("sort") or self.first
        number = self.number(filters) if order_named(self.sorts, name)[0].is_elsewhere and filters.is_narrowed else None
        page = page_of(
            self.dressed_for(rows, shown).fetch_mode(FETCH_RAISE),
            self.sorts,
            sort=name,
            at=request.GET.get("at", ""),
            key=self.key,
            is_short=number is not None and number <= FEW,
        )
        if number is None:  # of a list that is one page long, what is seen is the answer
            number = self.number(filters) if page.previous or page.next else len(page)
        return {"columns": shown, "page": page, "count": up_to(number)}

    def number(self, filters: ListFilter) -> int:
        """How many rows there are, and one more than FEW where there are more."""
        return number_up_to(filters.countable(), FEW, self.key)

    def address(self, request: HttpRequest) -> str:
        """The address of what is shown, without what was left empty and without columns that everybody sees."""
        query, asked = request.GET.copy(), asked_columns(request)
        if asked and set(asked.split(",")) <= {column.key for column in self.columns}:
            query["columns"] = columns.in_address(self.columns, asked.split(","))
        return chips.address(request.path, query)


def asked_columns(request: HttpRequest) -> str:
    return ",".join(request.GET.getlist("columns"))


def showing(request: HttpRequest) -> Showing:
    """How rows are told to this person now."""
    return Showing(masked=is_masked(request))


_listings: dict[str, Listing] = {}
_homes: list[Callable[[HttpRequest, Listing], str]] = []


def register(listing: Listing) -> Listing:
    """Make a list known by its `url_name`, so that views of it can be saved and sheets of it be made."""
    return _listings.setdefault(listing.url_name, listing)


def every() -> list[Listing]:
    """Every list that was made known."""
    return list(_listings.values())


def named(url_name: str) -> Listing | None:
    return _listings.get(url_name)


def register_home(home: Callable[[HttpRequest, Listing], str]):
    """Say where a person who opens a list without any choice is led: to the view they made their own, or nowhere."""
    _homes.append(home)


def home_of(request: HttpRequest, listing: Listing) -> str:
    return next((address for home in _homes if (address := home(request, listing))), "")


def address(request: HttpRequest) -> str:
    """The address of what is shown, without the filters that were left empty."""
    query = request.GET.copy()
    for name in [name for name, values in query.lists() if not any(values)]:
        del query[name]
    return f"{request.path}?{query.urlencode()}" if query else request.path
