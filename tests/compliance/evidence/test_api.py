"""Evidence as a program reads it."""

import hashlib

import pytest
from django.core.cache import cache

from compliance.evidence import actions
from compliance.evidence.models import Kind
from tests import factories as make
from tests.compliance.evidence.acting import PDF, day, element, laid, owner, revised, upload
from tests.programs import Program
from tests.queries import counted

pytestmark = pytest.mark.django_db
PATH = "compliance/evidence/"


@pytest.fixture(autouse=True)
def media(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def program():
    cache.clear()
    return Program(facilities=[make.facility()], scope="system/Readiness.read")


def numbers(program, **query) -> list[int]:
    return [one["id"] for one in program.get(PATH, query).json()["results"]]


def test_a_piece_keeps_its_number_and_says_what_its_last_revision_says(program):
    first = laid(element("H-1"), element("H-2"))
    revised(first, title="Retention policy of the board")
    (told,) = program.get(PATH).json()["results"]
    assert told == program.get(f"{PATH}{first.evidence_id}/").json()
    assert (told["id"], told["revision"], told["title"]) == (first.evidence_id, 2, "Retention policy of the board")
    assert (told["kind"], told["version"], told["state"], told["withdrawn_at"]) == ("policy", "4", "in_force", None)
    assert told["elements"] == [
        {"framework": "house", "edition": "1", "element": code} for code in ("H-1", "H-2")
    ]  # fmt: skip
    assert "owner" not in told


def test_a_file_is_told_with_its_checksum_and_not_with_the_place_where_it_lies(program):
    laid(kind=Kind.FILE, upload=upload("log.pdf"))
    laid(kind=Kind.LINK, link="https://example.org/log")
    file, link = program.get(PATH).json()["results"]
    told = {"name": "log.pdf", "media_type": "application/pdf", "size": len(PDF)}
    assert file["file"] == told | {"sha256": hashlib.sha256(PDF).hexdigest()}
    assert (link["file"], link["link"]) == (None, "https://example.org/log")


def test_what_was_withdrawn_says_so(program):
    last = laid()
    actions.withdraw(last.evidence, because="Of another hospital.", by=owner())
    (told,) = program.get(PATH).json()["results"]
    assert told["state"] == "withdrawn"
    assert told["withdrawn_at"]


def test_it_is_narrowed_by_what_it_says_now(program):
    policy = laid(element("H-1"), expires_on=day(200)).evidence_id
    link = laid(element("H-2"), kind=Kind.LINK, link="https://example.org/", expires_on=day(20)).evidence_id
    assert numbers(program, kind="policy") == [policy]
    assert numbers(program, state="expiring") == [link]
    assert numbers(program, element="H-2") == [link]
    assert numbers(program, framework="house") == [policy, link]
    assert numbers(program, expires_by=day(20).isoformat()) == [link]
    assert numbers(program, facility="MAIN") == [policy, link]
    assert numbers(program, facility="OTHER") == []
    assert program.get(PATH, {"state": "good"}).status_code == 400
    assert program.get(PATH, {"expires_by": "soon"}).json()["field"] == "expires_by"


def test_a_program_reads_that_of_its_facilities_alone_and_only_with_the_scope(program):
    number = laid().evidence_id
    other = Program("elsewhere", facilities=[make.facility("OTHER")], scope="system/Readiness.read")
    assert (other.get(PATH).json()["results"], other.get(f"{PATH}{number}/").status_code) == ([], 404)
    without = Program("other", facilities=[make.facility()], scope="system/Record.read")
    assert (without.get(PATH).status_code, without.get(f"{PATH}{number}/").status_code) == (403, 403)


def test_it_takes_as_many_queries_for_many_as_for_one(program):
    laid()
    program.get(PATH)
    for _ in range(2):
        with counted("api_compliance/evidence"):
            program.get(PATH)
        for number in range(4):
            laid(element(f"H-{number}"))
