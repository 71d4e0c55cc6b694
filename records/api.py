"""One record as of any day, as programs read it: what is found of it, and what stands otherwise by what was known."""

from datetime import datetime

from django.db.models import OuterRef
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from himdept.common.api.fields import Body, Identified, Instant, WithOffset
from himdept.common.api.resources import Resource
from himdept.common.db.nested import nested, unnested
from himdept.common.errors import DomainError
from records.completeness import judgement
from records.completeness.api import DeficiencyOut, episode_of_kind
from records.completeness.judgement import Judgement
from records.completeness.known import comparing
from records.completeness.known.comparing import Compared, Difference
from records.completeness.timeline.rows import Row
from records.inventory.models import EncounterIdentifier, Episode, Practitioner, Record
from records.views import documents, found, stored_deficiencies, with_stay

NUMBERS = EncounterIdentifier.objects.filter(encounter=OuterRef("encounter")).order_by("pk")


def instant(name: str, words: str) -> OpenApiParameter:
    return OpenApiParameter(name, {"type": "string", "format": "date-time"}, description=words)


AS_OF = instant("as_of", "The moment that is judged, with offset; without it now.")


class Moments(Body):
    """As of which moment a record is judged, and by what was known when."""

    as_of = WithOffset(required=False)
    known_at = WithOffset(required=False)


class StandingOut(serializers.Serializer):
    """How a record stands at a moment."""

    status = serializers.ChoiceField(choices=Record.Status)
    requirements_due = serializers.IntegerField()
    requirements_met = serializers.IntegerField()
    open_deficiencies = serializers.IntegerField()
    oldest_due_at = Instant(allow_null=True)
    delinquent_at = Instant(allow_null=True)
    completed_at = Instant(allow_null=True)


class FoundOut(DeficiencyOut):
    """Something that a record lacks as of a moment, or that had come too late by then."""

    id = record = encounter = opened_at = delinquent_at = None


class RecordAsOfOut(serializers.Serializer):
    """What is found of a record as of a moment, by what was known at another."""

    record = serializers.IntegerField(help_text="The number of the record here.")
    encounter = Identified(allow_null=True, help_text="The number of the encounter at its source.")
    as_of = Instant()
    known_at = Instant(allow_null=True, help_text="Null: by all that is known.")
    standing = StandingOut()
    deficiencies = FoundOut(many=True)


class SideOut(serializers.Serializer):
    """How something stands, by one of the two."""

    state = serializers.ChoiceField(choices=judgement.State)
    due_at = Instant(allow_null=True)
    sentence = serializers.CharField(help_text="For people.")


class DifferenceOut(serializers.Serializer):
    """Something that is asked of the record, and stands otherwise now than by what was known then."""

    topic = serializers.CharField()
    title = serializers.CharField(help_text="What is asked, for people.")
    document = serializers.IntegerField(allow_null=True, help_text="The entry that is judged for its own sake.")
    procedure = serializers.IntegerField(allow_null=True)
    restraint = serializers.IntegerField(allow_null=True)
    then = SideOut(allow_null=True, help_text="Null: nothing was asked.")
    now = SideOut(allow_null=True, help_text="Null: nothing is asked.")
    because = serializers.ListField(
        child=serializers.CharField(), help_text="What arrived late, was retracted, corrected, moved, or published."
    )


class KnownOut(serializers.Serializer):
    """A record as of one moment, by what was known then and by what is known now: what differs, and why."""

    record = serializers.IntegerField(help_text="The number of the record here.")
    encounter = Identified(allow_null=True, help_text="The number of the encounter at its source.")
    as_of = Instant()
    known_at = Instant()
    then = StandingOut(help_text="By what was known at `known_at`.")
    now = StandingOut(help_text="By all that is known.")
    differences = DifferenceOut(many=True)
    others = serializers.ListField(
        child=serializers.CharField(), help_text="What became known since, and makes no difference by itself."
    )


class RecordAsOf(Resource):
    """One record as of a day: judged when it is asked for, and nothing is written but that it was read."""

    record_of = "pk"
    sorts = []
    action_permissions = dict.fromkeys(["deficiencies", "known"], "records.view_deficiency")

    def get_queryset(self):
        return with_stay(Record.objects.visible_to(self.request.user)).annotate(its_numbers=nested(NUMBERS[:1]))

    @extend_schema(
        responses=RecordAsOfOut,
        parameters=[
            AS_OF,
            instant("known_at", "By what was known then, with offset; without it by all that is known."),
        ],
    )
    def deficiencies(self, request, pk):
        """What was, or would have been, found of one record at a moment, by what was known at the same or another."""
        record, as_of, known_at = self.asked_about(pk)
        seen = compared(record, as_of, known_at).then if known_at else judged(record, as_of)
        told = self.told_of(record, as_of, known_at) | {"standing": seen.flags, "deficiencies": found(seen)}
        return Response(RecordAsOfOut(told).data)

    @extend_schema(
        responses=KnownOut,
        parameters=[AS_OF, instant("known_at", "By what was known then, with offset; without it at `as_of`.")],
    )
    def known(self, request, pk):
        """What of one record stands otherwise now than by what was known then, as of one moment, and why."""
        record, as_of, known_at = self.asked_about(pk)
        known_at = known_at or as_of
        told = compared(record, as_of, known_at)
        differences = [difference_out(one) for one in told.differences]
        flags = {"then": told.then.flags, "now": told.now.flags}
        body = self.told_of(record, as_of, known_at) | flags | {"differences": differences, "others": told.others}
        return Response(KnownOut(body).data)

    def asked_about(self, pk: int) -> tuple[Record, datetime, datetime | None]:
        """The record and the two moments (UTC). Raises DomainError for one that is to come."""
        said = Moments(data=self.request.query_params.dict())
        said.is_valid(raise_exception=True)
        now = timezone.now()
        for name, moment in said.validated_data.items():
            if moment > now:
                raise DomainError(f"{name} lies in the future: a record is told as it is, or as it was.", field=name)
        record = self.get_object_or_404(pk)
        self.log([record])
        return record, said.validated_data.get("as_of", now), said.validated_data.get("known_at")

    def told_of(self, record: Record, as_of: datetime, known_at: datetime | None) -> dict:
        number = next(iter(unnested(EncounterIdentifier, record.its_numbers)), None)
        return {"record": record.pk, "encounter": number, "as_of": as_of, "known_at": known_at}


def facts(record: Record) -> dict:
    """All that a record has, as `judgement.judge` wants it."""
    return {
        "documents": list(documents(record)),
        "episodes": unnested(Episode, record.its_episodes, performer=Practitioner),
        "stored": stored_deficiencies(record),
    }


def judged(record: Record, as_of: datetime) -> Judgement:
    return judgement.judge(record, as_of, **facts(record))


def compared(record: Record, as_of: datetime, known_at: datetime) -> Compared:
    return comparing.compare(record, as_of, known_at, **facts(record))


def difference_out(difference: Difference) -> dict:
    occasion = difference.row.occasion
    return {
        "topic": occasion.topic,
        "title": ", ".join(filter(None, [difference.row.title, difference.row.under])),
        "document": occasion.entry and occasion.entry.pk,
        "procedure": episode_of_kind(occasion.episode, Episode.Kind.PROCEDURE),
        "restraint": episode_of_kind(occasion.episode, Episode.Kind.RESTRAINT),
        "then": difference.then and side_out(difference.then),
        "now": difference.now and side_out(difference.now),
        "because": difference.because,
    }


def side_out(row: Row) -> dict:
    return {"state": row.state, "due_at": row.occasion.due_at, "sentence": row.sentence}
