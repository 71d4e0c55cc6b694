"""Competencies: what somebody must have shown that they can do, to whom, how, and when again."""

from auditlog.registry import auditlog
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from staff.catalogue.models import Job
from staff.employment.models import Employee, known_to
from staff.people.models import Facility
from staff.qualifications.models import Background


class Queue(models.TextChoices):
    """Work that lies in the program and that people of the department are let at (docs/adr/0042)."""

    DEFICIENCIES = "deficiencies", _("Deficiency worklist")


class Method(models.TextChoices):
    OBSERVED = "observed", _("Observed at work")
    TEST = "test", _("Test")
    REVIEW = "review", _("Review of finished work")
    SIMULATION = "simulation", _("Simulation")


class Competency(models.Model):
    """Something that somebody of some jobs must be able to do; with a queue, nobody of them works it without."""

    code = models.SlugField(max_length=40, unique=True)
    title = models.CharField(max_length=120)
    jobs = models.ManyToManyField(
        Job, blank=True, related_name="competencies", help_text=_("Of these; none means of all.")
    )
    queue = models.CharField(
        max_length=20, choices=Queue, blank=True, help_text=_("What it opens; empty: all work of the job.")
    )
    method = models.CharField(max_length=10, choices=Method, help_text=_("How it is shown."))
    first_within_days = models.PositiveSmallIntegerField(
        default=30, help_text=_("After the hire, or after it came into force if that was later.")
    )
    every_months = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text=_("How long it lasts; empty when once is enough.")
    )
    from_day = models.DateField(
        null=True, blank=True, help_text=_("The day on which it comes into force; empty while nobody must show it.")
    )

    class Meta:
        ordering = ["title"]
        verbose_name_plural = _("competencies")
        constraints = [
            models.CheckConstraint(
                name="competency_lasts_some_time",
                condition=Q(every_months=None) | Q(every_months__gt=0),
                violation_error_message=_("At least a month."),
            )
        ]

    def __str__(self):
        return self.title


class Assessment(Background):
    """Somebody showed on a day, to an assessor, that they can do it, or that they cannot."""

    competency = models.ForeignKey(Competency, on_delete=models.PROTECT, related_name="assessments")
    assessed_on = models.DateField(_("day"))
    method = models.CharField(_("method"), max_length=10, choices=Method)
    assessor = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="+")
    passed = models.BooleanField(_("passed"))

    class Meta(Background.Meta):
        ordering = ["employee", "-assessed_on", "-pk"]
        constraints = [
            *Background.Meta.constraints,
            models.UniqueConstraint(
                fields=["employee", "competency", "assessed_on"],
                condition=Q(struck_because=""),
                name="one_assessment_of_a_day",
                violation_error_message=_("This person was assessed in that on that day already."),
            ),
            models.CheckConstraint(
                name="nobody_assesses_themselves",
                condition=~Q(assessor=F("employee")),
                violation_error_message=_("Nobody assesses themselves."),
            ),
        ]

    def __str__(self):
        return f"{self.competency}: {self.assessed_on}"


class CompetenceQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Those of `user`, and of the people who report to them, straight or not."""
        return self.filter(employee__among=known_to(user))

    def with_names(self):
        """The people are asked for when the rows are there: before, their names would be joined to everybody's rows."""
        return self.select_related("competency").prefetch_related("employee")


class Competence(models.Model):
    """How somebody who sits in a seat stands to a competency in force that their job asks, as of now.

    A view of the database that says what `competence_due` says: when they were assessed last and how, by which day they
    must be next.
    `due` is empty where once was enough; of who failed it is the day of that.
    """

    employee = models.ForeignKey(Employee, on_delete=models.DO_NOTHING, related_name="competences")
    competency = models.ForeignKey(Competency, on_delete=models.DO_NOTHING, related_name="+")
    facility = models.ForeignKey(Facility, on_delete=models.DO_NOTHING, related_name="+")
    assessed_on = models.DateField(null=True)
    passed = models.BooleanField(null=True)
    due = models.DateField(null=True)

    objects = CompetenceQuerySet.as_manager()

    class Meta:
        managed = False
        db_table = "staff_competence"
        ordering = ["due", "id"]

    def __str__(self):
        return f"{self.employee}: {self.competency}"


auditlog.register(Competency, m2m_fields={"jobs"})
auditlog.register(Assessment, exclude_fields=["written_at"])
