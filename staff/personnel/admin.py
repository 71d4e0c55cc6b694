"""The admin site's pages of personnel actions: written, looked at with what they come to, and moved on."""

from zoneinfo import ZoneInfo

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from himdept.common import forms_on_paper
from himdept.common.errors import DomainError
from himdept.common.web import acts_from, say_what_it_is_about
from staff.employment import lines
from staff.employment.models import Employee
from staff.people.admin import NeverDeleted
from staff.people.lists import PageByPage
from staff.personnel import (
    actions,
    authority,
    checklists,
    choices,
    handover,
    policy,
    printing,
    telling,
    timeline,
    waiting,
)
from staff.personnel.days import begins, zone_of
from staff.personnel.forms import ActionForm, HandoverForm
from staff.personnel.kinds import WRITTEN, Kind
from staff.personnel.models import (
    IN_FORCE,
    PENDING,
    ChecklistTemplate,
    Delegation,
    PayrollClosing,
    PersonnelAction,
    State,
)
from staff.personnel.workflow import MOVES, open_to
from staff.qualifications import told
from staff.qualifications.standing import standing

NEWCOMERS = frozenset({Kind.HIRE})
ON_THEIR_OWN_PAGES = frozenset({"write", "submit", "approve", "return", "withdraw", "rescind", "correct"})


def acts_on_people(user) -> bool:
    """Whether a person's role has to do with personnel actions at all; on whom, is for the line to say."""
    return user.is_active and bool({authority.PROPOSES, authority.DECIDES} & user.granted)


@admin.register(PersonnelAction)
class PersonnelActionAdmin(PageByPage, NeverDeleted):
    """Personnel actions of the own line; each on a page with what it comes to and the moves that are open."""

    list_display = ("__str__", "person", "counts_from", "stands", "seat", "written_by")
    list_filter = ("state", "kind")
    search_fields = ("employee__number",)
    search_help_text = _("A staff number. Names are not searched for: what is searched stands in the address.")
    actions = None

    def get_queryset(self, request):
        return super().get_queryset(request).visible_to(request.user)

    def dressed(self, rows):
        return rows.select_related("employee", "position__job", "written_by").with_zone()

    def get_object(self, request, object_id, from_field=None):
        number = int(object_id) if object_id.isdecimal() else 0
        with lines.of_one():
            return self.get_queryset(request).with_names().with_zone().filter(pk=number).first()

    def has_module_permission(self, request):
        return acts_on_people(request.user)

    def has_view_permission(self, request, obj=None):
        return acts_on_people(request.user)  # which ones: get_queryset

    def has_add_permission(self, request):
        return authority.PROPOSES in request.user.granted

    def has_change_permission(self, request, obj=None):
        return False  # not in place: by moves

    @admin.display(description=_("Person"), ordering="employee__family_name")
    def person(self, action: PersonnelAction) -> str:
        return str(action.employee)

    @admin.display(description=_("State"), ordering="state")
    def stands(self, action: PersonnelAction) -> str:
        return str(State(action.state).label)  # the field's own way translates the names of all states for each row

    @admin.display(description=_("Seat"), ordering="position")
    def seat(self, action: PersonnelAction) -> str:
        return str(action.position or "–")

    @admin.display(description=_("Counts from"), ordering="effective")
    def counts_from(self, action: PersonnelAction) -> str:
        zone = ZoneInfo(action.zone_name) if action.zone_name else timezone.get_default_timezone()
        return begins(action, zone)

    def get_urls(self):
        view, ticks = self.admin_site.admin_view, acts_from("admin:staff_personnelaction_change", "number")
        return [
            path("suggest/", view(self.suggest_view), name="staff_personnelaction_suggest"),
            path("<int:number>/move/<str:move>/", view(self.move_view), name="staff_personnelaction_move"),
            path("<int:number>/print/", view(self.print_view), name="staff_personnelaction_print"),
            path("<int:number>/handover/", view(self.handover_view), name="staff_personnelaction_handover"),
            path("<int:number>/tick/", view(ticks(self.tick_view)), name="staff_personnelaction_tick"),
            *super().get_urls(),
        ]

    def add_view(self, request: HttpRequest, form_url="", extra_context=None) -> HttpResponse:
        """Write an action: `?kind=` and, but for a hire, `?employee=` (its row's number) say on whom and what."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        kind, employee = self._asked_for(request)
        form = ActionForm(request.POST or None, user=request.user, kind=kind, employee=employee)
        if request.method == "POST" and form.is_valid():
            try:
                if employee is None:
                    action = actions.write_hire(form.action(), by=request.user, username=form.cleaned_data["username"])
                else:
                    action = actions.write(form.action(), by=request.user)
            except DomainError as refusal:
                put_beside(form, refusal)
            else:
                return redirect("admin:staff_personnelaction_change", action.pk)
        return self._form(request, form, Kind(kind).label)

    def _asked_for(self, request) -> tuple[str, Employee | None]:
        kind = request.GET.get("kind", Kind.HIRE)
        if kind not in WRITTEN:
            raise Http404
        if kind in NEWCOMERS:
            return kind, None
        number = request.GET.get("employee", "")
        return kind, get_object_or_404(authority.people_for(request.user), pk=int(number) if number.isdecimal() else 0)

    def change_view(self, request: HttpRequest, object_id, form_url="", extra_context=None) -> HttpResponse:
        """An action with all that is known of it, and the moves that are open to who looks."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        action = self.get_object(request, object_id)
        if action is None:
            raise Http404
        zone, parts = zone_of(action), authority.parts_of(request.user, action)
        context = {
            "action": action,
            "facts": telling.facts(action, zone),
            "zone": zone,
            "steps": [
                (step, telling.done(step.done))
                for step in action.steps.select_related("by", "in_place_of").order_by("pk")
            ],
            "leaves": action.kind == Kind.SEPARATION and action.state in IN_FORCE,
            "waiting": handover.manifest(action.employee) if action.kind == Kind.SEPARATION else [],
            "handed_over": handover.told(action) if action.kind == Kind.SEPARATION else [],
            "may_hand_over": bool(parts) and action.state in handover.OPEN_TO_IT,
            "checklist": action.checklist.select_related("done_by"),
            "may_tick": bool(parts) and action.state in IN_FORCE,
            "tells_pay": action.pay is not None,
            "subtitle": None,
        }
        if action.state in PENDING:
            context |= self._looked_ahead(action, zone)
        elif action.state in IN_FORCE:
            context |= self._looked_back(action, zone)
        digest = context["seen"].digest if "seen" in context else ""
        without = self._without(action, context["steps"])
        context["waits"] = waiting.for_whom(action, digest) or waiting.for_whom_to_rescind(action, without)
        of_two = [("approve", digest), ("rescind", without)]
        not_for_them = {
            name for name, seen in of_two if seen and actions.is_for_another(request.user, name, action, seen)
        }
        context["moves"] = [
            move
            for move in open_to(parts, action.state)
            if move.name in ON_THEIR_OWN_PAGES and move.name not in not_for_them
        ]
        return self._page(request, "admin/staff/personnelaction/page.html", str(action), context)

    def _looked_ahead(self, action: PersonnelAction, zone: ZoneInfo, *, without: bool = False) -> dict:
        """What approving it, or taking it out, would come to; or why it cannot be."""
        try:
            seen = actions.look_without(action) if without else actions.look_ahead(action)
        except DomainError as refusal:
            return {"refusal": refusal.message}
        names = telling.Names(seen.before, seen.after)
        return {
            "seen": seen,
            "differences": telling.differences(seen, action.effective, zone, names=names),
            "timeline": telling.rows(seen.after, zone, names=names),
            "later": seen.later,
            "seconds": policy.second_approver_because(action, seen.before, seen.after),
            "qualified": self._qualified(action, zone) if action.position and not without else [],
        }

    def _without(self, action: PersonnelAction, steps: list) -> str:
        """The digest of what rescinding would come to, where somebody has asked for that; empty where it cannot be."""
        if action.state not in IN_FORCE or not any(step.move == "ask_rescind" for step, _done in steps):
            return ""
        try:
            return actions.look_without(action).digest
        except DomainError:
            return ""

    def _looked_back(self, action: PersonnelAction, zone: ZoneInfo) -> dict:
        """What an action in force changed when it began, with its cost; nothing when what came before it is gone."""
        try:
            seen = timeline.as_it_came(action)
        except DomainError:
            return {}
        return {
            "seen": seen,
            "differences": telling.differences(seen, action.effective, zone),
            "in_force": True,
        }

    def _qualified(self, action: PersonnelAction, zone: ZoneInfo) -> list[told.Line]:
        """How the person will stand to the job of the seat that they come to, on that day."""
        return told.lines(standing(action.employee, action.position.job, action.effective.astimezone(zone).date()))

    def suggest_view(self, request: HttpRequest) -> HttpResponse:
        """What the words in a field of the form may mean. They come in a body: some are names."""
        if request.method != "POST" or request.POST.get("field") not in {"position", "supervisor"}:
            raise Http404
        if not self.has_add_permission(request):
            raise PermissionDenied
        words = request.POST.get("words", "")[:100]
        return JsonResponse({"found": choices.suggested(request.user, request.POST["field"], words)})

    def move_view(self, request: HttpRequest, number: int, move: str) -> HttpResponse:
        """One move of an action: what it comes to is shown, and it is done when that is still so."""
        if move not in ON_THEIR_OWN_PAGES or not acts_on_people(request.user):
            raise Http404
        action = get_object_or_404(self.get_queryset(request), pk=number)
        say_what_it_is_about(request, reverse("admin:staff_personnelaction_change", args=[action.pk]), str(action))
        actions.may(request.user, move, action)
        if move in {"write", "correct"}:
            return self._rewrite(request, action, move)
        if request.method == "POST":
            said = {"because": request.POST.get("because", "")} if MOVES[move].reasoned else {}
            said |= {"digest": request.POST.get("digest", "")} if move in {"approve", "rescind"} else {}
            verb = {"return": actions.give_back}.get(move) or getattr(actions, move)
            before, action = action.state, verb(action, by=request.user, **said)
            self.message_user(request, self._said_of(move, before, action))
            return redirect("admin:staff_personnelaction_change", action.pk)
        zone = zone_of(action)
        context = {"action": action, "move": MOVES[move], "facts": telling.facts(action, zone), "zone": zone}
        context |= self._looked_ahead(action, zone, without=move == "rescind")
        digest = context["seen"].digest if "seen" in context else ""
        if actions.is_for_another(request.user, move, action, digest):
            waits = waiting.for_whom(action, digest)
            context |= {"for_another": actions.SECOND_IS_ANOTHER, "waits": waits}
        return self._page(request, "admin/staff/personnelaction/move.html", f"{MOVES[move].label}: {action}", context)

    def _said_of(self, move: str, before: str, action: PersonnelAction) -> str:
        if move == "rescind" and action.state == before:
            return _("Asked for. It takes two: it is rescinded when somebody else agrees, in another's place.")
        return _("It is now: %(state)s.") % {"state": action.get_state_display()}

    def print_view(self, request: HttpRequest, number: int) -> HttpResponse:
        """The form of an action for the file, with pay or without; that it was printed is in the trail."""
        if not acts_on_people(request.user):
            raise Http404
        action = get_object_or_404(self.get_queryset(request), pk=number)
        if request.GET.get("form") == "checklist":
            return forms_on_paper.answered(printing.checklist(action, by=request.user), f"checklist-{action.pk}")
        made = printing.form(action, by=request.user, with_pay=request.GET.get("pay") != "no")
        return forms_on_paper.answered(made, f"personnel-action-{action.pk}")

    def tick_view(self, request: HttpRequest, number: int) -> HttpResponse:
        """One item of an action's checklist is done."""
        if not acts_on_people(request.user):
            raise Http404
        action = get_object_or_404(self.get_queryset(request), pk=number)
        item = request.POST.get("item", "")
        checklists.tick(get_object_or_404(action.checklist, pk=int(item) if item.isdecimal() else 0), by=request.user)
        return redirect("admin:staff_personnelaction_change", action.pk)

    def handover_view(self, request: HttpRequest, number: int) -> HttpResponse:
        """What waits for who leaves, line by line; and what came of the lines that were handed over just now."""
        if not acts_on_people(request.user):
            raise Http404
        action = get_object_or_404(self.get_queryset(request).with_names().with_zone(), pk=number)
        handover.see_that_it_is_open(action, request.user)
        form = HandoverForm(request.POST if request.method == "POST" else None, action=action)
        outcomes = []
        if request.method == "POST" and form.is_valid():
            outcomes = handover.hand_over(action, **form.asked, to=form.heir(), by=request.user)
        parts = handover.parts(action, by=request.user, outcomes=outcomes)
        context = {"action": action, "form": form, "parts": parts, "outcomes": outcomes}
        title = _("Hand over: %(action)s") % {"action": action}
        page = self._page(request, "admin/staff/personnelaction/handover.html", title, context)
        none_went = bool(outcomes) and all(outcome.refusal for outcome in outcomes)
        page.status_code = 422 if form.errors or none_went else 200
        return page

    def _rewrite(self, request, action: PersonnelAction, move: str) -> HttpResponse:
        """Change what a draft says; or write the draft that will take the place of an action in force."""
        form = ActionForm(
            request.POST or None, user=request.user, kind=action.kind, employee=action.employee, action=action
        )
        if request.method == "POST" and form.is_valid():
            try:
                said = form.action()
                if move == "correct":
                    terms = {name: getattr(said, name) for name in actions.SAID}
                    action = actions.correct(action, by=request.user, because=said.because, **terms)
                else:
                    action = actions.write(said, by=request.user)
            except DomainError as refusal:
                put_beside(form, refusal)
            else:
                return redirect("admin:staff_personnelaction_change", action.pk)
        return self._form(request, form, f"{MOVES[move].label}: {action}", action=action)

    def _form(self, request, form: ActionForm, title: str, action: PersonnelAction | None = None) -> HttpResponse:
        context = {"form": form, "employee": form.employee, "action": action}
        if "position" in form.fields and not form.fields["position"].has_any:
            replacing = form.kind == Kind.RECLASSIFICATION
            context["no_seat"] = (
                _("No free seat of your line replaces the one that the person sits in.")
                if replacing
                else _("No seat of your line waits for anybody.")
            )
        page = self._page(request, "admin/staff/personnelaction/write.html", title, context)
        page.status_code = 422 if form.errors else 200
        return page

    def _page(self, request, template: str, title: str, context: dict) -> HttpResponse:
        own = {"opts": self.opts, "title": title, "has_view_permission": True}
        return render(request, template, self.admin_site.each_context(request) | own | context)


def put_beside(form, refusal: DomainError):
    """Show a refusal beside the field that it is about, or above the form when that has none of it."""
    field = {"effective": "day", "employee": "number"}.get(refusal.field, refusal.field)
    form.add_error(field if field in form.fields else None, refusal.message)


@admin.register(ChecklistTemplate)
class ChecklistTemplateAdmin(NeverDeleted):
    """What actions of a kind ask to be done; a change of it leaves alone what was copied before."""

    list_display = ("title", "kind", "job", "days", "is_blocking", "in_use")
    list_filter = ("kind", "in_use")
    list_select_related = ("job",)


@admin.register(Delegation)
class DelegationAdmin(NeverDeleted):
    """Who acts in whose place, kept by the administrators of the software: a delegation gives nobody a role."""

    list_display = ("taker", "giver", "during")


@admin.register(PayrollClosing)
class PayrollClosingAdmin(NeverDeleted):
    list_display = ("facility", "until")


def link_to_add(kind: str, employee: Employee | None = None) -> str:
    """The address of the form for an action of a kind."""
    query = f"?kind={kind}" + (f"&employee={employee.pk}" if employee else "")
    return reverse("admin:staff_personnelaction_add") + query
