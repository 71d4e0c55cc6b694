"""The form of a personnel action: of each kind just what it says, and only seats and people of one's own line."""

from datetime import timedelta

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from himdept.common import moments
from staff.employment import numbers
from staff.employment.models import Assignment, Employee
from staff.organisation.models import Position
from staff.people.models import User
from staff.personnel import authority, handover
from staff.personnel.choices import PersonChoice, SeatChoice, seats_for
from staff.personnel.days import moment, zone_of, zone_of_person
from staff.personnel.kinds import AT_THE_END_OF_THE_DAY, HIRING, LEAVES, SEPARATIONS, TERMS, Basis, Kind, Reason
from staff.personnel.models import PersonnelAction, State


def _date(**options):
    within = [MinValueValidator(moments.EARLIEST), MaxValueValidator(moments.LATEST)]
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(widget=widget, validators=within, **options)


class ActionForm(forms.Form):
    """What an action of one kind says. `employee` is None for somebody who is hired and not known yet."""

    def __init__(self, *args, user: User, kind: str, employee: Employee | None, action=None, **options):
        self.user, self.kind, self.employee, self.kept = user, Kind(kind), employee, action
        options.setdefault("initial", self._as_kept() if action else {"basis": Basis.YEAR, "fte": 1})
        super().__init__(*args, label_suffix="", **options)
        self.fields |= self._newcomer() if employee is None else {}
        self.fields |= {
            "day": _date(label=_("Counts from")),
            "hour": forms.TimeField(
                label=_("At"),
                required=False,
                widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
                help_text=_("Left empty: from the end of the day.")
                if self.kind == Kind.SEPARATION
                else _("Left empty: from the beginning of the day."),
            ),
        }
        terms, offered = TERMS[self.kind], self._offered()
        for name in ("position", "fte", "pay", "basis", "supervisor", "reason", "until", "case"):
            if name in terms.says:
                self.fields[name] = offered[name]()
                self.fields[name].required = name in terms.needs
        self.fields["because"] = forms.CharField(
            label=_("Why"), widget=forms.Textarea(attrs={"rows": 3}), help_text=_("For the personnel file.")
        )
        self.fields["backdated"] = forms.ChoiceField(
            label=_("Why it reaches back"),
            required=False,
            choices=[("", _("It does not reach into a closed payroll")), *PersonnelAction.Backdated.choices],
        )

    def _newcomer(self) -> dict[str, forms.Field]:
        return {
            "number": forms.CharField(
                label=_("Staff number"), max_length=20, validators=[numbers.see_that_it_is_plain]
            ),
            "given_name": forms.CharField(label=_("Given name"), max_length=100),
            "family_name": forms.CharField(label=_("Family name"), max_length=100),
            "username": forms.CharField(
                label=_("Account"),
                max_length=150,
                required=False,
                help_text=_(
                    "A new user name. It opens at the minute of the hire; an administrator gives the password."
                ),
            ),
        }

    def _offered(self) -> dict:
        reasons = SEPARATIONS - {Reason.NOT_KEPT} if self.kind == Kind.SEPARATION else LEAVES
        leads = authority.supervisors_for(self.user).seated().exclude(pk=self.employee and self.employee.pk)
        return {
            "position": lambda: SeatChoice(label=_("Seat"), queryset=self._seats(), suggests=True),
            "fte": lambda: forms.DecimalField(
                label=_("Share of full time"), max_digits=3, decimal_places=2, min_value=0, max_value=1
            ),
            "pay": lambda: forms.DecimalField(label=_("Pay"), max_digits=10, decimal_places=2, min_value=0),
            "basis": lambda: forms.ChoiceField(label=_("For"), choices=Basis.choices),
            "supervisor": lambda: PersonChoice(
                label=_("Reports to"), queryset=leads, suggests=True, empty_label=_("The head of the unit")
            ),
            "reason": lambda: forms.ChoiceField(
                label=_("Kind of leave") if self.kind == Kind.LEAVE else _("Kind of separation"),
                choices=[("", "---------"), *((r.value, r.label) for r in Reason if r in reasons)],
            ),
            "until": lambda: _date(label=_("Expected back")),
            "case": lambda: forms.ModelChoiceField(
                label=_("Corrective action"),
                queryset=self.employee.case_files.visible_to(self.user).filter(given_at__isnull=False),
                empty_label=_("None led to it"),
            ),
        }

    def _seats(self):
        seats = seats_for(self.user)
        if self.kind == Kind.RECLASSIFICATION:
            seats = seats.filter(replaces__in=Assignment.objects.filter(employee=self.employee).at().values("position"))
        if self.kept and self.kept.position_id:  # the one that the draft names stays to be chosen
            kept = Position.objects.filter(pk=self.kept.position_id).values("pk")
            seats = Position.objects.filter(Q(pk__in=seats.values("pk")) | Q(pk__in=kept)).select_related("job", "unit")
        return seats

    def _as_kept(self) -> dict:
        action, zone = self.kept, zone_of(self.kept)
        begins = action.effective.astimezone(zone)
        is_midnight = action.effective == moments.midnight(begins.date(), zone)
        last = (
            begins.date() - timedelta(days=1) if is_midnight and self.kind in AT_THE_END_OF_THE_DAY else begins.date()
        )
        said = {name: getattr(action, name) for name in ("position", "fte", "pay", "basis", "reason", "case")}
        return said | {
            "supervisor": action.supervisor,
            "day": last,
            "hour": None if is_midnight else begins.time(),
            "until": action.until and action.until.astimezone(zone).date(),
            "because": action.because,
            "backdated": action.backdated,
        }

    def clean_number(self) -> str:
        number = self.cleaned_data["number"]
        known = Employee.objects.filter(number=number).first()
        if known and not is_still_new(known):
            raise ValidationError(_("Somebody has that number."))
        self.newcomer = known
        return number

    def clean_username(self) -> str:
        name, newcomer = self.cleaned_data["username"], getattr(self, "newcomer", None)
        if name and newcomer and newcomer.user_id:
            raise ValidationError(_("They have an account already, and keep it."))
        if name and User.objects.filter(username=name).exists():
            raise ValidationError(_("Somebody has that user name."))
        if name:
            User.username_validator(name)
        return name

    def action(self) -> PersonnelAction:
        """The action that the form describes, with its newcomer; nothing is kept yet."""
        said = self.cleaned_data
        seat = said.get("position")
        zone = seat.unit.facility.zone if seat else zone_of_person(self.employee)
        action = self.kept or PersonnelAction(kind=self.kind)
        action.employee = self.employee or self._named(self.newcomer or Employee())
        for name in ("position", "fte", "pay", "supervisor", "case"):
            setattr(action, name, said.get(name))
        for name in ("basis", "reason", "because", "backdated"):
            setattr(action, name, said.get(name, ""))
        action.basis = action.basis if action.pay is not None else ""
        action.effective = moment(said["day"], said.get("hour"), self.kind, zone)
        action.until = moments.midnight(said["until"], zone) if said.get("until") else None
        return action

    def _named(self, newcomer: Employee) -> Employee:
        for name in ("number", "given_name", "family_name"):
            setattr(newcomer, name, self.cleaned_data[name])
        return newcomer


def is_still_new(somebody: Employee) -> bool:
    """Whether nothing came of any hire of theirs, so that another may take them: all were withdrawn or taken back."""
    nothing_of_it = (State.WITHDRAWN, State.RESCINDED, State.CORRECTED)
    came_of_it = somebody.personnel_actions.exclude(state__in=nothing_of_it)
    return somebody.personnel_actions.exists() and not came_of_it.exists()


def is_hiring(kind: str) -> bool:
    return kind in HIRING


class HandoverForm(forms.Form):
    """Which lines of who leaves go, by themselves or all of a kind, and to whom."""

    to = PersonChoice(label=_("To whom"), queryset=None, required=False, empty_label=_("As proposed in each line"))

    def __init__(self, *args, action: PersonnelAction, **options):
        super().__init__(*args, label_suffix="", **options)
        self.fields["to"].offer(handover.choices(action).select_related("user"))
        if self.fields["to"].help_text:
            self.fields["to"].help_text = _("A staff number; empty: as proposed in each line.")

    def clean(self):
        self.asked = {name: self.data.getlist(name) for name in ("lines", "whole")}
        if not any(self.asked.values()):
            raise ValidationError(_("Choose at least one line."))
        return super().clean()

    def heir(self) -> User | None:
        """Who was named, or nobody: who is proposed for each line."""
        named = self.cleaned_data["to"]
        return named.user if named else None
