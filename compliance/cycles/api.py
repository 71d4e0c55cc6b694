"""Survey cycles, as programs read them."""

import django_filters
from django.db.models import Prefetch
from django.http import Http404
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from compliance.cycles.models import NOT_ASSESSED, Cycle, CyclePart, Hand, Likelihood, Scope, State
from compliance.cycles.standing import standing
from compliance.scoring.models import Result
from compliance.standards.models import Element
from himdept.common.api.fields import Instant
from himdept.common.api.filters import Text, WholeNumber
from himdept.common.api.resources import Resource
from himdept.common.paging import Sort


class CyclePartOut(serializers.Serializer):
    """A chapter within a cycle. Who scores it is told on the screen alone."""

    id = serializers.IntegerField(source="pk")
    framework = serializers.CharField(source="chapter.edition.framework.code")
    edition = serializers.CharField(source="chapter.edition.code")
    chapter = serializers.CharField(source="chapter.code")
    state = serializers.ChoiceField(State.choices, help_text="How far it is.")
    due = serializers.DateField(help_text="The facility's own day.")


class CycleOut(serializers.Serializer):
    """A survey that a facility makes of itself."""

    id = serializers.IntegerField(source="pk")
    facility = serializers.CharField(source="facility.code")
    title = serializers.CharField()
    begins = serializers.DateField(help_text="The facility's own day.")
    due = serializers.DateField(help_text="The facility's own day.")
    closed_at = Instant(allow_null=True, help_text="Null while it is open.")
    judged = serializers.IntegerField(
        allow_null=True, help_text="Of how many elements it is the score; null while open."
    )
    points = serializers.FloatField(allow_null=True, help_text="One for each met element, a half for a partly met one.")
    share = serializers.FloatField(allow_null=True, help_text="Points of judged; null while open, or with none judged.")
    parts = serializers.SerializerMethodField()

    @extend_schema_field(CyclePartOut(many=True))
    def get_parts(self, cycle):
        return CyclePartOut(cycle.parts.all(), many=True).data


class MarkOut(serializers.Serializer):
    """What one hand says of an element. Whose hand it was is told on the screen alone."""

    result = serializers.ChoiceField([*Result.choices, (NOT_ASSESSED, "not assessed")])
    likelihood = serializers.ChoiceField(Likelihood.choices, allow_blank=True, help_text="Empty: not graded.")
    scope = serializers.ChoiceField(Scope.choices, allow_blank=True, help_text="Empty: not graded.")
    because = serializers.CharField(allow_blank=True)
    measured = serializers.BooleanField(source="is_measured", help_text="It is what the measures said.")
    overrules = serializers.BooleanField(help_text="A person says otherwise than what was measured.")
    reading = serializers.IntegerField(
        source="reading_id", allow_null=True, help_text="What was measured then: its number in compliance/readings/."
    )
    at = Instant()


class CycleElementOut(serializers.Serializer):
    """An element within a cycle: what counts of it, and what each of the three hands said last."""

    id = serializers.IntegerField(source="element.pk", help_text="The element's number here.")
    part = serializers.IntegerField(source="part.pk", help_text="The number of its part.")
    framework = serializers.CharField(source="element.edition.framework.code")
    edition = serializers.CharField(source="element.edition.code")
    chapter = serializers.CharField(source="element.chapter.code")
    element = serializers.CharField(source="element.code")
    state = serializers.ChoiceField(State.choices, source="part.state", help_text="How far its part is.")
    done = serializers.BooleanField(
        source="is_done", help_text="Nobody need say anything of it before it is submitted."
    )
    result = serializers.ChoiceField(
        Result.choices, source="score.result", allow_null=True, help_text="What counts; null: there is none yet."
    )
    counts = serializers.SerializerMethodField(
        help_text="Whose word that is: a hand's or, while its part is being scored, what last night's measures say."
    )
    likelihood = serializers.SerializerMethodField(help_text="Of what falls short and is graded; else null.")
    scope = serializers.SerializerMethodField(help_text="Of what falls short and is graded; else null.")
    overruled = serializers.SerializerMethodField(help_text="A person says otherwise than what was measured.")
    individual = MarkOut(allow_null=True, help_text="Of whoever scored it.")
    preliminary = MarkOut(allow_null=True, help_text="Of whoever coordinates.")
    final = MarkOut(allow_null=True, help_text="As the cycle was closed.")

    @extend_schema_field(serializers.ChoiceField([*Hand.choices, ("measures", "measures")], allow_null=True))
    def get_counts(self, row):
        return "measures" if row.follows_measure else row.counting and row.counting.hand

    @extend_schema_field(serializers.ChoiceField(Likelihood.choices, allow_null=True))
    def get_likelihood(self, row):
        return row.grade and row.grade[0]

    @extend_schema_field(serializers.ChoiceField(Scope.choices, allow_null=True))
    def get_scope(self, row):
        return row.grade and row.grade[1]

    @extend_schema_field(bool)
    def get_overruled(self, row):
        return row.overruled is not None


class CycleQuery(django_filters.FilterSet):
    facility = Text(field_name="facility__code", help_text="The facility's code.")
    since = django_filters.DateFilter(field_name="begins", lookup_expr="gte", help_text="Begun on this day or later.")
    until = django_filters.DateFilter(field_name="begins", lookup_expr="lte", help_text="Begun on this day or earlier.")


class Cycles(Resource):
    """Survey cycles of the facilities that the client has, with their parts and, once closed, the final score."""

    serializer_class = CycleOut
    filterset_class = CycleQuery
    record_of = ""
    sorts = [Sort("id", "pk"), Sort("begins", "begins")]
    action_permissions = dict.fromkeys(["list", "retrieve"], "compliance.view_readiness")

    def get_queryset(self):
        parts = CyclePart.objects.select_related("chapter__edition__framework").in_order()
        cycles = Cycle.objects.visible_to(self.request.user).select_related("facility")
        return cycles.prefetch_related(Prefetch("parts", parts))


class CycleElementQuery(django_filters.FilterSet):
    part = WholeNumber(method="by_part", help_text="The number of a part of this cycle.")
    element = Text(field_name="code", help_text="An element's code, such as A-0468.")

    def by_part(self, found, name, value):
        return found.filter(chapter__in=CyclePart.objects.filter(pk=value).values("chapter"))


class CycleElements(Resource):
    """The elements of one cycle: how each stands, and what each hand said of it."""

    serializer_class = CycleElementOut
    filterset_class = CycleElementQuery
    record_of = ""
    sorts = [Sort("id", "pk")]
    action_permissions = {"list": "compliance.view_readiness"}
    cycle: Cycle | None = None

    def get_queryset(self):
        return Element.objects.filter(chapter__in=CyclePart.objects.filter(cycle=self.cycle).values("chapter"))

    def list(self, request, pk):
        """Each element of a cycle: its result and grade, and the last mark of whoever scored it, of whoever
        coordinates, and of the closing.
        """
        self.cycle = Cycle.objects.visible_to(request.user).with_names().filter(pk=pk).first()
        if self.cycle is None:
            raise Http404
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        rows = {row.element.pk: row for row in standing(self.cycle).rows}
        return self.get_paginated_response(self.get_serializer([rows[one.pk] for one in page], many=True).data)
