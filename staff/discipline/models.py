"""The case file of a corrective action: what happened, what was looked at first, which step, and what came of it.

Only the line above, and once it was given the person themselves, know that a case exists (docs/adr/0036).
"""

from datetime import datetime

from auditlog.registry import auditlog
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from himdept.common.db.checks import ChecksAtOnce
from staff.discipline.offences import Offence, Step
from staff.employment.models import Employee
from staff.personnel import authority


class CaseState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    RETURNED = "returned", _("Returned")
    SUBMITTED = "submitted", _("Submitted")
    AGREED = "agreed", _("Waits for a second approval")
    APPROVED = "approved", _("Approved")
    GIVEN = "given", _("Given")
    CLOSED = "closed", _("Closed")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    RESCINDED = "rescinded", _("Rescinded")


BEFORE_SUBMITTING = (CaseState.DRAFT, CaseState.RETURNED)
WRITABLE = (*BEFORE_SUBMITTING, CaseState.WITHDRAWN)  # whose words need not be whole
PENDING = (*BEFORE_SUBMITTING, CaseState.SUBMITTED, CaseState.AGREED)
OPEN = (*PENDING, CaseState.APPROVED, CaseState.GIVEN)
IN_FORCE = (CaseState.APPROVED, CaseState.GIVEN, CaseState.CLOSED)
LOOKED_AT_FIRST = ("volume", "staffing", "training", "system")
LOOK_FIRST = _("First say of volume, staffing, training and system what you found.")
SAY_WHY = _("The table suggests another step. Say why it is not that one.")


class CaseFileQuerySet(models.QuerySet):
    def visible_to(self, user, at: datetime | None = None):
        """Those about people on whom `user` may act, if their role proposes or decides; and what was given to `user`.

        Being administrator of the software counts for nothing.
        """
        if not user.is_active or not user.pk:
            return self.none()
        seen = Q(employee__user=user, given_at__isnull=False)
        if {authority.PROPOSES, authority.DECIDES} & user.granted:
            seen |= authority.on_people_for(user, at)
        return self.filter(seen)

    def in_force(self):
        return self.filter(state__in=IN_FORCE)

    def counting_on(self, day):
        """Steps that were given by a day and count on it still."""
        given = self.filter(state__in=[CaseState.GIVEN, CaseState.CLOSED], given_at__date__lte=day)
        return given.filter(Q(active_until=None) | Q(active_until__gte=day))

    def with_names(self):
        return self.select_related("employee", "written_by", "witness")


class CaseFile(ChecksAtOnce, models.Model):
    """One corrective action. Days are local days of the facility."""

    class Answer(models.TextChoices):
        SIGNED = "signed", _("Signed")
        DECLINED = "declined", _("Declined to sign")

    employee = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="case_files")
    state = models.CharField(max_length=12, choices=CaseState, default=CaseState.DRAFT, editable=False)
    offence = models.CharField(_("offence"), max_length=12, choices=Offence)
    happened_on = models.DateField(_("happened on"))
    facts = models.TextField(_("facts"), help_text=_("What was seen and heard, by whom, when; no opinion."))
    policy = models.TextField(_("policy"), help_text=_("The rule that was broken, and how the person knew it."))
    volume = models.TextField(_("volume"), blank=True, help_text=_("Was there more work than one person can do?"))
    staffing = models.TextField(_("staffing"), blank=True, help_text=_("Were enough people there?"))
    training = models.TextField(_("training"), blank=True, help_text=_("Was the person shown how, and when last?"))
    system = models.TextField(_("system"), blank=True, help_text=_("Did a program, a form or a machine lead to it?"))
    occurrence = models.PositiveSmallIntegerField(null=True, editable=False)
    suggested = models.CharField(max_length=12, choices=Step, blank=True, editable=False)
    step = models.CharField(_("step"), max_length=12, choices=Step)
    deviates_because = models.TextField(_("why another step than the table's"), blank=True)
    expectation = models.TextField(_("expectation"), help_text=_("What is expected from now on, so that both can see."))
    active_until = models.DateField(_("active until"), null=True, blank=True)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, editable=False, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField(db_default=Now(), editable=False)
    given_at = models.DateTimeField(null=True, editable=False)
    reply = models.TextField(_("reply"), blank=True, editable=False)
    replied_at = models.DateTimeField(null=True, editable=False)
    answer = models.CharField(max_length=8, choices=Answer, blank=True, editable=False)
    answered_at = models.DateTimeField(null=True, editable=False)
    witness = models.ForeignKey(Employee, null=True, editable=False, on_delete=models.PROTECT, related_name="+")

    objects = CaseFileQuerySet.as_manager()

    class Meta:
        ordering = ["-happened_on", "-pk"]
        verbose_name = _("corrective action")
        verbose_name_plural = _("corrective actions")
        default_permissions = ()  # nobody holds one, an administrator neither: `visible_to` says who sees which
        constraints = [
            models.CheckConstraint(
                name="case_looked_at_what_else_it_could_be",
                condition=Q(state__in=WRITABLE) | ~Q(volume="") & ~Q(staffing="") & ~Q(training="") & ~Q(system=""),
                violation_error_message=LOOK_FIRST,
            ),
            models.CheckConstraint(
                name="case_follows_the_table_or_says_why",
                condition=Q(state__in=WRITABLE) | ~Q(suggested="") & (Q(step=F("suggested")) | ~Q(deviates_because="")),
                violation_error_message=SAY_WHY,
            ),
            models.CheckConstraint(
                name="case_step_ends_after_it_happened",
                condition=Q(active_until__gt=F("happened_on")) | Q(active_until=None, step=Step.DISCHARGE),
                violation_error_message=_("It is active until a day after it happened."),
            ),
            models.CheckConstraint(
                name="case_was_given_when_it_is_given",
                condition=Q(state__in=[CaseState.GIVEN, CaseState.CLOSED], given_at__isnull=False)
                | Q(state=CaseState.RESCINDED)
                | Q(state__in=[*PENDING, CaseState.APPROVED, CaseState.WITHDRAWN], given_at=None),
            ),
            models.CheckConstraint(
                name="case_reply_has_its_moment",
                condition=Q(reply="", replied_at=None) | ~Q(reply="") & Q(replied_at__gte=F("given_at")),
            ),
            models.CheckConstraint(
                name="case_answer_has_its_moment",
                condition=Q(answer="", answered_at=None) | ~Q(answer="") & Q(answered_at__gte=F("given_at")),
            ),
            models.CheckConstraint(
                name="case_declined_before_a_witness",
                condition=Q(answer="declined", witness__isnull=False) | ~Q(answer="declined") & Q(witness=None),
            ),
            models.CheckConstraint(
                name="case_witness_is_somebody_else", condition=Q(witness=None) | ~Q(witness=F("employee"))
            ),
            models.CheckConstraint(
                name="case_closed_with_an_answer", condition=~Q(state=CaseState.CLOSED) | ~Q(answer="")
            ),
        ]

    def __str__(self):  # stands in titles and in the trail: neither name nor staff number
        return f"Case {self.pk}"


class CaseFollowUp(models.Model):
    """A day on which it is looked at again, and what was found then."""

    case = models.ForeignKey(CaseFile, on_delete=models.PROTECT, related_name="follow_ups")
    due = models.DateField()
    what = models.CharField(max_length=200)
    done_at = models.DateTimeField(null=True, editable=False)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, editable=False, on_delete=models.PROTECT, related_name="+"
    )
    found = models.TextField(blank=True, editable=False)

    class Meta:
        ordering = ["due", "pk"]
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                name="follow_up_was_done_by_somebody_who_found_something",
                condition=Q(done_at=None, done_by=None, found="")
                | Q(done_at__isnull=False, done_by__isnull=False) & ~Q(found=""),
            ),
        ]

    def __str__(self):
        return f"{self.case}: {self.due}"


class CaseStep(models.Model):
    """One move of a case: who did what, in whose place, when and why. Never changed."""

    case = models.ForeignKey(CaseFile, on_delete=models.PROTECT, related_name="steps")
    move = models.CharField(
        max_length=12,
        choices=[
            ("submit", _("Submitted")),
            ("approve", _("Approved")),
            ("void", _("First approval void: what it saw, or whose it is, has changed")),
            ("return", _("Returned")),
            ("withdraw", _("Withdrawn")),
            ("give", _("Given")),
            ("reply", _("Replied")),
            ("sign", _("Signed")),
            ("decline", _("Declined to sign")),
            ("follow_up", _("Followed up")),
            ("close", _("Closed")),
            ("ask_rescind", _("Asked to be rescinded, which takes two")),
            ("rescind", _("Rescinded")),
            ("print", _("Printed")),
            ("hand_over", _("Handed over to another author")),
        ],
    )
    state = models.CharField(max_length=12, choices=CaseState, help_text=_("Where the case stood afterwards."))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    in_place_of = models.ForeignKey(Employee, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    because = models.TextField(blank=True)
    digest = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ["case", "pk"]
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                name="case_approval_names_what_was_seen", condition=~Q(move="approve") | ~Q(digest="")
            )
        ]

    def __str__(self):
        return f"{self.case_id}: {self.move}"


def _all_of(model) -> list[str]:
    """Every column but the key: that something was written is in the trail, about whom and what is not."""
    return [field.name for field in model._meta.local_fields if not field.primary_key]


for model in (CaseFile, CaseFollowUp):
    auditlog.register(model, mask_fields=_all_of(model), mask_callable="himdept.common.audit.mask_whole")
