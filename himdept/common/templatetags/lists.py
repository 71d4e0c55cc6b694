"""What a list template asks for: the cells of a row, the choice of columns, masked names."""

from collections.abc import Sequence
from datetime import date, datetime
from html import escape

from django import template
from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from himdept.common.columns import Column, Showing
from himdept.common.masking import is_masked
from himdept.common.sheets import Cell
from himdept.common.templatetags.moments import day_element

register = template.Library()


@register.simple_tag(takes_context=True)
def cells(context, row):
    """The cells of one row in the columns that are shown, the first of them as its heading."""
    showing = context.get("showing") or Showing(masked=is_masked(context.get("request")))
    columns = context["columns"]
    known = context.render_context
    # What is the same in every row is made once for a page: made for each cell it would cost as much as the rest.
    frames = known.get("frames") or known.setdefault("frames", [frame(column, columns) for column in columns])
    with context.push(row=row, now=showing.now):
        drawn = [
            f"{opening}{drawn_cell(context, column, row, showing)}{closing}"
            for column, (opening, closing) in zip(columns, frames, strict=True)
        ]
    return mark_safe("".join(drawn))  # noqa: S308  both the frames and what is in them were escaped


def frame(column: Column, columns: Sequence[Column]) -> tuple[SafeString, SafeString]:
    """What a column's cells begin and end with."""
    classes = format_html(' class="{}"', column.classes) if column.classes else ""
    if column is columns[0]:
        return format_html('<th scope="row"{}>', classes), mark_safe("</th>")
    return format_html('<td data-label="{}"{}>', column.on_card or column.label, classes), mark_safe("</td>")


@register.simple_tag(takes_context=True)
def row_key(context, row):
    """What tells a row of the list from all others, in the list's own words."""
    return getattr(row, context["listing"].key)


def drawn_cell(context, column: Column, row, showing: Showing) -> str:
    """What stands in a cell, escaped."""
    if column.cell:
        known = context.render_context.setdefault("cell_templates", {})
        if column.cell not in known:
            known[column.cell] = context.template.engine.get_template(column.cell)
        return known[column.cell].render(context).strip()
    words = printed(column.value(row, showing)) or escape(str(column.otherwise))
    if column.opens:
        beside = " data-panel" if column.beside else ""
        words = f'<a href="{escape(column.opens(row))}" data-open{beside}>{words}</a>'
    below = (printed(part.value(row, showing)) for part in column.under)
    under = "".join(f'<span class="under">{part}</span>' for part in below if part)
    return f"<span>{words}{under}</span>" if under and not column.opens else f"{words}{under}"


def printed(value: Cell) -> str:
    """What a sheet holds in a cell, as it stands on a screen, escaped."""
    match value:
        case None:
            return ""
        case int():
            return intcomma(value)
        case date() if not isinstance(value, datetime):
            return day_element(value)
    return escape(str(value))


@register.simple_tag(takes_context=True)
def patient_name(context, patient):
    """A patient's name, or the initials alone while names are masked."""
    return Showing(masked=is_masked(context.get("request"))).name(patient)


@register.simple_tag(takes_context=True)
def patient_number(context, value, otherwise=""):
    """A patient's or visit's number, or its last digits alone while names are masked."""
    return Showing(masked=is_masked(context.get("request"))).number(value) or otherwise


@register.simple_tag(takes_context=True)
def names_are_masked(context) -> bool:
    return is_masked(context.get("request"))


@register.simple_tag(takes_context=True)
def column_choice(context) -> list[tuple[Column, bool]]:
    """Every column of the list and whether it is shown; the first always is."""
    shown = {column.key for column in context["columns"]}
    return [(column, column.key in shown) for column in context["listing"].columns]


@register.simple_tag(takes_context=True)
def may_export(context) -> bool:
    """Whether this person may take the list out as a sheet."""
    return context["request"].user.has_perm(context["listing"].exported_by)
