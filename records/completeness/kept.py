"""Keeping the night's reports, so that they can be printed again as they were."""

import hashlib
import tempfile

from django.core.files import File
from django.db import IntegrityError, transaction
from django.utils import timezone

from himdept.common import reports
from himdept.common.confidentiality import Confidentiality
from himdept.common.db.snapshots import snapshot
from himdept.common.errors import DomainError
from records.completeness import deficiency_report
from records.completeness.deficiency_report import REPORT
from records.completeness.models import AuditRun, KeptReport
from records.completeness.models.runs import State
from records.inventory.models import Record
from staff.models import Facility


def make_kept(facility: Facility, run: AuditRun) -> list[KeptReport]:
    """Keep the deficiency report of a facility's finished audit, in every format, and return its files.

    A step of the night: `records.completeness.kept.make_kept`. One set tells of the ordinary records; where there are
    more confidential ones, a second set tells of all and opens to fewer people. Done twice it writes nothing twice. It
    reads one snapshot and is best called outside of a transaction. Raises DomainError when the run did not end well.
    """
    if run.state != State.FINISHED or not run.written:
        raise DomainError(f"Audit {run.pk} is not one whose report can be kept: it has not finished, or wrote nothing.")
    clearances = [Confidentiality.NORMAL]
    if Record.objects.filter(facility=facility, confidentiality__gt=Confidentiality.NORMAL).exists():
        clearances.append(Confidentiality.VERY_RESTRICTED)
    return [keep(facility, run, clearance, form) for clearance in clearances for form in REPORT.formats]


def keep(facility: Facility, run: AuditRun, clearance: Confidentiality, form: str) -> KeptReport:
    """One file of the report: there already, or made now."""
    which = {"name": REPORT.name, "facility": facility, "run": run, "clearance": clearance, "format": form}
    if there := KeptReport.objects.filter(**which).first():
        return there
    with tempfile.TemporaryFile() as made:
        with snapshot():
            contents = deficiency_report.contents(deficiency_report.of_facility(facility, clearance))
            rows = reports.write_contents(contents, made, form=form)
        made.seek(0)
        sha256 = hashlib.file_digest(made, "sha256").hexdigest()
        report = KeptReport(made_at=timezone.now(), as_of=run.as_of, rows=rows, sha256=sha256, **which)
        made.seek(0)
        report.file.save(
            f"{REPORT.name}-{facility.code}-{run.pk}-{clearance.name.lower()}.{form}", File(made), save=False
        )
        try:
            with transaction.atomic():
                report.save()
        except IntegrityError:
            # Another worker kept the same one in the meantime: theirs stands, ours goes.
            report.file.delete(save=False)
            return KeptReport.objects.get(**which)
    return report


def is_as_kept(report: KeptReport) -> bool:
    """Whether the file is there and still the one that was kept."""
    try:
        with report.file.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == report.sha256
    except OSError:
        return False
