import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from records.completeness.filters import due_today
from records.models import Expected
from tests import factories as make
from tests.queries import counted

pytestmark = pytest.mark.django_db
NEW_YORK = ZoneInfo("America/New_York")


@pytest.fixture
def desk(client):
    client.force_login(make.manager())
    return client


@pytest.fixture
def hospital():
    """Two delinquent records, one incomplete, one entry without a date, one document due in a moment."""
    now = timezone.now()
    vance, alder = make.practitioner("Vance", "T."), make.practitioner("Alder", "M.")
    surgery = make.service("surgery", "Surgery")
    for days in (40, 20, 3):
        make.deficiency(
            make.record(status="delinquent" if days > 5 else "incomplete", service=surgery, open_deficiencies=1),
            owed_by=vance,
            due_at=now - timedelta(days=days, hours=1),
        )
    make.deficiency(make.record(status="incomplete"), owed_by=alder, due_at=now - timedelta(days=1, hours=1))
    make.deficiency(make.record(status="incomplete"), kind="undated", element="time", due_at=None)
    make.deficiency(make.record(confidentiality=5, status="delinquent"), owed_by=vance)
    make.expected(due_at=now)


def test_every_number_is_the_number_of_rows_behind_its_link(desk, hospital):
    page = desk.get("/").content.decode()
    tiles = re.findall(r'<a href="([^"]+)"><span class="value">([\d,]+)</span>', page)
    assert len(tiles) == 5
    for address, number in tiles:
        assert f"{number} found" in desk.get(address.replace("&amp;", "&")).content.decode(), address
    assert dict(tiles)["/records/?status=delinquent"] == "2"
    assert dict(tiles)["/deficiencies/?age=0"] == "4"
    assert dict(tiles)["/deficiencies/?kind=undated"] == "1"


def test_who_owes_most_stands_first_with_the_age_of_it(desk, hospital):
    rows = desk.get("/").context["practitioners"]
    assert [(row.name, row.number, [band.number for band in row.bands]) for row in rows] == [
        ("Vance, T.", 3, [1, 1, 1]),
        ("Alder, M.", 1, [1, 0, 0]),
    ]
    assert [round(band.length) for band in rows[0].bands] == [33, 33, 33]
    for row in rows:
        assert f"{row.number} found" in desk.get(row.address).content.decode()


def test_services_are_counted_too_and_so_is_what_belongs_to_none(desk, hospital):
    rows = desk.get("/").context["services"]
    assert [(row.name, row.number) for row in rows] == [("Surgery", 3), ("", 1)]
    assert "no service" in desk.get("/").content.decode()
    for row in rows:
        assert f"{row.number} found" in desk.get(row.address).content.decode(), row.address


def test_nobody_who_owes_is_a_row_of_its_own(desk):
    make.deficiency()
    (row,) = desk.get("/").context["practitioners"]
    assert row.name == ""
    assert "nobody known" in desk.get("/").content.decode()
    assert "1 found" in desk.get(row.address).content.decode()


def test_before_the_first_audit_the_page_says_that_nothing_is_known(desk):
    assert "No audit has been finished yet" in desk.get("/").content.decode()
    make.audit_run()
    page = desk.get("/").content.decode()
    assert "No audit has been finished yet" not in page
    assert "12 Nov 2026 13:10" in page


@pytest.mark.parametrize("unfinished", [{"state": "failed"}, {"state": "running"}, {"written": False}])
def test_only_a_finished_and_written_audit_dates_the_numbers(desk, unfinished):
    make.audit_run(**unfinished)
    assert desk.get("/").context["last"] is None


def test_today_ends_at_the_facilitys_own_midnight():
    main = make.facility()
    now = datetime(2026, 11, 23, 23, 30, tzinfo=NEW_YORK)
    midnight = datetime(2026, 11, 24, tzinfo=NEW_YORK)
    make.expected(topic="today", due_at=midnight)
    make.expected(topic="tomorrow", due_at=midnight + timedelta(seconds=1))
    found = Expected.objects.filter(due_today((main.pk,), now))
    assert [row.topic for row in found] == ["today"]
    assert not Expected.objects.filter(due_today((), now)).exists()


def test_a_person_whose_role_reads_no_records_sees_no_numbers(client):
    make.deficiency()
    client.force_login(make.person(role="Interface engineer"))
    page = client.get("/").content.decode()
    assert "Nothing here for you yet" in page
    assert 'class="value"' not in page


def test_the_huddle_costs_a_bounded_number_of_queries(desk, hospital):
    make.audit_run()
    desk.get("/")
    with counted("huddle"):
        desk.get("/")
