"""The admin site's pages of units and seats."""

from django import forms
from django.contrib import admin
from django.contrib.postgres.fields import DateTimeRangeField
from django.contrib.postgres.forms import RangeWidget
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from himdept.common.db import promises
from staff.organisation.models import Excess, Place, Position, Unit
from staff.people.admin import NeverDeleted


class FromUntil(RangeWidget):
    """The two ends of a time, each by its name: alike and side by side nothing else says which is which."""

    def __init__(self):
        super().__init__(forms.DateTimeInput)
        for widget, name in zip(self.widgets, (_("From"), _("Until")), strict=True):
            widget.attrs |= {"aria-label": name, "placeholder": name}


FROM_UNTIL = {
    DateTimeRangeField: {
        "widget": FromUntil,
        "help_text": _(
            "From and until, each as 2026-03-01 or 2026-03-01 07:00; until is the first moment after; empty is open."
        ),
    }
}


class Promised(NeverDeleted):
    """What only the database can see to be impossible is refused in words, and nothing of the form is kept."""

    formfield_overrides = FROM_UNTIL

    def changeform_view(self, request, *args, **kwargs):
        with promises.kept():
            return super().changeform_view(request, *args, **kwargs)


class Places(admin.TabularInline):
    model = Place
    fk_name = "unit"
    extra = 0
    formfield_overrides = FROM_UNTIL
    autocomplete_fields = ("head",)


@admin.register(Unit)
class UnitAdmin(Promised):
    """Units, where each hangs in the chart and since when, and which seat heads it."""

    list_display = ("name", "facility")
    list_filter = ("facility",)
    inlines = (Places,)


class Excesses(admin.TabularInline):
    model = Excess
    extra = 0
    formfield_overrides = FROM_UNTIL


@admin.register(Position)
class PositionAdmin(Promised):
    """Seats. One that exists keeps its unit and its job; what ends it is the end of its time."""

    list_display = ("number", "job", "unit", "authorised_fte", "state", "funding_line")
    list_filter = ("unit", "job", "standing")
    list_select_related = ("job", "unit")
    search_fields = ("number", "job__title", "unit__name")
    autocomplete_fields = ("replaces",)
    inlines = (Excesses,)

    def get_queryset(self, request) -> QuerySet:
        return super().get_queryset(request).with_state()

    def get_readonly_fields(self, request, obj=None):
        return ("unit", "job") if obj else ()

    @admin.display(description=_("State"))
    def state(self, seat: Position) -> str:
        return Position.State(seat.state).label
