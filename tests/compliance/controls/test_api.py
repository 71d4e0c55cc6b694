"""Recurring controls and their times as a program reads them, and one that it has done."""

import base64
from pathlib import Path

import pytest
from django.core.cache import cache

from compliance.controls.models import ControlOccurrence
from compliance.evidence.models import Evidence, EvidenceRevision
from tests import factories as make
from tests.compliance.controls.acting import planned, times
from tests.compliance.evidence.acting import PDF, day, element, today
from tests.programs import Program

pytestmark = pytest.mark.django_db
CONTROLS, TIMES = "compliance/controls/", "compliance/controls/times/"
LINK = "https://example.org/log"


@pytest.fixture(autouse=True)
def media(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def program():
    cache.clear()
    return Program(facilities=[make.facility()], scope="system/Readiness.read system/Readiness.write")


def open_time(control) -> ControlOccurrence:
    return next(time for time in times(control) if time.state == "open")


def done(program, time, body: dict, **headers):
    return program.post(f"{TIMES}{time.pk}/done/", body, **headers)


# -- Reading -------------------------------------------------------------------------------------------------------


def test_a_control_says_its_rhythm_and_what_it_supports(program):
    control = planned(elements=[element("H-2"), element("H-1")])
    (told,) = program.get(CONTROLS).json()["results"]
    assert told == program.get(f"{CONTROLS}{control.pk}/").json()
    assert (told["title"], told["every_months"], told["first_on"]) == ("Restore drill", 3, control.anchor.isoformat())
    assert [one["element"] for one in told["elements"]] == ["H-1", "H-2"]
    assert "owner" not in told


def test_those_that_have_ended_are_told_apart(program):
    goes_on, ended = planned(), planned("Old drill")
    ended.ends_on = day(-1)
    ended.save()
    for word, control in (("true", ended), ("false", goes_on)):
        assert [one["id"] for one in program.get(CONTROLS, {"ended": word}).json()["results"]] == [control.pk]


def test_the_times_of_a_control_are_narrowed_by_state_and_day(program):
    control, _other = planned(), planned("Other drill")
    asked = {"control": control.pk, "state": "missed", "sort": "-due_on"}
    told = program.get(TIMES, asked).json()["results"]
    assert [(one["number"], one["state"]) for one in told] == [(1, "missed"), (0, "missed")]
    until = {"control": control.pk, "since": today().isoformat(), "until": day(30).isoformat()}
    (time,) = program.get(TIMES, until).json()["results"]
    assert (time["scheduled_on"], time["open_before"]) == (today().isoformat(), open_time(control).next_on.isoformat())


def test_another_facility_is_not_reached_and_a_scope_is_asked_for(program):
    time = open_time(planned())
    other = Program("elsewhere", facilities=[make.facility("OTHER")], scope="system/*.read system/*.write")
    assert (other.get(CONTROLS).json()["results"], other.get(TIMES).json()["results"]) == ([], [])
    assert done(other, time, {"link": LINK}).status_code == 404
    reads = Program("reads", facilities=[make.facility()], scope="system/Readiness.read")
    assert done(reads, time, {"link": LINK}).status_code == 403
    assert Evidence.objects.count() == 0


# -- Doing ---------------------------------------------------------------------------------------------------------


def test_what_a_program_has_done_is_written_down_with_its_link(program):
    control = planned()
    time = open_time(control)
    answer = done(program, time, {"link": LINK, "title": "Log of the drill", "done_on": day(-1).isoformat()})
    assert answer.status_code == 200, answer.content
    told, said = answer.json(), EvidenceRevision.objects.get()
    assert (told["state"], told["done_on"], told["evidence"]) == ("done", day(-1).isoformat(), said.evidence_id)
    assert (said.title, said.link, said.owner, said.by) == (
        "Log of the drill",
        LINK,
        control.owner,
        program.client.user,
    )
    assert (said.covers_from, said.covers_until, said.expires_on) == (time.begins_on, day(-1), time.next_on)


def test_a_file_is_sent_in_base64_and_judged_as_on_the_screen(program):
    time = open_time(planned())
    content = base64.b64encode(PDF).decode()
    refused = done(program, time, {"file": {"name": "log.png", "content": content}})
    assert (refused.status_code, refused.json()["field"]) == (422, "file")
    assert done(program, time, {"file": {"name": "log.pdf", "content": content}}).status_code == 200
    said = EvidenceRevision.objects.get()
    assert (said.filename, said.title) == ("log.pdf", time.title_of_evidence)
    assert Path(said.file.path).read_bytes() == PDF


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({}, 422, "link"),
        ({"link": LINK, "file": {"name": "log.txt", "content": "bG9n"}}, 422, "link"),
        ({"link": "http://example.org/"}, 422, "link"),
        ({"link": LINK, "done_on": "2099-01-01"}, 422, "done_on"),
        ({"link": LINK, "done_on": "soon"}, 400, "done_on"),
        ({"file": {"name": "log.txt", "content": "no base64"}}, 400, "file"),
        ({"file": "log.txt"}, 400, "file"),
        ({"link": LINK, "done": True}, 400, "done"),
    ],
)
def test_what_cannot_be_is_refused_with_its_field_and_nothing_is_written(program, body, status, field):
    time = open_time(planned())
    answer = done(program, time, body)
    assert (answer.status_code, answer.json()["field"]) == (status, field), answer.content
    time.refresh_from_db()
    assert (time.state, Evidence.objects.count()) == ("open", 0)


def test_the_same_key_does_it_once_and_answers_the_same(program):
    time = open_time(planned())
    answers = [done(program, time, {"link": LINK}, Idempotency_Key="drill").json() for _ in range(2)]
    assert answers[0] == answers[1]
    assert answers[0]["state"] == "done"
    assert Evidence.objects.count() == 1
    assert done(program, time, {"link": f"{LINK}/other"}, Idempotency_Key="drill").status_code == 422


def test_what_is_no_longer_open_is_a_conflict(program):
    control = planned()
    assert done(program, times(control)[0], {"link": LINK}).status_code == 409  # missed
    assert done(program, open_time(control), {"link": LINK}).status_code == 200
