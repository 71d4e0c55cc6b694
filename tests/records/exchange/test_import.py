"""Files on their way in: what is read, what is refused and how, and that nothing is written twice."""

import gzip
import hashlib
import json
from collections import Counter
from datetime import UTC, datetime

import pytest
from django.db import connection

from records.exchange import messages
from records.models import (
    Document,
    Due,
    Encounter,
    Episode,
    InboundMessage,
    Patient,
    PatientIdentifier,
    Practitioner,
    Record,
)
from staff.people import facilities
from tests.records.exchange import made

TABLES = [
    *(
        f"{what}{of}"
        for what in ("patient", "practitioner", "encounter", "document")
        for of in ("", "key", "identifier")
    ),
    *("episode", "episodekey", "documenttype", "record", "due", "service"),
]


def rows() -> dict[str, list]:
    """Every row of the inventory with its place on the disk and the transaction that wrote it."""
    found = {}
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"SELECT ctid::text, xmin::text, t::text FROM records_{table} t ORDER BY 3")
            found[table] = cursor.fetchall()
    return found


def problems(report) -> list[tuple[str, str, str]]:
    return [(p["place"].rpartition("/")[2], p["element"], p["problem"]) for p in report.problems]


def test_the_sample_of_synthea_is_loaded_whole(load, synthea):
    report = load(synthea)
    created = {name: counts["created"] for name, counts in report.resources.items()}
    assert created == {
        "Patient": 13,
        "Practitioner": 43,
        "Encounter": 1215,
        "Procedure": 2056,
        "DocumentReference": 1215,
    }
    assert (report.changed, report.unchanged, report.refused, report.stubs) == (0, 0, 0, 0)
    assert Record.objects.count() == 1215
    assert Counter(Encounter.objects.values_list("encounter_class", flat=True)) == {
        "inpatient": 49,
        "emergency": 23,
        "ambulatory": 1133,
        "home_health": 9,
        "virtual": 1,
    }
    assert Encounter.objects.filter(attending=None).count() == 0
    assert Counter(Document.objects.values_list("status", "signed")) == {
        ("superseded", False): 1202,
        ("preliminary", False): 13,
    }
    assert Counter(Document.objects.values_list("document_type__code", flat=True)) == {"34117-2": 912, "34111-5": 303}
    assert set(Due.objects.values_list("record", flat=True)) == set(Record.objects.values_list("pk", flat=True))


def test_loading_again_writes_no_row_and_marks_nothing_due(load, synthea):
    load(synthea)
    before = rows()
    report = load(synthea)
    assert (report.created, report.changed, report.unchanged, report.refused) == (0, 0, 4542, 0)
    assert rows() == before
    assert InboundMessage.objects.filter(outcome="unchanged").count() == len(
        InboundMessage.objects.filter(outcome="applied")
    )


def test_no_number_of_the_state_is_stored_anywhere(load, synthea):
    load(synthea)
    assert set(PatientIdentifier.objects.values_list("system", flat=True)) == {
        "https://github.com/synthetichealth/synthea",
        "http://hospital.smarthealthit.org",
    }
    assert PatientIdentifier.objects.filter(kind="MR").count() == 13


@pytest.mark.parametrize("order", ["forth", "back"])
def test_files_and_lines_may_come_in_any_order(load, tmp_path, order):
    resources = made.stay() if order == "forth" else made.stay()[::-1]
    report = load(made.lines(tmp_path, "mixed.ndjson", resources), batch=1)
    assert (report.created, report.refused) == (5, 0)
    document = Document.objects.get()
    assert document.author == document.record.encounter.attending == Practitioner.objects.get()


def test_a_document_may_replace_one_that_comes_later_in_the_file(load, tmp_path):
    first = made.document("n1", relatesTo=[{"code": "replaces", "target": {"reference": "DocumentReference/n2"}}])
    second = made.document("n2", relatesTo=[{"code": "appends", "target": {"reference": "DocumentReference/n3"}}])
    resources = [made.patient(), made.encounter(), first, second, made.document("n3")]
    report = load(made.lines(tmp_path, "all.ndjson", resources), batch=1)
    assert (report.created, report.refused) == (5, 0)
    of = {document.identifier: document for document in Document.objects.all()}
    assert of["D-n1"].replaces == of["D-n2"]
    assert of["D-n2"].addendum_to == of["D-n3"]


def test_documents_that_replace_each_other_in_a_circle_are_refused(load, tmp_path):
    first = made.document("n1", relatesTo=[{"code": "replaces", "target": {"reference": "DocumentReference/n2"}}])
    second = made.document("n2", relatesTo=[{"code": "replaces", "target": {"reference": "DocumentReference/n1"}}])
    report = load(made.lines(tmp_path, "all.ndjson", [made.patient(), made.encounter(), first, second]))
    assert [(place, element) for place, element, _ in problems(report)] == [
        ("all.ndjson:3", "DocumentReference.relatesTo[0].target"),
        ("all.ndjson:4", "DocumentReference.relatesTo[0].target"),
    ]
    assert not Document.objects.exists()


BAD_LINES = [
    ('{"resourceType": "Patient", "id": ', "Resource", "not JSON"),
    ("[]", "Resource", "an object is expected, not a list"),
    ('{"id": "p9"}', "Resource.resourceType", "no FHIR resource"),
    (made.patient("p9", birthDate=19610314), "Patient.birthDate", "a text is expected, not a whole number"),
    (made.patient("p9", birthDate="1961-02-30"), "Patient.birthDate", "not a day of the calendar"),
    (made.patient("p9", birthDate="3/14/1961"), "Patient.birthDate", "neither a date nor a date and time"),
    (made.patient("p9", name=[{"family": 7}]), "Patient.name[0].family", "a text is expected"),
    (made.patient("p9", gender="F"), "Patient.gender", "'F' is not a gender"),
    (made.patient("p 9"), "Patient.id", "An id has"),
    (made.patient("p9", name=[{"family": "A\0B"}]), "Patient.name[0].family", "NUL"),
    (made.patient("p9", name=[{"family": "x" * 201}]), "Patient.name.family", "longer than 200"),
    (made.patient("p9", identifier=[made.number("urn:x", "1" * 256)]), "Patient.identifier[0].value", "longer than"),
    ({"resourceType": "Bundle", "type": "collection"}, "Bundle", "a .json file of its own"),
    (made.encounter("e9", **{"class": [{"code": "IMP"}]}), "Encounter.class", "FHIR R5"),
    (made.encounter("e9", **{"class": {"code": "FLD"}}), "Encounter.class.code", "'FLD' is not an encounter class"),
    (made.encounter("e9", status="discharged"), "Encounter.status", "'discharged' is not an encounter status"),
    (made.encounter("e9", period={}), "Encounter.period.start", "needs the time when it began"),
    (made.encounter("e9", period={"start": "2026-03"}), "Encounter.period.start", "needs the time when it began"),
    (made.encounter("e9", period={"start": "1066-10-14"}), "Encounter.period.start", "between 1900 and 2099"),
    (
        made.encounter("e9", period={"start": "2026-03-04T10:00:00Z", "end": "2026-03-04T09:59:00Z"}),
        "Encounter.period.end",
        "cannot end before it starts",
    ),
    (made.encounter("e9", of="Patient/nobody"), "Encounter.subject", "Patient/nobody is not known"),
    (made.encounter("e9", of="Practitioner/d1"), "Encounter.subject", "A Patient is expected here"),
    (made.encounter("e9", of="urn:uuid:0"), "Encounter.subject", "Nothing in this bundle"),
    (made.encounter("e9", of="Patient?name=Lindqvist"), "Encounter.subject", "identifier=system|value"),
    (made.procedure("s9", encounter=None), "Procedure.encounter", "missing"),
    (made.procedure("s9", within="Encounter/gone"), "Procedure.encounter", "Encounter/gone is not known"),
    (made.procedure("s9", subject={"reference": "Patient/p2"}), "Procedure.subject", "another patient's"),
    (made.procedure("s9", status="done"), "Procedure.status", "'done' is not a procedure status"),
    (made.document("n9", context={}), "DocumentReference.context.encounter", "missing"),
    (made.document("n9", status="draft"), "DocumentReference.status", "'draft'"),
    (made.document("n9", docStatus="registered"), "DocumentReference.docStatus", "'registered'"),
    (
        made.document("n9", content=[{"attachment": {"data": "%%%"}}]),
        "DocumentReference.content[0].attachment.data",
        "not Base64",
    ),
    (
        made.document("n9", author=[{"reference": "Practitioner/nobody"}]),
        "DocumentReference.author[0]",
        "Practitioner/nobody is not known",
    ),
    (
        made.document("n9", type={"coding": [{"system": "urn:ehr", "code": "34117-2"}]}),
        "DocumentReference.type",
        "another system",
    ),
]


@pytest.mark.parametrize(("bad", "element", "words"), BAD_LINES, ids=[f"{e}: {w}" for _, e, w in BAD_LINES])
def test_a_bad_line_is_named_and_kept_and_the_rest_is_loaded(load, tmp_path, bad, element, words):
    file = made.lines(tmp_path, "all.ndjson", [made.patient("p2"), bad, *made.stay()])
    report = load(file)
    [(place, found, sentence)] = problems(report)
    assert (place, found) == ("all.ndjson:2", element)
    assert words in sentence
    assert (report.created, report.refused) == (6, 1)
    kept = InboundMessage.objects.get(outcome="refused")
    assert messages.body_of(kept) == file.read_bytes().split(b"\n")[1]
    assert kept.problems == report.problems
    assert kept.refused == 1


def test_what_is_not_utf8_is_refused_and_the_rest_is_loaded(load, tmp_path):
    file = tmp_path / "latin.ndjson"
    file.write_bytes(b'\xef\xbb\xbf{"resourceType": "Patient", "id": "p9", "name": [{"family": "Ma\xf1ana"}]}\r\n\r\n')
    with file.open("a") as more:
        more.write(json.dumps(made.patient()) + "\r\n")
    report = load(file)
    assert [(place, found) for place, found, _ in problems(report)] == [("latin.ndjson:1", "Patient")]
    assert report.created == 1


def test_a_number_of_another_of_the_same_source_refuses_by_name(load, tmp_path):
    other = made.patient("p2", identifier=[made.number(made.MRN, "M-p1", "MR")])
    report = load(made.lines(tmp_path, "all.ndjson", [made.patient(), other]))
    assert problems(report) == [
        ("all.ndjson:2", "Patient.identifier[0]", "This number belongs to patient p1."),
    ]
    assert Patient.objects.count() == 1


def test_a_visit_number_with_another_patient_is_refused_and_overwrites_nothing(load, tmp_path):
    load(made.lines(tmp_path, "a.ndjson", [made.patient("p1"), made.patient("p2"), made.encounter()]))
    before = rows()
    report = load(made.lines(tmp_path, "b.ndjson", [made.encounter(of="Patient/p2")]))
    assert problems(report) == [
        ("b.ndjson:1", "Encounter.subject", "This encounter is known with another patient."),
    ]
    assert rows() == before


def test_two_sources_share_no_ids_but_numbers(load, tmp_path):
    load(made.lines(tmp_path, "a.ndjson", [made.patient("1", identifier=[made.number(made.MRN, "7")])]), source="a")
    load(made.lines(tmp_path, "b.ndjson", [made.patient("1", identifier=[made.number(made.MRN, "8")])]), source="b")
    assert Patient.objects.count() == 2
    same = made.patient("x", identifier=[made.number(made.MRN, "7")], birthDate="1961-03-15")
    load(made.lines(tmp_path, "c.ndjson", [same]), source="c")
    assert Patient.objects.count() == 2
    patient = PatientIdentifier.objects.get(value="7").patient
    assert sorted(key.source.name for key in patient.keys.all()) == ["a", "c"]
    assert str(patient.birth_date) == "1961-03-15"


def test_a_physician_known_only_by_number_is_entered_so_and_completed_later(load, tmp_path):
    reference = f"Practitioner?identifier={made.NPI}|1000-d1"
    participant = made.attended_by(reference)
    participant["individual"]["display"] = "Dr. T. Vance"
    report = load(made.lines(tmp_path, "a.ndjson", [made.patient(), made.encounter(participant=[participant])]))
    stub = Practitioner.objects.get()
    assert (report.stubs, stub.is_stub, stub.family_name) == (1, True, "Dr. T. Vance")
    report = load(made.lines(tmp_path, "b.ndjson", [made.practitioner()]))
    known = Practitioner.objects.get()
    assert (report.changed, known.pk, known.is_stub, str(known)) == (1, stub.pk, False, "Vance, T.")
    assert Encounter.objects.get().attending == known


def test_nobody_is_entered_for_an_encounter_that_is_refused(load, tmp_path):
    bad = made.encounter(
        participant=[made.attended_by(f"Practitioner?identifier={made.NPI}|1")], period={"start": "2026"}
    )
    report = load(made.lines(tmp_path, "a.ndjson", [made.patient(), bad]))
    assert report.refused == 1
    assert not Practitioner.objects.exists()


def test_the_attending_is_the_last_one_who_had_not_handed_over(load, tmp_path):
    def attended(name, code, end=None):
        return made.attended_by(f"Practitioner/{name}", code) | ({"period": {"end": end}} if end else {})

    people = [
        attended("d1", "PPRF"),
        attended("d2", "ATND", "2026-03-02T12:00:00-05:00"),
        attended("d3", "ATND", "2026-03-04T10:00:00-05:00"),
    ]
    resources = [made.patient(), *(made.practitioner(f"d{n}", name=[{"family": f"D{n}"}]) for n in (1, 2, 3))]
    load(made.lines(tmp_path, "a.ndjson", [*resources, made.encounter(participant=people)]))
    assert Encounter.objects.get().attending.family_name == "D3"
    load(made.lines(tmp_path, "b.ndjson", [made.encounter(participant=people[:1])]))
    assert Encounter.objects.get().attending.family_name == "D1"


def test_what_changes_marks_its_record_due_once_and_counts_as_changed(load, tmp_path):
    load(made.lines(tmp_path, "a.ndjson", made.stay()))
    Due.objects.all().delete()
    report = load(made.lines(tmp_path, "b.ndjson", [made.document(docStatus="final"), made.procedure("s2")]))
    assert (report.created, report.changed) == (1, 1)
    record = Record.objects.get()
    assert list(Due.objects.values_list("record", flat=True)) == [record.pk, record.pk]  # one per batch
    report = load(made.lines(tmp_path, "c.ndjson", [made.patient(gender="other")]))
    assert report.changed == 1
    assert Due.objects.count() == 2
    load(made.lines(tmp_path, "d.ndjson", [made.patient(gender="other", birthDate="1961-03-15")]))
    assert Due.objects.count() == 3  # rules ask for ages


def test_a_document_that_moves_marks_both_records_due(load, tmp_path):
    load(made.lines(tmp_path, "a.ndjson", [*made.stay(), made.encounter("e2")]))
    Due.objects.all().delete()
    load(made.lines(tmp_path, "b.ndjson", [made.document(within="Encounter/e2")]))
    assert set(Due.objects.values_list("record", flat=True)) == set(Record.objects.values_list("pk", flat=True))
    assert Document.objects.get().record.encounter.identifiers.get().value == "V-e2"


SIGNATURES = [
    # status, docStatus, authenticator -> status, signed, and whether the time of signing is known
    ("current", None, False, ("preliminary", False, False)),
    ("current", None, True, ("final", True, False)),
    ("current", "preliminary", True, ("preliminary", False, False)),
    ("current", "final", False, ("final", True, False)),
    ("current", "final", True, ("final", True, True)),
    ("current", "amended", True, ("amended", True, False)),
    ("superseded", "final", True, ("superseded", True, True)),
    ("superseded", None, False, ("superseded", False, False)),
    ("entered-in-error", "final", True, ("entered_in_error", True, True)),
    ("current", "entered-in-error", False, ("entered_in_error", False, False)),
    ("superseded", "entered-in-error", False, ("entered_in_error", False, False)),
]


@pytest.mark.parametrize(("status", "doc_status", "authenticated", "wanted"), SIGNATURES)
def test_when_a_document_counts_as_signed(load, tmp_path, status, doc_status, authenticated, wanted):
    more = {"docStatus": doc_status} if doc_status else {}
    more |= {"authenticator": {"reference": "Practitioner/d1"}} if authenticated else {}
    load(made.lines(tmp_path, "a.ndjson", [*made.stay()[:4], made.document(status=status, **more)]))
    document = Document.objects.get()
    assert (document.status, document.signed, document.signed_first is not None) == wanted
    assert document.signed_first in (None, document.authored_first)


def test_a_day_is_a_day_of_the_facility_and_never_its_midnight(load, tmp_path):
    dated = made.document(date="2026-03-08")  # New York puts its clocks forward: this day has 23 hours
    load(made.lines(tmp_path, "a.ndjson", [made.patient(), made.encounter(), dated]))
    document = Document.objects.get()
    assert document.authored_first == datetime(2026, 3, 8, 5, tzinfo=UTC)
    assert document.authored_last == datetime(2026, 3, 9, 4, tzinfo=UTC)


@pytest.mark.parametrize("unknown", [None, "2026", "2026-03"])
def test_a_document_whose_day_is_not_known_has_no_time(load, tmp_path, unknown):
    dated = made.document()
    del dated["date"]
    dated |= {"date": unknown} if unknown else {}
    load(made.lines(tmp_path, "a.ndjson", [made.patient(), made.encounter(), dated]))
    assert Document.objects.get().authored_first is None


def test_the_text_of_a_document_is_kept_as_its_fingerprint_only(load, tmp_path):
    load(made.lines(tmp_path, "a.ndjson", [made.patient(), made.encounter(), made.document(text="a secret")]))
    fingerprint = hashlib.sha256(b"a secret").hexdigest()
    assert Document.objects.get().attachment_sha256 == fingerprint
    kept = b"".join(messages.body_of(message) for message in InboundMessage.objects.filter(outcome="applied"))
    assert f"sha256:{fingerprint}".encode() in kept
    assert made.document(text="a secret")["content"][0]["attachment"]["data"].encode() not in kept


def test_a_document_of_a_type_that_the_catalogue_lacks_gets_one(load, tmp_path):
    kinds = [
        ({"coding": [{"code": "hp-update"}]}, "hp-update", "urn:himdept:document-type"),
        (
            {"coding": [{"system": "urn:ehr", "code": "WND", "display": "Wound care"}]},
            "WND",
            "urn:ehr",
        ),
        (
            {"coding": [{"system": "urn:ehr", "code": "X"}, {"system": made.LOINC, "code": "72170-4"}]},
            "72170-4",
            made.LOINC,
        ),
        ({"text": "Scanned letter"}, "unclassified", "urn:himdept:document-type"),
    ]
    documents = [made.document(f"n{n}", type=kind) for n, (kind, _, _) in enumerate(kinds)]
    report = load(made.lines(tmp_path, "a.ndjson", [made.patient(), made.encounter(), *documents]))
    assert report.refused == 0
    of = {d.identifier: (d.document_type.code, d.document_type.system) for d in Document.objects.all()}
    assert of == {f"D-n{n}": (code, system) for n, (_, code, system) in enumerate(kinds)}
    assert Document.objects.get(identifier="D-n1").document_type.title == "Wound care"


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ({"performedPeriod": {"start": "2026-03-02"}}, (True, False)),
        ({"performedDateTime": "2026-03-02T09:00:00-05:00"}, (True, True)),
        ({"performedDateTime": "2026-03-02T09:00:00-05:00", "status": "in-progress"}, (True, False)),
        ({"performedDateTime": "2026-03"}, (False, False)),
        ({"performedString": "last week"}, (False, False)),
    ],
)
def test_when_a_procedure_was_done(load, tmp_path, said, wanted):
    told = made.procedure()
    del told["performedPeriod"]
    load(made.lines(tmp_path, "a.ndjson", [made.patient(), made.encounter(), told | said]))
    episode = Episode.objects.get()
    assert (episode.start_first is not None, episode.end_first is not None) == wanted


@pytest.mark.parametrize(
    ("category", "wanted"),
    [("50697003", True), ("387713003", False), (None, False)],
)
def test_anesthesia_is_known_by_a_code_and_never_guessed(load, tmp_path, category, wanted):
    told = made.procedure()
    if category:
        told["category"] = {"coding": [{"system": "http://snomed.info/sct", "code": category}]}
    load(made.lines(tmp_path, "a.ndjson", [made.patient(), made.encounter(), told]))
    assert Episode.objects.get().anesthesia is wanted


@pytest.mark.parametrize(
    ("system", "code", "wanted"),
    [
        ("http://terminology.hl7.org/CodeSystem/discharge-disposition", "aadvice", "ama"),
        ("http://www.nubc.org/patient-discharge", "01", "home"),
        ("http://www.nubc.org/patient-discharge", "1", "home"),
        ("http://www.nubc.org/patient-discharge", "20", "expired"),
        ("http://www.nubc.org/patient-discharge", "82", "transfer"),
        ("http://www.nubc.org/patient-discharge", "30", ""),
        ("urn:ehr", "XYZ", "other"),
    ],
)
def test_where_a_patient_went(load, tmp_path, system, code, wanted):
    went = {"dischargeDisposition": {"coding": [{"system": system, "code": code}]}}
    load(made.lines(tmp_path, "a.ndjson", [made.patient(), made.encounter(hospitalization=went)]))
    assert Encounter.objects.get().disposition == wanted


def test_a_label_seals_a_record_and_no_later_message_opens_it(load, tmp_path):
    label = {"security": [{"system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "code": "R"}]}
    load(made.lines(tmp_path, "a.ndjson", [made.patient(), made.encounter()]))
    assert Record.objects.get().confidentiality == 3
    load(made.lines(tmp_path, "b.ndjson", [made.encounter(meta=label)]))
    assert Record.objects.get().confidentiality == 4
    label["security"][0]["code"] = "N"
    load(made.lines(tmp_path, "c.ndjson", [made.encounter(meta=label)]))
    assert Record.objects.get().confidentiality == 4


class TestFacility:
    """An encounter goes where the command says, else where its provider is, else to the only one, else nowhere."""

    @pytest.fixture(autouse=True)
    def north(self, db):
        return facilities.open_facility("NORTH", name="North clinic", time_zone="America/Denver")

    def provided(self, **provider):
        return [made.patient(), made.encounter(serviceProvider=provider)]

    def test_as_the_command_says(self, load, tmp_path, north):
        load(made.lines(tmp_path, "a.ndjson", self.provided(display="Main hospital")), facility=north)
        assert Encounter.objects.get().facility == Record.objects.get().facility == north

    @pytest.mark.parametrize(
        "provider",
        [
            {"reference": "Organization/NORTH"},
            {"reference": "Organization?identifier=urn:org|north"},
            {"display": "NORTH CLINIC"},
            {"identifier": {"value": "NORTH"}},
        ],
    )
    def test_as_its_provider_says(self, load, tmp_path, north, provider):
        load(made.lines(tmp_path, "a.ndjson", self.provided(**provider)))
        assert Encounter.objects.get().facility == north

    def test_nowhere_else(self, load, tmp_path):
        report = load(made.lines(tmp_path, "a.ndjson", self.provided(display="South clinic")))
        assert problems(report) == [
            (
                "a.ndjson:2",
                "Encounter.serviceProvider",
                "It is not said to which facility this encounter belongs.",
            )
        ]

    def test_it_stays_where_it_is_when_nothing_is_said(self, load, tmp_path, north):
        load(made.lines(tmp_path, "a.ndjson", self.provided()), facility=north)
        report = load(made.lines(tmp_path, "b.ndjson", [made.encounter(status="in-progress")]))
        assert (report.changed, Encounter.objects.get().facility) == (1, north)


def test_a_bundle_in_a_file_is_read_as_its_entries(load, tmp_path):
    patient, stay, note = made.patient(), made.encounter(of="urn:uuid:0000-p"), made.document(within="urn:uuid:0000-e")
    del patient["id"], note["subject"]
    entries = [
        {"fullUrl": "urn:uuid:0000-n", "resource": note},
        {"fullUrl": "urn:uuid:0000-e", "resource": stay},
        {"fullUrl": "urn:uuid:0000-p", "resource": patient},
        {"resource": {"resourceType": "Claim", "id": "c1"}},
    ]
    path = tmp_path / "bundle.json.gz"
    path.write_bytes(gzip.compress(json.dumps(made.bundle(*entries, kind="collection"), indent=1).encode()))
    report = load(tmp_path)
    assert (report.created, report.refused, report.ignored) == (3, 0, {"Claim": 1})
    assert Patient.objects.get().keys.get().external_id == "0000-p"


def test_an_import_that_is_stopped_goes_on_where_it_was(load, tmp_path):
    file = made.lines(tmp_path, "a.ndjson", [made.patient(f"p{n}") for n in range(5)])

    def stop(done, of):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        load(file, batch=2, tell=stop)
    assert Patient.objects.count() == 2
    report = load(file, batch=2)
    assert (report.created, report.unchanged) == (3, 2)
