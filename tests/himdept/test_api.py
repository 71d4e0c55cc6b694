"""/api/v1 as programs meet it: what they may read, how they go through lists, and how they are refused."""

import json
from datetime import timedelta
from urllib.parse import parse_qs

import pytest
from django.core.cache import cache
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as drawn
from hypothesis import strategies as st

from himdept.common.confidentiality import Confidentiality
from records.completeness import audits
from records.models import AuditRun, Deficiency, EncounterIdentifier, Record
from staff.models import KeptReply
from tests import factories as make
from tests.brokers import no_worker  # noqa: F401
from tests.programs import Program

pytestmark = pytest.mark.django_db

LISTS = ["records/", "deficiencies/", "requirements/", "practitioners/", "audits/"]


@pytest.fixture(autouse=True)
def fresh():
    cache.clear()


@pytest.fixture
def program():
    make.facility()
    return Program()


def problem(response, status: int) -> dict:
    assert response.status_code == status, response.content
    assert response.headers["Content-Type"] == "application/problem+json"
    said = response.json()
    assert said["status"] == status
    assert said["detail"]
    return said


# -- Who may read what ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", [*LISTS, "statistics/delinquency/", "records/1/"])
def test_without_a_token_nothing_is_answered(client, path):
    response = client.get(f"/api/v1/{path}")
    problem(response, 401)
    assert response.headers["WWW-Authenticate"] == 'Bearer realm="himdept"'


@pytest.mark.parametrize("path", LISTS)
def test_a_scope_opens_its_own_resource_and_no_other(path):
    make.facility()
    of = path.removesuffix("ies/").removesuffix("s/").capitalize() if path != "deficiencies/" else "Deficiency"
    own, other = Program("own", f"system/{of}.read"), Program("other", "system/Patient.read")
    assert own.get(path).status_code == 200
    problem(other.get(path), 403)


def test_a_signed_in_person_has_no_business_here(client):
    client.force_login(make.manager())
    problem(client.get("/api/v1/records/"), 401)


def test_records_of_other_facilities_and_above_the_clearance_are_not_there(program):
    ours = make.record()
    secret = make.record(confidentiality=Confidentiality.RESTRICTED)
    elsewhere = make.record(at=make.facility("OTHER"))
    listed = program.get("records/").json()["results"]
    assert [one["id"] for one in listed] == [ours.pk]
    for hidden in (secret, elsewhere):
        problem(program.get(f"records/{hidden.pk}/"), 404)
    cleared = Program("cleared", facilities=[ours.facility], clearance=Confidentiality.RESTRICTED)
    assert {one["id"] for one in cleared.get("records/").json()["results"]} == {ours.pk, secret.pk}


# -- What is read --------------------------------------------------------------------------------------------------


def test_records_are_narrowed_by_the_attending_and_by_the_local_days_of_the_stay(program):
    naess = make.practitioner("Naess")
    stay = make.record(attending=naess)  # 8 to 12 October 2026, in the afternoon
    for asked, is_told in (
        ({"attending": naess.pk}, True),
        ({"attending": naess.pk + 1}, False),
        ({"admitted_from": "2026-10-08", "admitted_to": "2026-10-08"}, True),
        ({"admitted_from": "2026-10-09"}, False),
        ({"admitted_to": "2026-10-07"}, False),
        ({"discharged_from": "2026-10-12", "discharged_to": "2026-10-12"}, True),
        ({"discharged_from": "2026-10-13"}, False),
        ({"discharged_to": "2026-10-11"}, False),
    ):
        told = program.get("records/", asked).json()["results"]
        assert [one["id"] for one in told] == ([stay.pk] if is_told else []), asked
        assert program.post("records/search/", asked).json()["results"] == told
    problem(program.get("records/", {"admitted_from": "1.10.2026"}), 400)


def test_a_record_reads_as_the_contract_says(program):
    record = make.record(visit="V-778102")
    number = EncounterIdentifier.objects.get(encounter=record.pk)
    read = program.get(f"records/{record.pk}/").json()
    assert set(read) == {
        *("id", "encounter", "patient", "facility", "class", "service", "start", "end", "disposition", "attending"),
        *("status", "confidentiality", "requirements_due", "requirements_met", "open_deficiencies", "oldest_due_at"),
        *("delinquent_at", "completed_at"),
    }
    assert read["encounter"] == {"system": number.system, "value": "V-778102"}
    assert read["patient"] == {"id": record.encounter.patient_id}
    assert (read["class"], read["confidentiality"], read["facility"]) == ("inpatient", "N", "MAIN")
    assert read["start"].endswith("Z")


def test_a_stay_known_to_the_day_reads_as_a_date(program):
    record = make.record()
    encounter = record.encounter
    encounter.start_first = timezone.datetime(2026, 10, 8, 4, tzinfo=timezone.get_fixed_timezone(0))
    encounter.start_last = encounter.start_first + timedelta(days=1)
    encounter.save()
    assert program.get(f"records/{record.pk}/").json()["start"] == "2026-10-08"


def test_a_deficiency_reads_as_the_contract_says(program):
    found = make.deficiency(make.record(visit="V-1"))
    read = program.get(f"deficiencies/{found.pk}/").json()
    assert set(read) == {
        *("id", "record", "encounter", "requirement", "document_type", "kind", "status", "mendable", "document"),
        *("procedure", "restraint", "element", "owed_by", "due_at", "opened_at", "resolved_at", "delinquent_at", "why"),
    }
    assert set(read["requirement"]) == {"code", "topic", "title", "basis", "profile", "version"}
    assert read["encounter"]["value"] == "V-1"
    assert read["why"].startswith("Discharge summary is missing.")


@pytest.mark.parametrize("path", ["records/", "deficiencies/"])
def test_a_visit_finds_its_own_by_query_and_by_body(program, path):
    mine, other = make.record(visit="V-1"), make.record(visit="V-2")
    for record in (mine, other):
        make.deficiency(record)
    number = EncounterIdentifier.objects.get(encounter=mine.pk)
    asked = {"encounter": f"{number.system}|V-1"}
    by_query, by_body = program.get(path, asked).json(), program.post(f"{path}search/", asked).json()
    assert by_query == by_body
    assert [one.get("record", one["id"]) for one in by_query["results"]] == [mine.pk]


def test_the_statistics_are_those_of_the_last_audit(program, no_worker):  # noqa: F811
    assert program.get("statistics/delinquency/").json() == []
    make.record()
    run = audits.start(as_of=timezone.now())
    audits.begin(run)
    list(audits.work_off(run))
    (main,) = program.get("statistics/delinquency/").json()
    run.refresh_from_db()
    assert main["facility"] == "MAIN"
    assert (main["delinquent"], main["open_deficiencies"]) == (run.delinquent, run.open)
    assert main["as_of"] == audits.iso(run.as_of)


# -- Pages and tags ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "sorts"), [("records/", ["id", "oldest_due_at"]), ("deficiencies/", ["id", "due_at"])]
)
def test_the_pages_of_a_list_are_the_whole_list_in_every_order(program, path, sorts):
    now = timezone.now()
    for i in range(7):
        due = None if i % 3 == 0 else now - timedelta(days=i // 2)
        make.deficiency(make.record(oldest_due_at=due), due_at=due)
    everything = (Record if path == "records/" else Deficiency).objects.values_list("pk", flat=True)
    for sort in [*sorts, *(f"-{sort}" for sort in sorts)]:
        seen, page = [], program.get(path, {"sort": sort, "limit": 2}).json()
        while True:
            seen += [one["id"] for one in page["results"]]
            if page["next"] is None:
                break
            page = program.get(page["next"]).json()
        assert sorted(seen) == sorted(everything), sort


def test_a_search_goes_on_by_the_same_body_and_tells_nothing_of_it_in_an_address(program):
    patient = make.patient(mrn="00482563")
    numbers = [make.record(of=patient).pk for _ in range(3)]
    asked = {"patient": f"{patient.identifiers.get().system}|00482563", "limit": 2}
    first = program.post("records/search/", asked).json()
    address, query = first["next"].split("?")
    assert address.endswith("/api/v1/records/search/")
    assert (list(parse_qs(query)), "00482563" in first["next"]) == (["cursor"], False)
    ways = [(first["next"], asked), ("records/search/", asked | {"cursor": first["next"]})]
    ways.append(("records/search/", asked | {"cursor": parse_qs(query)["cursor"][0]}))  # as it was before
    for path, body in ways:
        second = program.post(path, body).json()
        assert [one["id"] for one in second["results"]] == numbers[2:]
        assert (second["next"], program.post(second["previous"], body).json()["results"]) == (None, first["results"])


def test_a_search_whose_parameters_stand_in_its_address_is_refused(program):
    said = problem(program.post("records/search/?status=complete", {}), 400)
    assert (said["field"], "stand in its body" in said["detail"]) == ("status", True)


def test_a_list_that_has_not_changed_is_not_sent_again(program):
    make.record()
    first = program.get("records/")
    assert first.headers["Cache-Control"] == "private, no-cache"
    again = program.get("records/", If_None_Match=first.headers["ETag"])
    assert (again.status_code, again.content) == (304, b"")
    make.record()
    assert program.get("records/", If_None_Match=first.headers["ETag"]).status_code == 200


# -- Acts ----------------------------------------------------------------------------------------------------------


def test_an_audit_is_asked_for_and_polled(program, no_worker):  # noqa: F811
    make.record()
    asked = program.post("audits/", {"as_of": "2026-03-03T00:00:00Z", "full": True})
    assert asked.status_code == 202
    run = AuditRun.objects.get(pk=asked.json()["id"])
    assert (asked.json()["state"], run.full, run.requested_by) == ("queued", True, program.client.user)
    audits.begin(run)
    list(audits.work_off(run))
    polled = program.get(asked.headers["Location"]).json()
    run.refresh_from_db()
    assert polled == {"id": run.pk, "state": "finished"} | audits.as_json(run)


def test_a_moment_that_is_still_to_come_is_a_what_if(program, no_worker):  # noqa: F811
    """Were it written, no night before it would write any more."""
    owed = make.deficiency(make.record())
    ahead = AuditRun.objects.get(pk=program.post("audits/", {"as_of": "2099-03-03T00:00:00Z"}).json()["id"])
    audits.begin(ahead)
    list(audits.work_off(ahead))
    ahead.refresh_from_db()
    assert (ahead.state, ahead.written) == ("finished", False)
    tonight = audits.start(as_of=timezone.now(), full=True)
    audits.begin(tonight)
    list(audits.work_off(tonight))
    tonight.refresh_from_db()
    assert tonight.written
    assert Deficiency.objects.filter(pk=owed.pk).exists()


def test_a_moment_before_the_last_audit_is_told_to_be_a_what_if_when_it_is_asked_for(program, no_worker):  # noqa: F811
    make.audit_run(as_of=timezone.now())
    asked = program.post("audits/", {"as_of": "2026-03-03T00:00:00Z"}).json()
    run = AuditRun.objects.get(pk=asked["id"])
    audits.begin(run)
    list(audits.work_off(run))
    finished = program.get(f"audits/{run.pk}/").json()
    assert (asked["state"], asked["written"]) == ("queued", False)
    assert (finished["state"], finished["written"]) == ("finished", False)


def test_where_no_later_moment_was_audited_an_audit_is_told_to_be_written(program, no_worker):  # noqa: F811
    make.audit_run(as_of=timezone.now(), facility=make.facility("OTHER"))
    asked = program.post("audits/", {"as_of": "2026-03-03T00:00:00Z", "facility": "MAIN"}).json()
    assert asked["written"] is True


def test_a_key_does_once_what_is_sent_twice(program, no_worker):  # noqa: F811
    body = {"as_of": "2026-03-03T00:00:00Z"}
    first = program.post("audits/", body, Idempotency_Key="k-1")
    second = program.post("audits/", body, Idempotency_Key="k-1")
    assert second.content == first.content
    assert (second.status_code, second.json()) == (202, first.json())
    assert second.headers["Location"] == first.headers["Location"]
    assert AuditRun.objects.count() == 1
    problem(program.post("audits/", {"full": True}, Idempotency_Key="k-1"), 422)
    assert program.post("audits/", body, Idempotency_Key="k-2").json() != first.json()


def test_what_was_refused_is_not_kept_under_its_key(program, no_worker):  # noqa: F811
    problem(program.post("audits/", {"facility": "NOWHERE"}, Idempotency_Key="k"), 422)
    assert not KeptReply.objects.exists()
    assert program.post("audits/", {}, Idempotency_Key="k").status_code == 202


def test_a_client_of_one_facility_audits_that_one(no_worker):  # noqa: F811
    make.facility("OTHER")
    program = Program(facilities=[make.facility()])
    program.post("audits/", {})
    assert AuditRun.objects.get().facility == make.facility()
    problem(program.post("audits/", {"facility": "OTHER"}), 422)


def test_a_waiver_needs_to_know_what_it_waives(program):
    found = make.deficiency()
    path, why = f"deficiencies/{found.pk}/", {"because": "Its author has died; bylaws 4.2"}
    tag = program.get(path).headers["ETag"]
    problem(program.post(f"{path}waive/", why), 428)
    problem(program.post(f"{path}waive/", why, If_Match='"of before"'), 412)
    done = program.post(f"{path}waive/", why, If_Match=tag)
    assert (done.status_code, done.json()["status"]) == (200, "waived")
    problem(program.post(f"{path}waive/", why, If_Match=tag), 412)
    problem(program.post(f"{path}waive/", why, If_Match="*"), 409)
    found.refresh_from_db()
    assert found.waived_by == program.client.user


def test_a_deficiency_is_reassigned(program):
    found, alder = make.deficiency(), make.practitioner("Alder", "M.")
    path = f"deficiencies/{found.pk}/"
    done = program.post(f"{path}reassign/", {"because": "On leave", "to": alder.pk}, If_Match="*")
    assert done.json()["owed_by"] == {"id": alder.pk, "display": "Alder, M."}
    assert (
        "no practitioner"
        in problem(program.post(f"{path}reassign/", {"because": "x", "to": 10**12}, If_Match="*"), 422)["detail"]
    )


# -- Refusals ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "query", "about"),
    [
        ("records/", {"statsu": "open"}, "statsu"),
        ("records/", {"status": "open"}, "status"),
        ("records/", {"limit": "0"}, "limit"),
        ("records/", {"limit": "many"}, "limit"),
        ("records/", {"sort": "name"}, "sort"),
        ("records/", {"status": ""}, "status"),
        ("records/", {"encounter": "V-1"}, "encounter"),
        ("records/", {"patient": "9" * 30}, "patient"),
        ("deficiencies/", {"owed_by": "Alder"}, "owed_by"),
        ("requirements/", {"in_force_on": "yesterday"}, "in_force_on"),
        ("audits/", {"written": "perhaps"}, "written"),
    ],
)
def test_a_parameter_that_cannot_be_understood_is_named(program, path, query, about):
    assert problem(program.get(path, query), 400)["field"] == about


@pytest.mark.parametrize("query", [{"facility": " "}, {"facility": " MAIN"}, {"encounter": "urn:x|\n"}])
def test_a_space_is_as_good_a_letter_as_another(program, query):
    make.record(visit="V-1")
    assert program.get("records/", query).json()["results"] == []


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("{", 400),
        ([], 400),
        ({"as_of": "2026-03-03T00:00:00"}, 400),
        ({"as_of": "soon"}, 400),
        ({"facility": "MA\u0000IN"}, 400),
        ({"facility": 7}, 400),
        ({"full": "yes"}, 400),
        ({"known_at": "2999-01-01T00:00:00Z"}, 422),
    ],
)
def test_an_audit_that_cannot_be_is_refused_in_words(program, body, status):
    problem(program.post("audits/", body), status)
    assert not AuditRun.objects.exists()


def test_other_refusals_are_problems_too(program, client):
    problem(program.get("nothing/"), 404)
    problem(program.get("records/", {"cursor": "made up"}), 404)
    problem(program.get(f"records/{2**70}/"), 404)
    problem(program.post("records/", {}), 405)
    problem(program.post("audits/", "<x/>", content_type="application/xml"), 415)
    problem(program.get("records/", Accept="application/xml"), 406)
    problem(client.get("/api/v1/records/", headers={"Authorization": "Bearer x"}), 401)


def test_too_many_requests_are_told_when_to_come_again(program, settings):
    settings.CLIENT_REQUESTS_PER_MINUTE = 0
    response = program.get("records/")
    problem(response, 429)
    assert 0 < int(response.headers["Retry-After"]) <= 61


@drawn(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    path=st.sampled_from(LISTS),
    query=st.dictionaries(
        st.sampled_from(
            ["encounter", "patient", "status", "class", "owed_by", "record", "facility", "cursor", "limit"]
        ),
        st.text(max_size=40) | st.integers().map(str),
        max_size=3,
    ),
)
def test_no_query_breaks_a_list(program_of_all_examples, path, query):
    response = program_of_all_examples.get(path, query)
    assert response.status_code in {200, 400, 404}
    json.loads(response.content)


@pytest.fixture
def program_of_all_examples(settings):
    settings.CLIENT_REQUESTS_PER_MINUTE = 10**6
    make.facility()
    make.deficiency()
    return Program()
