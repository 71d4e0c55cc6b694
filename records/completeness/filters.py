"""How the lists of what is owed can be narrowed."""

from collections.abc import Iterable
from datetime import datetime, timedelta

import django_filters
from django import forms
from django.db.models import Func, Q, Value
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from himdept.common.lists import ListFilter
from himdept.common.moments import midnight
from records.completeness.models import AuditRun, Deficiency, Expected, Requirement
from records.completeness.models.runs import State
from records.inventory.filters import AGES, facilities_of
from records.inventory.models import DocumentType, Practitioner, Record, Service
from staff.models import Facility

ANY, NOBODY, PAST_MENDING = "any", "nobody", "past_mending"
MET = [("7", _("within 7 days")), ("30", _("within 30 days")), ("90", _("within 90 days"))]


def required_types():
    """The kinds of document that some requirement asks for."""
    codes = Requirement.objects.values(code_of_type=Func("document_types", function="unnest"))
    return DocumentType.objects.filter(code__in=codes).order_by("title")


class Offered:
    """The services and the kinds of document that can be chosen, by title; both in one query, when they are needed."""

    @cached_property
    def rows(self) -> list[tuple]:
        services = Service.objects.values_list(Value("service"), "pk", "title")
        return sorted(services.union(required_types().order_by().values_list(Value("type"), "pk", "title"), all=True))

    def services(self) -> list[tuple]:
        return self.titled("service")

    def document_types(self) -> list[tuple]:
        return self.titled("type")

    def titled(self, what: str) -> list[tuple]:
        return sorted(((pk, title) for of, pk, title in self.rows if of == what), key=lambda choice: choice[1])


class OwedFilter(ListFilter):
    """By service, document, practitioner, rule and facility: the same for what is past due and for what is to come."""

    service = django_filters.ChoiceFilter(
        label=_("Service"),
        field_name="record__service",
        empty_label=_("any"),
        null_label=_("no service"),
    )
    document_type = django_filters.ChoiceFilter(label=_("Document"), empty_label=_("any"))
    who = django_filters.CharFilter(label=_("Owed by"), field_name="owed_by__family_name", lookup_expr="istartswith")
    facility = django_filters.ModelChoiceFilter(
        label=_("Facility"), queryset=facilities_of, field_name="record__facility", empty_label=_("all")
    )
    owed_by = django_filters.CharFilter(label=_("Practitioner"), method="by_practitioner", widget=forms.HiddenInput)
    rule = django_filters.CharFilter(label=_("Rule"), field_name="requirement__code", widget=forms.HiddenInput)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        offered = Offered()
        self.filters["service"].extra["choices"] = offered.services
        self.filters["document_type"].extra["choices"] = offered.document_types

    def by_practitioner(self, owed, name, value):
        if value == NOBODY:
            return owed.filter(owed_by=None)
        if not value.isdecimal() or len(value) > 18:
            raise self.refusal("owed_by", _("a practitioner's number is a whole number."))
        return owed.filter(owed_by=int(value))

    def told(self, name, value):
        """A practitioner's number as the practitioner's name."""
        if name != "owed_by" or value == NOBODY or not value.isdecimal() or len(value) > 18:
            return str(_("nobody known")) if (name, value) == ("owed_by", NOBODY) else value
        found = Practitioner.objects.filter(pk=value).first()
        return str(found) if found else value


class DeficiencyFilter(OwedFilter):
    """Also by what is wrong, what became of it, how long it has been past due and the state of its record."""

    status = django_filters.ChoiceFilter(
        label=_("Status"),
        choices=[*Deficiency.Status.choices, (PAST_MENDING, _("past mending")), (ANY, _("any"))],
        method="by_status",
        empty_label=None,
        initial=Deficiency.Status.OPEN,
    )
    kind = django_filters.ChoiceFilter(label=_("What"), choices=Deficiency.Kind, empty_label=_("any"))
    age = django_filters.ChoiceFilter(
        label=_("Past due"),
        choices=[("0", _("past due")), *AGES],
        method="by_age",
        empty_label=_("any time"),
    )
    met = django_filters.ChoiceFilter(label=_("Put right"), choices=MET, method="by_meeting", empty_label=_("any time"))
    record = django_filters.ChoiceFilter(
        label=_("Record"), choices=Record.Status, field_name="record__status", empty_label=_("any")
    )

    audit = django_filters.CharFilter(label=_("Opened by audit"), method="by_audit", widget=forms.HiddenInput)

    field_order = [
        *("status", "kind", "age", "met", "document_type", "who", "service", "record", "facility"),
        *("owed_by", "rule", "audit"),
    ]

    class Meta:
        model = Deficiency
        fields = ()

    def filter_queryset(self, queryset):
        """Without a choice of status the list is of what is open: that is what somebody can act on. What was put right
        is not open."""
        queryset = super().filter_queryset(queryset)
        return queryset.open() if self.is_of_open else queryset

    def countable(self):
        rows = self.narrowed()
        return rows.every_open() if self.is_of_open else rows

    @property
    def is_of_open(self) -> bool:
        return not any(self.form.cleaned_data.get(name) for name in ("status", "met"))

    def by_status(self, deficiencies, name, value):
        if value == PAST_MENDING:
            return deficiencies.past_mending()
        return deficiencies if value == ANY else deficiencies.filter(status=value)

    def by_audit(self, deficiencies, name, value):
        """What an audit opened: it stamps its own moment on each."""
        if not value.isdecimal() or len(value) > 18:
            raise self.refusal("audit", _("an audit's number is a whole number."))
        return deficiencies.filter(opened_at__in=AuditRun.objects.filter(pk=int(value)).values("as_of"))

    def by_age(self, deficiencies, name, value):
        return deficiencies.filter(due_at__lt=timezone.now() - timedelta(days=int(value)))

    def by_meeting(self, deficiencies, name, value):
        return deficiencies.resolved_since(timezone.now() - timedelta(days=int(value)))


class ExpectedFilter(OwedFilter):
    """Also by how soon it is due; today ends at each facility's own midnight."""

    within = django_filters.ChoiceFilter(
        label=_("Due"),
        choices=[
            ("today", _("today")),
            ("3", _("within 3 days")),
            ("7", _("within 7 days")),
            ("30", _("within 30 days")),
        ],
        method="by_time",
        empty_label=_("any time"),
    )

    hour = django_filters.CharFilter(label=_("Hour"), method="by_hour", widget=forms.HiddenInput)

    field_order = ["within", "document_type", "who", "service", "facility", "owed_by", "rule", "hour"]

    class Meta:
        model = Expected
        fields = ()

    def by_time(self, expected, name, value):
        if value == "today":
            return expected.filter(due_today(self.request.user.reached))
        return expected.filter(due_at__lt=timezone.now() + timedelta(days=int(value)))

    def by_hour(self, expected, name, value):
        """What is due within the hour that begins at an instant, such as the huddle's links name it."""
        try:
            begins = datetime.fromisoformat(value)
            if timezone.is_naive(begins):
                raise ValueError
            return expected.filter(due_at__gte=begins, due_at__lt=begins + timedelta(hours=1))
        except (ValueError, OverflowError) as problem:
            raise self.refusal("hour", _("an hour is a time with offset, such as 2026-11-24T09:00-05:00.")) from problem


def due_today(facilities: Iterable[Facility], now: datetime | None = None) -> Q:
    """Due by the midnight that ends today, at each of these facilities. What is due at that midnight is due today."""
    now, today = now or timezone.now(), Q(pk__in=[])
    for facility in facilities:
        tomorrow = now.astimezone(facility.zone).date() + timedelta(days=1)
        today |= Q(record__facility=facility, due_at__lte=midnight(tomorrow, facility.zone))
    return today


class AuditFilter(ListFilter):
    """Audits by their state, and what-ifs apart from what was written."""

    state = django_filters.ChoiceFilter(label=_("State"), choices=State, empty_label=_("any"))
    written = django_filters.ChoiceFilter(
        label=_("Kind"),
        choices=[("yes", _("written")), ("no", _("what-if"))],
        method="by_kind",
        empty_label=_("any"),
    )

    class Meta:
        model = AuditRun
        fields = ()

    def by_kind(self, runs, name, value):
        return runs.filter(written=value == "yes")
