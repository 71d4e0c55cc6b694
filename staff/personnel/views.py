"""What the program told somebody: the steps of personnel actions that are theirs to know of."""

from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from staff.personnel import notices
from staff.personnel.models import PersonnelNotice

SHOWN = 50


@require_http_methods(["GET", "HEAD", "POST"])
def told(request):
    """The last of what the viewer was told; by POST they have read all up to the number `until`."""
    if request.method == "POST":
        until = request.POST.get("until", "")
        if until.isdecimal() and len(until) <= 18:
            notices.read(request.user, int(until))
        return HttpResponseRedirect(reverse("told"))
    rows = list(PersonnelNotice.objects.visible_to(request.user).with_names()[: SHOWN + 1])
    unread = [row for row in rows[:SHOWN] if row.read_at is None]
    context = {"rows": rows[:SHOWN], "unread": unread, "more": len(rows) > SHOWN}
    return render(request, "staff/told.html", context | {"zone": timezone.get_current_timezone()})
