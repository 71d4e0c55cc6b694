"""Survey cycles: what a hospital finds when it surveys itself, chapter by chapter, each by somebody.

How far a part is, what was found of an element, and how bad that is are three things: the state of a part, the result
of a mark, and its grade.
"""

from auditlog.registry import auditlog
from django.conf import settings
from django.contrib.auth.models import Permission
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from compliance.scoring.models import Reading, Result
from compliance.standards.models import Chapter, Element
from staff.models import Facility, User

SCORES, COORDINATES = "compliance.score_cycle", "compliance.coordinate_cycle"


class CycleQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Those of the facilities that a person or a program reaches."""
        return self.filter(facility__in=user.facility_ids) if user.is_active else self.none()

    def open(self):
        return self.filter(closed_at=None)

    def with_names(self):
        return self.select_related("facility__time_zone", "started_by", "closed_by")


class Cycle(models.Model):
    """A survey that a facility makes of itself. Days are the facility's own.

    Once it is closed nothing of it changes: `points` (a met element counts one, a partly met one half) of so many
    `judged` elements is its final score.
    """

    facility = models.ForeignKey(Facility, on_delete=models.PROTECT, related_name="cycles")
    title = models.CharField(_("title"), max_length=100)
    begins = models.DateField(_("begins"))
    due = models.DateField(_("due"))
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, editable=False, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField(db_default=Now(), editable=False)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, editable=False, on_delete=models.PROTECT, related_name="+"
    )
    closed_at = models.DateTimeField(null=True, editable=False)
    points = models.DecimalField(null=True, editable=False, max_digits=6, decimal_places=1)
    judged = models.PositiveIntegerField(null=True, editable=False)

    objects = CycleQuerySet.as_manager()

    class Meta:
        ordering = ["-begins", "-pk"]
        permissions = [
            ("coordinate_cycle", _("Can start, assign, review and close survey cycles")),
            ("score_cycle", _("Can be assigned a part of a survey cycle, and score it")),
        ]
        constraints = [
            models.UniqueConstraint(
                name="cycle_title_once",
                fields=["facility", "title"],
                violation_error_message=_("This facility has a cycle of that title."),
            ),
            models.CheckConstraint(
                name="cycle_is_due_when_it_has_begun",
                condition=Q(due__gte=F("begins")),
                violation_error_message=_("A cycle is not due before it begins."),
            ),
            models.CheckConstraint(
                name="cycle_closed_by_somebody_with_a_score",
                condition=Q(closed_at=None, closed_by=None, points=None, judged=None)
                | Q(closed_at__isnull=False, closed_by__isnull=False, points__gte=0, points__lte=F("judged")),
            ),
        ]

    def __str__(self):
        return self.title

    @property
    def share(self) -> float | None:
        """Its final score; None while it is open, and where nothing was to be judged."""
        return float(self.points) / self.judged if self.judged else None

    @property
    def percent(self) -> int | None:
        """Rounded down: 100 is said of nothing that lacks something."""
        return int(100 * self.points / self.judged) if self.judged else None


class State(models.TextChoices):
    """How far a part is."""

    DRAFT = "draft", _("Draft")
    IN_PROGRESS = "in_progress", _("In progress")
    SUBMITTED = "submitted", _("Submitted")
    CHANGES = "changes", _("Changes requested")
    CLOSED = "closed", _("Closed")


WRITABLE = (State.DRAFT, State.IN_PROGRESS, State.CHANGES)


class CyclePartQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(cycle__in=Cycle.objects.visible_to(user))

    def of(self, user):
        """Those that a person is to score, of the facilities that they reach."""
        return self.filter(assignee=user.pk, cycle__facility__users=user.pk) if user.is_active else self.none()

    def awaited_by(self, user):
        """Those that a person is to score; of who coordinates also those that are nobody's yet."""
        if not user.has_perm(COORDINATES):
            return self.of(user).to_score()
        return self.visible_to(user).to_score().filter(Q(assignee=user.pk) | Q(assignee=None, cycle__closed_at=None))

    def to_score(self):
        """Those that wait for whoever they are assigned to."""
        return self.filter(state__in=WRITABLE)

    def handed_over(self):
        return self.exclude(state__in=WRITABLE)

    def with_names(self):
        return self.select_related(
            "cycle__facility__time_zone", "chapter__edition__framework", "assignee", "cycle__started_by"
        )

    def in_order(self):
        """As they stand in the books."""
        return self.order_by("chapter__edition__framework__title", "chapter__edition", "chapter__ordinal")


class CyclePart(models.Model):
    """A chapter of an edition within a cycle, somebody who scores it, and the local day by which."""

    cycle = models.ForeignKey(Cycle, on_delete=models.PROTECT, related_name="parts")
    chapter = models.ForeignKey(Chapter, on_delete=models.PROTECT, related_name="+")
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    due = models.DateField()
    state = models.CharField(max_length=12, choices=State, default=State.DRAFT, editable=False)

    objects = CyclePartQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="chapter_once_in_a_cycle", fields=["cycle", "chapter"]),
            models.CheckConstraint(
                name="part_begun_by_somebody",
                condition=Q(state=State.DRAFT) | Q(assignee__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["assignee", "due"], name="parts_to_score", condition=Q(state__in=WRITABLE)),
        ]

    def __str__(self):
        return f"{self.chapter.code}"

    @property
    def is_writable(self) -> bool:
        return self.state in WRITABLE


class Hand(models.TextChoices):
    """Whose word a mark is; a later one of these goes before an earlier one."""

    INDIVIDUAL = "individual", _("individual")
    PRELIMINARY = "preliminary", _("preliminary")
    FINAL = "final", _("final")


class Likelihood(models.TextChoices):
    """How likely what was found is to harm somebody."""

    LOW = "low", _("low")
    MODERATE = "moderate", _("moderate")
    HIGH = "high", _("high")


class Scope(models.TextChoices):
    """How far what was found reaches."""

    LIMITED = "limited", _("limited")
    PATTERN = "pattern", _("pattern")
    WIDESPREAD = "widespread", _("widespread")


NOT_ASSESSED = "not_assessed"
FALLS_SHORT = (Result.PARTLY, Result.NOT_MET)


class Mark(models.Model):
    """What somebody found of an element, as one hand. Never changed: the latest of the highest hand counts.

    `is_measured` says that the measures said so, with the reading that decided; `overrules` that a person says
    otherwise than that reading, and why.
    """

    part = models.ForeignKey(CyclePart, on_delete=models.PROTECT, related_name="marks")
    element = models.ForeignKey(Element, on_delete=models.PROTECT, related_name="+")
    hand = models.CharField(max_length=12, choices=Hand)
    result = models.CharField(max_length=20, choices=[*Result.choices, (NOT_ASSESSED, _("not assessed"))])
    likelihood = models.CharField(max_length=10, choices=Likelihood, blank=True)
    scope = models.CharField(max_length=10, choices=Scope, blank=True)
    because = models.TextField(blank=True)
    reading = models.ForeignKey(Reading, null=True, on_delete=models.PROTECT, related_name="+")
    is_measured = models.BooleanField(default=False)
    overrules = models.BooleanField(default=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="mark_has_a_reason_where_one_is_asked",
                condition=~Q(because="") | ~Q(result=Result.NOT_APPLICABLE) & Q(overrules=False),
                violation_error_message=_("Say why."),
            ),
            models.CheckConstraint(
                name="mark_is_graded_where_it_falls_short",
                condition=Q(likelihood="", scope="") | ~Q(likelihood="") & ~Q(scope="") & Q(result__in=FALLS_SHORT),
                violation_error_message=_("What is partly or not met is graded by likelihood and scope, both."),
            ),
            models.CheckConstraint(
                name="mark_says_as_measured_or_otherwise",
                condition=~Q(is_measured=True, overrules=True) & ~Q(overrules=True, result=NOT_ASSESSED),
            ),
        ]
        indexes = [models.Index(fields=["part", "element", "hand", "-id"], name="last_mark")]

    def __str__(self):
        return f"{self.element_id}: {self.hand}"

    @property
    def is_graded(self) -> bool:
        return bool(self.likelihood)

    @property
    def falls_short(self) -> bool:
        return self.result in FALLS_SHORT


class PartStep(models.Model):
    """A move of a part: who, when, and with which words. Never changed."""

    part = models.ForeignKey(CyclePart, on_delete=models.PROTECT, related_name="steps")
    state = models.CharField(max_length=12, choices=State, help_text=_("Where the part stood afterwards."))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now())
    because = models.TextField(blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                name="changes_are_asked_for_in_words",
                condition=~Q(state=State.CHANGES) | ~Q(because=""),
                violation_error_message=_("Say what is to be changed."),
            ),
        ]

    def __str__(self):
        return f"{self.part_id}: {self.state}"


def who_can_score(facility: Facility):
    """The people whom a part can be assigned to: they reach the facility, and a role lets them score."""
    app, codename = SCORES.split(".")
    right = Permission.objects.filter(codename=codename, content_type__app_label=app)
    held = Q(groups__permissions__in=right) | Q(user_permissions__in=right)
    people = User.objects.filter(held, is_active=True, kind=User.Kind.PERSON, facilities=facility)
    return people.distinct().order_by("last_name", "first_name", "username")


for model in (Cycle, CyclePart):
    auditlog.register(model)
