"""Reports that were kept, so that what was known on a morning can be printed again."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from himdept.common.confidentiality import Confidentiality
from himdept.common.stored import private_storage
from records.completeness.models.runs import AuditRun
from records.completeness.queries import KeptReportQuerySet
from staff.models import Facility


class KeptReport(models.Model):
    """One file of a night's report. Written once; `sha256` proves that it is still the file that was kept.

    `clearance` is the most confidential record that it may tell of: only who may open such records may have it.
    """

    name = models.SlugField(max_length=40)
    facility = models.ForeignKey(Facility, on_delete=models.PROTECT, related_name="kept_reports")
    run = models.ForeignKey(AuditRun, on_delete=models.PROTECT, related_name="kept_reports", db_index=False)
    clearance = models.PositiveSmallIntegerField(choices=Confidentiality)
    format = models.CharField(max_length=10)
    made_at = models.DateTimeField()
    as_of = models.DateTimeField(help_text=_("The moment that the audit judged."))
    rows = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    file = models.FileField(upload_to="reports/%Y/%m", storage=private_storage, max_length=200)

    objects = KeptReportQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["run", "facility", "name", "clearance", "format"], name="keptreport_once_a_run"
            ),
            models.CheckConstraint(name="keptreport_names_its_file", condition=~Q(file="") & ~Q(sha256="")),
        ]
        indexes = [models.Index(fields=["facility", "id"], name="keptreport_of_facility")]

    def __str__(self):
        return f"{self.name} of audit {self.run_id}"
