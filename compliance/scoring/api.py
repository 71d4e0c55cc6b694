"""What was measured, as programs read it."""

import django_filters
from rest_framework import serializers

from compliance.scoring.models import Reading
from himdept.common.api.fields import Instant
from himdept.common.api.filters import Text
from himdept.common.api.resources import Resource
from himdept.common.paging import Sort


class ReadingOut(serializers.Serializer):
    """A measure of one facility as of one night."""

    id = serializers.IntegerField(source="pk")
    facility = serializers.CharField(source="facility.code")
    measure = serializers.CharField(source="metric")
    day = serializers.DateField(help_text="The facility's own day.")
    as_of = Instant(help_text="The moment that was judged.")
    known_at = Instant(help_text="By what was known then.")
    numerator = serializers.IntegerField(help_text="How many were as they should be.")
    denominator = serializers.IntegerField(help_text="Of how many; 0: there was nothing to judge.")
    share = serializers.FloatField(source="value", allow_null=True, help_text="Null where there was nothing to judge.")
    aim = serializers.FloatField(help_text="The share from which it is met, as it was in force then.")


class ReadingQuery(django_filters.FilterSet):
    facility = Text(field_name="facility__code", help_text="The facility's code.")
    measure = Text(field_name="metric", help_text="The measure's code, such as discharge-summary.")
    since = django_filters.DateFilter(field_name="day", lookup_expr="gte", help_text="From this day on.")
    until = django_filters.DateFilter(field_name="day", lookup_expr="lte", help_text="To this day, included.")


class Readings(Resource):
    """Readings of the facilities that the client has. What fell short is told on the screen alone."""

    serializer_class = ReadingOut
    filterset_class = ReadingQuery
    record_of = ""
    sorts = [Sort("id", "pk"), Sort("day", "day")]
    action_permissions = dict.fromkeys(["list", "retrieve"], "compliance.view_readiness")

    def get_queryset(self):
        return Reading.objects.visible_to(self.request.user).defer("offenders").select_related("facility")
