"""The daily digest in the browser: what the last nights told the person, and whether they want it by mail."""

from django.conf import settings
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from compliance.digests import actions
from compliance.digests.models import Digest, DigestChoice
from himdept.common import digests
from himdept.common.errors import Unreadable


@require_http_methods(["GET", "HEAD", "POST"])
def digest(request):
    """What the last night of each facility told the person who looks; its mail is switched on and off here."""
    if request.method == "POST":
        wanted = {"on": True, "off": False}.get(request.POST.get("digest", ""))
        if wanted is None:
            raise Unreadable(_("The digest is on or off."), field="digest")
        actions.choose(wanted, by=request.user)
        messages.success(request, _("The daily digest is on.") if wanted else _("The daily digest is off."))
        return HttpResponseRedirect(reverse("digest"))
    context = {
        "parts": [(one, told_by(one, request.user)) for one in last_of(request.user)],
        "wanted": not DigestChoice.objects.filter(person=request.user, wanted=False).exists(),
        "sends": settings.SENDS_MAIL,
    }
    return render(request, "compliance/digest.html", context)


def last_of(user) -> QuerySet[Digest]:
    """The last digest of each facility that a person reaches. One query."""
    mine = Digest.objects.filter(person=user, facility__in=user.facility_ids)
    return mine.order_by("facility__code", "-day").distinct("facility__code").select_related("facility")


def told_by(one: Digest, user) -> list[tuple[str, str]]:
    """Its lines, as far as the person may still see them: words and address."""
    told = [(line, one.numbers[line.name]) for line in digests.lines() if line.name in one.numbers]
    return [(line.words(number), line.address(one.facility)) for line, number in told if user.has_perm(line.needs)]
