"""Bundles from programs: who may send, what is answered, and that a transaction is all or nothing."""

import json
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from http.client import HTTPConnection
from urllib.parse import urlencode

import pytest
from django.db import connection, connections, transaction
from django.test import Client as Browser
from oauth2_provider.models import AccessToken

from records.exchange import clients, credentials, messages
from records.models import Client, Document, Encounter, Episode, InboundMessage, Patient, Practitioner, Record
from staff.people import facilities
from tests.records.exchange import made
from tests.records.exchange.conftest import Sender


def statuses(response) -> list[str]:
    return [entry["response"]["status"] for entry in response.json()["entry"]]


def issue(response) -> tuple[int, str, str, str]:
    """Status, code, expression and words of the one thing that is wrong."""
    outcome = response.json()
    assert outcome["resourceType"] == "OperationOutcome"
    [found] = outcome["issue"]
    assert found["severity"] == "error"
    return response.status_code, found["code"], found.get("expression", [""])[0], found["diagnostics"]


def test_a_transaction_is_taken_in_and_answered_entry_by_entry(sender):
    response = sender.post(made.bundle(*(made.put(resource) for resource in made.stay()[::-1])))
    assert (response.status_code, response.headers["Content-Type"]) == (200, "application/fhir+json")
    answer = response.json()
    assert (answer["resourceType"], answer["type"]) == ("Bundle", "transaction-response")
    first = answer["entry"][0]["response"]
    assert (first["status"], first["location"], first["etag"]) == (
        "201 Created",
        "DocumentReference/n1/_history/1",
        'W/"1"',
    )
    assert first["lastModified"]
    assert statuses(response) == ["201 Created"] * 5
    assert Document.objects.get().author == Encounter.objects.get().attending == Practitioner.objects.get()
    kept = InboundMessage.objects.get()
    assert (kept.outcome, kept.created, kept.client, kept.source.name) == ("applied", 5, sender.client, "ehr")
    assert b"sha256:" in messages.body_of(kept)


def test_the_same_again_changes_nothing_and_a_change_makes_a_new_version(sender):
    sender.post(made.bundle(*(made.put(resource) for resource in made.stay())))
    again = sender.post(made.bundle(*(made.put(resource) for resource in made.stay())))
    assert statuses(again) == ["200 OK"] * 5
    assert "lastModified" not in again.json()["entry"][0]["response"]
    changed = sender.post(made.bundle(made.put(made.document(docStatus="final"))))
    assert changed.json()["entry"][0]["response"]["etag"] == 'W/"2"'
    assert list(InboundMessage.objects.order_by("id").values_list("outcome", flat=True)) == [
        "applied",
        "unchanged",
        "applied",
    ]


def state() -> dict[str, list]:
    """The inventory without our own numbers: every row with the names of what it refers to."""
    queries = {
        "patients": """
            SELECT k.external_id, k.content_hash IS NULL, k.version, p.family_name, p.given_name, p.birth_date, p.sex,
                p.deceased, p.deceased_first, p.deceased_last,
                (SELECT array_agg((system, value, kind)::text ORDER BY system, value) FROM records_patientidentifier i
                WHERE i.patient_id = p.id)
            FROM records_patient p JOIN records_patientkey k ON k.patient_id = p.id""",
        "practitioners": """
            SELECT k.external_id, k.version, p.family_name, p.given_name, p.prefix, p.is_active, p.is_stub,
                (SELECT array_agg((system, value)::text ORDER BY system, value)
                FROM records_practitioneridentifier i WHERE i.practitioner_id = p.id)
            FROM records_practitioner p LEFT JOIN records_practitionerkey k ON k.practitioner_id = p.id""",
        "encounters": """
            SELECT k.external_id, k.version, e.facility_id, r.facility_id, r.confidentiality, p.external_id,
                e.encounter_class, e.status, a.external_id, e.start_first, e.start_last, e.end_first, e.end_last,
                e.disposition, e.location, (SELECT count(*) FROM records_due d WHERE d.record_id = e.id) > 0,
                (SELECT array_agg((system, value)::text ORDER BY system, value) FROM records_encounteridentifier i
                WHERE i.encounter_id = e.id)
            FROM records_encounter e JOIN records_encounterkey k ON k.encounter_id = e.id
            JOIN records_record r ON r.encounter_id = e.id
            JOIN records_patientkey p ON p.patient_id = e.patient_id
            LEFT JOIN records_practitionerkey a ON a.practitioner_id = e.attending_id""",
        "episodes": """
            SELECT k.external_id, k.version, e.external_id, x.kind, x.status, x.code, x.title, x.anesthesia,
                x.start_first, x.start_last, x.end_first, x.end_last
            FROM records_episode x JOIN records_episodekey k ON k.episode_id = x.id
            JOIN records_encounterkey e ON e.encounter_id = x.record_id""",
        "documents": """
            SELECT k.external_id, k.version, e.external_id, d.document_type_id, d.status, d.identifier, a.external_id,
                d.authored_first, d.authored_last, d.signed, d.signed_first, d.confidentiality, d.attachment_sha256,
                (SELECT array_agg((system, value)::text ORDER BY system, value) FROM records_documentidentifier i
                WHERE i.document_id = d.id)
            FROM records_document d JOIN records_documentkey k ON k.document_id = d.id
            JOIN records_encounterkey e ON e.encounter_id = d.record_id
            LEFT JOIN records_practitionerkey a ON a.practitioner_id = d.author_id""",
    }
    found = {}
    with connection.cursor() as cursor:
        for name, query in queries.items():
            cursor.execute(f"{query} ORDER BY 1")
            found[name] = cursor.fetchall()
    return found


@pytest.mark.parametrize("method", [made.put, lambda r: made.post(r, f"urn:uuid:{r['id']}")], ids=["PUT", "POST"])
def test_a_posted_transaction_has_the_same_effect_as_the_file(load, synthea, method):
    class Undone(Exception):
        pass

    def undone(act) -> dict[str, list]:
        try:
            with transaction.atomic():
                act()
                found = state()
                raise Undone
        except Undone:
            return found

    def post():
        for name in ("Patient", "Practitioner", "Encounter", "Procedure", "DocumentReference"):
            resources = [json.loads(line) for line in (synthea / f"{name}.ndjson").read_text().splitlines()]
            response = sender.post(made.bundle(*map(method, resources)))
            assert Counter(statuses(response)) == {"201 Created": len(resources)}

    sender = Sender("files")
    of_file, of_post = undone(lambda: load(synthea, source="files")), undone(post)
    assert [len(found) for found in of_file.values()] == [13, 43, 1215, 2056, 1215]
    assert of_post == of_file


def test_entries_refer_to_each_other_by_full_url_whatever_their_order(sender):
    stay, person = "urn:uuid:00000000-0000-4000-8000-0000000000e1", "urn:uuid:00000000-0000-4000-8000-0000000000a1"
    entries = [
        made.post(made.document(within=stay), "urn:uuid:n"),
        made.post(made.encounter(of=person), stay),
        made.post(made.patient("whatever"), person),
    ]
    del entries[0]["resource"]["subject"]
    response = sender.post(made.bundle(*entries))
    assert statuses(response) == ["201 Created"] * 3
    assert response.json()["entry"][1]["response"]["location"] == (
        "Encounter/00000000-0000-4000-8000-0000000000e1/_history/1"
    )
    assert Document.objects.get().record.encounter.patient == Patient.objects.get()
    assert statuses(sender.post(made.bundle(*entries))) == ["200 OK"] * 3


def test_a_create_never_overwrites_what_has_its_name_already(sender):
    sender.post(made.bundle(made.put(made.patient("1"))))
    other = made.patient("1", identifier=[made.number(made.MRN, "other")])
    response = sender.post(made.bundle(made.post(other, "https://ehr.example/fhir/Patient/1")))
    assert statuses(response) == ["201 Created"]
    location = response.json()["entry"][0]["response"]["location"]
    assert location.startswith("Patient/")
    assert not location.startswith("Patient/1/")
    assert Patient.objects.count() == 2


def test_a_create_of_somebody_known_by_number_is_that_person(sender):
    sender.post(made.bundle(made.put(made.patient("1"))))
    response = sender.post(made.bundle(made.post(made.patient("1", birthDate="1961-03-15"), "urn:uuid:x")))
    assert statuses(response) == ["200 OK"]
    assert response.json()["entry"][0]["response"]["location"] == "Patient/1/_history/2"
    assert str(Patient.objects.get().birth_date) == "1961-03-15"


def test_a_transaction_is_all_or_nothing_and_kept_as_it_came(sender):
    bad = made.encounter("e2", **{"class": {"code": "FLD"}})
    sent = json.dumps(made.bundle(*(made.put(resource) for resource in [*made.stay(), bad])))
    status, code, expression, words = issue(sender.post(sent))
    assert (status, code, expression) == (422, "code-invalid", "Bundle.entry[5].resource.class.code")
    assert "'FLD'" in words
    assert not Patient.objects.exists()
    assert not Practitioner.objects.exists()
    kept = InboundMessage.objects.get()
    assert (kept.outcome, kept.refused, kept.problems[0]["place"]) == ("refused", 1, "entry 5")
    assert messages.body_of(kept) == sent.encode()


def test_everything_that_is_wrong_is_said_at_once(sender):
    wrong = [made.patient("p1", gender="F"), made.patient("p2", birthDate="soon"), made.patient("p3")]
    response = sender.post(made.bundle(*map(made.put, wrong)))
    assert [found["expression"] for found in response.json()["issue"]] == [
        ["Bundle.entry[0].resource.gender"],
        ["Bundle.entry[1].resource.birthDate"],
    ]


def faults(response) -> list[tuple[str, str]]:
    """Expression and code of everything that a refusal names."""
    return [(found["expression"][0], found["code"]) for found in response.json()["issue"]]


def test_all_faults_of_all_entries_are_said_at_once_whatever_their_types(sender):
    patient = made.patient(gender="F", birthDate="soon", identifier=[{"value": 7}])
    stay = made.encounter(
        status="gone",
        period={"start": "yesterday", "end": "1.3.2026"},
        **{"class": {"code": "FLD"}, "subject": {"reference": "Practitioner/d1"}},
        location=[{"status": "active"}],
    )
    note = made.document(status="", date="noon", context=[], docStatus="signed")
    response = sender.post(made.bundle(*map(made.put, [note, stay, patient])))
    assert response.status_code == 422
    assert faults(response) == [
        ("Bundle.entry[0].resource.context", "structure"),
        ("Bundle.entry[0].resource.date", "value"),
        ("Bundle.entry[0].resource.status", "required"),
        ("Bundle.entry[0].resource.docStatus", "code-invalid"),
        ("Bundle.entry[1].resource.location[0].location", "structure"),
        ("Bundle.entry[1].resource.class.code", "code-invalid"),
        ("Bundle.entry[1].resource.subject", "value"),
        ("Bundle.entry[1].resource.period.end", "value"),
        ("Bundle.entry[1].resource.status", "code-invalid"),
        ("Bundle.entry[1].resource.period.start", "value"),
        ("Bundle.entry[2].resource.identifier[0].value", "structure"),
        ("Bundle.entry[2].resource.birthDate", "value"),
        ("Bundle.entry[2].resource.gender", "code-invalid"),
    ]
    assert not Patient.objects.exists()
    kept = InboundMessage.objects.get()
    assert (kept.outcome, kept.refused, len(kept.problems)) == ("refused", 3, 13)


@pytest.mark.parametrize(
    ("resource", "wanted"),
    [
        (made.encounter(period=None, subject=None, **{"class": None}), {"class", "subject", "period"}),
        (made.procedure(encounter=None, status=""), {"encounter", "status"}),
        (made.composition(encounter=None, status="", date="noon"), {"encounter", "status", "date"}),
        (made.provenance(target="n1", recorded=7), {"target", "recorded"}),
        (made.document(context=None, status=""), {"context.encounter", "status"}),
        (made.patient(birthDate="soon", name=[7, {"family": 7}]), {"birthDate", "name[0]", "name[1].family"}),
        (made.patient(birthDate="19\x0061", gender="F\x00"), {"birthDate", "gender"}),
    ],
)
def test_what_is_missing_and_what_has_another_form_is_named_each_by_itself(sender, resource, wanted):
    found = [element for element, _code in faults(sender.post(made.bundle(made.put(resource))))]
    assert set(found) == {f"Bundle.entry[0].resource.{element}" for element in wanted}
    assert len(found) == len(wanted)


def test_of_very_many_faults_fifty_are_named_and_the_others_counted(sender):
    wrong = [made.patient(f"p{n}", gender="F", birthDate="soon") for n in range(30)]
    issues = sender.post(made.bundle(*map(made.put, wrong))).json()["issue"]
    assert [found["severity"] for found in issues] == ["error"] * 50 + ["information"]
    assert issues[-1]["diagnostics"] == "10 more faults are not named here."
    assert InboundMessage.objects.get().refused == 30


def test_an_entry_of_a_batch_is_refused_with_all_its_faults(sender):
    wrong = made.put(made.patient(gender="F", birthDate="soon"))
    response = sender.post(made.bundle(wrong, made.put(made.patient("p2")), kind="batch"))
    assert statuses(response) == ["422 Unprocessable Content", "201 Created"]
    outcome = response.json()["entry"][0]["response"]["outcome"]
    assert [found["expression"] for found in outcome["issue"]] == [["Patient.birthDate"], ["Patient.gender"]]
    kept = InboundMessage.objects.get()
    assert (kept.outcome, kept.refused, len(kept.problems)) == ("partly", 1, 2)


def test_who_refers_to_a_refused_entry_is_not_at_fault(sender):
    gone = made.put(made.patient()) | {"request": {"method": "DELETE", "url": "Patient/p1"}, "fullUrl": "urn:uuid:1"}
    stay = made.put(made.encounter(of="urn:uuid:1", status="gone"))
    response = sender.post(made.bundle(gone, stay))
    assert faults(response) == [
        ("Bundle.entry[0].request.method", "not-supported"),
        ("Bundle.entry[1].resource.status", "code-invalid"),
    ]


def test_two_entries_that_turn_out_to_be_one_are_refused_by_name(sender):
    sender.post(made.bundle(made.put(made.patient())))
    by_id = made.patient(identifier=[])
    by_number = made.patient("x", birthDate="1961-03-15", identifier=made.patient()["identifier"])
    response = sender.post(made.bundle(made.put(by_id), made.post(by_number, "urn:uuid:1")))
    assert issue(response)[:3] == (422, "duplicate", "Bundle.entry[1]")
    assert str(Patient.objects.get().birth_date) == "1961-03-14"


def test_in_a_batch_each_entry_stands_alone(sender):
    entries = [
        made.put(made.patient()),
        made.put(made.encounter()),
        made.put(made.encounter("e2", of="Patient/nobody")),
        made.put(made.document(within="urn:uuid:1")),
        made.post({"resourceType": "Claim"}),
        made.put(made.patient("p9")) | {"request": {"method": "DELETE", "url": "Patient/p9"}},
    ]
    response = sender.post(made.bundle(*entries, kind="batch"))
    assert (response.status_code, response.json()["type"]) == (200, "batch-response")
    assert statuses(response) == [
        "201 Created",
        "201 Created",
        "422 Unprocessable Content",
        "422 Unprocessable Content",
        "202 Accepted",
        "405 Method Not Allowed",
    ]
    found = response.json()["entry"][2]["response"]["outcome"]["issue"][0]
    assert (found["code"], found["expression"]) == ("not-found", ["Encounter.subject"])
    kept = InboundMessage.objects.get()
    assert (kept.outcome, kept.created, kept.refused) == ("partly", 2, 3)
    assert [problem["place"] for problem in kept.problems] == ["entry 2", "entry 3", "entry 5"]
    # What was refused can still be read whole.
    assert made.document()["content"][0]["attachment"]["data"].encode() in messages.body_of(kept)


def test_what_is_not_stored_is_accepted_and_kept(sender):
    response = sender.post(made.bundle(made.post({"resourceType": "Claim", "id": "c1"}), made.put(made.patient())))
    assert statuses(response) == ["202 Accepted", "201 Created"]
    [found] = response.json()["entry"][0]["response"]["outcome"]["issue"]
    assert (found["severity"], found["code"]) == ("information", "informational")
    assert b'"Claim"' in messages.body_of(InboundMessage.objects.get())


NOT_DONE = [
    ({"method": "DELETE", "url": "Patient/p1"}, 405, "Bundle.entry[0].request.method"),
    ({"method": "GET", "url": "Patient/p1"}, 405, "Bundle.entry[0].request.method"),
    ({"method": "PATCH", "url": "Patient/p1"}, 405, "Bundle.entry[0].request.method"),
    ({}, 400, "Bundle.entry[0].request.method"),
    ({"method": "PUT", "url": "Patient"}, 400, "Bundle.entry[0].request.url"),
    ({"method": "PUT", "url": "Patient?identifier=urn:mrn|1"}, 400, "Bundle.entry[0].request.url"),
    ({"method": "PUT", "url": "Encounter/p1"}, 400, "Bundle.entry[0].request.url"),
    ({"method": "PUT", "url": "Patient/p2"}, 400, "Bundle.entry[0].resource.id"),
    ({"method": "PUT", "url": "Patient/p_1"}, 400, "Bundle.entry[0].request.url"),
    ({"method": "POST", "url": "Patient/p1"}, 400, "Bundle.entry[0].request.url"),
    ({"method": "POST", "url": "Encounter"}, 400, "Bundle.entry[0].request.url"),
    ({"method": "PUT", "url": "Patient/p1", "ifMatch": "yesterday"}, 400, "Bundle.entry[0]"),
]


@pytest.mark.parametrize(("request_", "wanted", "element"), NOT_DONE)
def test_what_an_entry_may_not_ask_for(sender, request_, wanted, element):
    entry = {"resource": made.patient(), "request": request_}
    status, _, expression, _ = issue(sender.post(made.bundle(entry)))
    assert status == wanted
    assert expression.startswith(element)
    assert not Patient.objects.exists()


class TestConditions:
    def conditional(self, query: str, resource=None):
        return made.bundle(made.post(resource or made.patient(), ifNoneExist=query))

    def test_a_conditional_create_makes_one_and_then_finds_it(self, sender):
        first = sender.post(self.conditional("identifier=urn:mrn|M-p1"))
        again = sender.post(self.conditional("identifier=urn%3Amrn%7CM-p1", made.patient(birthDate="1900-01-01")))
        assert (statuses(first), statuses(again)) == (["201 Created"], ["200 OK"])
        assert str(Patient.objects.get().birth_date) == "1961-03-14"
        assert first.json()["entry"][0]["response"]["location"] == again.json()["entry"][0]["response"]["location"]

    def test_what_it_finds_is_what_other_entries_refer_to(self, sender):
        theirs = made.patient("theirs", identifier=[made.number(made.MRN, "M-p1")])
        Sender("other").post(made.bundle(made.put(theirs)))
        entries = [
            made.post(made.patient(), "urn:uuid:p", ifNoneExist="identifier=urn:mrn|M-p1"),
            made.put(made.encounter(of="urn:uuid:p")),
        ]
        assert statuses(sender.post(made.bundle(*entries))) == ["200 OK", "201 Created"]
        assert Encounter.objects.get().patient == Patient.objects.get()

    def test_it_is_refused_where_several_are_found(self, sender):
        for system in ("urn:a", "urn:b"):
            sender.post(made.bundle(made.put(made.patient(system[-1], identifier=[made.number(system, "7")]))))
        both = made.patient(identifier=[made.number("urn:a", "7")])
        status, _, expression, _ = issue(sender.post(self.conditional("identifier=7", both)))
        assert (status, expression) == (412, "Bundle.entry[0].request.ifNoneExist")

    @pytest.mark.parametrize("query", ["identifier=urn:mrn|other", "identifier=http://hl7.org/fhir/sid/us-ssn|1"])
    def test_it_is_refused_where_sending_again_would_make_another(self, sender, query):
        ssn = [made.number(made.MRN, "M-p1"), made.number("http://hl7.org/fhir/sid/us-ssn", "1")]
        status, _, expression, _ = issue(sender.post(self.conditional(query, made.patient(identifier=ssn))))
        assert (status, expression) == (422, "Bundle.entry[0].request.ifNoneExist")

    @pytest.mark.parametrize(
        ("condition", "wanted"),
        [
            ({"ifMatch": 'W/"1"'}, 200),
            ({"ifMatch": 'W/"2"'}, 412),
            ({"ifNoneMatch": "*"}, 412),
        ],
    )
    def test_an_update_may_ask_for_a_version(self, sender, condition, wanted):
        sender.post(made.bundle(made.put(made.patient())))
        response = sender.post(made.bundle(made.put(made.patient(birthDate="1961-03-15"), **condition)))
        assert response.status_code == wanted

    def test_a_version_of_what_is_not_there_is_stale(self, sender):
        assert sender.post(made.bundle(made.put(made.patient(), ifMatch='W/"1"'))).status_code == 412
        assert sender.post(made.bundle(made.put(made.patient(), ifNoneMatch="*"))).status_code == 200

    def test_a_conditional_reference_must_find_exactly_one(self, sender):
        participant = [made.attended_by(f"Practitioner?identifier={made.NPI}|1000-d1")]
        stay = made.bundle(made.put(made.patient()), made.put(made.encounter(participant=participant)))
        status, code, expression, _ = issue(sender.post(stay))
        assert (status, code) == (422, "not-found")
        assert expression == "Bundle.entry[1].resource.participant[0].individual"
        assert not Practitioner.objects.exists()
        sender.post(made.bundle(made.put(made.practitioner())))
        assert sender.post(stay).status_code == 200
        for system in ("urn:a", "urn:b"):
            twin = made.practitioner(system[-1], identifier=[made.number(system, "7")])
            sender.post(made.bundle(made.put(twin)))
        participant = [made.attended_by("Practitioner?identifier=7")]
        status, _, expression, words = issue(
            sender.post(made.bundle(made.put(made.encounter(participant=participant))))
        )
        assert (status, expression) == (412, "Bundle.entry[0].resource.participant[0].individual")
        assert "Several" in words


@pytest.mark.parametrize(
    "entries",
    [
        [made.put(made.patient()), made.put(made.patient())],
        [made.post(made.patient("a"), "urn:uuid:1"), made.post(made.practitioner("b"), "urn:uuid:1")],
        [made.post(made.patient("a")), made.post(made.patient("b", identifier=made.patient("a")["identifier"]))],
    ],
    ids=["one id", "one full URL", "one number"],
)
def test_two_entries_of_one_identity_are_refused_by_name(sender, entries):
    status, code, expression, words = issue(sender.post(made.bundle(*entries)))
    assert (status, code, expression) == (422, "duplicate", "Bundle.entry[1]")
    assert "entry 0" in words
    assert not Patient.objects.exists()


class TestUnreadable:
    @pytest.mark.parametrize(
        ("body", "status", "expression"),
        [
            ("{", 400, "Bundle"),
            (b'{"resourceType": "Bundle", "type": "batch\xff"}', 400, "Bundle"),
            ("[]", 400, "Bundle"),
            ('{"resourceType": "Bundle", "type": "batch", "entry": {}}', 400, "Bundle.entry"),
            ('{"resourceType": "Bundle", "type": "batch", "entry": [7]}', 400, "Bundle.entry[0]"),
            ({}, 422, "Bundle.resourceType"),
            (made.patient(), 422, "Bundle.resourceType"),
            (made.bundle(kind="searchset"), 422, "Bundle.type"),
            (made.bundle({"request": {"method": "POST", "url": "Patient"}}), 400, "Bundle.entry[0].resource"),
            (
                made.bundle(made.put(made.patient(name=[{"family": "\0"}]))),
                400,
                "Bundle.entry[0].resource.name[0].family",
            ),
            ("[" * 100_000, 400, "Bundle"),
        ],
    )
    def test_it_is_refused_named_and_kept(self, sender, body, status, expression):
        response = sender.post(body)
        assert issue(response)[0] == status
        assert issue(response)[2] == expression
        kept = InboundMessage.objects.get()
        sent = (
            body if isinstance(body, bytes) else body.encode() if isinstance(body, str) else json.dumps(body).encode()
        )
        assert (kept.outcome, messages.body_of(kept)) == ("refused", sent)

    def test_of_another_kind_it_is_not_looked_at(self, sender):
        assert issue(sender.post("<Bundle/>", content_type="application/fhir+xml"))[0] == 415
        assert issue(sender.post(made.bundle(), Accept="application/fhir+xml"))[0] == 406
        assert not InboundMessage.objects.exists()

    def test_too_much_is_413(self, sender, settings):
        settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
        assert issue(sender.post(made.bundle(*map(made.put, made.stay()))))[:2] == (413, "too-long")

    def test_an_empty_bundle_is_answered_by_an_empty_one(self, sender):
        assert sender.post(made.bundle(), content_type="application/json; charset=utf-8").json()["entry"] == []


class TestAccess:
    """No token 401; a token that does not reach 403; and nothing is stored in either case."""

    def test_without_a_token(self, sender):
        for header in (
            {"Authorization": ""},
            {"Authorization": "Bearer wrong"},
            {"Authorization": "Basic Zm9vOmJhcg=="},
        ):
            response = sender.post(made.bundle(made.put(made.patient())), **header)
            assert issue(response)[:2] == (401, "login")
            assert response.headers["WWW-Authenticate"].startswith("Bearer")
        assert not Patient.objects.exists()

    def test_with_a_token_that_has_expired(self, sender):
        AccessToken.objects.update(expires="2020-01-01T00:00:00Z")
        assert issue(sender.post(made.bundle()))[0] == 401

    def test_when_the_client_is_switched_off(self, sender):
        sender.client.user.is_active = False
        sender.client.user.save()
        assert issue(sender.post(made.bundle()))[0] == 401

    def test_no_token_is_kept_that_could_be_used(self, sender):
        assert list(AccessToken.objects.values_list("token", flat=True)) == [""]

    def test_when_the_scope_does_not_cover_a_type(self, db):
        sender = Sender(scope="system/Patient.write system/Encounter.read")
        status, code, expression, words = issue(
            sender.post(made.bundle(made.put(made.patient()), made.put(made.encounter())))
        )
        assert (status, code, expression) == (403, "forbidden", "Bundle.entry[1].resource")
        assert "Encounter" in words
        assert not Patient.objects.exists()
        batch = sender.post(made.bundle(made.put(made.patient()), made.put(made.encounter()), kind="batch"))
        assert statuses(batch) == ["201 Created", "403 Forbidden"]

    def test_when_the_client_lost_the_scope_after_the_token_was_issued(self, sender):
        Client.objects.update(scopes="system/*.read")
        assert issue(sender.post(made.bundle(made.put(made.patient()))))[0] == 403

    def test_when_the_encounter_is_of_another_facility(self, sender):
        north = facilities.open_facility("NORTH", name="North", time_zone="America/Denver")
        other = Sender("north", facilities=[north])
        stay = made.bundle(*map(made.put, made.stay()))
        assert sender.post(stay).status_code == 200
        status, code, expression, _ = issue(other.post(made.bundle(*map(made.put, made.stay()))))
        assert (status, code, expression) == (403, "forbidden", "Bundle.entry[2].resource.serviceProvider")
        elsewhere = made.encounter("e2", serviceProvider={"display": "Main hospital"}, identifier=[])
        assert issue(other.post(made.bundle(made.put(made.patient()), made.put(elsewhere))))[0] == 403
        note = made.document("n2", within=f"Encounter?identifier={made.VISIT}|V-e1")
        assert issue(other.post(made.bundle(made.put(made.patient()), made.put(note))))[0] == 403
        assert Record.objects.count() == 1

    def test_when_the_client_reaches_no_facility(self, sender):
        sender.client.user.facilities.clear()
        assert issue(sender.post(made.bundle()))[0] == 403

    def test_when_it_asks_too_often(self, sender, settings):
        settings.CLIENT_REQUESTS_PER_MINUTE = 0
        response = sender.post(made.bundle(made.put(made.patient())))
        assert issue(response)[:2] == (429, "throttled")
        assert 0 < int(response.headers["Retry-After"]) <= 61
        assert not InboundMessage.objects.exists()

    def test_every_use_is_noted(self, sender):
        sender.post(made.bundle())
        assert Client.objects.get().last_used_at is not None

    def test_what_is_done_here_may_be_asked_by_anybody_and_the_rest_may_not(self, sender):
        statement = Browser().get("/fhir/R4/metadata").json()
        assert (statement["resourceType"], statement["fhirVersion"]) == ("CapabilityStatement", "4.0.1")
        assert issue(Browser().get("/fhir/R4/Patient/1"))[0] == 401
        bearer = {"Authorization": f"Bearer {sender.token}"}
        assert issue(Browser().get("/fhir/R4/Patient/1", headers=bearer))[0] == 404
        for method in ("put", "patch", "delete"):
            refused = getattr(Browser(), method)("/fhir/R4/Patient/1", headers=bearer)
            assert issue(refused)[0] == 405
            assert method.upper() not in refused.headers["Allow"]
        assert issue(Browser().get("/fhir/R4", headers=bearer))[0] == 405


@pytest.mark.django_db(transaction=True)
def test_eight_senders_of_the_same_conditional_creates_make_one_of_each():
    sender = Sender()
    entries = [
        made.post(made.patient(f"p{n}"), f"urn:uuid:p{n}", ifNoneExist=f"identifier=urn:mrn|M-p{n}") for n in range(20)
    ]
    entries += [
        made.post(made.encounter(f"e{n}", of=f"urn:uuid:p{n}"), ifNoneExist=f"identifier=urn:visit|V-e{n}")
        for n in range(20)
    ]

    def send(turn: int) -> tuple[int, list[str]]:
        try:
            # Each sends them in another order: no two agree on what to lock first.
            mixed = entries[turn * 5 :] + entries[: turn * 5]
            response = sender.post(made.bundle(*mixed))
            return response.status_code, statuses(response)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(send, range(8)))
    assert [status for status, _ in answers] == [200] * 8
    assert Counter(status for _, found in answers for status in found) == {"201 Created": 40, "200 OK": 280}
    assert (Patient.objects.count(), Encounter.objects.count(), Record.objects.count()) == (20, 20, 20)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("kind", ["transaction", "batch"])
def test_who_comes_second_waits_for_the_first_and_finds_what_he_made(kind):
    """The first is in the middle of his transaction, with the number entered, when the second wants to enter it."""
    sender = Sender()
    entry = made.post(made.patient(), ifNoneExist="identifier=urn:mrn|M-p1")

    def send():
        try:
            return statuses(sender.post(made.bundle(entry, kind=kind)))
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic(), connection.cursor() as cursor:
            first = Patient.objects.create(family_name="First")
            first.identifiers.create(system=made.MRN, value="M-p1")
            second = pool.submit(send)
            waiting = (
                "SELECT count(*) FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"
            )
            while not second.done() and cursor.execute(waiting).fetchone() == (0,):
                pass
            assert not second.done()
        assert second.result() == ["200 OK"]
    assert Patient.objects.get() == first


@pytest.mark.django_db(transaction=True)
def test_a_program_that_knows_nothing_of_us_gets_in_over_the_network(live_server):
    sender = Sender()
    connection = HTTPConnection(live_server.thread.host, live_server.thread.port, timeout=60)
    body = json.dumps(made.bundle(*map(made.put, made.stay()))).encode()
    headers = {"Content-Type": "application/fhir+json", "Authorization": f"Bearer {sender.token}"}
    with closing(connection):
        for wanted in ("201 Created", "200 OK"):
            connection.request("POST", "/fhir/R4", body, headers)
            response = connection.getresponse()
            answer = json.loads(response.read())
            assert response.status == 200
            assert {entry["response"]["status"] for entry in answer["entry"]} == {wanted}
        del headers["Authorization"]
        connection.request("POST", "/fhir/R4", body, headers)
        response = connection.getresponse()
        assert (response.status, json.loads(response.read())["resourceType"]) == (401, "OperationOutcome")


@pytest.mark.django_db(transaction=True)
def test_the_token_endpoint_gives_short_tokens_for_a_secret_and_nothing_else():
    client = clients.admit("lab", scope="system/*.write")
    _made, secret = credentials.new_secret(client, by=clients.TERMINAL)
    asked = {
        "grant_type": "client_credentials",
        "client_id": client.application.client_id,
        "client_secret": secret,
        "scope": "system/Patient.write",
    }

    def ask(told: dict):
        return Browser().post("/oauth/token/", urlencode(told), content_type="application/x-www-form-urlencoded")

    told = ask(asked).json()
    assert (told["expires_in"], told["token_type"], told["scope"]) == (300, "Bearer", "system/Patient.write")
    response = Browser().post(
        "/fhir/R4",
        json.dumps(made.bundle(made.put(made.patient()))),
        content_type="application/fhir+json",
        headers={"Authorization": f"Bearer {told['access_token']}"},
    )
    assert response.status_code == 200
    assert ask(asked | {"client_secret": "wrong"}).status_code == 401
    assert ask(asked | {"scope": "system/*.read"}).status_code == 400
    for grant in ("password", "authorization_code", "urn:ietf:params:oauth:grant-type:device_code"):
        refused = ask(asked | {"grant_type": grant})
        assert (refused.status_code, refused.json()["error"]) == (400, "unsupported_grant_type")


def test_an_episode_that_moves_and_ends_is_the_same_one(sender):
    sender.post(made.bundle(*map(made.put, made.stay())))
    moved = made.procedure(performedPeriod={"start": "2026-03-02T09:00:00-05:00", "end": "2026-03-02T11:00:00-05:00"})
    sender.post(made.bundle(made.put(moved)))
    assert Episode.objects.get().end_first.hour == 16
