"""The admin site's pages of requisitions: asked, decided, and how long each took to be filled."""

from datetime import timedelta

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from himdept.common import moments
from himdept.common.errors import DomainError
from himdept.common.web import acts_from, say_what_it_is_about
from staff.catalogue.models import Job
from staff.employment import lines
from staff.employment.models import Employee
from staff.organisation.models import Position, Requisition, Unit
from staff.people.admin import NeverDeleted
from staff.personnel import authority, requisitions, waiting
from staff.personnel.admin import acts_on_people, put_beside
from staff.personnel.choices import SeatChoice
from staff.personnel.models import heads_for


def seats_below(user):
    """The seats of one's line, whoever sits in them."""
    own, now, below = Employee.objects.filter(user=user).first(), timezone.now(), Q(pk=None)
    for head in heads_for(own, now) if own else ():
        below |= Q(pk__in=lines.seats_below(head, now))
    return Position.objects.filter(below).select_related("job", "unit__facility")


def _day(label, **options):
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=widget, **options)


class RequisitionForm(forms.Form):
    """A seat that is to be filled, or what a new one is to be like."""

    kind = forms.ChoiceField(label=_("Kind"), choices=Requisition.Kind.choices)
    position = SeatChoice(
        label=_("Seat"), queryset=None, required=False, help_text=_("Of a replacement: the seat that became free.")
    )
    number = forms.CharField(label=_("Number"), max_length=20, required=False, help_text=_("Of the seat to be made."))
    unit = forms.ModelChoiceField(label=_("Unit"), queryset=None, required=False)
    job = forms.ModelChoiceField(label=_("Job"), queryset=Job.objects.all(), required=False)
    authorised_fte = forms.DecimalField(
        label=_("Share of full time"), min_value=0, max_value=1, decimal_places=2, initial=1, required=False
    )
    funding_line = forms.CharField(label=_("Funding line"), max_length=40, required=False)
    since = _day(_("Exists from"), required=False)
    until = _day(_("Exists until"), required=False, help_text=_("The last day; empty: without an end."))
    replaces = SeatChoice(
        label=_("Replaces"), queryset=None, required=False, help_text=_("Of a reclassified seat: the one before it.")
    )
    because = forms.CharField(label=_("Why"), widget=forms.Textarea(attrs={"rows": 3}))

    OF_A_NEW_SEAT = ("number", "unit", "job", "authorised_fte", "since")

    def __init__(self, *args, user, **options):
        super().__init__(*args, label_suffix="", **options)
        below = seats_below(user)
        self.fields["position"].offer(below.vacant())
        self.fields["replaces"].offer(below)
        self.fields["unit"].queryset = Unit.objects.filter(positions__in=below.values("pk")).distinct()

    def clean(self):
        said = super().clean()
        if said.get("kind") == Requisition.Kind.REPLACEMENT:
            needed = ("position",)
        else:
            needed, said["position"] = self.OF_A_NEW_SEAT, None
        for name in needed:
            if name not in self.errors and not said.get(name):
                self.add_error(name, _("This kind needs it."))
        if said.get("number") and not said["position"] and Position.objects.filter(number=said["number"]).exists():
            self.add_error("number", _("A seat has that number."))
        if said.get("since") and said.get("until") and said["until"] < said["since"]:
            self.add_error("until", _("It ends before it begins."))
        return said

    def requisition(self) -> Requisition:
        said = self.cleaned_data
        seat = said["position"]
        if seat is None:
            zone = said["unit"].facility.zone
            until = said["until"] and moments.midnight(said["until"] + timedelta(days=1), zone)
            names = ("number", "unit", "job", "authorised_fte", "funding_line", "replaces")
            span = DateTimeTZRange(moments.midnight(said["since"], zone), until or None)
            seat = Position(valid=span, **{name: said[name] for name in names})
        return Requisition(kind=said["kind"], position=seat, because=said["because"])


@admin.register(Requisition)
class RequisitionAdmin(NeverDeleted):
    """Requisitions for the seats of the own line."""

    list_display = ("seat", "kind", "asked", "decision", "days_to_fill")
    list_filter = ("kind", "granted")
    actions = None
    show_full_result_count = False

    def get_queryset(self, request):
        rows = super().get_queryset(request).filter(position__in=seats_below(request.user).values("pk"))
        return rows.with_filled_at().select_related("position__job", "position__unit", "asked_by", "decided_by")

    def has_module_permission(self, request):
        return acts_on_people(request.user)

    def has_view_permission(self, request, obj=None):
        return acts_on_people(request.user)

    def has_add_permission(self, request):
        return authority.PROPOSES in request.user.granted

    def has_change_permission(self, request, obj=None):
        return False

    @admin.display(description=_("Seat"), ordering="position__number")
    def seat(self, row: Requisition) -> str:
        return f"{row.position} · {row.position.unit}"

    @admin.display(description=_("Asked"), ordering="asked_at")
    def asked(self, row: Requisition):
        return row.asked_at

    @admin.display(description=_("Decision"), ordering="granted")
    def decision(self, row: Requisition) -> str:
        return {None: _("Undecided"), True: _("Granted"), False: _("Refused")}[row.granted]

    @admin.display(description=_("Days to fill"), ordering="filled_at")
    def days_to_fill(self, row: Requisition) -> str:
        """From the day it was asked for to the day somebody came; of one still open, so far."""
        if row.granted is False:
            return "–"
        days = ((row.filled_at or timezone.now()) - row.asked_at).days
        return str(days) if row.filled_at else _("%(days)s so far") % {"days": days}

    def get_urls(self):
        decides = acts_from("admin:staff_requisition_change", "number")(self.decide_view)
        view = self.admin_site.admin_view(decides)
        return [path("<int:number>/decide/", view, name="staff_requisition_decide"), *super().get_urls()]

    def add_view(self, request: HttpRequest, form_url="", extra_context=None) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = RequisitionForm(request.POST or None, user=request.user)
        if request.method == "POST" and form.is_valid():
            try:
                row = requisitions.ask(form.requisition(), by=request.user)
            except DomainError as refusal:
                put_beside(form, refusal)
            else:
                return redirect("admin:staff_requisition_change", row.pk)
        return self._page(request, "write.html", _("Requisition"), {"form": form, "keep": _("Ask")})

    def change_view(self, request: HttpRequest, object_id, form_url="", extra_context=None) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        row = get_object_or_404(self.get_queryset(request), pk=object_id)
        decides = requisitions.can(request.user, authority.DECIDES, row.position) and row.asked_by != request.user
        seat = row.position
        facts = [
            (_("Seat"), f"{seat.number}, {seat.job.title}, {seat.unit.name}, {seat.authorised_fte}"),
            (_("Standing of the seat"), seat.get_standing_display()),
            (_("Asked by"), str(row.asked_by)),
            (_("Why"), row.because),
            (
                _("Decision"),
                " · ".join(filter(None, [str(self.decision(row)), row.decided_by and str(row.decided_by)])),
            ),
            (_("Days to fill"), self.days_to_fill(row)),
        ]
        context = {"row": row, "facts": facts, "decides": decides and row.decided_at is None}
        context["waits"] = waiting.for_whom_of(row)
        return self._page(request, "requisition.html", f"{row.get_kind_display()}, {seat.number}", context)

    def decide_view(self, request: HttpRequest, number: int) -> HttpResponse:
        row = get_object_or_404(self.get_queryset(request), pk=number)
        answer = {"grant": True, "refuse": False}.get(request.POST.get("answer"))
        if answer is None:
            raise Http404
        say_what_it_is_about(request, reverse("admin:staff_requisition_change", args=[row.pk]), str(row))
        requisitions.decide(row, by=request.user, granted=answer)
        return redirect("admin:staff_requisition_change", row.pk)

    def _page(self, request, template: str, title: str, context: dict) -> HttpResponse:
        own = {"opts": self.opts, "title": title, "listing": "admin:staff_requisition_changelist"}
        context = self.admin_site.each_context(request) | own | context
        status = 422 if "form" in context and context["form"].errors else 200
        return render(request, f"admin/staff/personnelaction/{template}", context, status=status)
