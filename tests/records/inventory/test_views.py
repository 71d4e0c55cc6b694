import csv
import io
from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from himdept.common.confidentiality import Confidentiality
from records.completeness import due
from records.models import Deficiency, Due
from staff.people import facilities
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


def test_a_stay_that_has_ended_since_the_last_audit_is_not_judged_yet(desk):
    ended = make.record(of=make.patient("Ended"), status="in_progress")
    in_house = make.record(of=make.patient("Inhouse"), end=None, status="in_progress")
    due.append([ended.pk, in_house.pk])
    heading, *rows = csv.reader(
        io.StringIO(b"".join(desk.get("/lists/record_list.csv?columns=patient,status,met").streaming_content).decode())
    )
    told = {row[0].split(",")[0].title(): row[heading.index("Status") :] for row in rows}
    assert told == {"Ended": ["Not judged yet", "", "", ""], "Inhouse": ["In progress", "", "0", "0"]}
    make.deficiency(ended, due_at=timezone.now())
    lacks = Deficiency.objects.get()
    for address in (f"/records/{ended.pk}/", "/deficiencies/", f"/deficiencies/{lacks.pk}/"):
        shown = desk.get(address).content.decode()
        assert ("not judged yet" in shown, "in progress" in shown) == (True, False), address
    sheet = b"".join(desk.get("/lists/deficiency_list.csv?columns=what,record").streaming_content).decode()
    assert ("Not judged yet" in sheet, "In progress" in sheet) == (True, False)
    assert "not judged yet" not in desk.get(f"/records/{in_house.pk}/").content.decode()
    page = desk.get("/records/").content.decode()
    assert page.count("not judged yet") == 1
    assert page.count("0 / 0") == 1
    Due.objects.all().delete()
    assert "not judged yet" not in desk.get("/records/").content.decode()


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


def stay_of(name: str, start: str, end: str | None = None, **more):
    at = more.get("at") or make.facility()
    began, ended = (moment and datetime.fromisoformat(moment).replace(tzinfo=at.zone) for moment in (start, end))
    return make.record(of=make.patient(name), start=began, end=ended, **more)


def test_the_list_is_narrowed_by_the_local_days_of_admission_and_of_discharge(desk):
    stay_of("Early", "2026-03-01T00:00", "2026-03-04T23:59")
    stay_of("Late", "2026-03-02T23:59", "2026-03-05T00:00")
    stay_of("Inhouse", "2026-03-03T00:00")
    everybody = {"Early", "Late", "Inhouse"}
    assert listed(desk, "?admitted_from=2026-03-01&admitted_to=2026-03-03") == everybody
    assert listed(desk, "?admitted_from=2026-03-02") == {"Late", "Inhouse"}
    assert listed(desk, "?admitted_to=2026-03-02") == {"Early", "Late"}
    assert listed(desk, "?admitted_from=2026-03-03&admitted_to=2026-03-03") == {"Inhouse"}
    assert listed(desk, "?discharged_from=2026-03-04") == {"Early", "Late"}
    assert listed(desk, "?discharged_from=2026-03-05") == {"Late"}
    assert listed(desk, "?discharged_to=2026-03-04") == {"Early"}
    assert listed(desk, "?admitted_from=2026-03-02&discharged_to=2026-03-05") == {"Late"}
    assert listed(desk, "?admitted_from=2026-03-04&admitted_to=2026-03-01") == set()
    assert listed(desk, "?admitted_from=0001-01-01&admitted_to=9999-12-31") == everybody
    assert listed(desk, "?admitted_to=0001-01-01") == listed(desk, "?admitted_from=9999-12-31") == set()


def test_a_stay_known_to_the_day_is_of_that_day(desk):
    midnight = datetime.fromisoformat("2026-03-04T00:00").replace(tzinfo=make.facility().zone)
    record = stay_of("Day", "2026-03-04T18:00", "2026-03-04T18:00")
    type(record.encounter).objects.filter(pk=record.pk).update(
        end_first=midnight, end_last=midnight + timedelta(days=1)
    )
    assert listed(desk, "?discharged_from=2026-03-04&discharged_to=2026-03-04") == {"Day"}
    assert listed(desk, "?discharged_to=2026-03-03") == set()


def test_a_day_is_that_of_the_record_s_own_facility(client):
    west = facilities.open_facility("WEST", name="West", time_zone="America/Los_Angeles")
    client.force_login(make.manager(facilities=[make.facility(), west]))
    stay_of("Here", "2026-03-02T23:30", "2026-03-03T01:00")
    stay_of("There", "2026-03-02T23:30", "2026-03-03T01:00", at=west)
    assert listed(client, "?admitted_from=2026-03-02&admitted_to=2026-03-02") == {"Here", "There"}
    assert listed(client, "?admitted_from=2026-03-03") == set()
    assert listed(client, "?discharged_from=2026-03-03&discharged_to=2026-03-03") == {"Here", "There"}
    assert listed(client, "?discharged_to=2026-03-02") == set()


def test_the_list_is_narrowed_by_the_beginning_of_the_attending_s_name(desk):
    make.record(of=make.patient("First"), attending=make.practitioner("Naess", "I."))
    make.record(of=make.patient("Second"), attending=make.practitioner("Nash", "O."))
    make.record(of=make.patient("Nobody"), attending=None)
    assert listed(desk, "?attending=na") == {"First", "Second"}
    assert listed(desk, "?attending=Naess") == {"First"}
    assert listed(desk, "?attending=%25") == set()


def test_from_and_to_are_one_chip_that_is_taken_away_as_a_whole(desk):
    def chip(query):
        return next(
            (chip.words, chip.without)
            for chip in desk.get(f"/records/{query}").context["filters"].chips
            if chip.label == "Day of admission"
        )

    assert chip("") == ("any", "")
    assert chip("?admitted_from=2026-03-01&admitted_to=2026-03-03&status=complete") == (
        "1 Mar 2026 to 3 Mar 2026",
        "/records/?status=complete",
    )
    assert chip("?admitted_from=2026-03-01") == ("from 1 Mar 2026", "/records/")
    assert chip("?admitted_to=2026-03-03") == ("until 3 Mar 2026", "/records/")


def test_a_sheet_holds_the_stays_of_these_days_and_says_so(desk):
    stay_of("Early", "2026-03-01T08:00", "2026-03-04T12:00")
    stay_of("Late", "2026-03-02T08:00", "2026-03-05T12:00")
    query = "?discharged_from=2026-03-05&discharged_to=2026-03-05"
    told = b"".join(desk.get(f"/lists/record_list.csv{query}").streaming_content).decode()
    assert ("LATE" in told.upper(), "EARLY" in told.upper()) == (True, False)
    printed = desk.get(f"/lists/record_list/print/{query}").content.decode()
    assert "Discharged from" in printed
    assert "5 Mar 2026" in printed


def test_an_empty_list_says_why(desk):
    assert "No record is like this" in desk.get("/records/").content.decode()


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("?status=lost", "Status: there is no “lost” here."),
        ("?service=0", "Service: there is no “0” here."),
        ("?facility=abc", "Facility: there is no “abc” here."),
        ("?admitted_from=yesterday", "Enter a valid date."),
        ("?discharged_to=3.4.2026", "Enter a valid date."),
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


def test_a_choice_of_days_and_attending_costs_the_names_and_the_zones(desk):
    make.record(attending=make.practitioner("Naess"), service=make.service())
    query = "/records/?admitted_from=2026-10-01&discharged_to=2026-10-31&attending=n"
    desk.get(query)
    with counted("record_list_by_days"):
        assert len(desk.get(query).context["page"]) == 1


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
