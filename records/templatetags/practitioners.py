"""What a row of the list of practitioners needs of the list around it."""

from django import template

from records.completeness.figures import address
from records.completeness.owing import Band
from records.completeness.practitioners import Owing

register = template.Library()
NARROWING = ("service", "facility")  # filters of the list that its numbers' own lists are narrowed by too


@register.simple_tag(takes_context=True)
def owed_address(context, row: Owing, **query) -> str:
    """The list of what a practitioner owes, narrowed as the list of practitioners is."""
    asked = context["request"].GET
    narrow = {name: asked[name] for name in NARROWING if asked.get(name)}
    return address("deficiency_list", **query, **narrow, owed_by=row.owed_by)


@register.simple_tag(takes_context=True)
def owed_bands(context, row: Owing) -> list[Band]:
    """The bar of one row, as a part of the longest one on the page."""
    known = context.render_context
    if "longest_owed" not in known:
        known["longest_owed"] = max(each.past_due for each in context["page"])
    return row.bands(known["longest_owed"])
