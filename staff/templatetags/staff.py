"""What is said of people and their credentials on a page."""

from datetime import date

from django import template
from django.utils import timezone
from django.utils.translation import gettext as _

from himdept.common import spoken
from himdept.common.templatetags.moments import day_element
from himdept.common.templatetags.shell import badge
from staff.credentials.listing import state as state_in_list
from staff.credentials.models import Credential

register = template.Library()
TONES = {
    Credential.State.IN_FORCE: "good",
    Credential.State.ENDING: "watch",
    Credential.State.LAPSED: "bad",
    Credential.State.TO_COME: "info",
    Credential.State.RENEWED: "quiet",
    Credential.State.STRUCK: "quiet",
}


@register.simple_tag
def local_day(day: date | None, otherwise=""):
    """A local day: "9 Oct 2026"."""
    return day_element(day) if day else otherwise


@register.simple_tag
def due_badge(due: date):
    """How far off a last good day is: bad from the day itself on, to be watched from a month before."""
    left = (due - timezone.localdate()).days
    if left < 0:
        return badge("bad", _("%(n)d d past") % {"n": -left})
    if left == 0:
        return badge("bad", _("today"))
    return badge("watch" if left <= 30 else "info", _("%(n)d d left") % {"n": left})


@register.simple_tag
def credential_state(credential: Credential, *, renewed: bool = False, in_list: bool = False):
    """How a credential stands today; `renewed`: another cycle follows it; `in_list`: it stands for the one before."""
    today = timezone.localdate()
    state = state_in_list(credential, today) if in_list else credential.state(today)
    if renewed:
        after = {Credential.State.LAPSED: Credential.State.RENEWED, Credential.State.ENDING: Credential.State.IN_FORCE}
        state = after.get(state, state)
    word = spoken.choice(Credential.State, state)
    if state == Credential.State.ENDING:
        left = (credential.last_day - today).days
        word = _("ends in %(n)d d") % {"n": left} if left else _("ends today")
    return badge(TONES[state], word)
