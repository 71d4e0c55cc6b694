"""What the database itself keeps true between a record, its encounter and its deficiencies (docs/adr/0048)."""

import pytest
from django.db import IntegrityError, connection, transaction

from records.models import Deficiency, Encounter, Record
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked_at_once():
    """What is asked when a transaction ends is asked after each statement: the test's own transaction never ends."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS nothing_is_open_on_a_complete_record IMMEDIATE")


def service_of(record: Record) -> str | None:
    return Record.objects.values_list("service__code", flat=True).get(pk=record.pk)


class TestService:
    def test_a_record_begins_with_the_service_of_its_encounter(self):
        assert service_of(make.record(service=make.service("surgery"))) == "surgery"
        assert service_of(make.record()) is None

    @pytest.mark.parametrize(("before", "after"), [("surgery", "burns"), (None, "burns"), ("surgery", None)])
    def test_it_follows_when_the_encounter_changes_hands_and_no_other_does(self, before, after):
        moved, stays = (make.record(service=before and make.service(before)) for _twice in range(2))
        Encounter.objects.filter(pk=moved.pk).update(service=after and make.service(after))
        assert (service_of(moved), service_of(stays)) == (after, before)

    def test_nobody_writes_another_into_the_record(self):
        record = make.record(service=make.service("surgery"))
        Record.objects.filter(pk=record.pk).update(service=make.service("burns"))
        assert service_of(record) == "surgery"


@pytest.mark.usefixtures("asked_at_once")
class TestComplete:
    def test_nothing_is_opened_on_a_complete_record(self):
        record = make.record(status="complete")
        with pytest.raises(IntegrityError, match="not complete while"), transaction.atomic():
            make.deficiency(record)
        assert not Deficiency.objects.exists()

    @pytest.mark.parametrize("status", [status for status in Record.Status.values if status != "complete"])
    def test_on_any_other_it_is(self, status):
        assert make.deficiency(make.record(status=status)).status == "open"

    def test_nothing_is_opened_again_on_a_complete_record(self):
        owed = make.deficiency(make.record(status="incomplete"))
        Deficiency.objects.filter(pk=owed.pk).update(status="void")
        Record.objects.filter(pk=owed.record_id).update(status="complete", completed_at=make.DISCHARGED)
        with pytest.raises(IntegrityError, match="not complete while"), transaction.atomic():
            Deficiency.objects.filter(pk=owed.pk).update(status="open")

    def test_no_record_is_complete_while_something_is_open(self):
        owed = make.deficiency(make.record(status="incomplete"))
        with pytest.raises(IntegrityError, match="not complete while"), transaction.atomic():
            Record.objects.filter(pk=owed.record_id).update(status="complete", completed_at=make.DISCHARGED)
        Deficiency.objects.filter(pk=owed.pk).update(status="void")
        Record.objects.filter(pk=owed.record_id).update(status="complete", completed_at=make.DISCHARGED)


def test_what_is_open_is_summed_up_by_one_look_at_the_index_of_what_is_not_complete():
    seen = {"record__facility__in": [make.facility().pk], "record__confidentiality__lte": 3}
    rows = Deficiency.objects.every_open().filter(**seen).values("due_at", "record__service", "record__facility")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_nestloop = off")  # as of many rows
    assert "Index Only Scan using record_by_status" in rows.explain()


def test_the_two_are_written_in_either_order_within_a_transaction():
    record = make.record(status="complete")
    make.deficiency(record)
    Record.objects.filter(pk=record.pk).update(status="incomplete", completed_at=None)
    connection.check_constraints()
