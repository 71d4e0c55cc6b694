"""When a document was signed, best witness first: provenance, attester, reference (docs/interfaces.md)."""

from datetime import UTC, datetime
from itertools import permutations

import pytest

from records.models import Document, DocumentKey, Due
from tests.records.exchange import made

ATTESTED, RECORDED = "2026-03-02T18:00:00-05:00", "2026-03-03T12:00:00-05:00"
LEGAL = {"mode": "legal", "time": ATTESTED, "party": {"reference": "Practitioner/d1"}}
AUTHENTICATED = {"docStatus": "final", "authenticator": {"reference": "Practitioner/d1"}}


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


@pytest.fixture
def told(load, tmp_path):
    """Import resources as a file of their own after a patient and a stay, and give back the one document."""
    load(made.lines(tmp_path, "stay.ndjson", [made.patient(), made.practitioner(), made.encounter()]))

    def told(*resources) -> Document:
        report = load(made.lines(tmp_path, "told.ndjson", resources))
        assert report.problems == []
        return Document.objects.get()

    return told


def test_a_composition_is_a_document_with_its_sections(told):
    document = told(made.composition(attester=[{"mode": "professional", "time": ATTESTED}, LEGAL]))
    assert document.document_type.code == "11504-8"
    assert document.sections == ["59776-5", "specimens", "margins"]
    assert document.authored_first == instant("2026-03-02T11:00:00-05:00")
    assert (document.status, document.signed, document.signed_first) == ("final", True, instant(ATTESTED))
    assert document.author == document.authenticator


@pytest.mark.parametrize(
    ("more", "wanted"),
    [
        ({"status": "preliminary"}, (False, None)),
        ({}, (True, None)),
        ({"attester": [{"mode": "personal", "time": "2026-03"}]}, (True, None)),
        (
            {"status": "preliminary", "attester": [{"mode": "professional", "time": ATTESTED}]},
            (True, instant(ATTESTED)),
        ),
    ],
)
def test_a_composition_without_a_legal_attester(told, more, wanted):
    document = told(made.composition(**more))
    assert (document.signed, document.signed_first) == wanted


def test_of_three_witnesses_the_best_stands_whatever_their_order(told):
    said = {
        "reference": made.document(**AUTHENTICATED),
        "composition": made.composition(attester=[LEGAL]),
        "provenance": made.provenance(),
    }
    told(said["reference"])
    for order in permutations(said.values()):
        for resource in order:
            # Something else about it is new each time, so that each is taken in anew.
            resource["meta"] = {"security": [made.number("x", "y")]}
            document = told(resource)
        assert document.signed_first == instant(RECORDED)
    assert document.sections == ["59776-5", "specimens", "margins"]
    assert len(document.attachment_sha256) == 64
    assert sorted(DocumentKey.objects.values_list("external_id", flat=True)) == [
        "Composition/c1",
        "Provenance/v1",
        "n1",
    ]


@pytest.mark.parametrize(
    "first", [made.composition(attester=[LEGAL]), made.provenance()], ids=["attester", "provenance"]
)
def test_what_a_better_witness_said_is_not_taken_back_by_a_reference(told, first):
    told(made.document())
    signed = told(first)
    later = told(made.document(docStatus="amended"))
    assert (later.signed, later.signed_first, later.status) == (True, signed.signed_first, "amended")


def test_a_time_that_a_better_witness_did_not_know_is_taken_from_another(told):
    told(made.composition(attester=[{"mode": "legal"}]))
    document = told(made.document(**AUTHENTICATED))
    assert document.signed_first == instant("2026-03-01T11:00:00-05:00")


def test_a_provenance_signs_at_its_signatures_time_else_when_it_was_recorded(told):
    document = told(made.document(), made.provenance())
    assert (document.signed, document.signed_first) == (True, instant(RECORDED))
    assert document.authenticator is not None
    Due.objects.all().delete()
    document = told(made.provenance(signature=[{"when": ATTESTED}]))
    assert document.signed_first == instant(ATTESTED)
    assert Due.objects.get().record == document.record


def test_a_provenance_may_come_before_its_document(told):
    assert told(made.provenance(), made.document()).signed


def test_what_a_provenance_tells_of_other_things_is_left_aside(load, tmp_path):
    resources = [
        *made.stay(),
        made.provenance("v1", agent="author"),
        made.provenance("v2", of="Patient/p1"),
    ]
    report = load(made.lines(tmp_path, "a.ndjson", resources))
    assert (report.created, report.refused, report.ignored) == (5, 0, {"Provenance": 2})
    assert not Document.objects.get().signed


@pytest.mark.parametrize(
    ("wrong", "element"),
    [
        (made.provenance(target=[{"reference": "DocumentReference/n1"}] * 2), "Provenance.target"),
        (made.provenance(of="Composition/gone"), "Provenance.target[0]"),
        (made.composition("c9", identifier=[made.number("urn:doc", "1")]), "Composition.identifier"),
        (made.composition("c9", status="registered"), "Composition.status"),
        (made.composition("c9", encounter=None), "Composition.encounter"),
        (made.composition("c9", section=[{"title": "x" * 101}]), "Composition.section"),
        (made.composition("c9", relatesTo=[{"code": "replaces"}]), "Composition.relatesTo[0]"),
    ],
)
def test_what_cannot_be_is_named(load, tmp_path, wrong, element):
    report = load(made.lines(tmp_path, "a.ndjson", [*made.stay(), wrong]))
    assert [problem["element"] for problem in report.problems] == [element]
    assert report.created == 5


def test_in_a_transaction_they_are_called_by_their_own_types(sender):
    entries = [
        *map(made.put, made.stay()),
        made.put(made.composition("n1", attester=[LEGAL])),
        made.put(made.provenance()),
    ]
    response = sender.post(made.bundle(*entries))
    assert response.status_code == 200
    locations = [entry["response"]["location"] for entry in response.json()["entry"]]
    assert locations[-3:] == [
        "DocumentReference/n1/_history/1",
        "Composition/n1/_history/1",
        "Provenance/v1/_history/1",
    ]
    assert Document.objects.get().signed_first == instant(RECORDED)
    again = made.post(made.composition("x"), ifNoneExist="identifier=urn:doc|D-n1")
    [entry] = sender.post(made.bundle(again)).json()["entry"]
    assert entry["response"]["location"] == "Composition/n1/_history/1"
    aside = sender.post(made.bundle(made.put(made.provenance("v9", agent="author"))))
    assert aside.json()["entry"][0]["response"]["status"] == "202 Accepted"
