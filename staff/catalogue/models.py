"""The job catalogue: what each kind of work in the department asks of a person, whoever does it."""

import re
from datetime import date, timedelta

from auditlog.registry import auditlog
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from staff.people.roles import ROLES


class Certification(models.Model):
    """A professional certification that a job may ask for: RHIA, CCS, CHDS.

    `number_form` is the form of its issuer's numbers, in the part of regular expressions that Python and PostgreSQL
    read alike; it stands for the whole number. `fee` is what earning it costs, in dollars.
    """

    code = models.CharField(max_length=20, unique=True)
    title = models.CharField(max_length=120)
    issuer = models.CharField(max_length=60)
    number_form = models.CharField(
        max_length=100,
        blank=True,
        validators=[
            RegexValidator(
                r"\A[A-Za-z0-9\[\]{}(),|?. -]*\Z",
                _("Letters, digits, [ ], { }, ( ), | and ? make the form of a number."),
            )
        ],
        help_text=_("A regular expression, such as [0-9]{6,8}; empty when any number will do."),
    )
    number_words = models.CharField(
        max_length=100, blank=True, help_text=_("The same in words, such as: six to eight digits.")
    )
    cycle_months = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text=_("How long a cycle lasts; empty when it does not expire.")
    )
    grace_days = models.PositiveSmallIntegerField(
        default=0, help_text=_("After its last day: as long as work goes on that needs it.")
    )
    fee = models.DecimalField(
        max_digits=8, decimal_places=2, null=True, blank=True, help_text=_("What earning it costs, in dollars.")
    )
    to_confirm = models.CharField(
        max_length=200, blank=True, help_text=_("What the hospital has yet to confirm; empty when it has.")
    )

    class Meta:
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                name="certification_form_is_said_in_words",
                condition=Q(number_form="") | ~Q(number_words=""),
                violation_error_message=_("Say the form of the number in words too: they are what a person reads."),
            ),
            models.CheckConstraint(
                name="certification_cycle_and_fee_are_some",
                condition=(Q(cycle_months=None) | Q(cycle_months__gt=0)) & (Q(fee=None) | Q(fee__gte=0)),
            ),
        ]

    def __str__(self):
        return self.code

    def clean(self):
        try:
            re.compile(self.number_form)
        except re.error as problem:
            raise ValidationError({"number_form": _("This is no form of a number.")}) from problem

    def has_form(self, number: str) -> bool:
        """Whether the issuer gives out numbers like this."""
        return not self.number_form or bool(re.fullmatch(self.number_form, number))

    def last_day_of_cycle(self, first: date) -> date | None:
        """The last day of a cycle that begins on a day: the day before its anniversary; None when it has no end."""
        if not self.cycle_months:
            return None
        years, month = divmod(first.month - 1 + self.cycle_months, 12)
        year, month, day = first.year + years, month + 1, first.day
        while day > 28:  # the 31st of a month that has none: its last day
            try:
                return date(year, month, day) - timedelta(days=1)
            except ValueError:
                day -= 1
        return date(year, month, day) - timedelta(days=1)


class Education(models.IntegerChoices):
    """How far somebody went to school; a higher one satisfies what asks for a lower."""

    NONE = 0, _("None asked")
    HIGH_SCHOOL = 1, _("High school")
    CERTIFICATE = 2, _("Certificate of a course")
    ASSOCIATE = 3, _("Associate's degree")
    BACHELOR = 4, _("Bachelor's degree")
    MASTER = 5, _("Master's degree")
    DOCTORATE = 6, _("Doctorate")


class Job(models.Model):
    """An entry of the job catalogue: what the work is and what it asks, whoever does it.

    The numbers that come with the program are typical minimums of the field, for the hospital to confirm; the pay band
    is the hospital's alone. Pay is for a year of full time.
    """

    code = models.SlugField(max_length=40, unique=True)
    title = models.CharField(max_length=100)
    summary = models.TextField(blank=True)
    duties = models.TextField(blank=True, help_text=_("One on each line."))
    education = models.PositiveSmallIntegerField(choices=Education, default=Education.NONE)
    certifications = models.ManyToManyField(
        Certification, blank=True, related_name="required_by", help_text=_("Any one of these is required.")
    )
    preferred = models.ManyToManyField(
        Certification, blank=True, related_name="preferred_by", help_text=_("Preferred, not required.")
    )
    years_in_field = models.DecimalField(max_digits=3, decimal_places=1, default=0)
    years_supervising = models.DecimalField(max_digits=3, decimal_places=1, default=0)
    pay_from = models.DecimalField(max_digits=10, decimal_places=2, null=True, blank=True)
    pay_to = models.DecimalField(max_digits=10, decimal_places=2, null=True, blank=True)
    default_role = models.CharField(
        max_length=40,
        blank=True,
        choices=[(role.name, role.name) for role in ROLES],
        help_text=_("What whoever is hired into it may do in the program."),
    )
    to_confirm = models.CharField(
        max_length=200, blank=True, help_text=_("What the hospital has yet to confirm; empty when it has.")
    )

    class Meta:
        ordering = ["title"]
        constraints = [
            models.CheckConstraint(
                name="job_pay_band_has_two_ends",
                condition=Q(pay_from=None, pay_to=None) | Q(pay_from__gte=0, pay_to__gte=F("pay_from")),
                violation_error_message=_("A pay band needs both its ends, in order."),
            ),
            models.CheckConstraint(
                name="job_years_are_not_negative", condition=Q(years_in_field__gte=0, years_supervising__gte=0)
            ),
        ]

    def __str__(self):
        return self.title


class Standard(models.Model):
    """How much of a kind of work a job is expected to do in an hour, and how much of it right."""

    job = models.ForeignKey(Job, on_delete=models.PROTECT, related_name="standards")
    work = models.CharField(max_length=60, help_text=_("What is counted: inpatient charts coded, pages scanned."))
    per_hour_from = models.DecimalField(max_digits=6, decimal_places=2, null=True, blank=True)
    per_hour_to = models.DecimalField(max_digits=6, decimal_places=2, null=True, blank=True)
    right_percent = models.DecimalField(
        max_digits=5, decimal_places=2, null=True, blank=True, validators=[MaxValueValidator(100)]
    )

    class Meta:
        ordering = ["job", "work"]
        constraints = [
            models.UniqueConstraint(fields=["job", "work"], name="one_standard_of_a_job_and_work"),
            models.CheckConstraint(
                name="standard_has_two_ends",
                condition=Q(per_hour_from=None, per_hour_to=None)
                | Q(per_hour_from__gt=0, per_hour_to__gte=F("per_hour_from")),
            ),
            models.CheckConstraint(
                name="standard_says_something",
                condition=Q(per_hour_from__isnull=False) | Q(right_percent__isnull=False),
            ),
            models.CheckConstraint(
                name="standard_is_a_percentage",
                condition=Q(right_percent=None) | Q(right_percent__gte=0, right_percent__lte=100),
            ),
        ]

    def __str__(self):
        return f"{self.job}: {self.work}"


auditlog.register(Certification)
auditlog.register(Job, m2m_fields={"certifications", "preferred"})
auditlog.register(Standard)
