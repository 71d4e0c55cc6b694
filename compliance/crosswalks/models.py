"""What the elements of one edition correspond to in another: inserted whole, row by row with its reason."""

from collections.abc import Iterable

from django.db import models
from django.db.models import F, OuterRef, Q, Subquery
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from compliance.standards.models import Edition, Element


class Relation(models.TextChoices):
    """What an element asks, beside what another asks."""

    EQUAL = "equal", _("asks the same as")
    SUPERSET = "superset", _("asks all and more than")
    SUBSET = "subset", _("asks a part of")
    INTERSECTS = "intersects", _("has something in common with")

    @property
    def inverse(self) -> "Relation":
        return INVERSE.get(self, self)


INVERSE = {Relation.SUPERSET: Relation.SUBSET, Relation.SUBSET: Relation.SUPERSET}


class Crosswalk(models.Model):
    """How two editions of standards correspond, as it reads from a local day on. It is never edited: what changes is
    another edition of the crosswalk, and of those under one code the one of the latest day that is not to come counts.
    """

    code = models.SlugField(max_length=60)
    edition = models.CharField(max_length=20)
    effective_from = models.DateField()
    one = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="+")
    other = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="+")
    loaded_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(name="crosswalk_once", fields=["code", "edition"]),
            models.UniqueConstraint(name="one_crosswalk_from_a_day", fields=["code", "effective_from"]),
            models.CheckConstraint(name="crosswalk_is_between_two", condition=~Q(one=F("other"))),
        ]

    def __str__(self):
        return f"{self.code} {self.edition}"


class CorrespondenceQuerySet(models.QuerySet):
    def in_force(self, on):
        """Those of the crosswalks that count on a local day."""
        latest = Crosswalk.objects.filter(code=OuterRef("crosswalk__code"), effective_from__lte=on)
        return self.filter(crosswalk=Subquery(latest.order_by("-effective_from").values("pk")[:1]))

    def about(self, elements: Iterable[Element]):
        return self.filter(Q(one__in=elements) | Q(other__in=elements))

    def with_elements(self):
        return self.select_related("one__edition__framework", "other__edition__framework").order_by(
            "crosswalk__code", "ordinal"
        )


class Correspondence(models.Model):
    """One element beside another: `one` is to `other` what the relation says, and `because` argues it."""

    crosswalk = models.ForeignKey(Crosswalk, on_delete=models.PROTECT, related_name="rows")
    one = models.ForeignKey(Element, on_delete=models.PROTECT, related_name="+")
    relation = models.CharField(max_length=10, choices=Relation)
    other = models.ForeignKey(Element, on_delete=models.PROTECT, related_name="+")
    because = models.CharField(max_length=300)
    ordinal = models.PositiveSmallIntegerField()

    objects = CorrespondenceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="corresponds_once", fields=["crosswalk", "one", "other"]),
            models.CheckConstraint(name="correspondence_is_of_two", condition=~Q(one=F("other"))),
            models.CheckConstraint(name="correspondence_has_a_reason", condition=~Q(because="")),
        ]

    def __str__(self):
        return f"{self.one} {self.relation} {self.other}"

    def seen_from(self, number: int) -> tuple[Relation, Element]:
        """What the other one is to the element of this number, and which it is."""
        relation = Relation(self.relation)
        return (relation, self.one) if number == self.other_id else (relation.inverse, self.other)
