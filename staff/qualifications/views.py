"""The screens of qualifications, for the line above alone: who could come to a seat, how one stands to a job."""

from html import escape

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.db.models import OuterRef, Q, Subquery
from django.forms.utils import flatatt
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from himdept.common.filling import filled
from staff.catalogue.models import Job
from staff.employment import lines
from staff.employment.models import Assignment, Employee, own_of
from staff.organisation.models import Position
from staff.qualifications import actions, told
from staff.qualifications.candidates import ranked
from staff.qualifications.check import check
from staff.qualifications.facts import facts_of, terms_of, with_terms
from staff.qualifications.forms import ExperienceForm, ReasonForm, SchoolingForm
from staff.qualifications.models import Experience, Known, Schooling

MAY_KEEP = permission_required("staff.keep_credential", raise_exception=True)
ASKED = require_http_methods(["GET", "HEAD", "POST"])
SHOWN, MOST = 10, 100  # candidates at first, and after "more"


class LongSelect(forms.Select):
    """A list of hundreds to choose from, drawn at once: Django's own renders two templates for each of them."""

    def render(self, name, value, attrs=None, renderer=None):
        chosen = self.format_value(value)
        options = "".join(
            f'<option value="{escape(key)}"{" selected" if key in chosen else ""}>{escape(str(label))}</option>'
            for key, label in ((str(key), label) for key, label in self.choices)
        )
        return format_html(
            "<select{}>{}</select>",
            flatatt(self.build_attrs(self.attrs, attrs) | {"name": name}),
            mark_safe(options),  # noqa: S308  each of them was escaped
        )


class ChoiceForm(forms.Form):
    """The choice of one of some rows, by number."""

    def __init__(self, data, name: str, label: str, rows: dict, *, first: str = "", **kwargs):
        super().__init__(data, **kwargs)
        choices = [("", first)] if first else []
        choices += [(key, str(row)) for key, row in rows.items()]
        self.fields[name] = forms.TypedChoiceField(label=label, choices=choices, coerce=int, widget=LongSelect)


@require_safe
@MAY_KEEP
def candidate_page(request):
    """Who of the line could come to a seat of the line, the best first, and what each lacks."""
    own = own_of(request.user)
    # In words: hundreds of seats with their jobs as objects would take as long as the ranking.
    offered = seats_of(own, request.GET.get("seat", "")).values_list("pk", "number", "job__title")
    seats = {pk: f"{number} {job}" for pk, number, job in offered}
    form = ChoiceForm(request.GET or None, "seat", _("Seat"), seats, first=_("choose a seat"))
    asks = request.user.is_staff and "staff.propose_personnelaction" in request.user.granted
    context, status = {"form": form, "no_seat": not seats, "asks": asks}, 200
    if form.is_bound:
        status = 200 if form.is_valid() else 400
    if form.is_bound and form.is_valid():
        seat = Position.objects.select_related("job", "unit").get(pk=form.cleaned_data["seat"])
        most = how_many(request.GET.get("most", ""))
        found, order = ranked(seat, Employee.objects.in_line_of(own), timezone.localdate(), most=most)
        context |= {"seat": seat, "candidates": found, "number": order.number, "met": order.met}
        if len(found) < min(order.number, MOST):
            context["more"] = f"{request.path}?{urlencode({'seat': seat.pk, 'most': most * 2})}"
    return render(request, "staff/candidates.html", context, status=status)


def seats_of(head: Employee | None, asked: str):
    """The seats below `head` that wait for somebody, and the one that is asked about, by number.

    A seat to which somebody is to come, as is approved already, waits for nobody else.
    """
    if head is None:
        return Position.objects.none()
    now = timezone.now()
    # As a set of its own, or each seat of thousands would be looked at for who sits in it.
    offered = Q(pk__in=Position.objects.vacant(now).values("pk"))
    offered &= ~Q(pk__in=Position.objects.spoken_for(now).values("pk"))
    if asked.isdecimal() and len(asked) <= 18:
        offered |= Q(pk=int(asked))
    return Position.objects.existing(now).filter(offered, pk__in=lines.seats_below(head.pk, now))


def how_many(asked: str) -> int:
    """How many candidates an address asks for: SHOWN without a word, never more than MOST."""
    return min(max(int(asked), SHOWN), MOST) if asked.isdecimal() and len(asked) <= 9 else SHOWN


@require_safe
@MAY_KEEP
def person_qualification(request, number: int):
    """How one person stands to a job: each requirement, and the cheapest way to what is missing."""
    seats = Assignment.objects.filter(employee=OuterRef("pk")).at()
    people = Employee.objects.led_by(request.user).annotate(
        job=Subquery(seats.values("position__job")), unit=Subquery(seats.values("position__unit__name"))
    )
    person = get_object_or_404(people, pk=number)
    jobs = {job.pk: job for job in with_terms(Job.objects.all())}
    form = ChoiceForm(request.GET or None, "job", _("Job"), jobs, initial={"job": person.job})
    job, status = jobs.get(person.job), 200
    if form.is_bound:
        job, status = (jobs[form.cleaned_data["job"]], 200) if form.is_valid() else (None, 400)
    context = {
        "person": person,
        "own_job": jobs.get(person.job),
        "form": form,
        "job": job,
        "schoolings": person.schoolings.select_related("struck_by"),
        "experiences": person.experiences.select_related("struck_by"),
    }
    if job:
        context["check"] = check(terms_of(job, job), facts_of(Known.objects.get(employee=person)), timezone.localdate())
        context["lines"] = told.lines(context["check"])
    return render(request, "staff/person_qualification.html", context, status=status)


@ASKED
@MAY_KEEP
def schooling_record(request, number: int):
    """Write down a school that somebody finished."""
    return recorded(request, number, SchoolingForm, _("Record a school"))


@ASKED
@MAY_KEEP
def experience_record(request, number: int):
    """Write down work elsewhere."""
    return recorded(request, number, ExperienceForm, _("Record work elsewhere"))


@ASKED
@MAY_KEEP
def schooling_strike(request, number: int):
    """Take out a school that was entered in error."""
    return struck(request, Schooling, number)


@ASKED
@MAY_KEEP
def experience_strike(request, number: int):
    """Take out work elsewhere that was entered in error."""
    return struck(request, Experience, number)


def recorded(request, number: int, of: type[forms.ModelForm], title: str):
    person = person_led(request, number)
    form = of(request.POST or None, instance=of.Meta.model(employee=person))

    def do():
        actions.record(form.instance, by=request.user)
        return done(request, person.pk, _("It is recorded."))

    return filled(request, form, do, title=title, lead=person, act=_("Record it"), back=page_of(person.pk))


def struck(request, model, number: int):
    row = get_object_or_404(model.objects.led_by(request.user).select_related("employee"), pk=number)
    form = ReasonForm(request.POST or None)

    def do():
        actions.strike(row, by=request.user, **form.cleaned_data)
        return done(request, row.employee_id, _("It is struck."))

    lead = f"{row.employee} · {row}"
    return filled(
        request, form, do, title=_("Strike an entry"), lead=lead, act=_("Strike it"), back=page_of(row.employee_id)
    )


def person_led(request, number: int) -> Employee:
    return get_object_or_404(Employee.objects.led_by(request.user), pk=number)


def page_of(person: int) -> str:
    return reverse("person_qualification", args=[person])


def done(request, person: int, words: str) -> HttpResponseRedirect:
    messages.success(request, words)
    return HttpResponseRedirect(page_of(person))
