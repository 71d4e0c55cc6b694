"""Light or dark: the machine's own setting, unless the person at this browser chose."""

from django.http import HttpResponseRedirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from himdept.common.errors import Unreadable
from himdept.common.web import way_back

COOKIE = "appearance"
A_YEAR = 365 * 24 * 3600
CHOICES = {"auto": _("As the machine"), "light": _("Light"), "dark": _("Dark")}


def chosen(request) -> str:
    """`auto`, `light` or `dark`; whatever else a cookie says counts as `auto`."""
    choice = request.COOKIES.get(COOKIE, "") if request else ""
    return choice if choice in CHOICES else "auto"


@require_POST
def choose(request):
    """Keep the choice in this browser for a year, and go back to the page it was made on."""
    choice = request.POST.get("appearance", "")
    if choice not in CHOICES:
        raise Unreadable(_("The appearance is one of: auto, light, dark."), field="appearance")
    response = HttpResponseRedirect(way_back(request))
    response.set_cookie(COOKIE, choice, max_age=A_YEAR, httponly=True, samesite="Lax", secure=request.is_secure())
    return response
