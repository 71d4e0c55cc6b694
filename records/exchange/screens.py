"""The screens of the interfaces: what came in and what failed, the programs that send, one message, its replay."""

from datetime import datetime
from uuid import UUID

from django.contrib import messages as notices
from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from himdept.common.errors import DomainError
from himdept.common.web import acts_from
from records.confidentiality.models import AccessLog
from records.exchange import inbound, messages, replaying
from records.exchange.listings import FEEDS, MESSAGES, STUBS
from records.exchange.models import InboundMessage, MessageReplay
from records.exchange.queries import sources_of
from staff.models import User

FEW = 8  # of the practitioners known by a number only, beside the sources; their list has all


@require_safe
@permission_required("records.view_intake", raise_exception=True)
def interface_page(request):
    """What came in of each source, and who is known by a number only."""
    return FEEDS.show(
        request,
        stubs=inbound.stubs(most=FEW + 1) if request.user.has_perm(STUBS.permission) else [],
        few=FEW,
        now=timezone.now(),
    )


@require_safe
@permission_required("records.view_intake", raise_exception=True)
def source_page(request, number: int):
    """One source: its days, and the programs that send in its name. Of messages without a source the number is 0."""
    source, now = get_object_or_404(sources_of(request.user), pk=number) if number else None, timezone.now()
    messages = InboundMessage.objects.visible_to(request.user)
    context = {
        "source": source,
        "number": number,
        "feed": inbound.feed_of(messages, source, timezone.get_current_timezone(), now=now),
        "clients": inbound.clients(source) if source and request.user.has_perm("records.view_client") else [],
        "now": now,
    }
    return render(request, "records/source_page.html", context)


@require_safe
@permission_required("records.view_inboundmessage", raise_exception=True)
def stub_list(request):
    """Practitioners that a document named before anybody told who they are; the latest first."""
    return STUBS.show(request)


@require_safe
@permission_required("records.view_inboundmessage", raise_exception=True)
def message_list(request):
    """Every message, the latest first; without what stands in it."""
    return MESSAGES.show(request)


def message_of(user: User, at: str, number: UUID) -> InboundMessage:
    try:
        received_at = datetime.fromisoformat(at)
    except ValueError as problem:
        raise Http404 from problem
    if timezone.is_naive(received_at):
        raise Http404
    rows = InboundMessage.objects.visible_to(user).select_related("source", "client__user", "client__application")
    return get_object_or_404(rows, received_at=received_at, id=number)


@require_safe
@permission_required("records.view_inboundmessage", raise_exception=True)
def message_page(request, at: str, number: UUID):
    """One message: where it came from, what became of it and why; not what stands in it."""
    return show(request, message_of(request.user, at, number))


def show(request, message: InboundMessage, *, status: int = 200, **context):
    replays = list(MessageReplay.objects.filter(message_id=message.id).select_related("by").order_by("-pk"))
    again = next((replay for replay in replays if replay.outcome != InboundMessage.Outcome.REFUSED), None)
    message.applied_again = again and again.outcome
    context |= {
        "message": message,
        "replays": replays,
        "again": again,
        "can_be_applied_again": replaying.can_be_applied_again(message) and not again,
        "now": timezone.now(),
    }
    return render(request, "records/message_page.html", context, status=status)


@acts_from("message_page", "at", "number")
@permission_required("records.read_message", raise_exception=True)
def message_read(request, at: str, number: UUID):
    """The message as it came, for a stated reason: it may identify patients, and so each reading is logged."""
    message, because = message_of(request.user, at, number), request.POST.get("because", "").strip()
    if not because:
        return show(request, message, status=422, read_problem=_("Say why: it is written to the access log."))
    detail = f"message {message.id}: {because}"
    AccessLog.objects.create(user=request.user, act=AccessLog.Act.READ, detail=detail[:200])
    text = messages.body_of(message).decode(errors="replace")
    return show(request, message, text=text, because=because)


@acts_from("message_page", "at", "number")
@permission_required("records.replay_message", raise_exception=True)
def message_replay(request, at: str, number: UUID):
    """Apply a refused message again, with the reason that was typed."""
    message, because = message_of(request.user, at, number), request.POST.get("because", "")
    try:
        replay = replaying.apply_again(message, by=request.user, because=because)
    except DomainError as refusal:
        return show(request, message, status=refusal.status, replay_problem=refusal.message, replay_because=because)
    if replay.outcome == InboundMessage.Outcome.REFUSED:
        notices.warning(request, _("It was refused again; what is wrong stands below."))
    else:
        notices.success(request, _("Applied again: %(outcome)s.") % {"outcome": replay.get_outcome_display().lower()})
    return HttpResponseRedirect(reverse("message_page", args=[at, number]))
