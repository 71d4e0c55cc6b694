"""Profiles in the browser: which there are, each as a file, and bringing one to what a file says."""

from datetime import timedelta

from django import forms
from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from himdept.common.errors import DomainError
from records.completeness.models import Profile
from records.completeness.rules import changes, files, importing
from records.completeness.rules.changes import Change
from records.completeness.rules.editing import ASKED, MAY_PUBLISH, Desk
from records.completeness.rules.forms import DAY, Publishing
from records.completeness.rules.pages import MAY_SEE

TOML = "application/toml"


@require_safe
@MAY_SEE
def profile_list(request):
    """The profiles: whose rules they are, whom they bind, and each as a file."""
    in_force = Q(requirements__effective__contains=timezone.localdate())
    profiles = Profile.objects.annotate(rules=Count("requirements", filter=in_force)).order_by("rank", "code")
    return render(request, "records/profile_list.html", {"profiles": profiles.prefetch_related("facilities")})


@require_safe
@MAY_SEE
def profile_file(request, code: str):
    """A profile as a file, to be kept in version control."""
    profile = get_object_or_404(Profile, code=code)
    response = HttpResponse(files.write(profile), content_type=f"{TOML}; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{profile.code}.toml"'
    return response


class ImportForm(Publishing):
    """The file, or its text; and where what it changes begins."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("A profile as TOML, such as the one that is exported here."),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".toml"}),
    )
    text = forms.CharField(
        label=gettext_lazy("What the file says"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 14, "spellcheck": "false", "class": "raw"}),
    )
    day = forms.DateField(
        label=gettext_lazy("What it changes begins on"),
        help_text=gettext_lazy("Unless the file says a later day; what it leaves out ends on this day."),
        **DAY,
    )
    as_read = forms.CharField(widget=forms.HiddenInput, required=False, max_length=32)

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.initial |= {"day": timezone.localdate() + timedelta(days=1)}
        self.plan: importing.Plan | None = None

    def clean(self):
        """Read the file, and make of it what would be done."""
        cleaned = super().clean()
        text = self.cleaned_data.get("text") or ""
        if sent := self.cleaned_data.get("file"):
            text = self.text_of(sent)
        if not text.strip():
            if "file" not in self.errors:
                self.add_error("file", _("Choose a file, or paste what it says."))
        elif "day" in self.cleaned_data:
            try:
                self.plan = importing.plan(files.read(text), day=self.cleaned_data["day"])
            except DomainError as refusal:
                self.add_error("text", refusal.message)
        self.cleaned_data["text"] = text
        return cleaned

    def text_of(self, sent) -> str:
        if sent.size > files.LARGEST:
            self.add_error("file", _("A profile's file has at most a million characters."))
            return ""
        try:
            return sent.read().decode("utf-8-sig").replace("\x00", "�")
        except UnicodeDecodeError:
            self.add_error("file", _("This is not a text in UTF-8."))
            return ""


@ASKED
@MAY_PUBLISH
def profile_import(request):
    """Bring a profile to what a file says: first what would change, then a dry run, then all of it or nothing."""
    doing = request.POST.get("do", "preview") if request.method == "POST" else ""
    form = ImportForm(request.POST if doing else None, request.FILES or None, person=request.user, doing=doing)
    words = {
        "title": _("Import a profile"),
        "act": _("Publish what the file says"),
        "done": _("The profile %(code)s says now what the file says; audits judge by it where it is adopted."),
    }
    desk = Desk(
        request,
        form,
        None,
        words,
        lambda form: import_of(form, request.user),
        planned,
        template="records/profile_import.html",
    )
    if form.is_bound and form.is_valid():
        # What is shown and what is published are of one state of the profile.
        read, plan = form.cleaned_data["as_read"], form.plan
        if doing == "publish" and not plan.changes_something:
            messages.success(request, _("The profile says already what the file says."))
            return HttpResponseRedirect(reverse("profile_list"))
        if doing in ("try", "publish") and read != plan.seal:
            form.add_error(None, _("The profile was changed meanwhile. Look at what the file would change now."))
            return desk.changed_meanwhile(plan.seal)
    return desk.answer()


def planned(form: ImportForm) -> dict:
    """What the file would change; the form is shown again with its text, whatever it came by."""
    if not form.is_bound:
        return {}
    if form.is_valid() or form.plan or form.cleaned_data.get("text"):
        data = form.data.copy()
        data["text"] = form.cleaned_data.get("text", "")
        if form.plan and form.doing == "preview":
            data["as_read"] = form.plan.seal
        form.data = data
    return {"plan": form.plan, "back": reverse("profile_list")}


def import_of(form: ImportForm, person) -> Change:
    said = form.cleaned_data
    return changes.of_file(form.plan, said["text"], day=said["day"], by=person, because=said["because"])
