"""The admin site's pages of corrective actions, for those in the line above whose role proposes or decides."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from himdept.common import forms_on_paper
from himdept.common.errors import DomainError
from himdept.common.web import say_what_it_is_about
from staff.discipline import actions, known, precedents, printing, telling
from staff.discipline.forms import CaseForm, MoveForm
from staff.discipline.models import PENDING, CaseFile
from staff.discipline.workflow import MOVES, open_to, parts_of
from staff.employment.models import Employee
from staff.people.admin import NeverDeleted
from staff.personnel import authority
from staff.personnel.admin import acts_on_people, put_beside
from staff.personnel.workflow import Part

OF_THE_PERSON = frozenset({"reply", "sign"})  # on their own page
VERBS = {"return": actions.give_back}
SEEN = frozenset({"approve", "rescind"})  # which name what was seen


@admin.register(CaseFile)
class CaseFileAdmin(NeverDeleted):
    """Corrective actions of the own line; never one's own, which has a page outside the admin site."""

    list_display = ("__str__", "person", "offence", "happened_on", "step", "state", "active_until")
    list_filter = ("state", "step")
    search_fields = ("employee__number",)
    search_help_text = _("A staff number. Names are not searched for: what is searched stands in the address.")
    actions = None
    list_per_page = 50
    show_full_result_count = False

    def get_queryset(self, request):
        rows = super().get_queryset(request).visible_to(request.user)
        return rows.exclude(employee__user=request.user).with_names()

    def has_module_permission(self, request):
        return acts_on_people(request.user)

    def has_view_permission(self, request, obj=None):
        return acts_on_people(request.user)  # which ones: get_queryset

    def has_add_permission(self, request):
        return authority.PROPOSES in request.user.granted

    def has_change_permission(self, request, obj=None):
        return False  # not in place: by moves

    @admin.display(description=_("Person"), ordering="employee__family_name")
    def person(self, case: CaseFile) -> str:
        return str(case.employee)

    def get_urls(self):
        view = self.admin_site.admin_view
        return [
            path("<int:number>/move/<str:move>/", view(self.move_view), name="staff_casefile_move"),
            path("<int:number>/print/", view(self.print_view), name="staff_casefile_print"),
            *super().get_urls(),
        ]

    def add_view(self, request: HttpRequest, form_url="", extra_context=None) -> HttpResponse:
        """Write a case: `?employee=` (its row's number) says about whom. Without, whom it can be about."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        people, number = authority.people_for(request.user), request.GET.get("employee", "")
        if not number:
            return self._page(request, "choose.html", _("About whom"), {"people": people.seated()[:500]})
        employee = get_object_or_404(people, pk=int(number) if number.isdecimal() else 0)
        form = CaseForm(request.POST or None, employee=employee)
        return self._write(request, form, _("Corrective action"))

    def _mend(self, request, case: CaseFile, refusal: DomainError) -> HttpResponse:
        """Writing a draft that cannot be submitted as it is: what is refused stands beside its field."""
        form = CaseForm.of_draft(case)
        put_beside(form, refusal)
        to = reverse("admin:staff_casefile_move", args=[case.pk, "write"])
        return self._page(request, "write.html", f"{MOVES['write'].label}: {case}", self._asked(form) | {"to": to})

    def _write(self, request, form: CaseForm, title: str) -> HttpResponse:
        if request.method == "POST" and form.is_valid():
            try:
                case = actions.write(form.case(), by=request.user, follow_ups=form.follow_ups())
            except DomainError as refusal:
                put_beside(form, refusal)
            else:
                return redirect("admin:staff_casefile_change", case.pk)
        return self._page(request, "write.html", title, self._asked(form))

    def _asked(self, form: CaseForm) -> dict:
        today = timezone.localdate()
        return {
            "form": form,
            "employee": form.employee,
            "suggestions": precedents.suggestions(form.employee, today),
            "known": known.beside(form.employee, today),
        }

    def change_view(self, request: HttpRequest, object_id, form_url="", extra_context=None) -> HttpResponse:
        """A case with all that is known of it, and the moves that are open to who looks."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        case = self.get_object(request, object_id)
        if case is None:
            raise Http404
        moves = [move for move in open_to(parts_of(request.user, case), case.state) if self._is_left(move.name, case)]
        context = self._told(case) | {
            "moves": moves,
            "follow_ups": case.follow_ups.select_related("done_by"),
            "steps": case.steps.select_related("by", "in_place_of").order_by("pk"),
            "separations": case.personnel_actions.visible_to(request.user),
        }
        return self._page(request, "page.html", str(case), context)

    def _is_left(self, move: str, case: CaseFile) -> bool:
        if move == "follow_up":
            return case.follow_ups.filter(done_at=None).exists()
        return move not in OF_THE_PERSON and not (move == "decline" and case.answer)

    def _told(self, case: CaseFile) -> dict:
        zone = telling.zone_of(case)
        told = {"case": case, "zone": zone, "facts": telling.facts(case), "earlier": telling.earlier(case)}
        told |= {"came_of_it": telling.came_of_it(case, zone), "takes_two": actions.takes_two(case)}
        return told | ({"known": known.beside(case.employee, case.happened_on)} if case.state in PENDING else {})

    def move_view(self, request: HttpRequest, number: int, move: str) -> HttpResponse:
        """One move of a case: it is shown, and the move is made when it is still what was shown."""
        if move not in MOVES or move in OF_THE_PERSON or not acts_on_people(request.user):
            raise Http404
        case = get_object_or_404(self.get_queryset(request), pk=number)
        say_what_it_is_about(request, reverse("admin:staff_casefile_change", args=[case.pk]), str(case))
        actions.may(request.user, move, case)
        title = f"{MOVES[move].label}: {case}"
        if move == "write":
            return self._write(request, CaseForm(request.POST or None, employee=case.employee, case=case), title)
        data = request.POST if request.method == "POST" else None
        form = MoveForm(data, case=case, move=move, reasoned=MOVES[move].reasoned, user=request.user)
        if form.is_valid():
            said = form.cleaned_data | ({"digest": request.POST.get("digest", "")} if move in SEEN else {})
            try:
                case = (VERBS.get(move) or getattr(actions, move))(case, by=request.user, **said)
            except DomainError as refusal:
                if move == "submit" and refusal.field:
                    return self._mend(request, case, refusal)
                if refusal.field not in form.fields:
                    raise
                put_beside(form, refusal)
            else:
                self.message_user(request, _("It is now: %(state)s.") % {"state": case.get_state_display()})
                return redirect("admin:staff_casefile_change", case.pk)
        context = self._told(case) | {"form": form, "move": MOVES[move], "digest": actions.digest(case)}
        return self._page(request, "move.html", title, context)

    def print_view(self, request: HttpRequest, number: int) -> HttpResponse:
        """The form of a case, to be signed by hand; that it was printed is a step of the case."""
        if not acts_on_people(request.user):
            raise Http404
        case = get_object_or_404(self.get_queryset(request), pk=number)
        made = printing.form(case, by=request.user)
        actions.note_print(case, by=request.user)
        return forms_on_paper.answered(made, f"corrective-action-{case.pk}")

    def _page(self, request, template: str, title: str, context: dict) -> HttpResponse:
        own = {"opts": self.opts, "title": title, "has_view_permission": True}
        own["listing"] = "admin:staff_casefile_changelist"
        context = self.admin_site.each_context(request) | own | context
        status = 422 if "form" in context and context["form"].errors else 200
        return render(request, f"admin/staff/casefile/{template}", context, status=status)


def can_be_begun(user, employee: Employee) -> bool:
    """Whether `user` may write a case about somebody."""
    return Part.PROPOSER in parts_of(user, CaseFile(employee=employee))
