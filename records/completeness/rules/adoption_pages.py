"""Which facility has adopted a profile, in the browser: since when and why, and adopting one or ending that.

What would change is tried first, as with a rule (`editing.Desk`); it counts for all records of the facility.
"""

from django import forms
from django.contrib.auth.decorators import permission_required
from django.db.models import Count, Q
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from himdept.common.errors import Conflict
from records.completeness.models import Adoption, Profile
from records.completeness.rules import changes
from records.completeness.rules.changes import Change
from records.completeness.rules.editing import ASKED, Desk
from records.completeness.rules.forms import Publishing
from records.completeness.rules.pages import MAY_SEE
from staff.models import Facility

MAY_ADOPT = permission_required("records.adopt_profile", raise_exception=True)


class AdoptionForm(Publishing):
    """Where a profile is to bind, and in place of which other one; or, of one that does, where no more."""

    in_place_of = forms.ModelChoiceField(
        label=gettext_lazy("In place of"),
        help_text=gettext_lazy("A profile that binds the facility no more from then on."),
        queryset=Profile.objects.none(),
        required=False,
        empty_label=gettext_lazy("none: beside the others"),
    )

    field_order = ["facility", "in_place_of"]

    def __init__(self, *args, places, others=None, **options):
        super().__init__(*args, **options)
        del self.fields["since"], self.fields["as_read"]  # each rule begins on its own day, and there is no version
        self.fields["facility"].queryset = places
        self.fields["facility"].required, self.fields["facility"].label = True, _("Facility")
        self.fields["because"].help_text = _("Kept with the profile, under your name.")
        if others is None:
            del self.fields["in_place_of"]
        else:
            self.fields["in_place_of"].queryset = others


@require_safe
@MAY_SEE
def profile_page(request, code: str):
    """A profile: its rules, whom it binds since when and by whose decision, and whom it bound before."""
    in_force = Q(requirements__effective__contains=timezone.localdate())
    profile = get_object_or_404(Profile.objects.annotate(rules=Count("requirements", filter=in_force)), code=code)
    adoptions = profile.adoptions.select_related("facility", "by", "ended_by").order_by("-since", "-pk")
    open_at = {one.facility_id: one for one in adoptions if one.until is None}
    bound = [
        open_at.get(facility.pk) or Adoption(profile=profile, facility=facility)
        for facility in profile.facilities.order_by("name")
    ]
    context = {
        "profile": profile,
        "rules": profile.rules,
        "bound": bound,
        "before": [one for one in adoptions if one.until is not None],
        "within_reach": request.user.facility_ids,
        "may_adopt_more": not {*request.user.facility_ids} <= {one.facility_id for one in bound},
    }
    return render(request, "records/profile_page.html", context)


def free_places(profile: Profile, person):
    """The facilities of a person that a profile does not bind."""
    return Facility.objects.filter(pk__in=person.facility_ids).exclude(profiles=profile).order_by("name")


@ASKED
@MAY_ADOPT
def profile_adopt(request, code: str):
    """Let a profile bind a facility, beside the others or in place of one: first what would change, then why."""
    profile = get_object_or_404(Profile, code=code)
    places = free_places(profile, request.user)
    if not places.exists():
        raise Conflict(_("%(profile)s binds every facility of yours already.") % {"profile": profile})
    others = Profile.objects.filter(facilities__in=request.user.facility_ids).exclude(pk=profile.pk).distinct()
    words = {
        "title": _("Adopt %(profile)s") % {"profile": profile},
        "act": _("Adopt it"),
        "done": _("%(profile)s binds %(facility)s from now on; the next audit judges all its records by it."),
    }

    def change_of(form: AdoptionForm) -> Change:
        said = form.cleaned_data
        return changes.adoption(
            profile, said["facility"], in_place_of=said["in_place_of"], by=request.user, because=said["because"]
        )

    return desk(request, profile, words, change_of, places=places, others=others.order_by("rank", "code"))


@ASKED
@MAY_ADOPT
def profile_end(request, code: str, number: int):
    """Let a profile bind a facility no more: first what would change, then why."""
    profile = get_object_or_404(Profile, code=code)
    facility = next((place for place in request.user.reached if place.pk == number), None)
    if facility is None:
        raise Http404
    if not profile.facilities.filter(pk=number).exists():
        raise Conflict(_("%(profile)s does not bind %(facility)s.") % {"profile": profile, "facility": facility})
    words = {
        "title": _("End %(profile)s at %(facility)s") % {"profile": profile, "facility": facility},
        "act": _("End it"),
        "done": _("%(profile)s binds %(facility)s no more; the next audit judges all its records without it."),
    }

    def change_of(form: AdoptionForm) -> Change:
        return changes.end_of_adoption(profile, facility, by=request.user, because=form.cleaned_data["because"])

    return desk(request, profile, words, change_of, places=Facility.objects.filter(pk=number))


def desk(request, profile: Profile, words: dict, change_of, **choices):
    doing = request.POST.get("do", "publish") if request.method == "POST" else ""
    form = AdoptionForm(request.POST if doing else None, person=request.user, doing=doing, **choices)
    context = {"profile": profile, "back": reverse("profile_page", args=[profile.code])}
    return Desk(
        request,
        form,
        None,
        words,
        change_of,
        lambda form: context,
        template="records/profile_adopt.html",
    ).answer()
