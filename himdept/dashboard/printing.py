"""Taking a list out: a page made for paper, and sheets, of the rows and columns that its address asks for.

Both hold what the screen would show to the same person, names masked where they are masked, and are logged with the
filter that was set. What goes out is read in the order of the list's own index, so it costs no more at a million rows.
"""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db.models import FETCH_RAISE
from django.http import FileResponse, Http404
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_safe

from himdept.common import columns, lists, sheets, spoken
from himdept.common.chips import Chip, chip_of
from himdept.common.columns import Column, Showing
from himdept.common.db.snapshots import snapshot
from himdept.common.errors import DomainError
from himdept.common.lists import ListFilter, Listing
from himdept.common.masking import DOTS
from himdept.common.paging import Walk, count_up_to, number_up_to, order_named
from himdept.common.paper import in_words
from himdept.common.reports import CONTENT_TYPES
from himdept.common.sheets import plain
from himdept.common.typesetting import confidential
from records.completeness.figures import latest_run
from records.confidentiality.actions import log_export

MOST_PRINTED = 2_000
MOST_EXPORTED = 100_000
AT_A_TIME = 1_000
WRITERS = ("csv", "xlsx")


@dataclass(frozen=True)
class Taken:
    """A list as somebody asked for it: its rows in their order, its columns, and how they are told."""

    listing: Listing
    filters: ListFilter
    columns: tuple[Column, ...]
    showing: Showing
    sort: str

    @property
    def walk(self) -> Walk:
        sort, descending = order_named(self.listing.sorts, self.sort)
        rows = self.listing.dressed_for(self.filters.narrowed(), self.columns).fetch_mode(FETCH_RAISE)
        return Walk(rows, sort, descending, self.listing.key)

    def number_up_to(self, most: int) -> int:
        return number_up_to(self.filters.countable(), most, self.listing.key)

    def first(self, most: int) -> list:
        """Up to so many rows, in their order."""
        return list(self.walk.after(None, most))

    def rows(self) -> Iterator:
        """Every row, some at a time: those without a value of the order come last, as on the screen.

        Within a transaction only: outside of one the server would put the whole list aside first.
        """
        for without_value in [False, True] if self.walk.sort.nullable else [False]:
            yield from self.walk.stretch(without_value, None).iterator(chunk_size=AT_A_TIME)

    @property
    def told(self) -> list[tuple[str, str]]:
        """The filters that are set, or hold without being set, in words."""
        form = self.filters.form
        set_ones = [name for name, field in form.fields.items() if self.filters.data.get(name) or field.initial]
        return [(str(form[name].label), self.words(chip_of(self.filters, form[name]))) for name in set_ones]

    def words(self, chip: Chip) -> str:
        hidden = self.showing.masked and chip.field.name in self.filters.identifying
        return DOTS if hidden else chip.words

    @property
    def logged(self) -> str:
        """The filter for the log: never one that names a patient."""
        asked = {name: self.filters.data.get(name) for name in self.filters.filters}
        told = [
            f"{name}={'…' if name in self.filters.identifying else value}" for name, value in asked.items() if value
        ]
        return " ".join([f"list {self.listing.url_name}", *told])


def taken(request, name: str) -> Taken:
    """The list of that name as this address asks for it. Raises Unreadable for a filter, order or column it lacks."""
    listing = lists.named(name)
    if listing is None:
        raise Http404
    if listing.permission and not request.user.has_perm(listing.permission):
        raise PermissionDenied
    return Taken(
        listing,
        listing.filters_of(request),
        listing.chosen(request),
        lists.showing(request),
        request.GET.get("sort") or listing.first,
    )


@require_safe
def list_print(request, name: str):
    """The list as a page for paper: all its rows up to a limit, and no way of going anywhere but back."""
    of = taken(request, name)
    rows = of.first(MOST_PRINTED + 1)
    too_long = len(rows) > MOST_PRINTED
    found = count_up_to(of.filters.countable(), key=of.listing.key) if too_long else f"{len(rows):,}"
    shown = rows[:MOST_PRINTED]
    log_export(f"{of.logged} print", by=request.user, rows=len(shown))
    context = {
        "listing": of.listing,
        "back": of.listing.address(request).replace(request.path, of.listing.url, 1),
        "headings": [heading_on_paper(column) for column in of.columns],
        "rows": ([cell_on_paper(column, row, of.showing) for column in of.columns] for row in shown),
        "found": found,
        "shown": f"{len(shown):,}",
        "is_cut": too_long,
        "told": of.told,
        "masked": of.showing.masked,
        "last": latest_run(request.user),
        "made": spoken.minute(timezone.now(), timezone.get_current_timezone()),
        "confidential": confidential(),
    }
    return render(request, "print/list.html", context)


@dataclass(frozen=True)
class PaperCell:
    """A cell in words, and in small under it what else is told there; numbers stand side by side: "3 / 4"."""

    words: str
    under: str
    end: bool


def cell_on_paper(column: Column, row, showing: Showing) -> PaperCell:
    words = in_words(plain(column.value(row, showing)))
    more = [told for part in column.under if (told := in_words(plain(part.value(row, showing))))]
    if column.end:
        return PaperCell(" / ".join([words, *more]), "", end=True)
    return PaperCell(words, " · ".join(more), end=False)


def heading_on_paper(column: Column) -> PaperCell:
    more = [str(part.label) for part in column.under] if column.end else []
    return PaperCell(" / ".join([str(column.in_sheet or column.label), *more]), "", column.end)


@require_GET
def list_export(request, name: str, form: str):
    """The list as a sheet, every row of it. Raises DomainError when there are more than one sheet should hold."""
    if form not in WRITERS:
        raise Http404
    of = taken(request, name)
    if not request.user.has_perm(of.listing.exported_by):
        raise PermissionDenied
    with ExitStack() as until_sent:
        out = until_sent.enter_context(tempfile.TemporaryFile())
        with snapshot():
            if of.number_up_to(MOST_EXPORTED) > MOST_EXPORTED:
                raise DomainError(
                    _("This list has more than %(most)s rows. Narrow it, and export it in parts.")
                    % {"most": f"{MOST_EXPORTED:,}"}
                )
            rows = write(of, out, form)
        log_export(f"{of.logged} {form}", by=request.user, rows=rows)
        until_sent.pop_all()  # from here on the response closes it
    out.seek(0)
    made = timezone.localtime().strftime("%Y-%m-%d-%H%M")
    filename = f"{name.removesuffix('_list')}-{made}.{form}"
    return FileResponse(out, as_attachment=True, filename=filename, content_type=CONTENT_TYPES[form])


def write(of: Taken, out, form: str) -> int:
    number = 0

    def rows() -> Iterator[tuple[sheets.Cell, ...]]:
        nonlocal number
        for cells in columns.cells(of.columns, of.rows(), of.showing):
            number += 1
            yield cells

    table = sheets.Table(of.listing.url_name, str(of.listing.title), columns.headings(of.columns), rows)
    if form == "csv":
        sheets.write_csv(table, out)
    else:
        sheets.write_xlsx(str(of.listing.title), facts(of), [table], out)
    return number


def facts(of: Taken) -> list[tuple[str, str]]:
    """What stands above the rows of a workbook: which rows these are, as of when."""
    at = spoken.minute(of.showing.now, timezone.get_current_timezone())
    return [*of.told, (_("As of"), at)]
