import io
import stat
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.db import IntegrityError
from openpyxl import load_workbook
from pypdf import PdfReader

from himdept.common import night
from himdept.common.errors import DomainError
from records.completeness import kept
from records.models import KeptReport
from tests import factories as make

pytestmark = pytest.mark.django_db(transaction=True)  # a report is read within a snapshot of its own


FORMATS = ("pdf", "html", "xlsx", "csv")


@pytest.fixture(autouse=True)
def media(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def texts(reports) -> dict[str, str]:
    found = {}
    for report in reports:
        with report.file.open("rb") as file:
            found[report.format] = file.read()
    return found


def files(folder) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def test_the_night_keeps_the_report_of_the_facility_in_every_format(media):
    make.deficiency(make.record(of=make.patient(mrn="00482217")))
    make.deficiency(make.record(at=make.facility("OTHER")))
    run = make.audit_run()
    reports = kept.make_kept(make.facility(), run)
    assert [(report.name, report.format, report.rows, report.as_of, report.clearance) for report in reports] == [
        ("deficiencies", form, 1, run.as_of, 3) for form in FORMATS
    ]
    found = texts(reports)
    assert "00482217" in found["csv"].decode()
    assert load_workbook(io.BytesIO(found["xlsx"]))["Deficiencies"].max_row == 2
    assert "00482217" in found["html"].decode()
    assert "00482217" in PdfReader(io.BytesIO(found["pdf"])).pages[-1].extract_text()
    assert files(media) == sorted(f"deficiencies-MAIN-audit-{run.pk}-normal.{form}" for form in FORMATS)


def test_more_confidential_records_are_told_of_in_files_of_their_own():
    make.deficiency(make.record())
    make.deficiency(make.record(confidentiality=4))
    reports = kept.make_kept(make.facility(), make.audit_run())
    assert [(report.clearance, report.rows) for report in reports] == [(3, 1)] * 4 + [(4, 2)] * 4
    assert [report.clearance for report in KeptReport.objects.visible_to(make.manager()).order_by("pk")] == [3] * 4
    assert KeptReport.objects.visible_to(make.manager("cleared", clearance=4)).count() == 8
    assert not KeptReport.objects.visible_to(make.manager("elsewhere", facilities=[make.facility("OTHER")])).exists()
    assert not KeptReport.objects.visible_to(make.manager("gone", is_active=False)).exists()


def test_what_is_kept_is_for_the_program_alone(media):
    report = kept.make_kept(make.facility(), make.audit_run())[0]
    path = media / report.file.name
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert not getattr(settings, "MEDIA_URL", "").strip("/")


def test_done_twice_it_keeps_the_same_files(media):
    run = make.audit_run()
    first = kept.make_kept(make.facility(), run)
    make.deficiency()
    assert kept.make_kept(make.facility(), run) == first
    assert len(files(media)) == len(FORMATS)


def test_what_a_lost_worker_left_undone_is_done_by_the_next(media):
    run = make.audit_run()
    first = kept.make_kept(make.facility(), run)
    first[-1].delete()
    again = kept.make_kept(make.facility(), run)
    assert again[:-1] == first[:-1]
    assert kept.is_as_kept(again[-1])


def test_of_two_workers_one_keeps_and_the_other_leaves_no_file_behind(media):
    run = make.audit_run()
    first = next(report for report in kept.make_kept(make.facility(), run) if report.format == "csv")
    second = KeptReport(
        name=first.name, facility=first.facility, run=run, clearance=3, format="csv", as_of=run.as_of, rows=0
    )
    assert kept.store(second, io.BytesIO(b"another")) == first
    assert len(files(media)) == len(FORMATS)


def test_a_file_is_as_it_was_kept_until_somebody_touches_it(media):
    report = kept.make_kept(make.facility(), make.audit_run())[0]
    assert kept.is_as_kept(report)
    path = media / report.file.name
    path.write_bytes(path.read_bytes() + b"more")
    assert not kept.is_as_kept(report)
    path.unlink()
    assert not kept.is_as_kept(report)


@pytest.mark.parametrize("how", [{"state": "failed"}, {"state": "running"}, {"written": False}])
def test_an_audit_that_did_not_end_well_has_no_report_to_keep(how):
    with pytest.raises(DomainError, match="not one whose report can be kept"):
        kept.make_kept(make.facility(), make.audit_run(**how))
    assert not KeptReport.objects.exists()


def test_a_kept_report_has_a_file_and_its_hash():
    with pytest.raises(IntegrityError, match="keptreport_names_its_file"):
        KeptReport.objects.create(
            name="x",
            facility=make.facility(),
            run=make.audit_run(),
            clearance=3,
            format="csv",
            rows=0,
            made_at=make.DISCHARGED,
            as_of=make.DISCHARGED,
        )


class TestTheStepOfTheNight:
    def step(self, run, **night_of):
        tonight = SimpleNamespace(**{"facility": make.facility(), "as_of": run.as_of} | night_of)
        return SimpleNamespace(night=tonight)

    def test_every_night_has_it_outside_of_a_transaction(self):
        step = night.step_named("reports")
        assert (step.do, step.in_transaction) == (kept.keep_tonights, False)

    def test_it_keeps_the_reports_of_the_nights_own_audit(self):
        make.deficiency()
        run = make.audit_run()
        assert kept.keep_tonights(self.step(run)) == {"files": len(FORMATS), "rows": 1}
        assert {report.run for report in KeptReport.objects.all()} == {run}

    def test_when_the_audit_failed_it_says_so(self):
        run = make.audit_run(state="failed")
        with pytest.raises(DomainError, match="did not end well"):
            kept.keep_tonights(self.step(run))
        with pytest.raises(DomainError, match="did not end well"):
            kept.keep_tonights(self.step(make.audit_run(), as_of=run.as_of + timedelta(days=1)))


class TestRemovingWhatWasKeptLongEnough:
    """Reports of 401 and of 399 days ago, where reports are kept for 400."""

    @pytest.fixture(autouse=True)
    def days(self, settings):
        settings.KEPT_REPORT_DAYS = 400

    def kept_of(self, days_ago: int, **fields) -> KeptReport:
        as_of = make.DISCHARGED - timedelta(days=days_ago)
        run = make.audit_run(as_of=as_of)
        report = KeptReport(
            name="deficiencies",
            run=run,
            clearance=3,
            format="csv",
            as_of=as_of,
            rows=0,
            **({"facility": make.facility()} | fields),
        )
        return kept.store(report, io.BytesIO(b"kept"))

    def prune(self) -> dict:
        return kept.prune(SimpleNamespace(night=SimpleNamespace(facility=make.facility(), as_of=make.DISCHARGED)))

    def test_old_ones_go_with_their_files_and_others_stay(self, media):
        old, young = self.kept_of(401), self.kept_of(399)
        assert self.prune() == {"pruned": 1}
        assert list(KeptReport.objects.all()) == [young]
        assert files(media) == [young.file.name.rsplit("/", 1)[-1]]
        assert not (media / old.file.name).exists()
        assert self.prune() == {"pruned": 0}

    def test_those_of_another_facility_wait_for_its_own_night(self):
        self.kept_of(401, facility=make.facility("OTHER"))
        assert self.prune() == {"pruned": 0}

    def test_a_worker_that_was_lost_half_way_leaves_nothing_behind(self, media):
        old = self.kept_of(401)
        (media / old.file.name).unlink()
        assert self.prune() == {"pruned": 1}
        assert not KeptReport.objects.exists()

    def test_every_night_has_it_after_the_one_that_keeps(self):
        names = [step.name for step in night.steps()]
        assert names.index("old_reports") == names.index("reports") + 1
        assert (night.step_named("old_reports").do, night.step_named("old_reports").in_transaction) == (
            kept.prune,
            False,
        )
