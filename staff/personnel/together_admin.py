"""The admin site's pages of decisions on many: whom and what, what it comes to for each, and what came of it."""

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _

from himdept.common.errors import DomainError
from staff.employment.models import Employee
from staff.organisation.models import Unit
from staff.people.admin import NeverDeleted
from staff.personnel import authority, telling, together
from staff.personnel.admin import acts_on_people, put_beside
from staff.personnel.days import zone_of
from staff.personnel.forms import PersonChoice, seats_for
from staff.personnel.models import Decision
from staff.personnel.together import Wish

NEEDS = {
    Decision.Kind.PERCENT: "amount",
    Decision.Kind.AMOUNT: "amount",
    Decision.Kind.TRANSFER: "unit",
}


class PeopleChoice(forms.ModelMultipleChoiceField):
    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, person: Employee) -> str:
        return f"{person} · {person.number}"


class DecisionForm(forms.Form):
    """What is decided, and about whom of the line."""

    kind = forms.ChoiceField(label=_("What"), choices=Decision.Kind.choices)
    amount = forms.DecimalField(
        label=_("By how much"),
        max_digits=9,
        decimal_places=2,
        required=False,
        help_text=_("Percent, or an amount for what each is paid for: a year or an hour. Less is a minus."),
    )
    day = forms.DateField(label=_("Counts from"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    because = forms.CharField(label=_("Why"), widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args, user, **options):
        super().__init__(*args, label_suffix="", **options)
        led_by = authority.supervisors_for(user).seated()
        units = Unit.objects.filter(positions__in=seats_for(user).order_by().values("pk")).distinct()
        self.fields["supervisor"] = PersonChoice(
            label=_("Reports to"), queryset=led_by, required=False, empty_label=_("The head of the unit")
        )
        self.fields["unit"] = forms.ModelChoiceField(label=_("To the unit"), queryset=units, required=False)
        self.fields["people"] = PeopleChoice(label=_("Whom"), queryset=together.offered(user))
        self.order_fields(["kind", "amount", "supervisor", "unit", "day", "because", "people"])

    def clean(self):
        said = super().clean()
        needed = NEEDS.get(said.get("kind"))
        if needed and needed not in self.errors and said.get(needed) is None:
            self.add_error(needed, _("This kind needs it."))
        if said.get("amount") == 0:
            self.add_error("amount", _("That changes nothing."))
        return said

    def wish(self) -> Wish:
        return Wish(**{name: self.cleaned_data[name] for name in Wish.__dataclass_fields__})


@admin.register(Decision)
class DecisionAdmin(NeverDeleted):
    """Decisions on many people of the own line, for whoever both proposes and decides."""

    list_display = ("__str__", "kind", "decided_by", "decided_at")
    list_filter = ("kind",)
    actions = None
    show_full_result_count = False

    def get_queryset(self, request):
        return super().get_queryset(request).visible_to(request.user).select_related("decided_by")

    def has_module_permission(self, request):
        return acts_on_people(request.user)

    def has_view_permission(self, request, obj=None):
        return acts_on_people(request.user)

    def has_add_permission(self, request):
        return {authority.PROPOSES, authority.DECIDES} <= request.user.granted

    def has_change_permission(self, request, obj=None):
        return False

    def add_view(self, request: HttpRequest, form_url="", extra_context=None) -> HttpResponse:
        """First what is decided and about whom; then, with the same fields, what it comes to; then it is done."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = DecisionForm(request.POST or None, user=request.user)
        context = {"form": form}
        if request.method == "POST" and form.is_valid():
            wish, people = form.wish(), form.cleaned_data["people"]
            if seen := request.POST.get("digest"):
                try:
                    decision = together.decide(wish, people, by=request.user, digest=seen)
                except DomainError as refusal:
                    if refusal.status != 422:
                        raise
                    put_beside(form, refusal)
                else:
                    return redirect("admin:staff_decision_change", decision.pk)
            lines = together.look_ahead(wish, people, by=request.user)
            context |= {"lines": [(line, _changes(line)) for line in lines], "digest": together.digest(lines)}
        return self._page(request, "write.html", _("Decision on many"), context)

    def change_view(self, request: HttpRequest, object_id, form_url="", extra_context=None) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        decision = self.get_object(request, object_id)
        if decision is None:
            raise Http404
        lines = decision.lines.visible_to(request.user).select_related("employee", "action")
        return self._page(request, "page.html", str(decision), {"decision": decision, "lines": lines})

    def _page(self, request, template: str, title: str, context: dict) -> HttpResponse:
        own = {"opts": self.opts, "title": title, "listing": "admin:staff_decision_changelist"}
        context = self.admin_site.each_context(request) | own | context
        status = 422 if "form" in context and context["form"].errors else 200
        return render(request, f"admin/staff/decision/{template}", context, status=status)


def _changes(line: together.Line) -> list[telling.Difference]:
    """What the decision changes for one person, in words."""
    if line.action is None:
        return []
    told = telling.differences(line.seen, line.action.effective, zone_of(line.action))
    return [row for row in told if row.changes]
