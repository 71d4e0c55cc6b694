import re
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone
from guardian.shortcuts import assign_perm

from himdept.common.confidentiality import Confidentiality
from records.completeness import deficiencies, requirements
from records.models import AccessLog, Filing
from tests import factories as make
from tests.queries import counted

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager():
    return make.manager()


@pytest.fixture
def desk(client, manager):
    client.force_login(manager)
    return client


def page_of(client, record) -> str:
    response = client.get(f"/records/{record.pk}/")
    assert response.status_code == 200
    return response.content.decode()


def test_the_banner_says_whose_record_it_is_and_the_title_does_not(desk):
    record = make.record(of=make.patient("Lindqvist", "Amara", mrn="00482217"), visit="V-778102")
    page = page_of(desk, record)
    banner = page[page.index('class="patient"') : page.index("</section>")]
    for words in ("LINDQVIST, Amara", "female", "born 14 Mar 1961", "00482217", "V-778102", "access logged"):
        assert words in banner, words
    title = re.search(r"<title>(.*?)</title>", page).group(1)
    assert title == f"Record {record.pk} · himdept"


def test_every_opening_is_written_to_the_access_log(desk, manager):
    record = make.record()
    page_of(desk, record)
    page_of(desk, record)
    entries = AccessLog.objects.filter(record=record)
    assert [(entry.user, entry.act) for entry in entries] == [(manager, "read")] * 2


def test_what_could_not_be_opened_is_not_logged_as_read(client):
    client.force_login(make.person(role="Records clerk"))
    sealed = make.record(confidentiality=Confidentiality.VERY_RESTRICTED)
    assert client.get(f"/records/{sealed.pk}/").status_code == 404
    assert not AccessLog.objects.exists()


def test_a_record_opened_by_name_is_shown_to_that_person_alone(client):
    friend, other = make.person("friend", facilities=[]), make.person("other", facilities=[])
    sealed = make.record(confidentiality=Confidentiality.VERY_RESTRICTED)
    assign_perm("records.view_record", friend, sealed)
    client.force_login(friend)
    assert "LINDQVIST" in page_of(client, sealed)
    client.force_login(other)
    assert client.get(f"/records/{sealed.pk}/").status_code == 404


def test_a_number_that_is_no_record_is_not_there(desk):
    assert desk.get("/records/999999999/").status_code == 404


def test_deficiencies_say_what_is_wrong_why_and_who_owes_it_open_ones_first(desk):
    record = make.record(open_deficiencies=1)
    make.deficiency(record, kind="late", status="resolved", resolved_at=make.DISCHARGED + timedelta(days=31), topic="a")
    make.deficiency(record, owed_by=make.practitioner("Vance", "T."), topic="b")
    page = page_of(desk, record)
    assert page.index("Discharge summary is missing") < page.index("Discharge summary was late")
    assert "30 days after discharge (Medical staff bylaws, 42 CFR 482.24(c)(4)(vii))" in page
    assert "Vance, T." in page
    assert "1 open" in page


def test_documents_are_listed_in_the_order_in_which_they_were_written(desk):
    record = make.record()
    make.document(record, document_type=make.document_type("b", "Operative note"), authored=make.DISCHARGED)
    make.document(
        record, document_type=make.document_type("a", "Admission note"), authored=make.ADMITTED, signed=make.ADMITTED
    )
    elsewhere = make.document(make.record(), document_type=make.document_type("c", "Clinic letter"), authored=None)
    Filing.objects.create(record=record, document=elsewhere)
    page = page_of(desk, record)
    assert page.index("Admission note") < page.index("Operative note") < page.index("Clinic letter")
    assert "filed here from another record" in page
    assert page.count("unsigned</span>") == 2
    assert "3 on file" in page


def test_times_are_those_of_the_facility(desk):
    page = page_of(desk, make.record())
    assert "8 Oct 2026 14:10" in page  # 18:10 UTC in New York


def test_what_is_coming_due_is_shown_with_its_rule(desk):
    requirements.adopt(make.requirement().profile, make.facility())
    record = make.record(start=timezone.now() - timedelta(days=3), end=timezone.now() - timedelta(days=1))
    page = page_of(desk, record)
    next_card = page[page.index('id="next-heading"') :]
    assert "30 days after discharge (Medical staff bylaws, 42 CFR 482.24(c)(4)(vii))" in next_card
    assert "29 d left" in next_card


def test_where_no_rule_asks_for_anything_nothing_is_said_to_be_there(desk):
    next_card = page_of(desk, make.record()).partition('id="next-heading"')[2]
    assert "Nothing is asked for." in next_card
    assert "all that is asked for is there" not in next_card


def test_a_record_becomes_delinquent_when_the_last_day_is_over(desk):
    requirements.adopt(make.requirement(due_after_days=1).profile, make.facility())
    record = make.record(start=timezone.now() - timedelta(days=9), end=timezone.now() - timedelta(days=5))
    over = timezone.localdate(record.encounter.end_first, make.facility().zone) + timedelta(days=31)
    next_card = page_of(desk, record).partition('id="next-heading"')[2]
    assert f"{over.day} {over:%b %Y}</time> on, when the 30 days after discharge are over" in next_card


def test_a_name_that_ends_with_a_full_stop_gets_no_second_one(desk):
    requirements.adopt(make.requirement().profile, make.facility())
    record = make.record(attending=make.practitioner(), end=timezone.now() - timedelta(days=1))
    next_card = page_of(desk, record).partition('id="next-heading"')[2]
    assert "Vance, T.</p>" in next_card


def test_who_opened_it_is_shown_to_the_privacy_officer_only(client, desk):
    record = make.record()
    assert "Who opened it" not in page_of(desk, record)
    client.force_login(make.person("privacy", role="Privacy officer"))
    page = page_of(client, record)
    assert "Who opened it" in page
    assert "manager" in page


def test_nothing_from_outside_is_taken_for_markup(desk):
    record = make.record(of=make.patient("<script>alert(1)</script>", "<b>"), location="<img src=x>")
    page = page_of(desk, record)
    assert "<SCRIPT>" not in page
    assert "<img src=x>" not in page
    assert "&lt;SCRIPT&gt;" in page


def test_the_page_costs_as_many_queries_however_much_the_record_holds(desk):
    record = make.record(attending=make.practitioner(), service=make.service())
    desk.get(f"/records/{record.pk}/")
    for i in range(5):
        document = make.document(record, author=make.practitioner())
        make.deficiency(record, topic=f"t{i}", owed_by=make.practitioner(), served_by=document, kind="unsigned")
        make.expected(record, topic=f"t{i}", owed_by=make.practitioner())
        with counted("record_page"):
            desk.get(f"/records/{record.pk}/")


# -- As of another day -----------------------------------------------------------------------------------------------


LEFT = datetime(2025, 3, 7, 18, 10, tzinfo=UTC)


@pytest.fixture
def owing():
    """A stay of which the discharge summary was written 40 days after the discharge, late by ten."""
    requirements.adopt(make.requirement().profile, make.facility())
    record = make.record(start=LEFT - timedelta(days=4), end=LEFT, attending=make.practitioner())
    written = LEFT + timedelta(days=40)
    make.document(record, authored=written, author=make.practitioner("Alder", "M."))
    return record


def as_of(client, record, when: str, status: int = 200) -> str:
    response = client.get(f"/records/{record.pk}/", {"as_of": when})
    assert response.status_code == status
    return response.content.decode()


def test_a_day_before_shows_what_a_surveyor_would_have_found_then(desk, owing):
    before, between = as_of(desk, owing, "2025-04-06"), as_of(desk, owing, "2025-04-07")
    after = page_of(desk, owing)
    assert "what a surveyor would have found in this record on 7 Apr 2025" in between
    assert "Discharge summary is missing" not in before
    assert "Nothing was owed" in before
    assert "Discharge summary is missing" in between
    assert ">0 on file<" in between
    assert "written 10 d late" in after
    assert ">1 on file<" in after


def test_in_the_past_nothing_can_be_done_and_nobody_is_watched(client, owing):
    client.force_login(make.person("officer", role="Privacy officer"))
    page = as_of(client, owing, "2025-04-07")
    for words in ("Waive", "Reassign", "Who opened it", 'id="history"', "Would be satisfied by"):
        assert words not in page, words


def test_a_day_before_the_admission_says_that_the_stay_had_not_begun(desk, owing):
    page = as_of(desk, owing, "2025-03-01")
    assert "The stay had not begun" in page
    assert "requirements met" not in page


@pytest.mark.parametrize("when", ["the third", "2101-01-01", "2026-13-01", "<script>"])
def test_an_odd_day_is_refused_beside_its_field_and_the_record_is_shown_as_of_now(desk, owing, when):
    page = as_of(desk, owing, when, status=400)
    assert 'aria-describedby="as_of_error"' in page
    assert 'id="as_of_error"' in page
    assert "<script>" not in page
    assert "LINDQVIST" in page


def test_what_the_last_audit_does_not_know_yet_is_said(desk, owing):
    assert "The record stands otherwise now than the last audit wrote down" in page_of(desk, owing)
    make.deficiency(owing, kind="late", status="resolved", due_at=LEFT, resolved_at=LEFT + timedelta(days=40))
    assert "stands otherwise" not in page_of(desk, owing)


def test_a_past_view_of_a_sealed_record_leaks_nothing(client):
    client.force_login(make.person(role="Records clerk"))
    sealed = make.record(confidentiality=Confidentiality.VERY_RESTRICTED)
    page = as_of(client, sealed, "2026-10-10", status=404)
    assert "LINDQVIST" not in page
    assert "V-" not in page


# -- History and versions --------------------------------------------------------------------------------------------


def test_history_tells_of_documents_and_of_what_people_decided_latest_first(desk, manager, owing):
    deficiency = make.deficiency(owing)
    deficiencies.waive(deficiency, by=manager, because="Dr Alder has left the staff.")
    page = page_of(desk, owing)
    told = page[page.index('id="history"') :]
    waived = told.index("Waived: Discharge summary is missing")
    assert "Dr Alder has left the staff." in told[waived:]
    assert told.index("Discharge summary: written") < told.index("The stay ended") < told.index("The stay began")


def test_a_document_says_what_it_replaces_and_what_it_adds_to(desk):
    record = make.record()
    first = make.document(record, authored=make.ADMITTED, status="superseded")
    make.document(record, authored=make.ADMITTED + timedelta(hours=2), replaces=first)
    make.document(record, authored=make.ADMITTED + timedelta(hours=3), addendum_to=first)
    page = page_of(desk, record)
    for words in ("replaced by the one of", "replaces the one of", "addendum to the one of"):
        assert page.count(words) == 1, words


def test_who_opened_it_is_told_in_runs_and_the_page_costs_no_more_for_it(client, owing):
    other = make.manager("okafor", first_name="R.", last_name="Okafor")
    for _time in range(3):
        AccessLog.objects.create(user=other, record=owing, act="read")
    client.force_login(make.person("officer", role="Privacy officer"))
    page_of(client, owing)
    with counted("record_page"):
        page = page_of(client, owing)
    card = page[page.index('id="readers-heading"') :]
    assert "R. Okafor" in card
    assert "3 times" in card
    assert card.index("officer") < card.index("R. Okafor")


def test_a_view_of_the_past_costs_no_more_than_one_of_now(desk, owing):
    page_of(desk, owing)
    with counted("record_page"):
        as_of(desk, owing, "2025-03-20")
