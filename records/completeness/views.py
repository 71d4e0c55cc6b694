"""What is owed, what is coming, and the audits that find it out."""

from django.contrib.auth.decorators import permission_required
from django.db.models import Count, Q
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from himdept.common.web import acts_from, wants_fragment
from records.completeness import tasks
from records.completeness.figures import latest_run, runs_for
from records.completeness.listings import AUDITS, DEFICIENCIES, EXPECTED
from records.completeness.models import Deficiency
from records.completeness.models.runs import State


@require_safe
@permission_required("records.view_deficiency", raise_exception=True)
def deficiency_list(request):
    """What clinicians still owe, longest past due first."""
    return DEFICIENCIES.show(request, last=latest_run(request.user))


@require_safe
@permission_required("records.view_deficiency", raise_exception=True)
def expected_list(request):
    """What is asked for and not yet past due, due first."""
    return EXPECTED.show(request, last=latest_run(request.user))


@require_safe
@permission_required("records.view_auditrun", raise_exception=True)
def audit_list(request):
    """Every audit of the person's facilities, latest first."""
    return AUDITS.show(request)


@require_safe
@permission_required("records.view_auditrun", raise_exception=True)
def audit_page(request, number: int):
    """One audit: what it judged, what it found, and how far it is."""
    run = get_object_or_404(runs_for(request.user).select_related("facility", "requested_by"), pk=number)
    shards = run.shards.aggregate(
        total=Count("pk"),
        done=Count("pk", filter=Q(state=State.FINISHED)),
        failed=Count("pk", filter=Q(state=State.FAILED)),
    )
    template = "records/audit_page.html" + ("#state" if wants_fragment(request) else "")
    # What was met late is open no more.
    kinds = [(label, run.by_kind[kind]) for kind, label in Deficiency.Kind.choices if run.by_kind.get(kind)]
    context = {"run": run, "shards": shards, "kinds": kinds, "under_way": run.state in UNDER_WAY}
    return render(request, template, context)


UNDER_WAY = {State.QUEUED, State.RUNNING}


@acts_from("audit_list")
@permission_required("records.start_audit", raise_exception=True)
def audit_start(request):
    """Ask for an audit as of now; the page of the run shows when it begins and how it goes on."""
    run = tasks.start_and_tell(as_of=timezone.now(), full="full" in request.POST, by=request.user)
    return HttpResponseRedirect(reverse("audit_page", args=[run.pk]))
