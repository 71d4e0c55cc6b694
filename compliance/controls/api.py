"""Recurring controls and their times, as programs read them; one that a program has done is written down here."""

import base64
import binascii

import django_filters
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import Prefetch
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.response import Response

from compliance.controls import actions
from compliance.controls.models import Control, ControlOccurrence
from compliance.evidence.models import Kind
from compliance.standards.api import ElementNamed
from compliance.standards.models import Element
from himdept.common.api.fields import Body, LocalDay, Words
from himdept.common.api.filters import Day, Text, WholeNumber, YesOrNo
from himdept.common.api.resources import Resource
from himdept.common.errors import DomainError
from himdept.common.paging import Sort
from staff.replies import actions as replies

State = ControlOccurrence.State


class TimeOut(serializers.Serializer):
    """One time at which a control is due. Days are the facility's own. Who did it is told on the screen alone."""

    id = serializers.IntegerField(source="pk")
    control = serializers.IntegerField(source="control_id", help_text="Its number in compliance/controls/.")
    facility = serializers.CharField(source="control.facility.code")
    title = serializers.CharField(source="control.title")
    number = serializers.IntegerField(help_text="Counted from the control's first day, which is 0.")
    scheduled_on = serializers.DateField(help_text="It never moves.")
    due_on = serializers.DateField(help_text="It may be moved.")
    open_from = serializers.DateField(source="begins_on", help_text="The first day of the time that it is about.")
    open_before = serializers.DateField(
        source="next_on", help_text="From this day on it can no longer be done: the next one is scheduled for it."
    )
    state = serializers.ChoiceField(State.choices)
    done_on = serializers.DateField(allow_null=True)
    evidence = serializers.IntegerField(
        source="evidence_id", allow_null=True, help_text="Of what was done: its number in compliance/evidence/."
    )


class ControlOut(serializers.Serializer):
    """Something that a facility does every so many months. Who answers for it is told on the screen alone."""

    id = serializers.IntegerField(source="pk")
    facility = serializers.CharField(source="facility.code")
    title = serializers.CharField()
    basis = serializers.CharField(allow_blank=True, help_text="The rule that asks for it.")
    first_on = serializers.DateField(source="anchor", help_text="The facility's own day from which all are counted.")
    every_months = serializers.IntegerField()
    ends_on = serializers.DateField(allow_null=True, help_text="Null while it goes on.")
    elements = serializers.SerializerMethodField(help_text="What it supports.")

    @extend_schema_field(ElementNamed(many=True))
    def get_elements(self, control):
        return ElementNamed(control.elements.all(), many=True).data


class ControlQuery(django_filters.FilterSet):
    facility = Text(field_name="facility__code", help_text="The facility's code.")
    ended = YesOrNo(method="by_end", help_text="true: those that have ended by today; false: those that go on.")

    def by_end(self, found, name, value):
        going_on = Control.objects.going_on(timezone.localdate())
        return found.exclude(pk__in=going_on) if value else found.filter(pk__in=going_on)


class Controls(Resource):
    """Recurring controls of the facilities that the client has. Their times are a list of their own."""

    serializer_class = ControlOut
    filterset_class = ControlQuery
    record_of = ""
    sorts = [Sort("id", "pk")]
    action_permissions = dict.fromkeys(["list", "retrieve"], "compliance.view_readiness")

    def get_queryset(self):
        elements = Element.objects.select_related("edition__framework").order_by("edition__framework__code", "code")
        found = Control.objects.visible_to(self.request.user).select_related("facility")
        return found.prefetch_related(Prefetch("elements", elements))


class TimeQuery(django_filters.FilterSet):
    facility = Text(field_name="control__facility__code", help_text="The facility's code.")
    control = WholeNumber(field_name="control", help_text="The control's number here.")
    state = django_filters.ChoiceFilter(choices=State.choices)
    since = Day(field_name="due_on", lookup_expr="gte", help_text="Due on this day or later.")
    until = Day(field_name="due_on", lookup_expr="lte", help_text="Due on this day or earlier.")


class FileSent(Body):
    """A file as evidence: at most some 700 kB, for the whole body has at most 1 MiB."""

    name = Words(max_length=120, help_text="It ends with pdf, png, jpg, docx, xlsx, csv or txt, and is that.")
    content = Words(help_text="In base64.")

    def validate_content(self, value):
        try:
            return base64.b64decode(value, validate=True)
        except (binascii.Error, ValueError) as problem:
            raise serializers.ValidationError("This is no base64.") from problem


class Done(Body):
    """That it was done, with its evidence: a link or a file, one of them."""

    done_on = LocalDay(required=False, help_text="The facility's own day; without it today.")
    title = Words(max_length=160, required=False, help_text="Of the evidence. It names no patient.")
    link = Words(max_length=500, required=False, help_text="An address that begins with https://.")
    file = FileSent(required=False)


class ControlTimes(Resource):
    """The times at which recurring controls are due, were done or were missed."""

    serializer_class = TimeOut
    filterset_class = TimeQuery
    record_of = ""
    sorts = [Sort("id", "pk"), Sort("due_on", "due_on")]
    action_permissions = dict.fromkeys(["list", "retrieve"], "compliance.view_readiness") | {
        "done": "compliance.add_evidence"
    }

    def get_queryset(self):
        return ControlOccurrence.objects.visible_to(self.request.user).select_related("control__facility__time_zone")

    @extend_schema(request=Done, parameters=[replies.HEADER])
    def done(self, request, pk):
        """Write down that it was done, with its evidence: that tells of the time that it is about, supports what the
        control supports, and is good until the next one is scheduled.
        """
        return replies.once(request, lambda: self.write_down(pk))

    def write_down(self, pk) -> Response:
        time, said = self.get_object_or_404(pk), self.said(Done).validated_data
        if ("link" in said) == ("file" in said):
            raise DomainError("Send its evidence: a link or a file, one of them.", field="link")
        if "link" in said:
            what = {"kind": Kind.LINK, "link": said["link"]}
        else:
            file = said["file"]
            what = {"kind": Kind.FILE, "upload": SimpleUploadedFile(file["name"], file["content"])}
        today = timezone.localdate(timezone=time.control.facility.zone)
        title, done_on = said.get("title", time.title_of_evidence), said.get("done_on", today)
        actions.do(time, title=title, done_on=done_on, by=self.request.user, **what)
        return self.answer(self.get_object_or_404(pk))
