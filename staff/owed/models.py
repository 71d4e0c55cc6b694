"""What each person owes of courses and competencies, written down once and read many times (docs/adr/0051).

Tables of the database alone: its triggers mark whose rows hold no longer, `keep_owed` writes them anew, and the views
behind `Training` and `Competence` read them. Numbers instead of foreign keys: a mark must hold up nobody who deletes.
"""

from django.db import models


class OwedPerson(models.Model):
    """Somebody whose rows are written, and until when they hold by themselves (None: for good): from then on another
    seat, another employment, or a course that comes into force may ask other things."""

    employee_id = models.BigIntegerField(primary_key=True)
    until = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["until"], name="owed_until")]

    def __str__(self):
        return str(self.employee_id)


class OwedCourse(models.Model):
    """What `training_due` said of one person, seat and course. `pair` is its number there."""

    pair = models.BigIntegerField()
    employee_id = models.BigIntegerField()
    course_id = models.BigIntegerField()
    facility_id = models.BigIntegerField()
    done_on = models.DateField(null=True)
    due = models.DateField(null=True)
    until = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["employee_id"]),
            models.Index(fields=["pair"]),
            models.Index(fields=["due", "pair"], name="owed_course_by_day"),
        ]

    def __str__(self):
        return str(self.pair)


class OwedCompetency(models.Model):
    """What `competence_due` said of one person, seat and competency. `pair` is its number there."""

    pair = models.BigIntegerField()
    employee_id = models.BigIntegerField()
    competency_id = models.BigIntegerField()
    facility_id = models.BigIntegerField()
    assessed_on = models.DateField(null=True)
    passed = models.BooleanField(null=True)
    due = models.DateField(null=True)
    until = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["employee_id"]),
            models.Index(fields=["pair"]),
            models.Index(fields=["due", "pair"], name="owed_competency_by_day"),
        ]

    def __str__(self):
        return str(self.pair)


class OwedChange(models.Model):
    """A mark: what was written of somebody holds no longer; without a number, of nobody it does.

    Each change leaves one of its own, in its own transaction, so that no two wait for each other.
    """

    employee_id = models.BigIntegerField(null=True)

    class Meta:
        indexes = [models.Index(fields=["employee_id"])]

    def __str__(self):
        return str(self.employee_id or "everybody")
