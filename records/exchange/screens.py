"""The screens of the interfaces: what came in and what failed, the programs that send, one message, its replay."""

from datetime import datetime, timedelta
from uuid import UUID

import django_filters
from django import forms
from django.contrib import messages as notices
from django.contrib.auth.decorators import permission_required
from django.db.models import FETCH_RAISE
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from himdept.common.errors import DomainError, Unreadable
from himdept.common.lists import ListFilter, address
from himdept.common.moments import midnight
from himdept.common.paging import count_up_to
from himdept.common.web import wants_fragment
from records.confidentiality.models import AccessLog
from records.exchange import inbound, messages, replaying
from records.exchange.keyset import page_of
from records.exchange.models import InboundMessage, MessageReplay
from records.inventory.models import Source

FAILED = "failed"


class MessageFilter(ListFilter):
    """By source, by what became of them, by the day on which they came."""

    outcome = django_filters.ChoiceFilter(
        label=gettext_lazy("Outcome"),
        choices=[(FAILED, gettext_lazy("refused, whole or in part")), *InboundMessage.Outcome.choices],
        method="by_outcome",
        empty_label=gettext_lazy("any"),
    )
    source = django_filters.ModelChoiceFilter(
        label=gettext_lazy("Source"),
        queryset=Source.objects.order_by("name"),
        empty_label=gettext_lazy("any"),
        null_label=gettext_lazy("not known"),
    )
    form = django_filters.ChoiceFilter(
        label=gettext_lazy("Form"), choices=InboundMessage.Form, empty_label=gettext_lazy("any")
    )
    day = django_filters.DateFilter(
        label=gettext_lazy("Day"), method="by_day", widget=forms.DateInput(attrs={"type": "date"})
    )

    field_order = ["outcome", "source", "form", "day"]

    class Meta:
        model = InboundMessage
        fields = ()

    def by_outcome(self, found, name, value):
        return found.filter(outcome__in=inbound.FAILED) if value == FAILED else found.filter(outcome=value)

    def by_day(self, found, name, value):
        """A local day of the installation's time zone."""
        zone = timezone.get_current_timezone()
        try:
            since, until = midnight(value, zone), midnight(value + timedelta(days=1), zone)
        except OverflowError as problem:
            raise self.refusal("day", _("this is not a day of our calendar.")) from problem
        return found.filter(received_at__gte=since, received_at__lt=until)


@require_safe
@permission_required("records.view_intake", raise_exception=True)
def interface_page(request):
    """What came in of each source and day, the programs that send, and who is known by a number only."""
    now = timezone.now()
    known = inbound.stubs() if request.user.has_perm("records.view_inboundmessage") else []
    context = {
        "now": now,
        "feeds": inbound.feeds(timezone.get_current_timezone(), now=now),
        "clients": inbound.clients() if request.user.has_perm("records.view_client") else [],
        "stubs": known[:20],
        "more_stubs": len(known) > 20,
    }
    return render(request, "records/interface_page.html", context)


@require_safe
@permission_required("records.view_inboundmessage", raise_exception=True)
def message_list(request):
    """Every message, the latest first; without what stands in it."""
    rows = InboundMessage.objects.select_related("source", "client__user").defer("body")
    filters, status = MessageFilter(request.GET, rows, request=request), 200
    context = {"filters": filters, "now": timezone.now()}
    try:
        found = filters.narrowed()
        page = page_of(found.fetch_mode(FETCH_RAISE), at=request.GET.get("at", ""))
        count = count_up_to(found) if page.previous or page.next else f"{len(page)}"
        context |= {"page": page, "count": count}
    except Unreadable as refusal:
        filters.refuse(refusal)
        context["refusal"], status = refusal, 400
    fragment = wants_fragment(request)
    response = render(request, "records/message_list.html" + ("#list" if fragment else ""), context, status=status)
    if fragment:
        response.headers["HX-Push-Url"] = address(request)
    return response


def message_of(at: str, number: UUID) -> InboundMessage:
    try:
        received_at = datetime.fromisoformat(at)
    except ValueError as problem:
        raise Http404 from problem
    if timezone.is_naive(received_at):
        raise Http404
    rows = InboundMessage.objects.select_related("source", "client__user", "client__application")
    return get_object_or_404(rows, received_at=received_at, id=number)


@require_safe
@permission_required("records.view_inboundmessage", raise_exception=True)
def message_page(request, at: str, number: UUID):
    """One message: where it came from, what became of it and why; not what stands in it."""
    return show(request, message_of(at, number))


def show(request, message: InboundMessage, *, status: int = 200, **context):
    replays = MessageReplay.objects.filter(message_id=message.id).select_related("by").order_by("-pk")
    context |= {
        "message": message,
        "replays": replays,
        "can_be_applied_again": replaying.can_be_applied_again(message),
        "now": timezone.now(),
    }
    return render(request, "records/message_page.html", context, status=status)


@require_POST
@permission_required("records.read_message", raise_exception=True)
def message_read(request, at: str, number: UUID):
    """The message as it came, for a stated reason: it may identify patients, and so each reading is logged."""
    message, because = message_of(at, number), request.POST.get("because", "").strip()
    if not because:
        return show(request, message, status=422, read_problem=_("Say why: it is written to the access log."))
    detail = f"message {message.id}: {because}"
    AccessLog.objects.create(user=request.user, act=AccessLog.Act.READ, detail=detail[:200])
    text = messages.body_of(message).decode(errors="replace")
    return show(request, message, text=text, because=because)


@require_POST
@permission_required("records.replay_message", raise_exception=True)
def message_replay(request, at: str, number: UUID):
    """Apply a refused message again, with the reason that was typed."""
    message, because = message_of(at, number), request.POST.get("because", "")
    try:
        replay = replaying.apply_again(message, by=request.user, because=because)
    except DomainError as refusal:
        return show(request, message, status=refusal.status, replay_problem=refusal.message, replay_because=because)
    if replay.outcome == InboundMessage.Outcome.REFUSED:
        notices.warning(request, _("It was refused again; what is wrong stands below."))
    else:
        notices.success(request, _("Applied again: %(outcome)s.") % {"outcome": replay.get_outcome_display().lower()})
    return HttpResponseRedirect(reverse("message_page", args=[at, number]))
