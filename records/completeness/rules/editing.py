"""Writing rules in the browser: a new one, a new version, an end. Tried on the live inventory, then published.

One form and three buttons: *preview* tells it in plain language as one types, *try* judges the inventory by it and
takes that back, *publish* keeps it. Each works without a script, as a page.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from himdept.common.errors import Conflict, DomainError
from himdept.common.web import wants_fragment
from records.completeness.models import Adoption, Profile, Requirement
from records.completeness.requirements import Overtaken
from records.completeness.rules import changes, fields, pages, plain, titles
from records.completeness.rules.changes import Change
from records.completeness.rules.forms import EndForm, NewRuleForm, Publishing, RuleForm

MAY_PUBLISH = permission_required("records.publish_requirement", raise_exception=True)
ASKED = require_http_methods(["GET", "HEAD", "POST"])
TRIAL = "records/rule_trial.html#trial"


@dataclass
class Desk:
    """A form on the way to being published: what is being edited, and what the page shows beside it."""

    request: HttpRequest
    form: Publishing
    base: Requirement | None
    words: dict
    change_of: Callable[[Publishing], Change]
    preview_of: Callable[[Publishing], dict]
    template: str = "records/rule_form.html"
    context: dict = field(default_factory=dict)

    def answer(self) -> HttpResponse:
        match self.form.doing:
            case "preview":
                return self.previewed()
            case "try":
                return self.tried()
            case "publish":
                return self.published()
        return self.show()

    def previewed(self) -> HttpResponse:
        self.form.is_valid()
        return self.show(part="preview")

    def tried(self) -> HttpResponse:
        """Judge the inventory by it. What is wrong is said beside its field, in place of the form."""
        if not self.form.is_valid():
            return self.refused()
        said = self.form.cleaned_data
        try:
            self.context["trial"] = self.change_of(self.form).tried(
                said["facility"], since=said.get("since"), by=self.request.user
            )
        except Overtaken as overtaken:
            return self.overtaken(overtaken)
        except DomainError as refusal:
            self.form.refuse(refusal)
            return self.refused(refusal.status)
        # Where the form stands there with a fault, all of it is answered anew: what was mended is no longer said.
        return self.show(part="form" if "refused" in self.request.POST else "trial")

    def published(self) -> HttpResponse:
        if not self.form.is_valid():
            return self.refused()
        said = self.form.cleaned_data
        try:
            kept = self.change_of(self.form).publish(
                tried=said["tried"], not_tried_because=said["not_tried_because"], by=self.request.user
            )
        except Overtaken as overtaken:
            return self.overtaken(overtaken)
        except DomainError as refusal:
            self.form.refuse(refusal)
            return self.refused(refusal.status)
        match kept:
            case Profile():
                told, address = {"code": kept.code}, reverse("profile_list")
            case Adoption():
                told = {"profile": kept.profile, "facility": kept.facility}
                address = reverse("profile_page", args=[kept.profile.code])
            case _:
                told = {"code": kept.code, "version": kept.version}
                address = reverse("rule_page", args=[kept.pk])
        messages.success(self.request, self.words["done"] % told)
        return HttpResponseRedirect(address)

    def overtaken(self, overtaken: Overtaken) -> HttpResponse:
        """Somebody was faster: what was typed stays, what they changed is shown, and the next try is after theirs."""
        names = fields.names_of(overtaken.newest, *([self.base] if self.base else []))
        self.context["overtaken"] = overtaken
        self.context["meanwhile"] = fields.difference(self.base, overtaken.newest, names) if self.base else []
        self.base = overtaken.newest
        return self.changed_meanwhile(overtaken.newest.version)

    def changed_meanwhile(self, now) -> HttpResponse:
        """The same form on top of what stands now; what was tried no longer holds."""
        self.form.data = self.form.data.copy()
        self.form.data["as_read"], self.form.data["tried"] = now, ""
        return self.refused(Conflict.status)

    def refused(self, status: int = 422) -> HttpResponse:
        return self.show(part="form", status=status)

    def show(self, *, part: str = "", status: int = 200) -> HttpResponse:
        context = {"back": back_of(self.base)} | self.words | self.context | self.preview_of(self.form)
        context |= {"form": self.form, "base": self.base}
        context["act"] = self.words["act"] % {"version": self.base.version + 1 if self.base else 1}
        if not (wants_fragment(self.request) and part):
            return render(self.request, self.template, context, status=status)
        template = TRIAL if part == "trial" else f"{self.template}#{part}"
        response = render(self.request, template, context | {"is_alone": part == "preview"}, status=status)
        if part == "form":
            response.headers["HX-Retarget"] = "#rule-form"
        return response


def back_of(base: Requirement | None) -> str:
    return reverse("rule_page", args=[base.pk]) if base else reverse("rule_list")


@ASKED
@MAY_PUBLISH
def rule_new(request):
    """Write a rule that is not there yet."""
    words = {
        "title": _("A new rule"),
        "act": _("Publish the rule"),
        "done": _("The rule %(code)s is published; from its day on audits judge by it, where its profile is adopted."),
    }
    return edited(request, NewRuleForm, None, words)


@ASKED
@MAY_PUBLISH
def rule_change(request, number: int):
    """Write a new version of a rule, from the one that was looked at."""
    base = looked_at(request, number)
    words = {
        "title": _("A new version of %(code)s") % {"code": base.code},
        "act": _("Publish version %(version)s"),
        "done": _(
            "Version %(version)s of %(code)s is published; from its day on audits judge by it, where its profile is "
            "adopted."
        ),
    }
    return edited(request, RuleForm, base, words)


def looked_at(request, number: int) -> Requirement:
    """The newest version, or, once the form is sent, the one that was the newest when it was opened."""
    _this, every = pages.found(number)
    read = request.POST.get("as_read")
    return next((one for one in every if str(one.version) == read), every[0])


def edited(request, form: type[RuleForm], base: Requirement | None, words: dict) -> HttpResponse:
    doing = request.POST.get("do", "publish") if request.method == "POST" else ""
    bound = form(request.POST if doing else None, base=base, person=request.user, doing=doing)
    return Desk(request, bound, base, words, lambda form: version_of(form, request.user), drafted).answer()


def version_of(form: RuleForm, person) -> Change:
    """What publishing the filled-in form means."""
    said = form.cleaned_data
    return changes.version(
        form.profile,
        form.code,
        base=form.base,
        after=said["as_read"],
        effective_from=said["effective_from"],
        terms=form.terms,
        by=person,
        because=said["because"],
    )


def drafted(form: RuleForm) -> dict:
    """The draft in plain language, and what it changes of the version before it."""
    if not form.is_bound:
        return told(form.base, form.base) if form.base else {}
    if not hasattr(form, "cleaned_data"):
        form.is_valid()
    draft = form.drafted()
    can_be_told = draft.document_types and draft.trigger
    return told(draft, form.base) if can_be_told else {}


def told(draft: Requirement, base: Requirement | None) -> dict:
    names = fields.names_of(draft, *([base] if base else []))
    before = set(plain.sentences(base, names)) if base else None
    return {
        "sentences": [
            (sentence, before is not None and sentence not in before) for sentence in plain.sentences(draft, names)
        ],
        "changes": fields.difference(base, draft, names) if base else [],
        "doubts": list(titles.doubts(draft)),
    }


@ASKED
@MAY_PUBLISH
def rule_end(request, number: int):
    """Let a rule end on a day."""
    base = looked_at(request, number)
    if base.effective.upper is not None and not request.POST:
        raise Conflict(_("%(code)s has an end already.") % {"code": base.code})
    doing = request.POST.get("do", "publish") if request.method == "POST" else ""
    form = EndForm(request.POST if doing else None, base=base, person=request.user, doing=doing)
    words = {
        "title": _("End the rule %(code)s") % {"code": base.code},
        "act": _("End it"),
        "done": _("The end of %(code)s is set; the next audit judges without it."),
    }
    return Desk(
        request, form, base, words, lambda form: end_of(form, base, request.user), lambda form: told(base, None)
    ).answer()


def end_of(form: EndForm, base: Requirement, person) -> Change:
    said = form.cleaned_data
    return changes.end(base, after=said["as_read"], on=said["on"], by=person, because=said["because"])
