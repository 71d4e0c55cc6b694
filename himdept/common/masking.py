"""Patients' names and numbers masked on a screen that others can see.

It is done here, on the server, so that what is masked is not in the page at all. The choice is a person's own and
lasts as long as their session.
"""

from django.http import HttpRequest, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from himdept.common.errors import Unreadable
from himdept.common.web import way_back

KEY = "names_masked"
DOTS = "••••"
SHOWN_DIGITS = 3
CHOICES = {"shown": False, "masked": True}


def is_masked(request: HttpRequest | None) -> bool:
    """Whether names are masked in what is made for this request."""
    return bool(request and getattr(request, "session", None) and request.session.get(KEY))


def initials(family_name: str, given_name: str) -> str:
    """ "L., A." of LINDQVIST, Amara; a dash where no name is known."""
    letters = [f"{name.strip()[0].upper()}." for name in (family_name, given_name) if name.strip()]
    return ", ".join(letters) or "—"


def last_digits(value: str | None) -> str:
    """The end of a number, enough to tell two apart who stand side by side; of a short one, nothing."""
    if not value:
        return ""
    return DOTS + (value[-SHOWN_DIGITS:] if len(value) > 2 * SHOWN_DIGITS else "")


@require_POST
def choose(request):
    """Mask names or show them until the session ends, and go back to the page it was chosen on."""
    choice = request.POST.get("names", "")
    if choice not in CHOICES:
        raise Unreadable(_("Names are one of: shown, masked."), field="names")
    request.session[KEY] = CHOICES[choice]
    return HttpResponseRedirect(way_back(request))
