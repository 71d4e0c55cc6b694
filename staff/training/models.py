"""Courses that people must take, who took which, and when each is due next."""

from auditlog.registry import auditlog
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from staff.catalogue.models import Job
from staff.employment.models import Employee, known_to
from staff.people.models import Facility
from staff.qualifications.models import Background


class Course(models.Model):
    """Training that is asked of everybody, or of some jobs: within days of the hire, and again after months."""

    code = models.SlugField(max_length=40, unique=True)
    title = models.CharField(max_length=120)
    basis = models.CharField(max_length=120, blank=True, help_text=_("The rule that asks for it."))
    jobs = models.ManyToManyField(Job, blank=True, related_name="courses", help_text=_("Of these; none means of all."))
    first_within_days = models.PositiveSmallIntegerField(
        default=30, help_text=_("After the hire, or after the course came into force if that was later.")
    )
    every_months = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text=_("How long it lasts; empty when once is enough.")
    )
    from_day = models.DateField(
        null=True, blank=True, help_text=_("The day on which it comes into force; empty while nobody has to take it.")
    )
    needed_to_work = models.BooleanField(default=False, help_text=_("Who is overdue works no queue until it is taken."))
    to_confirm = models.CharField(
        max_length=200, blank=True, help_text=_("What the hospital has yet to confirm; empty when it has.")
    )

    class Meta:
        ordering = ["title"]
        constraints = [
            models.CheckConstraint(
                name="course_lasts_some_time",
                condition=Q(every_months=None) | Q(every_months__gt=0),
                violation_error_message=_("At least a month."),
            )
        ]

    def __str__(self):
        return self.title


class Attendance(Background):
    """Somebody took a course on a day."""

    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="attendances")
    done_on = models.DateField(_("done on"))

    class Meta(Background.Meta):
        ordering = ["employee", "-done_on", "-pk"]
        constraints = [
            *Background.Meta.constraints,
            models.UniqueConstraint(
                fields=["employee", "course", "done_on"],
                condition=Q(struck_because=""),
                name="one_attendance_of_a_day",
                violation_error_message=_("This person took that course on that day already."),
            ),
        ]

    def __str__(self):
        return f"{self.course}: {self.done_on}"


class TrainingQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Those of `user`, and of the people who report to them, straight or not."""
        return self.filter(employee__among=known_to(user))

    def with_names(self):
        """The people are asked for when the rows are there: before, their names would be joined to everybody's rows."""
        return self.select_related("course").prefetch_related("employee")


class Training(models.Model):
    """What a person who sits in a seat owes of a course in force: when they took it last, by which day they must next.

    A view of the database, so that it is never out of date: it says what `training_due` says as of now. `due` is empty
    where once was enough.
    """

    employee = models.ForeignKey(Employee, on_delete=models.DO_NOTHING, related_name="trainings")
    course = models.ForeignKey(Course, on_delete=models.DO_NOTHING, related_name="+")
    facility = models.ForeignKey(Facility, on_delete=models.DO_NOTHING, related_name="+")
    done_on = models.DateField(null=True)
    due = models.DateField(null=True)

    objects = TrainingQuerySet.as_manager()

    class Meta:
        managed = False
        db_table = "staff_training"
        ordering = ["due", "id"]

    def __str__(self):
        return f"{self.employee}: {self.course}"


auditlog.register(Course, m2m_fields={"jobs"})
auditlog.register(Attendance, exclude_fields=["written_at"])
