"""Deficiencies, audits and delinquency, as programs read them; an audit is started here too."""

import django_filters
from django.db.models import Prefetch, Sum
from django.urls import reverse
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.response import Response

from himdept.common.api.fields import Body, Flag, Identified, Instant, Named, Whole, WithOffset, Words
from himdept.common.api.filters import LARGEST, NumberInItsSystem, OursOrInItsSystem, Text, WholeNumber, YesOrNo
from himdept.common.api.resources import Resource
from himdept.common.api.schema import IF_MATCH
from himdept.common.errors import DomainError
from himdept.common.paging import Sort
from records.completeness import audits, deficiencies, tasks, why
from records.completeness.figures import runs_for
from records.completeness.models import AuditRun, Deficiency, KeptFigures
from records.completeness.models.runs import State
from records.inventory.api import BY_NUMBER, number_of, of_encounter, of_patient
from records.inventory.models import EncounterIdentifier, Episode, Practitioner
from staff.fitness.facts import see_that_may_work
from staff.fitness.models import Queue
from staff.replies import actions as replies

# Named in the OpenAPI document (settings).
KINDS, STATUSES = Deficiency.Kind.values, Deficiency.Status.values
READING = ["list", "retrieve", "search"]


class RequirementNamed(serializers.Serializer):
    """The version of the rule that says so."""

    code = serializers.CharField()
    topic = serializers.CharField()
    title = serializers.CharField()
    basis = serializers.CharField()
    profile = serializers.CharField(source="profile.code")
    version = serializers.IntegerField()


class DocumentTypeOut(serializers.Serializer):
    code = serializers.CharField()
    display = serializers.CharField(source="title")


class DeficiencyOut(serializers.Serializer):
    """Something that a record lacks by a rule, or that came too late."""

    id = serializers.IntegerField(source="pk", help_text="Our number.")
    record = serializers.IntegerField(source="record_id", help_text="The number of the record here.")
    encounter = serializers.SerializerMethodField(help_text="The number of the encounter at its source.")
    requirement = RequirementNamed(allow_null=True)
    document_type = DocumentTypeOut()
    kind = serializers.ChoiceField(choices=Deficiency.Kind)
    status = serializers.ChoiceField(choices=Deficiency.Status)
    mendable = serializers.BooleanField(help_text="False for what no later act can heal.")
    document = serializers.SerializerMethodField(help_text="The document that is judged, or that serves so far.")
    procedure = serializers.SerializerMethodField(help_text="The procedure that it is about.")
    restraint = serializers.SerializerMethodField(help_text="The restraint that it is about.")
    element = serializers.CharField(
        allow_blank=True, help_text="What an entry lacks, where the kind is missing_element."
    )
    owed_by = Named(allow_null=True)
    due_at = Instant(allow_null=True, help_text="Null where there is no clock.")
    opened_at = Instant(help_text="The moment judged by the audit that first found it.")
    resolved_at = Instant(allow_null=True)
    delinquent_at = Instant(
        source="record.delinquent_at", allow_null=True, help_text="Since when, or from when, its record is delinquent."
    )
    why = serializers.SerializerMethodField(help_text="One sentence for people.")

    @extend_schema_field(Identified(allow_null=True))
    def get_encounter(self, deficiency):
        return number_of(deficiency.record.encounter)

    @extend_schema_field(serializers.IntegerField(allow_null=True))
    def get_document(self, deficiency):
        return deficiency.document_id or deficiency.served_by_id

    @extend_schema_field(serializers.IntegerField(allow_null=True))
    def get_procedure(self, deficiency):
        return episode_of_kind(deficiency.episode, Episode.Kind.PROCEDURE)

    @extend_schema_field(serializers.IntegerField(allow_null=True))
    def get_restraint(self, deficiency):
        return episode_of_kind(deficiency.episode, Episode.Kind.RESTRAINT)

    @extend_schema_field(str)
    def get_why(self, deficiency):
        return f"{why.headline(deficiency)}. {why.sentence(deficiency)}"


def episode_of_kind(episode: Episode | None, kind: str) -> int | None:
    return episode.pk if episode is not None and episode.kind == kind else None


class DeficiencyQuery(django_filters.FilterSet):
    encounter = NumberInItsSystem(method="by_encounter", help_text="SYSTEM|VALUE of the encounter.")
    patient = OursOrInItsSystem(method="by_patient", help_text="Our number, or SYSTEM|VALUE such as the MRN.")
    record = WholeNumber(field_name="record")
    status = django_filters.ChoiceFilter(choices=Deficiency.Status.choices)
    kind = django_filters.ChoiceFilter(choices=Deficiency.Kind.choices)
    owed_by = WholeNumber(field_name="owed_by", help_text="The practitioner's number here.")
    facility = Text(field_name="record__facility__code", help_text="The facility's code.")
    requirement = Text(field_name="requirement__code", help_text="The rule's code.")

    def by_encounter(self, found, name, value):
        return found.filter(record__in=of_encounter(value))

    def by_patient(self, found, name, value):
        return found.filter(record__encounter__patient__in=of_patient(value))


class Because(Body):
    because = Words(max_length=deficiencies.LONGEST_REASON, help_text="Kept with the deficiency.")


class Reassignment(Because):
    to = Whole(min_value=1, max_value=LARGEST, help_text="The practitioner's number here.")


class Deficiencies(Resource):
    """Deficiencies of the records that the client reaches, open or not."""

    serializer_class = DeficiencyOut
    filterset_class = DeficiencyQuery
    record_of = "record_id"
    sorts = [BY_NUMBER, Sort("due_at", "due_at", nullable=True)]
    action_permissions = dict.fromkeys(READING, "records.view_deficiency") | {
        "waive": "records.waive_deficiency",
        "reassign": "records.reassign_deficiency",
    }

    def get_queryset(self):
        numbers = Prefetch("record__encounter__identifiers", EncounterIdentifier.objects.order_by("pk"))
        return Deficiency.objects.visible_to(self.request.user).with_names().prefetch_related(numbers)

    @extend_schema(request=Because, parameters=[IF_MATCH])
    def waive(self, request, pk):
        """Close a deficiency that nobody can put right any more. If-Match: the ETag of what was read."""
        return self.decide(pk, Because, deficiencies.waive)

    @extend_schema(request=Reassignment, parameters=[IF_MATCH])
    def reassign(self, request, pk):
        """Let another practitioner owe it. If-Match: the ETag of what was read."""
        return self.decide(pk, Reassignment, deficiencies.reassign)

    def decide(self, pk, body, act):
        found = self.get_object_or_404(pk)
        self.see_that_it_is_as_read(found)
        see_that_may_work(self.request.user, Queue.DEFICIENCIES)
        words = dict(self.said(body).validated_data)
        if "to" in words:
            number, words["to"] = words["to"], Practitioner.objects.filter(pk=words["to"]).first()
            if words["to"] is None:
                raise DomainError(f"There is no practitioner {number}.", field="to")
        act(found, by=self.request.user, **words)
        return self.answer(self.get_object_or_404(pk))


class AuditOut(serializers.Serializer):
    """An audit: its state, and what it counted. The counts are final when the state is `finished`.

    They are of all records of the facilities that it was asked for, whatever the client's clearance.
    """

    id = serializers.IntegerField()
    state = serializers.ChoiceField(choices=State)
    as_of = Instant()
    known_at = Instant(allow_null=True)
    written = serializers.BooleanField(help_text="False: a what-if, which changes nothing.")
    records = serializers.IntegerField(help_text="Stays that had begun by `as_of`.")
    occasions = serializers.IntegerField(help_text="What rules asked of the records that had to be judged anew.")
    opened = serializers.IntegerField(help_text="Deficiencies that it opened; 0 for a what-if.")
    closed = serializers.IntegerField(help_text="Deficiencies that it closed; 0 for a what-if.")
    open = serializers.IntegerField(help_text="Deficiencies that are open after it.")
    late = serializers.IntegerField(help_text="Those that were met after they were due.")
    delinquent = serializers.IntegerField(help_text="Records that are delinquent after it.")
    by_kind = serializers.DictField(child=serializers.IntegerField(), help_text="The open ones, by their kind.")
    seconds = serializers.FloatField(help_text="From its beginning to its end.")

    def to_representation(self, run):
        return {"id": run.pk, "state": run.state} | audits.as_json(run)


class AuditWanted(Body):
    as_of = WithOffset(required=False, help_text="The moment that is judged, with offset; without it now.")
    known_at = WithOffset(required=False, help_text="By what was known then, with offset: a what-if.")
    full = Flag(default=False, help_text="Every record, not only those that something happened to.")
    facility = Words(required=False, help_text="A facility's code; without it every one in reach.")


class AuditQuery(django_filters.FilterSet):
    state = django_filters.ChoiceFilter(choices=State.choices)
    written = YesOrNo()


class Audits(Resource):
    """Audits of the facilities that the client reaches."""

    queryset = AuditRun.objects.none()
    serializer_class = AuditOut
    filterset_class = AuditQuery
    record_of = ""
    sorts = [BY_NUMBER]
    action_permissions = dict.fromkeys(["list", "retrieve"], "records.view_auditrun") | {
        "create": "records.start_audit"
    }

    def get_queryset(self):
        return runs_for(self.request.user)

    @extend_schema(
        request=AuditWanted,
        responses={202: AuditOut},
        parameters=[replies.HEADER],
    )
    def create(self, request):
        """Ask for an audit. It is answered at once with a run to poll; a moment before the last audit, or one that is
        still to come, is a what-if.
        """
        return replies.once(request, self.start)

    def start(self) -> Response:
        wanted = dict(self.said(AuditWanted).validated_data)
        as_of = wanted.pop("as_of", None) or timezone.now()
        run = tasks.start_and_tell(
            as_of=as_of,
            writes=not audits.is_ahead(as_of),
            facility=audits.facility_to_audit(self.request.user, wanted.pop("facility", None)),
            by=self.request.user,
            **wanted,
        )
        address = reverse("api:audits-detail", args=[run.pk])
        return self.answer(run, status=202, headers={"Location": self.request.build_absolute_uri(address)})


class DelinquencyOut(serializers.Serializer):
    """How the records of a facility stood after its last audit."""

    facility = serializers.CharField(help_text="The facility's code.")
    as_of = Instant()
    incomplete = serializers.IntegerField(
        help_text="Records of which something past due is owed, the delinquent ones too; "
        "`records/?status=incomplete` lists those that are not delinquent."
    )
    delinquent = serializers.IntegerField(help_text="Those of them that are delinquent.")
    open_deficiencies = serializers.IntegerField()
    past_due = serializers.IntegerField()
    discharges = serializers.IntegerField(help_text="Of the 365 days before as_of.")
    average_monthly_discharges = serializers.FloatField()
    ratio = serializers.FloatField(
        allow_null=True, help_text="Delinquent records by average monthly discharges; null without discharges."
    )


class Statistics(Resource):
    """Delinquency by facility, as the last audit that was written found it."""

    serializer_class = DelinquencyOut
    pagination_class = None
    record_of = ""
    page_parameters = ()
    action_permissions = {"delinquency": "records.view_record"}

    def get_queryset(self):
        return KeptFigures.objects.visible_to(self.request.user)

    @extend_schema(responses=DelinquencyOut(many=True))
    def delinquency(self, request):
        """One row for each facility that the client reaches and that has been audited."""
        rows = self.filter_queryset(self.get_queryset())
        latest = rows.order_by("facility_id", "-run_id").distinct("facility_id").values("run_id")
        sums = (
            rows.filter(run__in=latest)
            .order_by("facility__code")
            .values("facility__code", "run__as_of", "months")
            .annotate(**{name: Sum(name) for name in SUMMED})
        )
        return Response(DelinquencyOut([delinquency_of(row) for row in sums], many=True).data)


SUMMED = ("incomplete", "delinquent", "open", "past_due", "discharges")


def delinquency_of(row: dict) -> dict:
    monthly = row["discharges"] / row["months"]
    return {
        "facility": row["facility__code"],
        "as_of": row["run__as_of"],
        "incomplete": row["incomplete"],
        "delinquent": row["delinquent"],
        "open_deficiencies": row["open"],
        "past_due": row["past_due"],
        "discharges": row["discharges"],
        "average_monthly_discharges": round(monthly, 2),
        "ratio": round(row["delinquent"] / monthly, 4) if monthly else None,
    }
