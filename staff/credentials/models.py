"""The credentials of the department's people, and every look at their primary source (docs/adr/0032)."""

from datetime import date, timedelta

from auditlog.registry import auditlog
from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from staff.catalogue.models import Certification
from staff.credentials.queries import CredentialQuerySet
from staff.employment.models import Employee

SOON = timedelta(days=90)  # how long before its end a credential is said to be ending
DAYS = Func(
    "first_day",
    "last_day",
    RangeBoundary(inclusive_upper=True),
    function="daterange",
    output_field=DateRangeField(),
)


class Credential(models.Model):
    """A certification that a person holds, under the issuer's number, for one cycle; a renewal is another row.

    Its days are local days, both of them in force; without a last day it does not expire. What was entered in error
    is struck with a reason, and stays.
    """

    class State(models.TextChoices):
        """How a credential stands on a day."""

        IN_FORCE = "in_force", _("In force")
        ENDING = "ending", _("Ends within 90 days")
        LAPSED = "lapsed", _("Lapsed")
        TO_COME = "to_come", _("To come")
        RENEWED = "renewed", _("Renewed since")
        STRUCK = "struck", _("Struck")

    employee = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="credentials")
    certification = models.ForeignKey(Certification, on_delete=models.PROTECT, related_name="credentials")
    number = models.CharField(_("number"), max_length=30)
    first_day = models.DateField(_("first day"))
    last_day = models.DateField(_("last day"), null=True, blank=True)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, editable=False, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField(db_default=Now(), editable=False)
    changed_at = models.DateTimeField(
        db_default=Now(), editable=False, help_text=_("Since when it says what it says; a look before proves nothing.")
    )
    struck_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, editable=False, on_delete=models.PROTECT, related_name="+"
    )
    struck_because = models.TextField(blank=True, editable=False)

    objects = CredentialQuerySet.as_manager()

    class Meta:
        ordering = ["employee", "certification", "first_day"]
        permissions = [("keep_credential", "Can keep the credentials of people in the own line")]
        indexes = [
            models.Index(fields=["last_day", "id"], name="credential_by_end"),
            models.Index(fields=["employee", "certification", "first_day"], name="credential_by_person"),
        ]
        constraints = [
            models.CheckConstraint(name="credential_has_a_number", condition=~Q(number="")),
            models.CheckConstraint(
                name="credential_days_are_in_order",
                condition=Q(last_day=None) | Q(last_day__gte=F("first_day")),
                violation_error_message=_("The last day comes before the first."),
            ),
            models.CheckConstraint(
                name="credential_struck_has_who_and_why",
                condition=Q(struck_by=None, struck_because="") | Q(struck_by__isnull=False) & ~Q(struck_because=""),
                violation_error_message=_("Say why."),
            ),
            ExclusionConstraint(
                name="one_cycle_of_a_credential_at_a_time",
                expressions=[
                    ("employee", RangeOperators.EQUAL),
                    ("certification", RangeOperators.EQUAL),
                    (DAYS, RangeOperators.OVERLAPS),
                ],
                condition=Q(struck_because=""),
                violation_error_message=_("This person holds that certification on some of these days already."),
            ),
            ExclusionConstraint(
                name="one_holder_of_a_number",
                expressions=[
                    ("certification", RangeOperators.EQUAL),
                    ("number", RangeOperators.EQUAL),
                    ("employee", RangeOperators.NOT_EQUAL),
                ],
                condition=Q(struck_because=""),
                violation_error_message=_("This number is written down for somebody else."),
            ),
        ]

    def __str__(self):
        return f"{self.certification} {self.number}"

    def state(self, on: date | None = None) -> State:
        """How it stands on a day by itself; whether a later cycle follows is for `RENEWED` of lists."""
        on = on or timezone.localdate()
        if self.struck_because:
            return self.State.STRUCK
        if self.first_day > on:
            return self.State.TO_COME
        if self.last_day is None or self.last_day > on + SOON:
            return self.State.IN_FORCE
        return self.State.ENDING if self.last_day >= on else self.State.LAPSED


class Verification(models.Model):
    """One look at the primary source: where, by whom, on which day, what it said, what proves it. Never changed."""

    class Found(models.TextChoices):
        CONFIRMED = "confirmed", _("The source confirms it")
        DIFFERS = "differs", _("The source says otherwise")
        NOT_KNOWN = "not_known", _("The source does not know it")
        NO_ANSWER = "no_answer", _("No answer could be had")

    credential = models.ForeignKey(Credential, on_delete=models.PROTECT, related_name="verifications")
    source = models.CharField(
        _("source"), max_length=120, help_text=_("The issuer's own register, letter or telephone, and which.")
    )
    looked_on = models.DateField(_("day"))
    found = models.CharField(_("result"), max_length=10, choices=Found)
    proof = models.CharField(
        _("proof"), max_length=200, help_text=_("The number of the confirmation, or where its print is kept.")
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, editable=False, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ["-written_at", "-pk"]
        constraints = [
            models.CheckConstraint(name="verification_names_source_and_proof", condition=~Q(source="") & ~Q(proof="")),
        ]

    def __str__(self):
        return f"{self.credential}: {self.get_found_display()}"


auditlog.register(Credential, exclude_fields=["written_at", "changed_at"])
