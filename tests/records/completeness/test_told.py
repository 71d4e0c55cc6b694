"""What became of one deficiency, step by step."""

from datetime import UTC, datetime, timedelta

import pytest

from records.completeness import audits, bulk, deficiencies, due, requirements, told
from records.models import Deficiency
from tests import factories as make

pytestmark = pytest.mark.django_db
TONIGHT = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)


def night(after: int, deficiency: Deficiency | None = None):
    if deficiency:
        due.append([deficiency.record_id])
    run = audits.start(as_of=TONIGHT + timedelta(days=after))
    assert audits.begin(run)
    list(audits.work_off(run))


@pytest.fixture
def owed():
    requirements.adopt(make.requirement(authentication_required=True).profile, make.facility())
    due.append([make.record(attending=make.practitioner()).pk])
    night(0)
    return Deficiency.objects.get()


def words(deficiency) -> list[str]:
    return [step.words for step in told.steps(deficiency, make.facility().zone)]


def test_what_people_did_is_told_latest_first_with_who_and_why(owed):
    rose, dahl = make.manager("rose", first_name="Rose", last_name="Okafor"), make.practitioner("Dahl", "R.")
    deficiencies.waive(owed, by=rose, because="He has died.")
    deficiencies.reinstate(owed, by=rose, because="He lives.")
    deficiencies.reassign(owed, to=dahl, by=rose, because="He is on leave.")
    deficiencies.give_back(owed, by=rose, because="He is back.")
    assert words(owed) == [
        "Reassignment taken back by Rose Okafor",
        "Reassigned from Vance, T. to Dahl, R. by Rose Okafor",
        "Waiver taken back by Rose Okafor",
        "Waived by Rose Okafor",
        "Opened by the audit: missing",
    ]
    assert [step.because for step in told.steps(owed, make.facility().zone)][:2] == ["He is back.", "He is on leave."]


def test_an_undo_says_what_it_undid(owed):
    rose = make.manager("rose", first_name="Rose", last_name="Okafor")
    waived = deficiencies.waive(owed, by=rose, because="He has died.")
    bulk.undo(waived.decision.token, by=rose)
    moved = deficiencies.reassign(owed, to=make.practitioner("Dahl"), by=rose, because="On leave.")
    bulk.undo(moved.decision.token, by=rose)
    assert words(owed)[0] == "Reassignment undone by Rose Okafor"
    assert words(owed)[2] == "Waiver undone by Rose Okafor"


def test_what_the_nights_found_is_told_against_what_stood_before(owed):
    document = make.document(owed.record, authored=TONIGHT + timedelta(hours=1))
    night(1, owed)
    document.signed, document.signed_first, document.signed_last = True, *[TONIGHT + timedelta(days=1, hours=1)] * 2
    document.save()
    night(2, owed)
    document.status = "entered_in_error"
    document.save()
    night(3, owed)
    assert words(owed) == [
        "Opened again by the audit: missing",
        "Met late, 24 Nov 2026 03:00",
        "Now unsigned, was missing",
        "Opened by the audit: missing",
    ]
