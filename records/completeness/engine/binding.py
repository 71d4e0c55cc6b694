"""The requirements that bind a facility, with what the statements want to know of each."""

from dataclasses import dataclass

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, Func, IntegerField, OuterRef

from records.completeness.models import Requirement
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


def in_force(facility) -> list[Rule]:
    """Every version of every requirement that binds a facility, strictest authority first."""
    place = Func(OuterRef("document_types"), F("code"), function="array_position", output_field=IntegerField())
    types = DocumentType.objects.alias(place=place).filter(place__isnull=False).order_by("place").values("pk")
    requirements = (
        Requirement.objects.filter(profile__facilities=facility)
        .select_related("profile")
        .annotate(types=ArraySubquery(types))
        .order_by("profile__rank", "code", "version")
    )
    return [
        Rule(requirement, tuple(requirement.types), precedence) for precedence, requirement in enumerate(requirements)
    ]
