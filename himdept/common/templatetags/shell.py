"""What base.html asks for: the duties of the person, the chosen appearance, an icon."""

from functools import cache, lru_cache

from django import template
from django.conf import settings
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from himdept.common import appearance, glossary, navigation

register = template.Library()

SHAPES = {
    "bad": "x",
    "watch": "alert-triangle",
    "good": "check",
    "info": "clock",
    "special": "lock",
    "quiet": "minus",
}


@register.simple_tag
@cache  # a list draws the same few a hundred times
def icon(name: str):
    """Draw an icon of the sprite. It is decoration: the word beside it is what a reader hears."""
    sprite = static("vendor/tabler-icons/icons.svg")
    return format_html('<svg class="icon" aria-hidden="true"><use href="{}#{}"></use></svg>', sprite, name)


@register.simple_tag
def badge(tone: str, word, shape: str = ""):
    """A status: its word, the shape of its tone, its colour. Tones: bad, watch, good, info, special, quiet."""
    return drawn_badge(tone, word if isinstance(word, str) else str(word), shape or SHAPES[tone])


@lru_cache(maxsize=1_000, typed=True)  # as above; a word that is escaped is of another type than one that is not
def drawn_badge(tone: str, word: str, shape: str) -> SafeString:
    return format_html('<span class="badge" data-tone="{}">{}{}</span>', tone, icon(shape), word)


@register.simple_tag(takes_context=True)
def duties(context):
    request = context.get("request")
    return navigation.for_person(request.user) if request else []


@register.simple_tag(takes_context=True)
def open_screens(context) -> str:
    """The names of the screens that the person may open: who may open the same sees the same duties."""
    request = context.get("request")
    return " ".join(screen.url_name for screen in navigation.open_to(request.user)) if request else ""


@register.simple_tag(takes_context=True)
def search(context):
    request = context.get("request")
    return navigation.search_of(request.user) if request else None


@register.simple_tag(takes_context=True)
def current_screen(context):
    request = context.get("request")
    return navigation.current(request.path) if request else None


@register.simple_tag(takes_context=True)
def chosen_appearance(context) -> str:
    return appearance.chosen(context.get("request"))


@register.simple_tag(takes_context=True)
def screen_with_terms(context) -> str:
    """The name of this page's address, if the glossary explains words of it; else nothing."""
    request = context.get("request")
    name = request.resolver_match.url_name if request and request.resolver_match else ""
    return name if glossary.used_on(name) else ""


@register.simple_tag
def session_seconds() -> int:
    """How long a session lasts without a request."""
    return settings.SESSION_COOKIE_AGE


@register.simple_tag
def appearances():
    return appearance.CHOICES.items()
