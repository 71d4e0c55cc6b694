"""Keeping the night's reports, so that they can be printed again as they were: the file itself is kept, in each format.

They are kept for as long as the settings say (`KEPT_REPORT_DAYS`), and then removed by the night.
"""

import hashlib
import tempfile
from contextlib import ExitStack
from datetime import timedelta
from typing import BinaryIO

from django.conf import settings
from django.core.files import File
from django.db import IntegrityError, transaction
from django.db.models import Max, Q
from django.utils import timezone

from himdept.common import reports, stored
from himdept.common.confidentiality import Confidentiality
from himdept.common.db.snapshots import snapshot
from himdept.common.errors import DomainError
from records.completeness import deficiency_report
from records.completeness.deficiency_report import REPORT
from records.completeness.models import AuditRun, KeptReport
from records.completeness.models.runs import State
from records.inventory.models import Record
from staff.models import Facility


def keep_tonights(step) -> dict:
    """The step of the night that keeps the reports of its audit; returns how many files, of how many rows.

    Raises DomainError when that audit did not end well, for then there is nothing to keep.
    """
    night = step.night
    runs = AuditRun.objects.filter(Q(facility=None) | Q(facility=night.facility), as_of=night.as_of, written=True)
    run = runs.filter(state=State.FINISHED).order_by("-pk").first()
    if run is None:
        raise DomainError("Tonight's audit did not end well, so there is no report of it to keep.")
    files = make_kept(night.facility, run)
    return {"files": len(files), "rows": max(file.rows for file in files)}


def make_kept(facility: Facility, run: AuditRun) -> list[KeptReport]:
    """Keep the deficiency report of a facility's finished audit, in every format, and return its files.

    One set tells of the ordinary records; where there are more confidential ones, a second set tells of all and opens
    to fewer people. Done twice it writes nothing twice. Call it outside of a transaction: each file is read within a
    snapshot of its own. Raises DomainError when the run did not end well.
    """
    if run.state != State.FINISHED or not run.written:
        raise DomainError(f"Audit {run.pk} is not one whose report can be kept: it has not finished, or wrote nothing.")
    most = Record.objects.filter(facility=facility).aggregate(most=Max("confidentiality"))["most"] or 0
    clearances = sorted({Confidentiality.NORMAL, max(Confidentiality.NORMAL, Confidentiality(most))})
    return [file for clearance in clearances for file in keep(facility, run, clearance)]


def keep(facility: Facility, run: AuditRun, clearance: Confidentiality) -> list[KeptReport]:
    """The files of the report at one clearance, all of one moment: there already, or made now."""
    which = {"name": REPORT.name, "facility": facility, "run": run, "clearance": clearance}
    there = {report.format: report for report in KeptReport.objects.filter(**which)}
    with ExitStack() as open_files:
        made = {
            form: open_files.enter_context(tempfile.TemporaryFile()) for form in REPORT.formats if form not in there
        }
        with snapshot():
            contents = deficiency_report.contents(deficiency_report.of_facility(facility, clearance))
            written = {form: reports.write_contents(contents, file, form=form) for form, file in made.items()}
        for form, file in made.items():
            written[form].finish()  # a PDF is set here, after the snapshot: it takes its time
            there[form] = store(KeptReport(format=form, as_of=run.as_of, rows=written[form].rows, **which), file)
    return [there[form] for form in REPORT.formats]


def store(report: KeptReport, made: BinaryIO) -> KeptReport:
    """Put a file in its place and write its row; returns the row of whoever was first.

    The row comes first, and the place follows from what the report is: who has the row is alone there. Of somebody who
    was lost between the two only the file is left, and the next attempt puts its own in that very place. (Where that
    was the last attempt it stays.)
    """
    made.seek(0)
    report.sha256, report.made_at = hashlib.file_digest(made, "sha256").hexdigest(), timezone.now()
    made.seek(0)
    rank = Confidentiality(report.clearance).name.lower()
    name = f"{report.name}-{report.facility.code}-audit-{report.run_id}-{rank}.{report.format}"
    report.file.name = report.file.field.generate_filename(report, name)
    storage = report.file.storage
    try:
        with transaction.atomic():
            report.save()
            storage.delete(report.file.name)
            storage.save(report.file.name, File(made))
    except IntegrityError:
        # Another worker kept the same one in the meantime: theirs stands.
        names = ("name", "facility", "run", "clearance", "format")
        return KeptReport.objects.get(**{name: getattr(report, name) for name in names})
    return report


def prune(step) -> dict:
    """The step of the night that removes the reports of its facility that were kept long enough; returns how many.

    The file goes first: a row whose file is gone is found again the next night, a file without its row never would be.
    """
    kept_until = step.night.as_of - timedelta(days=settings.KEPT_REPORT_DAYS)
    pruned = 0
    for report in KeptReport.objects.filter(facility=step.night.facility, as_of__lt=kept_until).order_by("pk"):
        report.file.delete(save=False)
        report.delete()
        pruned += 1
    return {"pruned": pruned}


def is_as_kept(report: KeptReport) -> bool:
    """Whether the file is there and still the one that was kept."""
    return stored.is_as_kept(report.file, report.sha256)
