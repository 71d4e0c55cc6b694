"""Taking over results by crosswalk, in the browser: every element that would change, a tick for each, one act."""

from itertools import groupby

from django.contrib import messages
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from compliance.scoring import actions, takeover
from compliance.scoring.standing import standing
from compliance.scoring.views import ASKED, MAY_ASSESS, reached, today_of
from himdept.common.errors import DomainError, Unreadable


@ASKED
@MAY_ASSESS
def take_over(request, code: str):
    """What the elements that nobody has judged may take over from those that they correspond to."""
    facility, status, refused, chosen = reached(request, code), 200, "", None
    if request.method == "POST":
        chosen = ticked(request)
        try:
            done = actions.take_over(facility, chosen, by=request.user)
        except DomainError as refusal:
            status, refused = refusal.status, refusal.message
        else:
            words = ngettext("%(n)d element is judged.", "%(n)d elements are judged.", len(done))
            messages.success(request, words % {"n": len(done)})
            return HttpResponseRedirect(reverse("readiness_at", args=[facility.code]))
    stands = standing(facility, today_of(facility), now=timezone.now())
    rows = [(one, is_ticked(one, chosen)) for one in takeover.proposed(stands)]
    context = {
        "facility": facility,
        "open": stands.whole.open,
        "refused": refused,
        "number": len(rows),
        "parts": [
            (framework, list(part)) for framework, part in groupby(rows, lambda row: row[0].element.edition.framework)
        ],
    }
    return render(request, "compliance/take_over.html", context, status=status)


def is_ticked(proposal: takeover.Proposal, chosen: dict[int, str] | None) -> bool:
    """As the person left it; at first what is sure, and not what is to be confirmed."""
    return not proposal.to_confirm if chosen is None else chosen.get(proposal.element.pk) == proposal.mark


def ticked(request) -> dict[int, str]:
    """The elements that were ticked, each with the mark of what was shown. Raises Unreadable for what is none."""
    chosen = {}
    for said in request.POST.getlist("take"):
        number, _colon, mark = said.partition(":")
        if not (number.isascii() and number.isdecimal() and len(number) < 18 and mark):
            raise Unreadable(_("That names no element. Start again from the page."), field="take")
        chosen[int(number)] = mark
    return chosen
