"""The standards that the department is held to, in our own words: frameworks, their editions, chapters and elements.

An edition is inserted whole and never edited; what comes after it is another edition, whose elements say which of the
one before they follow.
"""

from django.contrib.postgres.aggregates import ArrayAgg
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from staff.models import Facility


class Framework(models.Model):
    """A body of standards under one name through all its editions."""

    code = models.SlugField(max_length=40, unique=True)
    title = models.CharField(max_length=200)

    def __str__(self):
        return self.title


class Edition(models.Model):
    """A framework as it reads from a local day on; `source` is the address of the official text.

    `kinds` are the kinds of facility that it applies to, `state` the one (two letters) whose law it is. Of the editions
    of a framework the one of the latest day that is not to come is in force.
    """

    framework = models.ForeignKey(Framework, on_delete=models.PROTECT, related_name="editions")
    code = models.CharField(max_length=20)
    effective_from = models.DateField()
    source = models.URLField()
    kinds = ArrayField(models.CharField(max_length=20))
    state = models.CharField(max_length=2, blank=True, db_default="")
    loaded_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(name="edition_once", fields=["framework", "code"]),
            models.UniqueConstraint(name="one_edition_from_a_day", fields=["framework", "effective_from"]),
        ]

    def __str__(self):
        return f"{self.framework} {self.code}"

    def binds(self, facility: Facility) -> bool:
        """Whether it applies to a facility of this kind, where it stands: in force by now, or once, or one day."""
        return facility.kind in self.kinds and self.state in ("", facility.state)


class Chapter(models.Model):
    """A part of an edition. `ordinal` is its place."""

    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="chapters")
    code = models.CharField(max_length=40)
    title = models.CharField(max_length=200)
    ordinal = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(name="chapter_once", fields=["edition", "code"])]

    def __str__(self):
        return f"{self.code} {self.title}"


class ElementQuerySet(models.QuerySet):
    def with_metrics(self):
        """Each with `metrics`, the codes of the measures that judge it, in their order."""
        codes = ArrayAgg("bindings__metric", filter=Q(bindings__isnull=False), order_by="bindings__pk", default=[])
        return self.annotate(metrics=codes)


class Element(models.Model):
    """What a surveyor looks for, in our own words, under the identifier of the framework.

    `basis` cites the rule, `tag` is what a surveyor cites it by. `follows` are the codes of the elements of the edition
    before it that it takes the place of. Which measures judge it is no part of the edition: see `Binding`.
    """

    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="elements")
    chapter = models.ForeignKey(Chapter, on_delete=models.PROTECT, related_name="elements")
    code = models.CharField(max_length=40)
    asks = models.CharField(max_length=300)
    basis = models.CharField(max_length=200)
    tag = models.CharField(max_length=40, blank=True)
    follows = ArrayField(models.CharField(max_length=40), default=list)
    ordinal = models.PositiveSmallIntegerField()

    objects = ElementQuerySet.as_manager()

    class Meta:
        permissions = [("assess_element", _("Can judge an element of a standard"))]
        constraints = [models.UniqueConstraint(name="element_once", fields=["edition", "code"])]

    def __str__(self):
        return self.code

    @property
    def is_measured(self) -> bool:
        """Whether measures judge it, and no person. Needs `with_metrics`."""
        return bool(self.metrics)


class Binding(models.Model):
    """A measure that judges an element; of several the worst decides. Without one a person judges it.

    What is measured grows with the program: a binding comes and goes with its file, and the edition stays as it is.
    """

    element = models.ForeignKey(Element, on_delete=models.PROTECT, related_name="bindings")
    metric = models.CharField(max_length=60)

    class Meta:
        constraints = [models.UniqueConstraint(name="bound_once", fields=["element", "metric"])]
        indexes = [models.Index(fields=["metric"], name="binding_of_metric")]

    def __str__(self):
        return f"{self.element}: {self.metric}"
