"""Evidence in the browser: all of it, one piece with what it said before, and what can be done about it."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import FileResponse, Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from compliance.evidence import actions, queries
from compliance.evidence.forms import FORMS, SupportForm, revising
from compliance.evidence.listing import EVIDENCE
from compliance.evidence.models import EvidenceRevision, Kind
from compliance.scoring.views import element_of, reached, today_of
from himdept.common import stored
from himdept.common.audit import looked_at
from himdept.common.errors import DomainError
from himdept.common.filling import filled
from himdept.common.web import acts_from
from staff.qualifications.forms import ReasonForm

MAY_SEE = permission_required("compliance.view_readiness", raise_exception=True)
MAY_ADD = permission_required("compliance.add_evidence", raise_exception=True)
MAY_OWN = permission_required("compliance.own_evidence", raise_exception=True)
ASKED = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@MAY_SEE
def evidence_list(request):
    """The evidence of the person's facilities, what expires first at the top."""
    return EVIDENCE.show(request)


@require_safe
@MAY_SEE
def evidence_page(request, number: int):
    """One piece of evidence: what it says, what it said before, and for what it is laid down."""
    last = latest_of(request, number)
    revisions = last.evidence.revisions.select_related("owner", "by", "reading").defer("reading__offenders")
    supports = last.evidence.supports.select_related("element__edition__framework", "by")
    context = {
        "last": last,
        "facility": last.evidence.facility,
        "revisions": revisions.order_by("-number"),
        "supports": supports.order_by("element__edition__framework__title", "element__code"),
        "withdrawal": getattr(last.evidence, "withdrawal", None),
        "today": today_of(last.evidence.facility),
    }
    return render(request, "compliance/evidence_page.html", context)


@ASKED
@MAY_ADD
def evidence_add(request, code: str, number: int, kind: str):
    """Lay down evidence for an element that binds the facility."""
    facility, asked = reached(request, code), element_of(number)
    if kind not in FORMS or not asked.edition.binds(facility):
        raise Http404
    initial = {"owner": request.user.pk}
    form = FORMS[kind](request.POST or None, request.FILES or None, facility=facility, initial=initial)
    back = reverse("element_page", args=[facility.code, asked.pk])

    def do():
        actions.add(facility, [asked], kind=Kind(kind), by=request.user, **form.cleaned_data)
        messages.success(request, _("The evidence is kept."))
        return HttpResponseRedirect(back)

    return filled(
        request,
        form,
        do,
        template="compliance/evidence_form.html",
        title=_("Add evidence for %(element)s") % {"element": asked},
        lead=asked.asks,
        act=_("Keep it"),
        back=back,
        kinds=[(one, reverse("evidence_add", args=[facility.code, asked.pk, one.value])) for one in Kind],
        kind=kind,
    )


@ASKED
@MAY_ADD
def evidence_revise(request, number: int):
    """Let evidence say something else from now on."""
    last = standing(request, number)
    form = revising(last, request.POST or None, request.FILES or None)

    def do():
        actions.revise(last.evidence, by=request.user, **form.cleaned_data)
        return done(request, number, _("The evidence is revised."))

    words = {"title": _("Revise evidence"), "lead": last, "act": _("Keep the revision")}
    return filled(request, form, do, template="compliance/evidence_form.html", back=page_of(number), **words)


@ASKED
@MAY_ADD
def evidence_support(request, number: int):
    """Let evidence support one more element."""
    last = standing(request, number)
    form = SupportForm(request.POST or None, last=last, day=today_of(last.evidence.facility))

    def do():
        actions.support(last.evidence, form.cleaned_data["element"], by=request.user)
        return done(request, number, _("It supports that element too."))

    words = {"title": _("Support another element"), "lead": last, "act": _("Let it support it")}
    return filled(request, form, do, back=page_of(number), **words)


@ASKED
@MAY_OWN
def evidence_withdraw(request, number: int):
    """Take evidence back."""
    last, form = standing(request, number), ReasonForm(request.POST or None)

    def do():
        actions.withdraw(last.evidence, by=request.user, **form.cleaned_data)
        return done(request, number, _("The evidence is withdrawn."))

    words = {"title": _("Withdraw evidence"), "lead": last, "act": _("Withdraw it")}
    return filled(request, form, do, back=page_of(number), **words)


@acts_from("element_page", "code", "number")
@MAY_ADD
def evidence_reconfirm(request, code: str, number: int, evidence: int):
    """Let evidence of what an element took the place of support that element too."""
    facility, asked = reached(request, code), element_of(number)
    now = timezone.now()
    rows = list(queries.history(facility, queries.with_those_before(asked), now))
    there = {one.evidence_id: one for one in queries.to_reconfirm(asked, rows, today_of(facility), now)}
    if evidence not in there or not asked.edition.binds(facility):
        raise Http404
    actions.support(there[evidence].evidence, asked, by=request.user)
    messages.success(request, _("It supports that element too."))
    return HttpResponseRedirect(reverse("element_page", args=[facility.code, asked.pk]))


@require_safe
@MAY_SEE
def evidence_file(request, number: int):
    """The file of a revision, to be saved and never shown as a page; a refusal if it is no longer the one kept."""
    revisions = EvidenceRevision.objects.visible_to(request.user).filter(kind=Kind.FILE)
    revision = get_object_or_404(revisions, pk=number)
    if not stored.is_as_kept(revision.file, revision.sha256):
        raise DomainError(_("This file is no longer the one that was kept. Tell the people who run this program."))
    looked_at(revision)
    file = revision.file.storage.open(revision.file.name, "rb")
    response = FileResponse(file, as_attachment=True, filename=revision.filename, content_type=revision.media_type)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


def latest_of(request, number: int) -> EvidenceRevision:
    """What a piece of evidence says now, for who may see it."""
    rows = EvidenceRevision.objects.visible_to(request.user).latest().with_withdrawn()
    rows = rows.select_related("owner", "by", "evidence__facility__time_zone", "evidence__withdrawal__by", "reading")
    return get_object_or_404(rows, evidence=number)


def standing(request, number: int) -> EvidenceRevision:
    last = latest_of(request, number)
    if last.withdrawn_at:
        raise Http404
    return last


def page_of(number: int) -> str:
    return reverse("evidence_page", args=[number])


def done(request, number: int, words: str) -> HttpResponseRedirect:
    messages.success(request, words)
    return HttpResponseRedirect(page_of(number))
