"""The admin site's pages of the people of the department.

A head sees those of their line, each on a page with the timeline, the pay and the actions, and what can be begun from
there. An administrator of the software keeps names and accounts, and sees nothing else of anybody.
"""

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F, FilteredRelation, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from staff.discipline import admin as discipline
from staff.employment import numbers
from staff.employment.models import Employee
from staff.people.admin import NeverDeleted
from staff.people.lists import PageByPage
from staff.people.models import User
from staff.personnel import access, authority, telling, timeline
from staff.personnel.admin import acts_on_people, link_to_add
from staff.personnel.days import zone_of_person
from staff.personnel.kinds import HIRING, WRITTEN, Kind
from staff.personnel.models import PersonnelAction


class InADepartment(admin.SimpleListFilter):
    """Who is here now, or has left."""

    title, parameter_name = _("standing"), "standing"

    def lookups(self, request, model_admin):
        return [("seated", _("In a seat")), ("left", _("Not, or not any more"))]

    def queryset(self, request, queryset):
        here = Employee.objects.seated().values("pk")
        return {"seated": queryset.filter(pk__in=here), "left": queryset.exclude(pk__in=here)}.get(
            self.value(), queryset
        )


class EmployeeForm(forms.ModelForm):
    def clean_number(self) -> str:
        """A number that is given anew is plain; one that somebody has stays theirs."""
        if "number" in self.changed_data:
            numbers.see_that_it_is_plain(self.cleaned_data["number"])
        return self.cleaned_data["number"]


@admin.register(Employee)
class EmployeeAdmin(PageByPage, NeverDeleted):
    form = EmployeeForm
    list_display = ("number", "family_name", "given_name", "unit", "job", "seat")
    list_filter = (InADepartment,)
    search_fields = ("number",)
    search_help_text = _("A staff number. Names are not searched for: what is searched stands in the address.")
    fields = ("number", "family_name", "given_name", "user")
    autocomplete_fields = ("user",)
    actions = None

    def get_queryset(self, request):
        rows = super().get_queryset(request)
        if not request.user.is_superuser:
            rows = rows.filter(self._may_know(request.user))
        return self._with_seat(rows)

    def dressed(self, rows):
        return self._with_seat(rows).annotate(
            seat_number=F("sits__position__number"),
            unit_name=F("sits__position__unit__name"),
            job_title=F("sits__position__job__title"),
        )

    def _with_seat(self, rows):
        """Each with `sits`, the assignment in force, to be ordered by; it costs nothing where it is not asked for."""
        now = Q(assignments__during__contains=timezone.now())
        return rows.annotate(sits=FilteredRelation("assignments", condition=now))

    def _may_know(self, user) -> Q:
        """Oneself, those below, and those on whom one acts in a head's place."""
        return Q(user=user) | authority.on_people_for(user, person="pk")

    def has_module_permission(self, request):
        return self.has_view_permission(request)

    def has_view_permission(self, request, obj=None):
        return request.user.is_superuser or acts_on_people(request.user)

    def has_add_permission(self, request):
        return False  # by a hire

    def has_change_permission(self, request, obj=None):
        return request.user.is_superuser

    def save_model(self, request, obj, form, change):
        """Another account for somebody: the one that they had is closed, and this one has what their seat gives."""
        with transaction.atomic():
            Employee.objects.select_for_update(no_key=True).get(pk=obj.pk)
            super().save_model(request, obj, form, change)
            if "user" in form.changed_data:
                for before in User.objects.filter(pk=form.initial["user"]):
                    access.let_go(before)
                access.settle(obj)

    @admin.display(description=_("Unit"), ordering="sits__position__unit__name")
    def unit(self, person: Employee) -> str:
        return person.unit_name or "–"

    @admin.display(description=_("Job"), ordering="sits__position__job__title")
    def job(self, person: Employee) -> str:
        return person.job_title or "–"

    @admin.display(description=_("Seat"), ordering="sits__position__number")
    def seat(self, person: Employee) -> str:
        return person.seat_number or "–"

    def change_view(self, request: HttpRequest, object_id, form_url="", extra_context=None) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        if acts_on_people(request.user) and object_id.isdecimal():
            person = Employee.objects.filter(self._may_know(request.user), pk=object_id).first()
            if person:
                return self._page(request, person)
        return super().change_view(request, object_id, form_url, {"title": _("Name and account"), "subtitle": None})

    def _page(self, request, person: Employee) -> HttpResponse:
        """The timeline of somebody of the line, as it is kept, the actions about them, and what can be begun.

        Of oneself only what has begun: what is approved and not yet in effect is the line's to tell.
        """
        kept, zone = timeline.stored(person), zone_of_person(person)
        if person.user_id == request.user.pk:
            kept = kept.begun(timezone.now())
        about = PersonnelAction.objects.visible_to(request.user).filter(employee=person).with_names()
        context = self.admin_site.each_context(request) | {
            "opts": self.opts,
            "title": _("Employee %(number)s") % {"number": person.number},
            "person": person,
            "supervisor": person.supervisor(),
            "has_pages": Employee.objects.visible_to(request.user).filter(pk=person.pk).exists(),
            "rows": telling.rows(kept, zone),
            "actions": about,
            "cases": person.case_files.visible_to(request.user).exclude(employee__user=request.user),
            "zone": zone,
            "begin": [(Kind(kind).label, link_to_add(kind, person)) for kind in self._can_begin(request, person, kept)],
        }
        if discipline.can_be_begun(request.user, person):
            address = reverse("admin:staff_casefile_add") + f"?employee={person.pk}"
            context["begin"].append((_("Corrective action"), address))
        return render(request, "admin/staff/employee/page.html", context)

    def _can_begin(self, request, person: Employee, kept: timeline.Timeline) -> list[str]:
        """The kinds of action that somebody's standing now leaves room for, to who may propose them."""
        blank = PersonnelAction(employee=person)
        if authority.PROPOSES not in request.user.granted or authority.in_place_of(request.user, blank) is None:
            return []
        now = kept.at(timezone.now())
        if "employments" not in now:
            return [Kind.REHIRE] if kept.employments else []
        other = Kind.LEAVE if "leaves" in now else Kind.RETURN
        return [kind for kind in WRITTEN if kind not in HIRING | {other}]
