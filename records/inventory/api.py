"""Records and practitioners, as programs read them."""

import django_filters
from django.db.models import Prefetch
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from himdept.common.api.fields import ConfidentialityCode, Identified, Instant, Moment, Named
from himdept.common.api.filters import (
    LARGEST,
    Day,
    NumberInItsSystem,
    OursOrInItsSystem,
    Text,
    WholeNumber,
    YesOrNo,
)
from himdept.common.api.resources import Resource
from himdept.common.errors import Unreadable
from himdept.common.paging import FEW, Sort, number_up_to
from records.inventory.models import (
    Encounter,
    EncounterIdentifier,
    PatientIdentifier,
    Practitioner,
    PractitionerIdentifier,
    Record,
)
from records.inventory.spans import ByDays, best_counted

BY_NUMBER = Sort("id", "pk")
# Named in the OpenAPI document (settings).
CLASSES, STATUSES = Encounter.Class.values, Record.Status.values


def by_identifier(model, value: str, name: str):
    """The rows of an identifier model that SYSTEM|VALUE names. Raises Unreadable for a text without the bar."""
    system, bar, number = value.partition("|")
    if not bar or not number:
        raise Unreadable(f"{name} is SYSTEM|VALUE, such as urn:example:visits|V-778102.", field=name)
    return model.objects.filter(system=system, value=number)


def of_encounter(value: str):
    return by_identifier(EncounterIdentifier, value, "encounter").values("encounter")


def of_patient(value: str):
    """The patient by our number, or by SYSTEM|VALUE (the MRN and its system)."""
    if value.isascii() and value.isdecimal():
        if int(value[:20]) > LARGEST:
            raise Unreadable("patient: this number is too large.", field="patient")
        return [int(value)]
    return by_identifier(PatientIdentifier, value, "patient").values("patient")


class PatientOut(serializers.Serializer):
    id = serializers.IntegerField(source="patient_id")


class RecordOut(serializers.Serializer):
    """The record of one encounter, with what the audit found of it."""

    id = serializers.IntegerField(source="pk", help_text="Our number.")
    encounter = serializers.SerializerMethodField(help_text="The number of the encounter at its source.")
    patient = PatientOut(source="encounter")
    facility = serializers.CharField(source="facility.code")
    service = serializers.CharField(source="encounter.service.code", default=None, allow_null=True)
    start = Moment("start", source="encounter")
    end = Moment("end", source="encounter")
    disposition = serializers.ChoiceField(
        source="encounter.disposition", choices=Encounter.Disposition, allow_blank=True
    )
    attending = Named(source="encounter.attending", allow_null=True)
    status = serializers.ChoiceField(choices=Record.Status)
    confidentiality = ConfidentialityCode()
    requirements_due = serializers.IntegerField(
        help_text="What the rules ask of it by now, as the last audit found it."
    )
    requirements_met = serializers.IntegerField(help_text="What came late counts as met.")
    open_deficiencies = serializers.IntegerField()
    oldest_due_at = Instant(allow_null=True, help_text="Of what is open, the time of what has been due longest.")
    delinquent_at = Instant(allow_null=True, help_text="Since when, or from when, it is delinquent.")
    completed_at = Instant(allow_null=True)

    def get_fields(self):
        fields = super().get_fields()
        # `class` is a word of Python, and the field's word all the same.
        fields["class"] = serializers.ChoiceField(source="encounter.encounter_class", choices=Encounter.Class)
        return fields

    @extend_schema_field(Identified(allow_null=True))
    def get_encounter(self, record):
        return number_of(record.encounter)


def number_of(encounter: Encounter) -> dict | None:
    """The encounter's own number: of several the one known longest. Needs its identifiers prefetched."""
    first = next(iter(encounter.identifiers.all()), None)
    return {"system": first.system, "value": first.value} if first else None


class RecordQuery(ByDays, django_filters.FilterSet):
    encounter = NumberInItsSystem(method="by_encounter", help_text="SYSTEM|VALUE of the encounter.")
    patient = OursOrInItsSystem(method="by_patient", help_text="Our number, or SYSTEM|VALUE such as the MRN.")
    facility = Text(field_name="facility__code", help_text="The facility's code.")
    status = django_filters.ChoiceFilter(choices=Record.Status.choices)
    attending = WholeNumber(field_name="encounter__attending", help_text="The practitioner's number here.")
    admitted_from = Day(method="by_admission_from", help_text="The first day, local to the facility.")
    admitted_to = Day(method="by_admission_to", help_text="The last day, local to the facility.")
    discharged_from = Day(method="by_discharge_from", help_text="The first day, local to the facility.")
    discharged_to = Day(method="by_discharge_to", help_text="The last day, local to the facility.")

    def by_encounter(self, records, name, value):
        return records.filter(pk__in=of_encounter(value))

    def by_patient(self, records, name, value):
        return records.filter(encounter__patient__in=of_patient(value))


RecordQuery.base_filters["class"] = django_filters.ChoiceFilter(
    field_name="encounter__encounter_class", choices=Encounter.Class.choices
)


class Records(Resource):
    """Records of the facilities and the clearance that the client has."""

    serializer_class = RecordOut
    filterset_class = RecordQuery
    record_of = "pk"
    sorts = [BY_NUMBER, Sort("oldest_due_at", "oldest_due_at", nullable=True)]
    action_permissions = dict.fromkeys(["list", "retrieve", "search"], "records.view_record")

    def is_short(self, rows):
        """Of a state that few are in, or of some days: most of them are among the newest, far from the first number."""
        is_of_few = self.asked.get("status", Record.Status.COMPLETE) != Record.Status.COMPLETE
        is_of_few = is_of_few or any(name in self.asked for name in ByDays.NAMES)
        return is_of_few and number_up_to(best_counted(rows, self.asked), FEW) <= FEW

    def get_queryset(self):
        return (
            Record.objects.visible_to(self.request.user)
            .select_related(
                "facility", "encounter__facility", "encounter__patient", "encounter__service", "encounter__attending"
            )
            .prefetch_related(Prefetch("encounter__identifiers", EncounterIdentifier.objects.order_by("pk")))
        )


class PractitionerOut(serializers.Serializer):
    """Somebody who writes documents and owes signatures."""

    id = serializers.IntegerField(source="pk")
    display = serializers.CharField(source="__str__")
    family_name = serializers.CharField(allow_blank=True)
    given_name = serializers.CharField(allow_blank=True)
    prefix = serializers.CharField(allow_blank=True)
    active = serializers.BooleanField(source="is_active")
    stub = serializers.BooleanField(source="is_stub", help_text="Named by a document before anybody told who this is.")
    identifiers = Identified(many=True)


class PractitionerQuery(django_filters.FilterSet):
    identifier = NumberInItsSystem(method="by_number", help_text="SYSTEM|VALUE, such as the NPI.")
    active = YesOrNo(field_name="is_active")

    def by_number(self, practitioners, name, value):
        numbers = by_identifier(PractitionerIdentifier, value, "identifier")
        return practitioners.filter(pk__in=numbers.values("practitioner"))


class Practitioners(Resource):
    """Practitioners of this installation, whatever their facility."""

    serializer_class = PractitionerOut
    filterset_class = PractitionerQuery
    record_of = ""
    sorts = [BY_NUMBER]
    action_permissions = dict.fromkeys(["list", "retrieve"], "records.view_practitioner")

    def get_queryset(self):
        return Practitioner.objects.prefetch_related(
            Prefetch("identifiers", PractitionerIdentifier.objects.order_by("pk"))
        )
