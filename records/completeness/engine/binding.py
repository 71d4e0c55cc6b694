"""The requirements that bind a facility, with what the statements want to know of each."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import DateRangeField
from django.db.models import DateTimeField, F, Func, IntegerField, OuterRef, Q, QuerySet, Value

from records.completeness.models import Adoption, Profile, Requirement
from records.inventory.models import DocumentType


@dataclass(frozen=True)
class Rule:
    """A requirement with its document types looked up and its place in the order of strictness."""

    requirement: Requirement
    types: tuple[int, ...]
    precedence: int

    @property
    def parameters(self) -> dict:
        of = self.requirement
        return {
            "topic": of.topic,
            "requirement": of.pk,
            "precedence": self.precedence,
            "types": list(self.types),
            "missing_type": self.types[0],
            "not_before": of.not_before_hours,
            "hours": of.due_after_hours,
            "days": of.due_after_days,
            "sections": of.sections_required,
            "every_hours": of.every_hours,
            "every_days": of.every_days,
            "at_least": of.at_least,
            "begins_after_days": of.begins_after_days,
            "ends_after_days": of.ends_after_days,
        }


def in_force(facility, known_at: datetime | None = None) -> list[Rule]:
    """Every version of every requirement that binds a facility, strictest authority first.

    `known_at` (UTC) leaves out what was published since, and lets a version that a later one ended go on, as it did
    then: nothing else of a version is ever changed. So too the profiles that it adopted or dropped since.
    """
    place = Func(OuterRef("document_types"), F("code"), function="array_position", output_field=IntegerField())
    types = DocumentType.objects.alias(place=place).filter(place__isnull=False).order_by("place").values("pk")
    requirements = (
        Requirement.objects.filter(profile__in=binding(facility, known_at))
        .select_related("profile")
        .annotate(types=ArraySubquery(types))
        .order_by("profile__rank", "code", "version")
    )
    if known_at is not None:
        requirements = as_known(requirements.filter(published_at__lte=known_at), known_at)
    return [
        Rule(requirement, tuple(requirement.types), precedence) for precedence, requirement in enumerate(requirements)
    ]


def binding(facility, known_at: datetime | None) -> QuerySet[Profile]:
    """The profiles that bind a facility: now, or as far as was known at a moment (UTC).

    One that was bound before adoptions were kept has been so from the beginning.
    """
    now = Profile.objects.filter(facilities=facility)
    if known_at is None:
        return now
    adopted = Adoption.objects.filter(facility=facility)
    return Profile.objects.filter(
        Q(pk__in=now) & ~Q(pk__in=adopted.begun_since(known_at).values("profile"))
        | Q(pk__in=adopted.ended_since(known_at).values("profile"))
    )


def as_known(requirements: QuerySet, known_at: datetime) -> list[Requirement]:
    """The versions with the days on which they were in force as far as was known then."""
    then = EffectiveThen(F("pk"), Value(known_at, DateTimeField()))
    known = list(requirements.annotate(effective_then=then))
    for requirement in known:
        requirement.effective = requirement.effective_then or requirement.effective
    return known


class EffectiveThen(Func):
    """The days of the version (by its number) that was known at a moment, where it was replaced since."""

    template = "(SELECT v.effective FROM records_requirement_version v WHERE v.id = %(expressions)s)"
    arg_joiner = " AND v.known @> "
    output_field = DateRangeField()
