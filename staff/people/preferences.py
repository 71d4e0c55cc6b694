"""What a person chooses for their own account, wherever they sign in."""

from django.http import HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from himdept.common.audit import acting_as
from himdept.common.errors import Unreadable
from himdept.common.web import way_back


@require_POST
def choose_list_keys(request):
    """Switch the single keys of lists on or off (WCAG 2.1.4), and go back to the page it was chosen on."""
    choice = request.POST.get("list_keys", "")
    if choice not in {"on", "off"}:
        raise Unreadable(_("The keys of lists are on or off."), field="list_keys")
    with acting_as(request.user):
        request.user.list_keys = choice == "on"
        request.user.save(update_fields=["list_keys"])
    return HttpResponseRedirect(way_back(request))
