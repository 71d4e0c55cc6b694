"""How a night and its steps stand, as marks; what a step counted, in words."""

from django import template
from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils.translation import gettext as _

from compliance.nightly.models import Night, NightStep
from himdept.common.templatetags.shell import badge

register = template.Library()

OF_NIGHT = {
    Night.State.PLANNED: ("quiet", "hourglass"),
    Night.State.RUNNING: ("info", "clock"),
    Night.State.FINISHED: ("good", "check"),
    Night.State.FAILED: ("bad", "x"),
    Night.State.MISSED: ("bad", "x"),
}
OF_STEP = {
    NightStep.State.QUEUED: ("quiet", "hourglass"),
    NightStep.State.RUNNING: ("info", "clock"),
    NightStep.State.WAITING: ("info", "clock"),
    NightStep.State.FINISHED: ("good", "check"),
    NightStep.State.FAILED: ("bad", "x"),
}


@register.simple_tag
def night_state(night: Night):
    tone, shape = OF_NIGHT[night.state]
    return badge(tone, night.get_state_display().lower(), shape)


@register.simple_tag
def step_state(step: NightStep):
    tone, shape = OF_STEP[step.state]
    if step.state == NightStep.State.QUEUED and step.error:
        return badge("watch", _("tried again in a minute"), shape)
    return badge(tone, step.get_state_display().lower(), shape)


@register.filter
def counted(counts: dict) -> str:
    """ "records 1,284 · opened 3", without what is nought; "nothing" where all is."""
    told = {name: number for name, number in counts.items() if number}
    if counts and not told:
        return _("nothing")
    return " · ".join(f"{name.replace('_', ' ')} {intcomma(number)}" for name, number in told.items())
