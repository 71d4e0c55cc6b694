"""What the drawing of the timeline asks for: sums of places, a line of words, the verdict as a badge."""

from django import template
from django.utils.html import format_html

from himdept.common.templatetags.shell import badge
from records.completeness import wording
from records.completeness.timeline.drawing import Text
from records.completeness.timeline.rows import Row

register = template.Library()

ICONS = {
    "check": "check",
    "cross": "x",
    "triangle": "alert-triangle",
    "clock": "clock",
    "ring": "circle-dashed",
    "minus": "minus",
}


register.filter("ended", wording.ended)


@register.filter
def add_up(place: float, more: float) -> float:
    """A place so much further."""
    return round(place + float(more), 2)


@register.filter
def minus(place: float, less: float) -> float:
    return round(place - float(less), 2)


@register.simple_tag
def line_of(text: Text, kind: str):
    """A line of words of the picture. Its size is an attribute, so that it is what was reckoned with."""
    return format_html(
        '<text class="{}" data-tone="{}" x="{}" y="{}" font-size="{}" text-anchor="{}">{}</text>',
        kind,
        text.tone,
        round(text.x, 2),
        round(text.y, 2),
        text.size,
        text.anchor,
        text.words,
    )


@register.simple_tag
def verdict_badge(row: Row):
    return badge(row.tone, row.words, ICONS[row.shape])
