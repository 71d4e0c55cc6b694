from datetime import timedelta

import pytest
from django.utils import timezone

from himdept.common.confidentiality import Confidentiality
from tests import factories as make
from tests.queries import counted

pytestmark = pytest.mark.django_db
FRAGMENT = {"HX-Request": "true", "HX-Request-Type": "partial"}


@pytest.fixture
def desk(client):
    client.force_login(make.manager())
    return client


def names(response) -> set[str]:
    return {record.encounter.patient.family_name for record in response.context["page"]}


def listed(client, query="") -> set[str]:
    response = client.get(f"/records/{query}")
    assert response.status_code == 200
    return names(response)


@pytest.mark.parametrize(
    ("role", "at", "rank", "sees"),
    [
        ("", "MAIN", Confidentiality.NORMAL, False),  # at the facility, but no role
        ("Records clerk", "OTHER", Confidentiality.NORMAL, False),  # the role, but not the facility
        ("Records clerk", "MAIN", Confidentiality.NORMAL, True),
        ("Records clerk", "MAIN", Confidentiality.RESTRICTED, False),  # more confidential than their clearance
    ],
)
def test_who_sees_a_record_in_the_list_and_by_its_address(client, role, at, rank, sees):
    client.force_login(make.person(role=role))
    record = make.record(at=make.facility(at), confidentiality=rank)
    response = client.get("/records/")
    assert response.status_code == (200 if role else 403)
    if role:
        assert bool(names(response)) is sees
    assert client.get(f"/records/{record.pk}/").status_code == (200 if sees else 404)


def test_running_the_software_is_no_reason_to_read_a_chart(client):
    make.record()
    client.force_login(make.person("root", is_superuser=True, is_staff=True))
    assert client.get("/records/").status_code == 403
    assert b"/records/" not in client.get("/").content


def test_a_row_says_who_what_when_and_how_complete(desk):
    record = make.record(
        of=make.patient("Ortega", "Luis", mrn="00482563"),
        attending=make.practitioner("Naess", "I."),
        service=make.service(),
        status="delinquent",
        requirements_due=7,
        requirements_met=5,
        open_deficiencies=2,
        legal_hold=True,
    )
    row = desk.get("/records/").content.decode()
    for words in ("ORTEGA, Luis", "00482563", "Naess, I.", "Hospital medicine", "5 / 7", "8 Oct 2026", "legal hold"):
        assert words in row, words
    assert f'href="/records/{record.pk}/"' in row
    assert 'data-tone="bad"' in row
    assert "delinquent" in row


def test_the_list_is_narrowed_by_each_filter(desk):
    long_ago = timezone.now() - timedelta(days=40)
    obstetrics = make.service("obstetrics", "Obstetrics")
    make.record(of=make.patient("Complete"), status="complete")
    make.record(of=make.patient("Delinquent"), status="delinquent", end=long_ago, start=long_ago - timedelta(days=2))
    make.record(of=make.patient("Incomplete"), status="incomplete", service=obstetrics)
    make.record(of=make.patient("Inhouse"), end=None, encounter_class="observation", legal_hold=True)
    everybody = {"Complete", "Delinquent", "Incomplete", "Inhouse"}
    assert listed(desk) == everybody
    assert listed(desk, "?status=&service=&marks=") == everybody
    assert listed(desk, "?status=delinquent") == {"Delinquent"}
    assert listed(desk, "?status=unfinished") == {"Delinquent", "Incomplete"}
    assert listed(desk, "?encounter_class=observation") == {"Inhouse"}
    assert listed(desk, f"?service={obstetrics.pk}") == {"Incomplete"}
    assert listed(desk, "?marks=hold") == {"Inhouse"}
    assert "Delinquent" in listed(desk, "?discharged=30")
    assert "Inhouse" not in listed(desk, "?discharged=7")
    assert listed(desk, "?status=delinquent&marks=hold") == set()


def test_an_empty_list_says_why(desk):
    assert "No record is like this" in desk.get("/records/").content.decode()


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("?status=lost", "Status: there is no “lost” here."),
        ("?service=0", "Service: there is no “0” here."),
        ("?facility=abc", "Facility: there is no “abc” here."),
        ("?sort=family_name", "sorted by one of: start, due, delinquent"),
        ("?at=made-up", "This place in the list is not known."),
    ],
)
def test_what_cannot_be_understood_is_refused_in_a_sentence(desk, query, sentence):
    response = desk.get(f"/records/{query}")
    assert response.status_code == 400
    assert sentence in response.content.decode()


def test_a_facility_of_others_cannot_be_asked_for(client):
    client.force_login(make.manager(facilities=[make.facility(), make.facility("SECOND")]))
    assert client.get(f"/records/?facility={make.facility('SECOND').pk}").status_code == 200
    assert client.get(f"/records/?facility={make.facility('FOREIGN').pk}").status_code == 400


def test_a_choice_of_facility_is_offered_only_to_those_who_have_one(client):
    client.force_login(make.manager("one"))
    assert 'id="chip-facility"' not in client.get("/records/").content.decode()
    client.force_login(make.manager("two", facilities=[make.facility(), make.facility("SECOND")]))
    assert 'id="chip-facility"' in client.get("/records/").content.decode()


def test_a_script_gets_the_list_alone_and_its_clean_address(desk):
    make.record()
    response = desk.get("/records/?status=&service=&marks=&discharged=", headers=FRAGMENT)
    page = response.content.decode()
    assert page.strip().startswith("<section")
    assert "<html" not in page
    assert "LINDQVIST" in page
    assert response.headers["HX-Push-Url"] == "/records/"
    assert desk.get("/records/?status=complete&service=", headers=FRAGMENT).headers["HX-Push-Url"] == (
        "/records/?status=complete"
    )


def test_pages_are_linked_and_keep_their_filters(desk):
    for _ in range(51):
        make.record(status="complete")
    first = desk.get("/records/?status=complete&sort=start")
    assert len(first.context["page"]) == 50
    assert "51 found" in first.content.decode()
    following = first.context["page"].next
    second = desk.get("/records/", {"status": "complete", "sort": "start", "at": following})
    assert len(second.context["page"]) == 1
    assert "status=complete" in second.content.decode()


def test_the_list_costs_as_many_queries_for_fifty_rows_as_for_one(desk):
    for _ in range(3):
        make.record(attending=make.practitioner(), service=make.service())
    desk.get("/records/")
    with counted("record_list"):
        desk.get("/records/")
    for _ in range(20):
        make.record(attending=make.practitioner(), service=make.service())
    with counted("record_list"):
        desk.get("/records/")
