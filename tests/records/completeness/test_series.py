"""What a night writes of rules that ask again and again, and what becomes of their gaps. (That they are found: tests
of agreement.)"""

from datetime import timedelta

import pytest
from django.urls import reverse

from records.completeness import deficiencies, told
from records.completeness.models import Deficiency, Due
from records.inventory.models import Document, Record
from staff.people.facilities import open_facility
from tests import factories as make
from tests.records.completeness import loading
from tests.reference.by_hand import NEW_YORK, at, chart, instant, note, rule
from tests.reference.model import Episode

pytestmark = pytest.mark.django_db

RENEWED = rule("restraint_start", code="RENEWED", document_types=("restraint-order",), every_hours=4)
DAILY = rule(code="DAILY", document_types=("progress-note",), every_days=1, begins_after_days=1)
TIED = Episode("TIED", "restraint", at("2023-06-03 08:00"))


@pytest.fixture
def stay():
    """A stay from 2 June with a restraint from 3 June 08:00 on, and a note of 3 June."""
    facility = open_facility("HOUSE", name="House", time_zone="America/New_York")
    loading.bind((RENEWED, DAILY), facility)
    noted = note("2023-06-03 10:00", id="N1", type="progress-note")
    return loading.load(chart(noted, start="2023-06-02 18:40", episodes=(TIED,)), facility=facility)


def night(stay, as_of: str):
    Due.objects.create(record=stay.record)
    return loading.audit(stay.facility, instant(as_of))


def renew(stay, time: str):
    loading.add(note(time, id=time, type="restraint-order", episode="TIED"), stay)


def release(stay, time: str):
    stay.episodes["TIED"].end_first = stay.episodes["TIED"].end_last = instant(time)
    stay.episodes["TIED"].save()


def of_topic(topic: str) -> Deficiency:
    return Deficiency.objects.with_names().get(topic=topic)


def test_a_gap_is_open_while_it_lasts_and_late_when_a_document_has_ended_it(stay):
    night(stay, "2023-06-03 13:00")
    gap = of_topic("RENEWED")
    assert (gap.kind, gap.status, gap.mendable, gap.block) == ("missing", "open", True, 0)
    renew(stay, "2023-06-03 14:00")
    night(stay, "2023-06-03 15:00")
    late = of_topic("RENEWED")
    assert (late.pk, late.kind, late.status) == (gap.pk, "late", "resolved")
    assert late.resolved_at == instant("2023-06-03 14:00")


def test_a_gap_that_the_end_came_before_is_past_mending_and_owed_by_nobody(stay):
    night(stay, "2023-06-03 13:00")
    release(stay, "2023-06-03 14:00")
    renew(stay, "2023-06-03 14:10")
    run = night(stay, "2023-06-03 15:00")
    gap = of_topic("RENEWED")
    assert (gap.kind, gap.status, gap.cause, gap.mendable) == ("missing", "resolved", "gap", False)
    assert gap.is_past_mending
    assert gap.resolved_at == instant("2023-06-03 14:00")
    assert (run.closed, run.open) == (1, 0)
    assert list(Deficiency.objects.past_mending()) == [gap]
    assert told.steps(gap, NEW_YORK)[0].words.startswith("Past mending since")


def test_a_day_without_its_note_is_never_open_and_leaves_the_record_complete(stay):
    release(stay, "2023-06-03 09:00")
    encounter = stay.record.encounter
    encounter.end_first = encounter.end_last = instant("2023-06-05 11:00")
    encounter.save()
    run = night(stay, "2023-06-06 06:00")
    gap = of_topic("DAILY")
    assert (gap.block, gap.due_at, gap.is_past_mending) == (2, instant("2023-06-05 00:00"), True)
    assert (run.opened, run.closed, run.open) == (0, 0, 0)
    record = Record.objects.get(pk=stay.record.pk)
    assert (record.status, record.open_deficiencies) == ("complete", 0)
    assert (record.requirements_due, record.requirements_met) == (2, 1)


def test_a_document_that_arrives_late_leaves_no_gap_after_all(stay):
    night(stay, "2023-06-06 06:00")
    assert Deficiency.objects.filter(topic="DAILY").count() == 2
    loading.add(note("2023-06-04 10:00", id="N2", type="progress-note"), stay)
    night(stay, "2023-06-06 06:00")
    filled, stays = Deficiency.objects.filter(topic="DAILY").order_by("block")
    assert (filled.status, filled.cause) == ("void", "no_gap")
    assert stays.is_past_mending
    Document.objects.filter(pk=stay.documents["N2"].pk).update(status="retracted")
    night(stay, "2023-06-06 06:00")
    filled.refresh_from_db()
    assert filled.is_past_mending


def test_a_later_note_fills_no_earlier_gap(stay):
    for time in ("2023-06-05 10:00", "2023-06-05 11:00"):
        loading.add(note(time, id=time, type="progress-note"), stay)
    night(stay, "2023-06-06 06:00")
    assert of_topic("DAILY").block == 2


def test_whom_a_person_named_for_a_gap_is_named_when_it_is_past_mending(stay):
    night(stay, "2023-06-03 13:00")
    other = make.practitioner(family_name="Dahl")
    deficiencies.reassign(of_topic("RENEWED"), to=other, by=make.manager(), because="On call that day.")
    release(stay, "2023-06-03 14:00")
    night(stay, "2023-06-03 15:00")
    assert of_topic("RENEWED").owed_by == other
    again = night(stay, "2023-06-03 15:00")
    assert (again.opened, again.closed) == (0, 0)
    assert of_topic("RENEWED").owed_by == other
    assert of_topic("RENEWED").history.count() == 3


def test_the_next_of_a_series_is_expected_and_looked_at_when_it_is_due(stay):
    night(stay, "2023-06-03 11:00")
    record = Record.objects.get(pk=stay.record.pk)
    due = sorted(stay.record.expected_set.values_list("topic", "block", "due_at"))
    assert due == [("DAILY", 2, instant("2023-06-05 00:00")), ("RENEWED", 0, instant("2023-06-03 12:00"))]
    assert record.next_check_at == instant("2023-06-03 12:00")
    loading.audit(stay.facility, record.next_check_at + timedelta(minutes=1))
    assert of_topic("RENEWED").is_open


def test_the_record_page_shows_a_gap_for_what_it_is(stay, client):
    night(stay, "2023-06-06 06:00")
    client.force_login(make.manager(facilities=[stay.facility]))
    page = client.get(reverse("record_page", args=[stay.record.pk])).content.decode()
    assert "progress-note is missing for 4 Jun 2023" in page
    assert "None was written by then. What is written now does not fill the gap" in page
    assert "missing for good" in page
    listed = client.get(reverse("deficiency_list"), {"status": "past_mending"}).content.decode()
    assert listed.count("past mending</span>") == 2
