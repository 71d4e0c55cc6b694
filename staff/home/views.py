"""The screens of somebody's home: for the person, and for who keeps it in the line above. Each look of another is in
the trail."""

from django.contrib import messages
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from himdept.common.audit import acting_as, looked_at
from himdept.common.filling import filled
from staff.employment.models import Employee, own_of
from staff.home import actions
from staff.home.forms import HomeForm
from staff.home.models import Home, may_see

ASKED = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
def my_home(request):
    """One's own."""
    own = own_of(request.user)
    if own is None:
        return render(request, "staff/person_home.html", {"person": None})
    return HttpResponseRedirect(reverse("person_home", args=[own.pk]))


@require_safe
def person_home(request, number: int):
    """Where somebody lives and whom to call."""
    person, home = found(request, number)
    born_on = getattr(getattr(person, "particulars", None), "born_on", None)
    context = {"person": person, "home": home, "born_on": born_on, "is_own": person.user_id == request.user.pk}
    return render(request, "staff/person_home.html", context)


@ASKED
def person_home_change(request, number: int):
    """Change it."""
    person, home = found(request, number)
    form, back = HomeForm(request.POST or None, home=home), reverse("person_home", args=[person.pk])

    def do():
        actions.keep(person, by=request.user, **form.cleaned_data)
        messages.success(request, _("It is written down."))
        return HttpResponseRedirect(back)

    title, act = _("Home and emergency contact"), _("Keep it")
    return filled(request, form, do, title=title, lead=person, act=act, back=back)


def found(request, number: int) -> tuple[Employee, Home]:
    """A person whose home the viewer may know of, and what is known. That another looked is in the trail."""
    person = get_object_or_404(Employee.objects.select_related("particulars", "home"), pk=number)
    if not may_see(request.user, person):
        raise Http404
    home = getattr(person, "home", None) or Home(employee=person)
    if home.pk and person.user_id != request.user.pk:
        with acting_as(request.user):
            looked_at(home)
    return person, home
