"""Lists of whom no federal program pays (OIG, SAM): each month's list, whom it was held against, what was found."""

from auditlog.registry import auditlog
from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import DateField, F, Func, Max, Q
from django.db.models.functions import Coalesce, Now
from django.utils.translation import gettext_lazy as _

from staff.employment.models import Employee
from staff.exclusions.reading import Layout


class ExclusionListQuerySet(models.QuerySet):
    def in_use(self):
        """Those that the hospital checks each month."""
        return self.exclude(from_day=None)

    def with_due(self):
        """Each with `last` (the first day of the last month that was checked) and `due`: the last good day of the next
        month, which begins with the one in which the hospital began."""
        last = Max("loads__month")
        end_of_month = "(date_trunc('month', %(expressions)s) + interval '1 month' - interval '1 day')::date"
        next_month = Func(last, template="(%(expressions)s + interval '1 month')::date", output_field=DateField())
        due = Func(Coalesce(next_month, F("from_day")), template=end_of_month, output_field=DateField())
        return self.annotate(last=last, due=due)


class ExclusionList(models.Model):
    """A list of excluded people that an office publishes each month."""

    code = models.SlugField(max_length=20, unique=True)
    title = models.CharField(max_length=120)
    layout = models.CharField(max_length=10, choices=Layout)
    basis = models.CharField(max_length=120, blank=True, help_text=_("The rule that asks for it."))
    from_day = models.DateField(
        null=True, blank=True, help_text=_("From this month on it is checked; empty while nobody has to.")
    )

    objects = ExclusionListQuerySet.as_manager()

    class Meta:
        ordering = ["code"]
        permissions = [("check_exclusions", "Can read exclusion lists and decide on matches of the own line")]

    def __str__(self):
        return self.title


class ExclusionLoad(models.Model):
    """One month's list, read from a file and held against everybody who is employed. Never changed."""

    list = models.ForeignKey(ExclusionList, on_delete=models.PROTECT, related_name="loads")
    month = models.DateField(help_text=_("Its first day."))
    digest = models.CharField(max_length=64, help_text=_("SHA-256 of the file."))
    entries = models.PositiveIntegerField(help_text=_("How many people it names."))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    loaded_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ["-month", "-pk"]
        constraints = [
            models.CheckConstraint(name="exclusion_month_is_its_first_day", condition=Q(month__day=1)),
            models.CheckConstraint(
                name="exclusion_list_names_somebody",
                condition=Q(entries__gt=0),
                violation_error_message=_("The list names nobody."),
            ),
        ]

    def __str__(self):
        return f"{self.list} {self.month:%Y-%m}"


class Excluded(models.Model):
    """Somebody whom the latest list of an office names. `key` tells one entry from another, month after month."""

    list = models.ForeignKey(ExclusionList, on_delete=models.CASCADE, related_name="entries")
    key = models.CharField(max_length=64)
    family = models.CharField(max_length=100, help_text=_("In plain capitals."))
    given = models.CharField(max_length=100)
    name = models.CharField(max_length=201)
    born_on = models.DateField(null=True)
    npi = models.CharField(max_length=10, blank=True)
    said = models.JSONField(help_text=_("What the list says of them."))

    class Meta:
        indexes = [
            models.Index(fields=["list", "family"], name="excluded_by_family"),
            models.Index(fields=["npi"], name="excluded_by_npi", condition=~Q(npi="")),
            # Searched right after a list was written: what waits to be sorted in would be read by each search.
            GinIndex(fields=["name"], name="excluded_by_likeness", opclasses=["gin_trgm_ops"], fastupdate=False),
        ]

    def __str__(self):
        return self.key


class Particulars(models.Model):
    """What tells somebody from another of the same name: birth date and NPI, where they are known."""

    employee = models.OneToOneField(Employee, on_delete=models.PROTECT, related_name="particulars")
    born_on = models.DateField(_("date of birth"), null=True, blank=True)
    npi = models.CharField(_("NPI"), max_length=10, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="particulars_npi_has_ten_digits",
                condition=Q(npi="") | Q(npi__regex=r"^[0-9]{10}$"),
                violation_error_message=_("An NPI has ten digits."),
            )
        ]

    def __str__(self):
        return f"particulars of {self.employee.number}"


class ExclusionCheckQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Those of the people below `user`; never one's own."""
        return self.filter(employee__in=Employee.objects.led_by(user))


class ExclusionCheck(models.Model):
    """One person held against one month's list: the proof, with its moment, of how many entries could be them."""

    employee = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="exclusion_checks")
    load = models.ForeignKey(ExclusionLoad, on_delete=models.PROTECT, related_name="checks")
    checked_at = models.DateTimeField(db_default=Now(), editable=False)
    found = models.PositiveSmallIntegerField(help_text=_("Entries that could be them, those rejected before left out."))

    objects = ExclusionCheckQuerySet.as_manager()

    class Meta:
        ordering = ["-load__month", "load__list"]
        constraints = [models.UniqueConstraint(fields=["employee", "load"], name="one_check_of_a_person_and_list")]

    def __str__(self):
        return f"{self.employee_id}: {self.load}"


class ExclusionMatchQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Those about the people below `user`; never about oneself."""
        return self.filter(employee__in=Employee.objects.led_by(user))

    def open(self):
        return self.filter(accepted=None)

    def standing(self):
        """Those that say that somebody is excluded."""
        return self.filter(accepted=True)

    def to_see_to(self):
        """Those that wait for a decision, and those that stand against somebody who is employed."""
        return self.filter(Q(accepted=None) | Q(accepted=True), employee__in=Employee.objects.employed())


class ExclusionMatch(models.Model):
    """An entry of a list that could be one of our people, until somebody says that it is, or is not, and why."""

    class By(models.TextChoices):
        NPI = "npi", _("the same NPI")
        BIRTH = "birth", _("a like name and the same date of birth")
        NAME = "name", _("a like name")

    employee = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="exclusion_matches")
    list = models.ForeignKey(ExclusionList, on_delete=models.PROTECT, related_name="matches")
    key = models.CharField(max_length=64)
    said = models.JSONField(help_text=_("What the list says of them."))
    by = models.CharField(max_length=5, choices=By)
    found_on = models.DateField()
    due = models.DateField(help_text=_("By when it is decided; once it is accepted, the day of that."))
    accepted = models.BooleanField(null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    decided_on = models.DateField(null=True)
    because = models.TextField(blank=True)

    objects = ExclusionMatchQuerySet.as_manager()

    class Meta:
        ordering = ["due", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["employee", "list", "key"], name="one_match_of_a_person_and_entry"),
            models.CheckConstraint(
                name="exclusion_decision_has_who_when_and_why",
                condition=Q(accepted=None, decided_by=None, decided_on=None, because="")
                | Q(accepted__isnull=False, decided_by__isnull=False, decided_on__isnull=False) & ~Q(because=""),
                violation_error_message=_("Say why."),
            ),
        ]

    def __str__(self):  # no name: it stands in titles
        return f"match {self.pk}"


auditlog.register(ExclusionList)
auditlog.register(ExclusionLoad)
auditlog.register(Particulars, mask_fields=["born_on", "npi"], mask_callable="himdept.common.audit.mask_whole")
auditlog.register(ExclusionMatch, exclude_fields=["said"])
