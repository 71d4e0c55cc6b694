import html
import re
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils import timezone
from guardian.shortcuts import assign_perm

from records.completeness.filters import due_today
from records.models import Expected, KeptFigures
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


def links(page: str, pattern: str) -> list[tuple[str, str]]:
    return [(html.unescape(address), number) for address, number in re.findall(pattern, page)]


def assert_as_many(desk, address: str, number: str):
    assert f"{number} found" in desk.get(address).content.decode(), address


def test_every_tile_says_the_number_of_rows_behind_its_link(desk, hospital):
    page = desk.get("/").content.decode()
    tiles = links(page, r'<a href="([^"]+)"><span class="value">([\d,]+)</span>')
    assert len(tiles) == 5  # the sixth is a ratio
    for address, number in tiles:
        assert_as_many(desk, address, number)
    assert dict(tiles)["/records/?status=delinquent"] == "2"
    assert dict(tiles)["/deficiencies/?age=0"] == "4"
    assert dict(tiles)["/deficiencies/?kind=undated"] == "1"


def test_every_number_in_a_table_is_the_number_of_rows_behind_its_link(desk, hospital):
    page = desk.get("/").content.decode()
    numbers = links(page, r'<td class="end"[^>]*>(?:<span>)?<a[^>]* href="([^"]+)">([\d,]+)</a>')
    whole = links(page, r'href="(/expected/[^"]+)">all (\d+)</a>')
    assert len(numbers) == 2 + 2 + 2  # practitioners, services, charts and findings of one rule
    for address, number in numbers + whole:
        assert_as_many(desk, address, number)


def test_what_falls_due_stands_by_its_hour_with_who_and_where_and_opens_as_many_rows(desk):
    now = timezone.now()
    midnight = datetime.combine(now.astimezone(NEW_YORK).date() + timedelta(days=1), datetime.min.time(), NEW_YORK)
    surgery, vance = make.service("surgery", "Surgery"), make.practitioner("Vance", "T.")
    for owed_by in (vance, vance, None):
        make.expected(make.record(service=surgery), due_at=midnight, owed_by=owed_by)
    order = make.document_type("order")
    make.requirement("VO-48H", topic="order", document_types=["order"], due_after_hours=48)
    make.expected(due_at=midnight - timedelta(hours=3), document_type=order)
    make.expected(due_at=midnight + timedelta(minutes=1))
    response = desk.get("/")
    first, last = response.context["coming"]
    assert (first.document, first.number, first.is_past) == ("Order", 1, midnight - timedelta(hours=2) <= now)
    assert (last.clock, last.document, last.number) == ("24:00", "Discharge summary", 3)
    assert last.who == [("Vance, T.", 2), ("", 1)]
    assert last.where == ["Surgery"]
    page = response.content.decode()
    assert "Vance, T. (2), nobody known" in page
    for group in (first, last):
        assert_as_many(desk, group.address, str(group.number))
    assert_as_many(desk, response.context["due_today"].address, "4")


def test_what_passed_on_the_day_before_says_which_day_that_was(desk):
    yesterday = timezone.now().astimezone(NEW_YORK) - timedelta(days=1)
    make.expected(due_at=yesterday)
    page = desk.get("/")
    assert [group.day_before for group in page.context["coming"]] == [yesterday.date()]
    assert f"({yesterday:%-d %b}, has passed since the audit)" in page.content.decode()


def test_who_owes_most_stands_first_with_the_age_of_it(desk, hospital):
    response = desk.get("/")
    owing = response.context["owing"]
    assert [(row.name, row.number, [band.number for band in row.bands]) for row in owing.practitioners] == [
        ("Vance, T.", 3, [1, 1, 1]),
        ("Alder, M.", 1, [1, 0, 0]),
    ]
    assert owing.practitioners[0].service == "Surgery"
    assert owing.how_many == 2
    assert [round(band.length) for band in owing.practitioners[0].bands] == [33, 33, 33]
    assert f'href="/practitioners/{owing.practitioners[0].key}/"' in response.content.decode()

    make.deficiency(owed_by=make.practitioner("Quist"), kind="undated", element="time", due_at=None)
    make.deficiency()  # nobody is no practitioner
    assert 'href="/practitioners/">all 3 practitioners' in desk.get("/").content.decode()
    assert_as_many(desk, "/practitioners/", "3")


def test_services_are_counted_too_and_so_is_what_belongs_to_none(desk, hospital):
    response = desk.get("/")
    rows = response.context["owing"].services
    assert [(row.name, row.number) for row in rows] == [("Surgery", 3), ("", 1)]
    assert "no service" in response.content.decode()
    for row in rows:
        assert_as_many(desk, row.address, str(row.number))


def test_nobody_who_owes_is_a_row_of_its_own(desk):
    make.deficiency()
    response = desk.get("/")
    (row,) = response.context["owing"].practitioners
    assert row.name == ""
    assert "nobody known" in response.content.decode()
    assert_as_many(desk, row.address, "1")


def test_a_rule_is_cited_with_its_charts_and_findings_most_charts_first(desk):
    summary = make.requirement(tag="A-0468", severity="serious")
    orders = make.requirement("VO-48H", topic="verbal-order", title="Verbal orders", due_after_hours=48)
    one = make.record(status="incomplete")
    for n in range(3):
        make.deficiency(one, requirement=orders, topic="verbal-order", block=n)
    for _n in range(2):
        make.deficiency(make.record(status="incomplete"), requirement=summary)
    make.deficiency(requirement=summary, status="resolved", kind="late", resolved_at=timezone.now(), cause="met_late")
    response = desk.get("/")
    cited = response.context["owing"].citations
    assert [(row.code, row.charts, row.findings, row.tone) for row in cited] == [
        ("DS-30D", 2, 2, "bad"),
        ("VO-48H", 1, 3, "watch"),
    ]
    page = response.content.decode()
    assert "A-0468" in page
    assert "Severity of the rule:" in page
    assert '2</a><span class="only-heard"> serious</span>' in page
    assert '1</a><span class="only-heard"> standard</span>' in page
    for row in cited:
        assert_as_many(desk, row.charts_address, str(row.charts))
        assert_as_many(desk, row.findings_address, str(row.findings))


@pytest.mark.parametrize("hour", ["soon", "2026-11-24T09:00", "9999-12-31T23:30+00:00"])
def test_an_hour_that_is_none_is_refused_in_words(desk, hour):
    response = desk.get("/expected/", {"hour": hour})
    assert response.status_code == 400
    assert "an hour is a time with offset" in response.content.decode()


# -- Yesterday, target, trend ----------------------------------------------------------------------------------------


def night(days: int, **figures):
    """The night of some days ago, with what was kept of it for the ordinary records of MAIN."""
    at = timezone.now().astimezone(NEW_YORK).replace(hour=2, minute=0, second=0, microsecond=0) - timedelta(days=days)
    run = make.audit_run(as_of=at.astimezone(UTC))
    facility = figures.pop("facility", None) or make.facility()
    fields = {"confidentiality": 3, "discharges": 1200, "months": 12} | figures
    return KeptFigures.objects.create(run=run, facility=facility, day=at.date(), **fields)


def tile(desk, label: str):
    return next(tile for tile in desk.get("/").context["tiles"] if tile.label == label)


def test_a_number_is_compared_with_the_night_of_yesterday(desk, hospital):
    night(1, delinquent=5, past_due=4)
    night(0, delinquent=9)
    delinquent, past_due = tile(desk, "Delinquent records"), tile(desk, "Past due")
    assert (delinquent.value, delinquent.change, delinquent.since, delinquent.moves) == (
        2,
        -3,
        "since yesterday",
        "better",
    )
    assert (past_due.change, past_due.moves) == (0, "")
    page = desk.get("/").content.decode()
    assert "−3" in page
    assert "±0" in page


def test_when_a_night_was_missed_the_day_is_named(desk, hospital):
    kept = night(3, delinquent=1)
    named = f"{kept.day.day} {kept.day:%b} {kept.day.year}"
    assert (tile(desk, "Delinquent records").change, tile(desk, "Delinquent records").since) == (1, f"since {named}")


def test_without_an_earlier_night_nothing_is_compared(desk, hospital):
    night(0, delinquent=1)
    assert tile(desk, "Delinquent records").change is None
    assert "no night to compare with" in desk.get("/").content.decode()


def test_what_lies_above_ones_clearance_is_in_no_comparison(desk, hospital):
    yesterday = night(1, delinquent=1)
    KeptFigures.objects.create(
        run=yesterday.run, facility=yesterday.facility, day=yesterday.day, confidentiality=4, delinquent=70
    )
    assert tile(desk, "Delinquent records").change == 1


def test_of_several_audits_of_a_day_the_first_is_the_night(desk, hospital):
    first = night(1, delinquent=1)
    later = make.audit_run(as_of=first.run.as_of + timedelta(hours=6))
    KeptFigures.objects.create(run=later, facility=first.facility, day=first.day, confidentiality=3, delinquent=8)
    assert tile(desk, "Delinquent records").change == 1


def test_somebody_with_records_opened_by_name_is_shown_the_change_of_what_the_role_reaches(client, hospital):
    user = make.manager()
    sealed = make.record(confidentiality=5, status="delinquent")
    assign_perm("records.view_record", user, sealed)
    night(1, delinquent=1)
    night(0, delinquent=2)
    client.force_login(user)
    shown = tile(client, "Delinquent records")
    assert (shown.value, shown.change) == (3, 1)


def test_the_ratio_is_of_the_average_monthly_discharges_and_its_limit_is_half(desk, hospital):
    night(0, discharges=36, months=12)
    ratio = tile(desk, "Delinquency ratio")
    assert (round(ratio.value), ratio.unit, ratio.tone, ratio.word) == (67, "of 3 discharges a month", "bad", "over 50")
    assert ratio.address == "/records/?status=delinquent"
    assert "RC.01.04.01" in ratio.help


def test_without_discharges_there_is_no_ratio(desk, hospital):
    night(0, discharges=0)
    assert tile(desk, "Delinquency ratio").value is None
    assert "no discharges yet" in desk.get("/").content.decode()


@pytest.mark.parametrize(("at_most", "tone", "word"), [(1, "bad", "over 1"), (2, "good", "on target"), (None, "", "")])
def test_a_number_is_measured_against_its_target(desk, hospital, at_most, tone, word):
    if at_most is not None:
        make.facility().targets.create(measure="delinquent", at_most=at_most, from_day=date(2025, 1, 1))
    shown = tile(desk, "Delinquent records")
    assert (shown.target, shown.tone, shown.word) == (at_most, tone, word)
    assert ("no target" if at_most is None else f"target {at_most}") in desk.get("/").content.decode()


def test_the_target_of_the_latest_day_that_has_come_is_in_force(desk, hospital):
    today = timezone.now().astimezone(NEW_YORK).date()
    for days, at_most in ((-400, 9), (0, 7), (1, 3)):
        make.facility().targets.create(measure="past_due", at_most=at_most, from_day=today + timedelta(days=days))
    assert tile(desk, "Past due").target == 7


def test_a_fortnight_of_nights_is_a_line_with_words(desk, hospital):
    for days in range(20, -1, -1):
        night(days, delinquent=days)
    shown = tile(desk, "Delinquent records").spark
    assert len(shown.points) == 14
    assert shown.words.startswith("14 nights: from 13 on ")
    assert f'aria-label="{shown.words}"' in desk.get("/").content.decode()


def test_thirteen_weeks_are_a_line_with_limits_and_a_table(desk, hospital):
    for week in range(12, 0, -1):
        night(7 * week, delinquent=10 + week % 2, incomplete=30)
    latest = night(0, delinquent=25, incomplete=40)
    response = desk.get("/")
    shown = response.context["trend"]
    assert [point.value for point in shown.picture.points][-3:] == [10, 11, 25]
    assert len(shown.rows) == 13
    assert [level.name for level in shown.levels] == ["upper limit", "mean", "lower limit"]
    assert shown.sentence.startswith("Above the upper limit")
    page = response.content.decode()
    assert f'href="/audits/{latest.run_id}/"' in page
    assert shown.picture.words in page


@pytest.mark.parametrize(
    ("weeks", "at_end"),
    [
        ([10, 14, 18, 16, 22, 26, 33, 33], ["lower limit"]),  # at the left the line climbs through that name
        ([33, 33, 26, 22, 16, 18, 14, 10], ["upper limit"]),  # or falls through the other
        ([22, 21, 22, 21, 22, 21, 22, 21], []),
    ],
)
def test_the_name_of_a_limit_stands_where_the_line_leaves_room(desk, hospital, weeks, at_end):
    for ago, delinquent in zip(range(7, -1, -1), weeks, strict=True):
        night(7 * ago, delinquent=delinquent)
    shown = desk.get("/").context["trend"]
    assert [level.name for level in shown.levels if level.at_end] == at_end


def test_with_few_weeks_no_limits_are_drawn(desk, hospital):
    for week in (1, 0):
        night(7 * week, delinquent=10)
    shown = desk.get("/").context["trend"]
    assert (shown.levels, shown.sentence) == ([], "Limits are drawn when there are 4 weeks more.")


# -- How fresh, and of which facilities ------------------------------------------------------------------------------


def test_before_the_first_audit_the_page_says_that_nothing_is_known(desk):
    make.record()
    assert "No audit has been finished yet" in desk.get("/").content.decode()
    make.audit_run(as_of=timezone.now())
    assert "No audit has been finished yet" not in desk.get("/").content.decode()


def test_an_empty_hospital_is_told_where_records_come_from(desk):
    page = desk.get("/").content.decode()
    assert "There are no records here yet" in page
    assert "Nothing would be cited" in page
    assert "Nothing falls due before midnight" in page


def test_an_audit_that_failed_is_said_with_what_the_numbers_are_as_of_and_what_to_do(desk):
    good = make.audit_run(as_of=timezone.now() - timedelta(days=1))
    failed = make.audit_run(as_of=timezone.now(), state="failed", error="1 of 3 parts failed: OperationalError")
    response = desk.get("/")
    page = response.content.decode()
    assert "The last audit failed" in page
    assert "1 of 3 parts failed: OperationalError" in page
    assert f"/audits/{failed.pk}/" in page
    assert "to try now, start one under Audit runs" in page
    assert response.context["last"] == good


def test_a_failure_that_was_made_good_is_not_told(desk):
    make.audit_run(as_of=timezone.now() - timedelta(hours=3), state="failed", error="disk")
    make.audit_run(as_of=timezone.now() - timedelta(hours=1))
    assert desk.get("/").context["warnings"] == []


@pytest.mark.parametrize(("hours", "stale"), [(24, False), (26, True)])
def test_numbers_of_more_than_a_day_ago_are_said_to_be_old(desk, hours, stale):
    make.audit_run(as_of=timezone.now() - timedelta(hours=hours))
    assert ("more than a day old" in desk.get("/").content.decode()) == stale


@pytest.mark.parametrize("unfinished", [{"state": "failed", "error": "disk"}, {"state": "running"}, {"written": False}])
def test_only_a_finished_and_written_audit_dates_the_numbers(desk, unfinished):
    make.audit_run(**unfinished)
    assert desk.get("/").context["last"] is None


def test_several_facilities_are_summed_and_shown_one_by_one(client, hospital):
    east = make.facility("EAST")
    make.record(at=east, status="delinquent")
    client.force_login(make.person(role="Records manager", facilities=[make.facility(), east]))
    for of, aim in ((make.facility(), 3), (east, 2)):
        of.targets.create(measure="delinquent", at_most=aim, from_day=date(2025, 1, 1))
        of.targets.create(measure="ratio", at_most=10 * aim, from_day=date(2025, 1, 1))
    make.facility().targets.create(measure="past_due", at_most=4, from_day=date(2025, 1, 1))
    night(2, delinquent=50)  # MAIN alone: no sum
    night(1, delinquent=1)
    night(1, delinquent=1, facility=east)
    response = client.get("/")
    tiles = {tile.label: tile for tile in response.context["tiles"]}
    assert (tiles["Delinquent records"].value, tiles["Delinquent records"].change) == (3, 1)
    assert (tiles["Delinquent records"].target, tiles["Delinquency ratio"].target) == (5, 20)
    assert tiles["Past due"].target is None
    assert tiles["Delinquent records"].spark is None
    rows = {row.facility.code: row.cells for row in response.context["facilities"]}
    assert [cell.value for cell in rows["EAST"]] == [1, 1.0, 0, 0, 1, 0]
    assert rows["EAST"][0].target == 2
    for cells in rows.values():
        for cell in cells:
            if not cell.percent:
                assert_as_many(client, cell.address, str(cell.value))


def test_one_facility_has_no_table_of_its_own(desk, hospital):
    assert desk.get("/").context["facilities"] == []


def test_today_ends_at_the_facilitys_own_midnight():
    main = make.facility()
    now = datetime(2026, 11, 23, 23, 30, tzinfo=NEW_YORK)
    midnight = datetime(2026, 11, 24, tzinfo=NEW_YORK)
    make.expected(topic="today", due_at=midnight)
    make.expected(topic="tomorrow", due_at=midnight + timedelta(seconds=1))
    found = Expected.objects.filter(due_today([main], now))
    assert [row.topic for row in found] == ["today"]
    assert not Expected.objects.filter(due_today((), now)).exists()


def test_a_person_whose_role_reads_no_records_sees_no_numbers(client):
    make.deficiency()
    client.force_login(make.person(role="Interface engineer"))
    page = client.get("/").content.decode()
    assert f'<li><a href="{reverse("client_list")}">' in page
    assert 'class="value"' not in page


def test_the_huddle_costs_a_bounded_number_of_queries(desk, hospital):
    make.audit_run()
    desk.get("/")
    with counted("huddle"):
        desk.get("/")


def test_the_huddle_asks_how_the_night_went_and_is_told_in_sentences(client, db):
    client.force_login(make.manager())
    assert f'hx-get="{reverse("night")}"' in client.get(reverse("huddle")).content.decode()
    told = client.get(reverse("night"), headers={"HX-Request": "true", "HX-Request-Type": "partial"})
    assert told.content.decode().strip().startswith("<section")
    assert "The clock that begins the nights (beat) has not ticked yet" in told.content.decode()
    client.force_login(make.person("reader", role="Records clerk"))
    assert client.get(reverse("night")).status_code == 403
    assert "hx-get" not in client.get(reverse("huddle")).content.decode()


def test_somebody_with_a_role_and_no_facility_yet_sees_an_empty_huddle(client, db):
    person = make.manager()
    person.facilities.clear()
    client.force_login(person)
    assert client.get(reverse("huddle")).status_code == 200
