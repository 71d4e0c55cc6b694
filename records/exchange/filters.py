"""How the lists of what came in can be narrowed."""

from datetime import timedelta

import django_filters
from django import forms
from django.db.models import Exists
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from himdept.common.lists import ListFilter
from himdept.common.moments import midnight
from records.exchange import inbound
from records.exchange.models import InboundMessage
from records.exchange.queries import applied_again, sources_of, standing
from records.inventory.models import Practitioner, PractitionerKey, Source

FAILED, AGAIN = "failed", "again"


class MessageFilter(ListFilter):
    """By source, by what became of them, by when they came."""

    outcome = django_filters.ChoiceFilter(
        label=gettext_lazy("Outcome"),
        choices=[
            (FAILED, gettext_lazy("refused, whole or in part")),
            *InboundMessage.Outcome.choices,
            (AGAIN, gettext_lazy("Refused, then applied again")),
        ],
        method="by_outcome",
        empty_label=gettext_lazy("any"),
    )
    source = django_filters.ModelChoiceFilter(
        label=gettext_lazy("Source"),
        queryset=lambda request: sources_of(request.user).order_by("name"),
        empty_label=gettext_lazy("any"),
        null_label=gettext_lazy("not known"),
    )
    form = django_filters.ChoiceFilter(
        label=gettext_lazy("Form"), choices=InboundMessage.Form, empty_label=gettext_lazy("any")
    )
    within = django_filters.ChoiceFilter(
        label=gettext_lazy("Came"),
        choices=[
            (1, gettext_lazy("today")),
            (7, gettext_lazy("within 7 days")),
            (inbound.DAYS, gettext_lazy("within 14 days")),
            (31, gettext_lazy("within 31 days")),
        ],
        method="by_days",
        empty_label=gettext_lazy("any time"),
    )
    day = django_filters.DateFilter(
        label=gettext_lazy("Day"), method="by_day", widget=forms.DateInput(attrs={"type": "date"})
    )

    field_order = ["outcome", "source", "form", "within", "day"]

    class Meta:
        model = InboundMessage
        fields = ()

    def by_outcome(self, found, name, value):
        """Each message has one outcome: what was applied again is no longer among what was refused."""
        if value == AGAIN:
            return found.filter(Exists(applied_again()))
        return found.filter(standing(*(inbound.FAILED if value == FAILED else [value])))

    def by_days(self, found, name, value):
        """So many local days of the installation's time zone, today the last of them."""
        zone = timezone.get_current_timezone()
        first = timezone.now().astimezone(zone).date() - timedelta(days=int(value) - 1)
        return found.filter(received_at__gte=midnight(first, zone))

    def by_day(self, found, name, value):
        """A local day of the installation's time zone."""
        zone = timezone.get_current_timezone()
        try:
            since, until = midnight(value, zone), midnight(value + timedelta(days=1), zone)
        except OverflowError as problem:
            raise self.refusal("day", _("this is not a day of our calendar.")) from problem
        return found.filter(received_at__gte=since, received_at__lt=until)


class FeedFilter(ListFilter):
    """The sources of the last fortnight have no filters: there are few, and all are looked at. They are summed here."""

    class Meta:
        model = InboundMessage
        fields = ()

    def filter_queryset(self, queryset):
        return inbound.feeds(queryset, timezone.get_current_timezone(), now=timezone.now())


class StubFilter(ListFilter):
    """Practitioners known by a number only, by the source that named them."""

    source = django_filters.ModelChoiceFilter(
        label=gettext_lazy("Source"),
        queryset=Source.objects.order_by("name"),
        method="by_source",
        empty_label=gettext_lazy("any"),
    )

    class Meta:
        model = Practitioner
        fields = ()

    def by_source(self, stubs, name, value):
        """Who is called by two names of one source is one row all the same."""
        return stubs.filter(pk__in=PractitionerKey.objects.filter(source=value).values("practitioner"))
