"""What others write during a night is neither lost nor in the way, and what cannot be written stops nothing else."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from django.db import connection, transaction
from django.db.models import F
from django.urls import reverse

from compliance.models import Night
from compliance.nightly import tasks
from records.completeness import audits, deficiencies, due
from records.models import (
    AuditShard,
    Deficiency,
    Document,
    DocumentKey,
    Due,
    EncounterIdentifier,
    Practitioner,
    PractitionerKey,
    Record,
)
from staff.models import Facility, User
from tests import factories as make
from tests.nights import hospitals, standing
from tests.nights.hospitals import DAY, LAST_WEEK, PART
from tests.records.completeness import pictures
from tests.records.completeness.conftest import poison
from tests.records.completeness.loading import audit
from tests.records.exchange import made
from tests.records.exchange.conftest import Sender
from tests.workers import until

pytestmark = pytest.mark.django_db(transaction=True)


@contextmanager
def meanwhile(act: Callable[[], object]) -> Iterator[threading.Thread]:
    """Let somebody else do something, by a connection of his own; it must have come to its end when this is left."""
    problems = []

    def do():
        try:
            act()
        except Exception as problem:  # noqa: BLE001 - told to the test
            problems.append(problem)
        finally:
            connection.close()

    thread = threading.Thread(target=do)
    thread.start()
    yield thread
    thread.join(60)
    assert not thread.is_alive()
    assert not problems, problems


def test_a_transaction_that_is_open_across_the_night_is_judged_by_the_next_one(department, undisturbed, hospital):
    written, may_commit = threading.Event(), threading.Event()

    def write():
        with transaction.atomic():
            sign(owed_by_its_author(hospital))
            written.set()
            assert may_commit.wait(120)

    with meanwhile(write), set_at_the_end(may_commit):
        assert written.wait(60)
        first = hospitals.wait_for(hospitals.begin(hospital))
        assert hospitals.picture(hospital) == undisturbed  # nothing of it was seen, nor waited for
        owing = Deficiency.objects.get(served_by=owed_by_its_author(hospital), status="open")
    assert Due.objects.filter(record=owed_by_its_author(hospital, signed=True).record).exists()
    second = hospitals.wait_for(hospitals.begin(hospital))
    assert (first.state, second.state) == ("finished", "finished")

    quiet = LAST_WEEK.build("QUIET")
    audit(quiet, first.as_of)
    sign(owed_by_its_author(quiet))
    audit(quiet, second.as_of)
    assert pictures.of(hospital) == pictures.of(quiet)
    owing.refresh_from_db()
    assert (owing.status, owing.resolved_at) == ("resolved", SIGNED_AT)


@contextmanager
def set_at_the_end(event: threading.Event) -> Iterator[None]:
    try:
        yield
    finally:
        event.set()


DISCHARGE_SUMMARY = "18842-5"
SIGNED_AT = datetime(2025, 11, 4, 9, tzinfo=UTC)  # the day before the night


def owed_by_its_author(facility: Facility, *, signed: bool = False) -> Document:
    """A document that nobody had signed before SIGNED_AT; it is the same one in each hospital."""
    summaries = Document.objects.filter(record__facility=facility, document_type__code=DISCHARGE_SUMMARY)
    wanting = summaries.filter(authored_first__lt=SIGNED_AT - 30 * DAY, signed=signed)
    return (wanting.filter(signed_first=SIGNED_AT) if signed else wanting).order_by("pk").first()


def sign(document: Document):
    """What an interface does that tells of a signature."""
    told = made.provenance(
        f"signature-{document.pk}", of=f"DocumentReference/{known_as(DocumentKey, document=document)}"
    )
    told |= {"recorded": SIGNED_AT.isoformat()}
    told["agent"][0]["who"] = {"reference": f"Practitioner/{known_as(PractitionerKey, practitioner=document.author)}"}
    sender = Sender(f"ehr-{document.pk}", source="simulated", facilities=[document.record.facility])
    answer = sender.post(made.bundle(made.put(told)))
    assert answer.status_code == 200, answer.content


def known_as(keys, **of) -> str:
    return keys.objects.get(**of).external_id


@dataclass
class People:
    """What people decide about two records of the first part of an audit; a third that comes after them is to wait."""

    facility: Facility
    by: User

    def __post_init__(self):
        numbers = list(Record.objects.filter(facility=self.facility).order_by("pk").values_list("pk", flat=True))[:PART]
        # A signature is owed by the author, whoever is known as such.
        unsigned = Deficiency.objects.open().filter(kind="unsigned", owed_by=F("served_by__author"))
        owing = [(place, unsigned.filter(record=number).first()) for place, number in enumerate(numbers)]
        (_, self.one), (_, self.other), (self.third, _), *_rest = [found for found in owing if found[1]]
        authors = Practitioner.objects.filter(authored__record__facility=self.facility).order_by("pk")
        self.another = authors.exclude(pk__in=[self.one.owed_by_id, self.other.owed_by_id]).first()

    def let_all_be_due(self):
        """And let the night have something to write about the one: another practitioner owes it now."""
        Document.objects.filter(pk=self.one.served_by_id).update(author=self.another)
        due.append(Record.objects.filter(facility=self.facility).values_list("pk", flat=True))

    def waive(self):
        deficiencies.waive(self.one, by=self.by, because="The author has died.")

    def reassign(self):
        deficiencies.reassign(self.other, to=self.another, by=self.by, because="The author has left.")


def test_people_who_decide_during_the_night_and_the_night_itself_wait_in_one_order(department, hospital):
    manager, said_before = make.manager(facilities=[]), len(department.worker.said)
    audit(hospital, LAST_WEEK.due_at - DAY)
    people = People(hospital, manager)
    people.let_all_be_due()
    in_the_way = standing.records(hospital, slice(people.third, people.third + 1))
    with standing.records(hospital, slice(-1, None)) as last_part, in_the_way as third:
        night = hospitals.begin(hospital)
        third.wait_for()
        # The part holds both records and waits for the third.
        with meanwhile(people.waive), meanwhile(people.reassign):
            third.wait_for(3)
            third.let_go()
        last_part.let_go()
    assert hospitals.wait_for(night).state == "finished"
    run = night.steps.get(name="audit").audit
    assert set(run.shards.values_list("attempts", flat=True)) == {1}
    assert "clashed" not in department.worker.said[said_before:]

    quiet = LAST_WEEK.build("QUIET")
    audit(quiet, LAST_WEEK.due_at - DAY)
    people = People(quiet, manager)
    people.let_all_be_due()
    run = audits.start(as_of=LAST_WEEK.due_at, facility=quiet)
    audits.begin(run)
    audits.work(audits.claim(run))
    people.waive()
    people.reassign()
    list(audits.work_off(run))
    assert pictures.of(hospital) == pictures.of(quiet)
    people.one.refresh_from_db()
    assert (people.one.status, people.one.owed_by) == ("waived", people.another)


def test_what_cannot_be_written_stops_nothing_else_and_is_told_on_the_huddle(department, undisturbed, hospital, client):
    bitten = Record.objects.filter(facility=hospital, encounter__encounter_class="inpatient").first()
    with poison(bitten):
        night = hospitals.begin(hospital)
        # The sweeper's minutes pass until the part has failed three times.
        until(lambda: tasks.sweep() or hospitals.is_over(night), "The night did not end.", every=0.5)
    shard = AuditShard.objects.get(state="failed")
    assert shard.attempts == 3
    assert shard.error.startswith("CheckViolation (23514)")
    assert set(night.steps.values_list("name", "state")) >= {("audit", "failed"), ("selections", "finished")}
    client.force_login(make.manager(facilities=[hospital]))
    said = "the night of 5 Nov 2025 failed in part. Completeness audit: 1 of 6 parts failed: CheckViolation"
    assert said in client.get(reverse("night")).content.decode()

    written, all_of_it = pictures.of(hospital), {name: undisturbed[name] for name in pictures.of(hospital)}
    visits = EncounterIdentifier.objects.filter(encounter__gte=shard.first_record, encounter__lte=shard.last_record)
    its_own = tuple(f"('{visit}'," for visit in visits.values_list("value", flat=True))
    for name in ("deficiencies", "history", "expected", "records"):
        assert [row for row in written[name] if not row.startswith(its_own)] == [
            row for row in all_of_it[name] if not row.startswith(its_own)
        ], name
    assert not [row for row in written["deficiencies"] if row.startswith(its_own)]
    audit(hospital, Night.objects.get(pk=night.pk).as_of)
    assert pictures.of(hospital) == all_of_it
