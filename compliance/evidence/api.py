"""Evidence, as programs read it."""

import django_filters
from django.db.models import Prefetch, Q
from django.utils import timezone
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from compliance.evidence.listing import supporting
from compliance.evidence.models import Evidence, EvidenceRevision, EvidenceSupport, Kind
from compliance.evidence.standing import State, state_of, that_are
from compliance.standards.api import ElementNamed
from himdept.common.api.fields import Instant
from himdept.common.api.filters import Day, Text
from himdept.common.api.resources import Resource
from himdept.common.paging import Sort


class FileTold(serializers.Serializer):
    """A file that is kept. It is handed out on the screen alone; its checksum says whether a copy is the same."""

    name = serializers.CharField(source="filename", help_text="As whoever brought it named it.")
    media_type = serializers.CharField(help_text="By its content.")
    size = serializers.IntegerField(help_text="In bytes.")
    sha256 = serializers.CharField()


class EvidenceOut(serializers.Serializer):
    """A piece of evidence, as its last revision has it. Who answers for it is told on the screen alone.

    Days are the facility's own, both ends included.
    """

    id = serializers.IntegerField(source="pk", help_text="Our number; it stays through all revisions.")
    facility = serializers.CharField(source="facility.code")
    revision = serializers.IntegerField(source="last.number", help_text="1 of what was never revised.")
    revised_at = Instant(source="last.at", help_text="When it was laid down in these words.")
    kind = serializers.ChoiceField(Kind.choices, source="last.kind")
    title = serializers.CharField(source="last.title")
    state = serializers.SerializerMethodField(
        help_text="As of today, at the facility; of several the first that holds."
    )
    elements = serializers.SerializerMethodField(help_text="For which it is laid before a surveyor.")
    covers_from = serializers.DateField(source="last.covers_from", help_text="The first day of which it tells.")
    covers_until = serializers.DateField(
        source="last.covers_until", allow_null=True, help_text="The last one; null of a policy that goes on."
    )
    claimed_for = serializers.DateField(
        source="last.claimed_for", allow_null=True, help_text="The day for which it is laid before somebody."
    )
    review_by = serializers.DateField(source="last.review_by", allow_null=True)
    expires_on = serializers.DateField(
        source="last.expires_on", allow_null=True, help_text="The last day on which it counts."
    )
    file = serializers.SerializerMethodField(help_text="Of a file; else null.")
    link = serializers.CharField(source="last.link", allow_blank=True, help_text="Of a link: an address with https.")
    records = serializers.CharField(
        source="last.records", allow_blank=True, help_text="Of a list of records: its address here."
    )
    reading = serializers.IntegerField(
        source="last.reading_id", allow_null=True, help_text="Of a reading: its number in compliance/readings/."
    )
    version = serializers.CharField(source="last.version", allow_blank=True, help_text="Of a policy.")
    approved_on = serializers.DateField(source="last.approved_on", allow_null=True, help_text="Of a policy.")
    withdrawn_at = Instant(source="last.withdrawn_at", allow_null=True, help_text="Null of what stands.")

    @extend_schema_field(serializers.ChoiceField(State.choices))
    def get_state(self, evidence):
        return state_of(evidence.last, timezone.localdate(timezone=evidence.facility.zone)).value

    @extend_schema_field(ElementNamed(many=True))
    def get_elements(self, evidence):
        return ElementNamed([support.element for support in evidence.supports.all()], many=True).data

    @extend_schema_field(FileTold(allow_null=True))
    def get_file(self, evidence):
        return FileTold(evidence.last).data if evidence.last.kind == Kind.FILE else None


class EvidenceQuery(django_filters.FilterSet):
    facility = Text(field_name="facility__code", help_text="The facility's code.")
    kind = django_filters.ChoiceFilter(choices=Kind.choices, method="by_kind")
    state = django_filters.ChoiceFilter(choices=State.choices, method="by_state", help_text="As of today.")
    framework = Text(method="by_framework", help_text="The framework's code: what supports any of its elements.")
    element = Text(method="by_element", help_text="An element's code, such as A-0468.")
    expires_by = Day(method="by_expiry", help_text="What counts no longer after this day.")

    def by_kind(self, found, name, value):
        return self.saying(found, Q(kind=value))

    def by_expiry(self, found, name, value):
        return self.saying(found, Q(expires_on__lte=value))

    def by_state(self, found, name, value):
        return self.saying(found, that_are(State(value), timezone.localdate()))

    def by_framework(self, found, name, value):
        return found.filter(pk__in=supporting(edition__framework__code=value))

    def by_element(self, found, name, value):
        return found.filter(pk__in=supporting(code=value))

    def saying(self, found, what: Q):
        return found.filter(revisions__in=EvidenceRevision.objects.latest().filter(what))


class EvidenceResource(Resource):
    """Evidence of the facilities that the client has, as it says now; also what has expired or was withdrawn."""

    serializer_class = EvidenceOut
    filterset_class = EvidenceQuery
    record_of = ""
    sorts = [Sort("id", "pk")]
    action_permissions = dict.fromkeys(["list", "retrieve"], "compliance.view_readiness")

    def get_queryset(self):
        supports = EvidenceSupport.objects.select_related("element__edition__framework").order_by("pk")
        found = Evidence.objects.visible_to(self.request.user).select_related("facility__time_zone")
        return found.with_last().prefetch_related(Prefetch("supports", supports))
