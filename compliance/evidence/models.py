"""Evidence: what a facility can lay before a surveyor for what it says of itself. None of it is ever changed.

What is replaced is replaced by a revision, a row of its own; what is taken back is withdrawn, with a reason.
"""

import uuid
from datetime import date
from pathlib import PurePath

from auditlog.registry import auditlog
from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, StringAgg, Subquery, Value
from django.db.models.functions import Least, Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from compliance.scoring.models import Reading
from compliance.standards.models import Element
from himdept.common.stored import private_storage
from staff.models import Facility


class Kind(models.TextChoices):
    FILE = "file", _("File")
    LINK = "link", _("Link")
    READING = "reading", _("Reading of a measure")
    POLICY = "policy", _("Policy")
    RECORDS = "records", _("List of records")


class EvidenceQuerySet(models.QuerySet):
    def visible_to(self, user):
        """That of the person's facilities, for who may see how ready these are."""
        if not (user.is_active and user.has_perm("compliance.view_readiness")):
            return self.none()
        return self.filter(facility__in=user.facility_ids)

    def with_last(self):
        """Each with `last`, what it says now. One query more."""
        revisions = EvidenceRevision.objects.latest().with_withdrawn()
        return self.prefetch_related(models.Prefetch("revisions", revisions, to_attr="latest"))


class Evidence(models.Model):
    """One piece of evidence of a facility, through all its revisions."""

    facility = models.ForeignKey(Facility, on_delete=models.PROTECT, related_name="evidence")
    elements = models.ManyToManyField(Element, through="EvidenceSupport", related_name="evidence")

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "evidence"
        permissions = [("own_evidence", _("Can answer for evidence and recurring controls, and withdraw evidence"))]

    def __str__(self):
        return f"evidence {self.pk}"

    @property
    def last(self) -> "EvidenceRevision":
        """What it says now. Needs `with_last`."""
        return self.latest[0]


class EvidenceSupport(models.Model):
    """An element for which evidence is laid before a surveyor. What supports nothing any more is withdrawn."""

    evidence = models.ForeignKey(Evidence, on_delete=models.PROTECT, related_name="supports")
    element = models.ForeignKey(Element, on_delete=models.PROTECT, related_name="supported_by")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="supports_once",
                fields=["evidence", "element"],
                violation_error_message=_("It supports that element already."),
            )
        ]

    def __str__(self):
        return f"{self.evidence}: {self.element}"


class EvidenceWithdrawal(models.Model):
    """A piece of evidence was taken back, and why. What it said stays readable."""

    evidence = models.OneToOneField(Evidence, on_delete=models.PROTECT, related_name="withdrawal")
    because = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.CheckConstraint(name="withdrawal_has_a_reason", condition=~Q(because=""))]

    def __str__(self):
        return f"{self.evidence} withdrawn"


class EvidenceRevisionQuerySet(models.QuerySet):
    """The adjectives of revisions. Days are those of the facility."""

    def visible_to(self, user):
        """Those of the evidence that a person or a program may see."""
        return self.filter(evidence__in=Evidence.objects.visible_to(user))

    def latest(self):
        """Of each piece of evidence what it says now."""
        later = self.model.objects.filter(evidence=OuterRef("evidence"), number__gt=OuterRef("number"))
        return self.filter(~Exists(later))

    def standing(self):
        """What each piece of evidence says now that was not withdrawn."""
        return self.latest().filter(evidence__withdrawal=None)

    def in_force(self, on: date):
        """Those whose period has begun and that have not expired."""
        return self.filter(Q(expires_on=None) | Q(expires_on__gte=on), covers_from__lte=on)

    def with_due(self):
        """Each with `due`: the day by which somebody must look at it again, or it expires; whichever is first."""
        return self.annotate(due=Least("review_by", "expires_on"))

    def with_withdrawn(self):
        """Each with `withdrawn_at`, None for what stands."""
        return self.annotate(withdrawn_at=F("evidence__withdrawal__at"))

    def with_codes(self):
        """Each with `codes`, of the elements that it supports."""
        supports = EvidenceSupport.objects.filter(evidence=OuterRef("evidence")).order_by().values("evidence")
        codes = StringAgg("element__code", Value(", "), order_by="element__code")
        return self.annotate(codes=Subquery(supports.annotate(codes=codes).values("codes")))

    def in_list(self):
        return self.with_due().with_withdrawn().with_codes().select_related("owner", "evidence__facility__time_zone")


def place_of(revision: "EvidenceRevision", name: str) -> str:
    """Where the file of a revision lies: under a name that nobody chose, so that none can mean another place."""
    return f"evidence/{timezone.now():%Y/%m}/{uuid.uuid4().hex}{PurePath(name).suffix}"


class EvidenceRevision(models.Model):
    """What a piece of evidence says from a moment on. Days are local days of the facility, both ends included.

    `covers_from` and `covers_until` are the time that it tells of; a policy goes on until it is replaced. `claimed_for`
    is the day for which it is laid before somebody, where there is one. `review_by` is the day by which somebody looks
    at it again, `expires_on` its last good one. Of the rest it has what its kind has.
    """

    evidence = models.ForeignKey(Evidence, on_delete=models.PROTECT, related_name="revisions")
    number = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=10, choices=Kind)
    title = models.CharField(max_length=160)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="evidence_owned")
    covers_from = models.DateField()
    covers_until = models.DateField(null=True)
    claimed_for = models.DateField(null=True)
    review_by = models.DateField(null=True)
    expires_on = models.DateField(null=True)
    because = models.TextField(blank=True, help_text=_("What was revised, and why; empty of the first."))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now())

    file = models.FileField(upload_to=place_of, storage=private_storage, max_length=200, blank=True)
    filename = models.CharField(max_length=120, blank=True, help_text=_("As whoever brought it named it."))
    media_type = models.CharField(max_length=100, blank=True, help_text=_("By its content."))
    size = models.PositiveIntegerField(default=0, help_text=_("In bytes."))
    sha256 = models.CharField(max_length=64, blank=True)
    link = models.URLField(max_length=500, blank=True)
    records = models.CharField(max_length=1000, blank=True, help_text=_("The address of a list of ours."))
    reading = models.ForeignKey(Reading, null=True, on_delete=models.PROTECT, related_name="+")
    version = models.CharField(max_length=40, blank=True)
    approved_on = models.DateField(null=True)

    objects = EvidenceRevisionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="revision_once", fields=["evidence", "number"]),
            models.CheckConstraint(
                name="evidence_has_what_its_kind_has",
                condition=Q(kind="file", size__gt=0, link="", records="", reading=None, version="", approved_on=None)
                & ~Q(file="")
                & ~Q(filename="")
                & ~Q(media_type="")
                & ~Q(sha256="")
                | Q(
                    kind="link",
                    link__startswith="https://",
                    file="",
                    records="",
                    reading=None,
                    version="",
                    approved_on=None,
                )
                | Q(kind="reading", reading__isnull=False, file="", link="", records="", version="", approved_on=None)
                | Q(kind="policy", approved_on__isnull=False, file="", link="", records="", reading=None)
                & ~Q(version="")
                | Q(kind="records", file="", link="", reading=None, version="", approved_on=None) & ~Q(records=""),
            ),
            models.CheckConstraint(
                name="evidence_covers_some_time",
                condition=Q(covers_until=None, kind="policy") | Q(covers_until__gte=F("covers_from")),
                violation_error_message=_("It ends before it begins."),
            ),
            models.CheckConstraint(
                name="evidence_covers_what_it_is_claimed_for",
                condition=Q(claimed_for=None)
                | Q(claimed_for__gte=F("covers_from")) & (Q(covers_until=None) | Q(claimed_for__lte=F("covers_until"))),
                violation_error_message=_("The period does not cover that day."),
            ),
            models.CheckConstraint(
                name="evidence_expires_after_it_begins",
                condition=Q(expires_on=None) | Q(expires_on__gte=F("covers_from")),
            ),
            models.CheckConstraint(name="revision_says_why", condition=Q(number=1) | Q(number__gt=1) & ~Q(because="")),
        ]
        indexes = [models.Index(fields=["expires_on"], name="evidence_by_expiry")]

    def __str__(self):
        return self.title

    def has_expired(self, on: date) -> bool:
        return self.expires_on is not None and self.expires_on < on


for model in (Evidence, EvidenceSupport, EvidenceWithdrawal, EvidenceRevision):
    auditlog.register(model)
