"""Documentation requirements: data, not code, in versions that are never rewritten."""

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeOperators
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from records.inventory.models import Encounter
from staff.models import Facility

CLOCKS = ("due_after_hours", "due_after_days", "every_hours", "every_days")


def by_one_clock(clock: str) -> Q:
    """That this clock is set and no other."""
    return Q(**{f"{name}__isnull": name != clock for name in CLOCKS})


class Profile(models.Model):
    """A set of requirements from one authority, adopted by the facilities that it binds."""

    class Kind(models.TextChoices):
        FEDERAL = "federal", _("Federal")
        ACCREDITATION = "accreditation", _("Accreditation")
        STATE = "state", _("State")
        BYLAWS = "bylaws", _("Hospital bylaws")

    code = models.SlugField(max_length=40, unique=True)
    title = models.CharField(max_length=200)
    kind = models.CharField(max_length=20, choices=Kind)
    rank = models.PositiveSmallIntegerField(help_text=_("Of two equally strict requirements the lesser rank is named."))
    facilities = models.ManyToManyField(Facility, blank=True, related_name="profiles")

    class Meta:
        permissions = [("adopt_profile", _("Can adopt a profile for a facility, and end that"))]

    def __str__(self):
        return self.title


class Requirement(models.Model):
    """One version of one documentation rule.

    The version in force on the occasion's local date judges it. All that apply are judged; of findings on the same
    topic and occasion the earliest due is kept, which is what "the strictest wins" means. docs/completeness.md states
    the semantics clause by clause.
    """

    class Trigger(models.TextChoices):
        ADMISSION = "admission", _("admission")
        DISCHARGE = "discharge", _("discharge")
        PROCEDURE_START = "procedure_start", _("start of a procedure")
        PROCEDURE_END = "procedure_end", _("end of a procedure")
        RESTRAINT_START = "restraint_start", _("start of a restraint")
        BIRTH = "birth", _("birth")
        ORDER = "order", _("each verbal order")
        DOCUMENT = "document", _("each document of the type")

    class Responsible(models.TextChoices):
        ATTENDING = "attending", _("attending")
        SURGEON = "surgeon", _("surgeon")
        AUTHOR = "author", _("author")

    class Cosignature(models.TextChoices):
        """Of which documents a second signature is asked."""

        NAMED = "named", _("where the document names who is to co-sign it")
        IN_TRAINING = "in_training", _("where its author is in training, or it names who is to co-sign it")
        ALWAYS = "always", _("of each")

    class Severity(models.TextChoices):
        MINOR = "minor", _("minor")
        STANDARD = "standard", _("standard")
        SERIOUS = "serious", _("serious")

    ENTRY_TRIGGERS = (Trigger.ORDER, Trigger.DOCUMENT)
    SERIES_TRIGGERS = (Trigger.ADMISSION, Trigger.BIRTH, Trigger.PROCEDURE_START, Trigger.RESTRAINT_START)
    ENTRY_ELEMENTS = ("date", "time", "signature_date", "signature_time")

    profile = models.ForeignKey(Profile, on_delete=models.PROTECT, related_name="requirements")
    code = models.CharField(max_length=40)
    version = models.PositiveIntegerField(default=1)
    effective = DateRangeField(help_text=_("Local dates of the occasions that this version judges."))
    topic = models.CharField(max_length=40)
    title = models.CharField(max_length=200)
    basis = models.CharField(max_length=200, help_text=_("Citation: 42 CFR 482.24(c)(4)(i)(A)."))
    tag = models.CharField(max_length=10, blank=True, help_text=_("The surveyor's tag: A-0458."))
    trigger = models.CharField(max_length=20, choices=Trigger)
    document_types = ArrayField(models.CharField(max_length=50), help_text=_("Any one of these serves."))
    encounter_classes = ArrayField(
        models.CharField(max_length=20, choices=Encounter.Class), default=list, blank=True, help_text=_("Empty: all.")
    )
    services = ArrayField(models.CharField(max_length=50), default=list, blank=True, help_text=_("Empty: all."))
    dispositions = ArrayField(models.CharField(max_length=20), default=list, blank=True, help_text=_("Empty: all."))
    dispositions_excepted = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    stay_at_least_hours = models.DecimalField(max_digits=7, decimal_places=2, null=True, blank=True)
    stay_less_than_hours = models.DecimalField(max_digits=7, decimal_places=2, null=True, blank=True)
    age_from_years = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text=_("Of the patient, on the day of the occasion.")
    )
    age_below_years = models.PositiveSmallIntegerField(null=True, blank=True)
    procedure_codes = ArrayField(
        models.CharField(max_length=50), default=list, blank=True, help_text=_("Empty: all procedures.")
    )
    anesthesia_only = models.BooleanField(default=False)
    # Without a number of places: a third of an hour is twenty minutes, not nineteen and some seconds.
    not_before_hours = models.DecimalField(
        null=True, blank=True, help_text=_("Hours from the trigger; negative: before it.")
    )
    due_after_hours = models.DecimalField(null=True, blank=True)
    due_after_days = models.PositiveIntegerField(
        null=True, blank=True, help_text=_("Local calendar days: due at the midnight that ends the n-th.")
    )
    every_hours = models.DecimalField(
        null=True, blank=True, help_text=_("A series: one within so many hours of the one before, until the end.")
    )
    every_days = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text=_("A series: one in each block of so many local days, until the end.")
    )
    at_least = models.PositiveSmallIntegerField(default=1, help_text=_("So many in each block of days."))
    begins_after_days = models.PositiveSmallIntegerField(
        default=0, help_text=_("The first block begins so many days after the day of the trigger.")
    )
    ends_after_days = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text=_("The series ends so many days after it, if nothing ends it before.")
    )
    only_if_met = models.CharField(
        max_length=40, blank=True, help_text=_("Only if this topic was met by a document from before the trigger.")
    )
    exempts = ArrayField(
        models.CharField(max_length=40),
        default=list,
        blank=True,
        help_text=_("An exception: these topics are not asked for where this rule applies."),
    )
    authentication_required = models.BooleanField(default=False)
    cosignature = models.CharField(
        max_length=20, choices=Cosignature, blank=True, help_text=_("Whether a supervisor signs too. Empty: no.")
    )
    entry_must_have = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    sections_required = ArrayField(models.CharField(max_length=100), default=list, blank=True)
    responsible = models.CharField(max_length=20, choices=Responsible, default=Responsible.ATTENDING)
    counts_toward_delinquency = models.BooleanField(default=True)
    severity = models.CharField(max_length=10, choices=Severity, default=Severity.STANDARD)
    published_at = models.DateTimeField(db_default=Now())
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    published_because = models.TextField(blank=True)
    # What the dry run before it said (`trials.said`), or why there was none. Neither, where it came with the program.
    dry_run = models.JSONField(null=True, blank=True, editable=False)
    not_tried_because = models.TextField(blank=True, db_default="")
    # That a person ended the rule, with no version after it.
    ended_at = models.DateTimeField(null=True, blank=True, editable=False)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+", editable=False
    )
    ended_because = models.TextField(blank=True, db_default="")
    known_from = models.DateTimeField(auto_now=True, editable=False)

    class Meta:
        permissions = [("publish_requirement", _("Can publish a version of a rule, and end a rule"))]
        constraints = [
            models.UniqueConstraint(fields=["profile", "code", "version"], name="requirement_version_once"),
            ExclusionConstraint(
                name="requirement_one_version_in_force",
                expressions=[
                    ("profile", RangeOperators.EQUAL),
                    ("code", RangeOperators.EQUAL),
                    ("effective", RangeOperators.OVERLAPS),
                ],
                violation_error_message=_("Another version of this requirement is in force on some of these days."),
            ),
            models.CheckConstraint(name="requirement_in_force_some_day", condition=Q(effective__isempty=False)),
            models.CheckConstraint(
                name="requirement_end_has_who_when_and_why",
                condition=Q(ended_at=None, ended_by=None, ended_because="")
                | (
                    Q(ended_at__isnull=False, ended_by__isnull=False, effective__upper_inf=False) & ~Q(ended_because="")
                ),
                violation_error_message=_("To end a rule needs a day, a person and a reason."),
            ),
            models.CheckConstraint(name="requirement_names_a_document", condition=Q(document_types__len__gte=1)),
            models.CheckConstraint(
                name="requirement_has_one_clock",
                condition=by_one_clock("due_after_hours")
                | by_one_clock("due_after_days")
                | by_one_clock("every_hours")
                | by_one_clock("every_days")
                | by_one_clock("")
                & Q(
                    trigger="document",
                    authentication_required=False,
                    cosignature="",
                    sections_required=[],
                ),
                violation_error_message=_(
                    "A requirement is due after hours or days, or every so many hours or days: exactly one of them."
                ),
            ),
            models.CheckConstraint(
                name="requirement_series_ask_for_documents_alone",
                condition=Q(every_hours=None, every_days=None)
                | Q(
                    trigger__in=["admission", "birth", "procedure_start", "restraint_start"],
                    not_before_hours=None,
                    only_if_met="",
                    exempts=[],
                    authentication_required=False,
                    cosignature="",
                    sections_required=[],
                ),
                violation_error_message=_(
                    "A series begins with an admission, a birth, a procedure or a restraint, and asks only that "
                    "documents are written: signatures and sections are for a rule on each of them."
                ),
            ),
            models.CheckConstraint(
                name="requirement_blocks_are_of_days",
                condition=Q(every_days__isnull=False) | Q(at_least=1, begins_after_days=0, ends_after_days=None),
                violation_error_message=_("Only a series by days counts documents, begins later or ends by itself."),
            ),
            models.CheckConstraint(
                name="requirement_series_goes_on",
                condition=(Q(every_hours=None) | Q(every_hours__gt=0))
                & (Q(every_days=None) | Q(every_days__gte=1))
                & Q(at_least__gte=1)
                & (Q(ends_after_days=None) | Q(ends_after_days__gt=models.F("begins_after_days"))),
                violation_error_message=_("A series asks for something, again and again, and ends after it begins."),
            ),
            models.CheckConstraint(
                name="requirement_entries_stand_alone",
                condition=~Q(trigger__in=["order", "document"]) | Q(only_if_met="", not_before_hours=None, exempts=[]),
                violation_error_message=_(
                    "A rule on each entry has no window before it and no precondition, and is no exception."
                ),
            ),
            models.CheckConstraint(
                name="requirement_exceptions_have_no_condition",
                condition=Q(exempts=[]) | Q(only_if_met=""),
                violation_error_message=_("An exception holds wherever it applies: it has no precondition."),
            ),
            models.CheckConstraint(
                name="requirement_procedures_are_of_its_trigger",
                condition=Q(trigger__in=["procedure_start", "procedure_end"]) | Q(procedure_codes=[]),
                violation_error_message=_("Only a rule on procedures can name some of them."),
            ),
            models.CheckConstraint(
                name="requirement_stay_may_be_so_long",
                condition=Q(stay_at_least_hours=None)
                | Q(stay_less_than_hours=None)
                | Q(stay_less_than_hours__gt=models.F("stay_at_least_hours")),
                violation_error_message=_("No stay is at least as long and shorter."),
            ),
            models.CheckConstraint(
                name="requirement_somebody_is_of_that_age",
                condition=Q(age_from_years=None)
                | Q(age_below_years=None)
                | Q(age_below_years__gt=models.F("age_from_years")),
                violation_error_message=_("Nobody is at least as old and younger."),
            ),
            models.CheckConstraint(
                name="requirement_window_opens_before_it_closes",
                condition=Q(not_before_hours=None)
                | Q(due_after_hours=None)
                | Q(due_after_hours__gte=models.F("not_before_hours")),
                violation_error_message=_("The window ends before it begins."),
            ),
        ]

    def __str__(self):
        return f"{self.code} v{self.version}"

    @property
    def judges_entries(self) -> bool:
        return self.trigger in self.ENTRY_TRIGGERS

    @property
    def recurs(self) -> bool:
        """Whether it asks for a document again and again, until the stay, the procedure or the restraint ends."""
        return self.every_hours is not None or self.every_days is not None

    @property
    def asks_once(self) -> bool:
        """Whether it asks for one document for each occasion."""
        return not (self.judges_entries or self.recurs)
