"""Numbers on a page."""

from datetime import timedelta

from django import template
from django.contrib.humanize.templatetags.humanize import intcomma

from himdept.common.templatetags.moments import span

register = template.Library()


@register.filter
def signed(value: float, places: int = 0) -> str:
    """A change, with its sign: +6, −3, ±0. Rounded first, so that what rounds to nothing has no direction."""
    rounded = round(value, places) if places else round(value)
    sign = "+" if rounded > 0 else "−" if rounded < 0 else "±"
    return sign + intcomma(abs(rounded))


@register.simple_tag
def length(of: timedelta) -> str:
    """A length of time in one short unit: "5 h", "12 d"."""
    return span(of)
