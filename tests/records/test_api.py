"""One record as of any day through /api/v1: what is found of it, and what stands otherwise by what was known."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone

from records.completeness import audits
from records.models import AccessLog
from tests import factories as make
from tests.programs import Program
from tests.queries import counted

# Moments of knowledge are those of transactions, so each step here is one of its own.
pytestmark = pytest.mark.django_db(databases=["default", "owner"], transaction=True)
LONG_AFTER = make.DISCHARGED + timedelta(days=40)


def iso(moment) -> str:
    return moment.isoformat().replace("+00:00", "Z")


@pytest.fixture
def record():
    """A stay that ended; a summary is asked for within 30 days of its end."""
    cache.clear()
    make.requirement().profile.facilities.set([make.facility()])
    return make.record(visit="V-1")


@pytest.fixture
def program(record):
    return Program(facilities=[record.facility])


def found(program, record, **asked) -> dict:
    response = program.get(f"records/{record.pk}/deficiencies/", {n: iso(at) for n, at in asked.items()})
    assert response.status_code == 200, response.content
    return response.json()


def compared(program, record, **asked) -> dict:
    response = program.get(f"records/{record.pk}/known/", {n: iso(at) for n, at in asked.items()})
    assert response.status_code == 200, response.content
    return response.json()


def summary(record):
    written = make.DISCHARGED + timedelta(days=2)
    return make.document(record, authored=written, signed=written)


def test_a_record_is_judged_as_of_any_moment_whether_or_not_a_night_looked(program, record):
    before = found(program, record, as_of=make.DISCHARGED + timedelta(days=1))
    after = found(program, record, as_of=LONG_AFTER)
    assert (before["standing"]["open_deficiencies"], before["deficiencies"]) == (0, [])
    (missing,) = after["deficiencies"]
    assert (missing["kind"], missing["status"], missing["requirement"]["code"]) == ("missing", "open", "DS-30D")
    assert (after["standing"]["status"], after["as_of"], after["known_at"]) == ("delinquent", iso(LONG_AFTER), None)
    assert missing["why"].startswith("Discharge summary is missing.")
    assert after["encounter"]["value"] == "V-1"
    assert not {"id", "opened_at"} & missing.keys()


def test_what_is_found_is_told_as_the_list_tells_what_the_audit_found(program, record):
    run = audits.start(as_of=LONG_AFTER, full=True)
    audits.begin(run)
    list(audits.work_off(run))
    (listed,) = program.get("deficiencies/", {"record": record.pk}).json()["results"]
    of_the_list_alone = ("id", "record", "encounter", "opened_at", "delinquent_at")
    same = {name: value for name, value in listed.items() if name not in of_the_list_alone}
    assert same["document_type"]["code"] == "18842-5"
    assert found(program, record, as_of=LONG_AFTER)["deficiencies"] == [same]
    assert found(program, record, as_of=LONG_AFTER, known_at=timezone.now())["deficiencies"] == [same]


def test_what_arrived_late_is_not_found_now_and_was_found_by_what_was_known(program, record):
    then = timezone.now()
    summary(record)
    assert found(program, record, as_of=LONG_AFTER)["deficiencies"] == []
    by_then = found(program, record, as_of=LONG_AFTER, known_at=then)
    assert [one["kind"] for one in by_then["deficiencies"]] == ["missing"]
    assert by_then["known_at"] == iso(then)


def test_the_difference_is_told_with_its_causes(program, record):
    then = timezone.now()
    summary(record)
    told = compared(program, record, as_of=LONG_AFTER, known_at=then)
    (one,) = told["differences"]
    assert (one["topic"], one["then"]["state"], one["now"]["state"]) == ("discharge-summary", "missing", "met")
    assert "reached us on" in one["because"][0]
    assert (told["then"]["open_deficiencies"], told["now"]["open_deficiencies"]) == (1, 0)
    assert compared(program, record, as_of=LONG_AFTER, known_at=timezone.now())["differences"] == []


def test_without_a_moment_of_knowledge_it_is_that_of_as_of(program, record):
    told = compared(program, record, as_of=LONG_AFTER)  # long before the record came in
    assert told["known_at"] == told["as_of"] == iso(LONG_AFTER)
    (one,) = told["differences"]
    assert (one["then"], one["now"]["state"]) == (None, "missing")
    assert "The stay became known on" in one["because"][0]
    assert told["then"]["status"] == "in_progress"


def test_the_page_of_a_day_on_which_the_record_was_not_known_opens(client, record):
    client.force_login(make.manager())
    page = client.get(f"/records/{record.pk}/known/", {"as_of": LONG_AFTER.date().isoformat()})
    assert page.status_code == 200
    assert "The stay became known on" in page.content.decode()


@pytest.mark.parametrize("path", ["deficiencies", "known"])
def test_each_reading_is_in_the_access_log_and_none_is_of_what_is_out_of_reach(program, record, path):
    elsewhere = make.record(at=make.facility("OTHER"))
    assert program.get(f"records/{elsewhere.pk}/{path}/").status_code == 404
    assert program.get(f"records/{record.pk}/{path}/").status_code == 200
    (entry,) = AccessLog.objects.all()
    assert (entry.record_id, entry.user, entry.act) == (record.pk, program.client.user, "sent")


@pytest.mark.parametrize("path", ["deficiencies", "known"])
@pytest.mark.parametrize(
    ("asked", "status", "field"),
    [
        ({"as_of": "2026-03-03"}, 400, "as_of"),
        ({"known_at": "yesterday"}, 400, "known_at"),
        ({"asof": "2026-03-03T00:00:00Z"}, 400, "asof"),
        ({"as_of": "2098-03-03T00:00:00Z"}, 422, "as_of"),
        ({"known_at": "2098-03-03T00:00:00Z"}, 422, "known_at"),
        ({"as_of": "0098-03-03T00:00:00Z"}, 422, "as_of"),
    ],
)
def test_a_moment_that_cannot_be_is_refused(program, record, path, asked, status, field):
    response = program.get(f"records/{record.pk}/{path}/", asked)
    assert (response.status_code, response.json()["field"]) == (status, field)


def test_a_client_without_the_scope_is_told_nothing(record):
    reader = Program("reader", "system/Record.read", facilities=[record.facility])
    assert reader.get(f"records/{record.pk}/known/").status_code == 403


def test_what_they_cost(program, record):
    summary(record)
    found(program, record)
    with counted("api_record_deficiencies"):
        found(program, record, as_of=LONG_AFTER)
    with counted("api_record_known"):
        compared(program, record, as_of=LONG_AFTER, known_at=timezone.now())
