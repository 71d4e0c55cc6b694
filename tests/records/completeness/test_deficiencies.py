"""Waiving and reinstating, with the real audit around them."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from auditlog.models import LogEntry
from django.db import connection

from himdept.common.errors import Conflict, DomainError
from records.completeness import audits, deficiencies, due, requirements
from records.models import AuditRun, Deficiency, DeficiencyEvent, Due, Record
from tests import factories as make

TONIGHT = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
GONE = "Dr Vance has left the staff; the chief of medicine accepts the record as it is."


def audit(as_of=TONIGHT, **options) -> AuditRun:
    run = audits.start(as_of=as_of, **options)
    assert audits.begin(run)
    list(audits.work_off(run))
    run.refresh_from_db()
    assert run.state == "finished", run.error
    return run


def owed() -> Deficiency:
    """A discharge summary that is missing, found by an audit; the record is delinquent for it."""
    requirements.adopt(make.requirement(authentication_required=True).profile, make.facility())
    record = make.record(attending=make.practitioner())
    due.append([record.pk])
    audit()
    deficiency = Deficiency.objects.get()
    record.refresh_from_db()
    assert (deficiency.kind, deficiency.status, record.status) == ("missing", "open", "delinquent")
    return deficiency


def flags() -> tuple:
    return Record.objects.values_list("status", "open_deficiencies", "oldest_due_at").get()


@pytest.mark.django_db
class TestWaive:
    def test_it_closes_the_deficiency_and_says_who_when_and_why(self):
        manager = make.manager()
        waived = deficiencies.waive(owed(), by=manager, because=f"  {GONE} ")
        assert (waived.status, waived.cause, waived.waived_by, waived.waived_because) == (
            "waived",
            "waived",
            manager,
            GONE,
        )
        assert waived.waived_at is not None

    def test_the_record_shows_it_at_once(self):
        waived = deficiencies.waive(owed(), by=make.manager(), because=GONE)
        assert flags() == ("complete", 0, None)
        assert Record.objects.get().completed_at == waived.waived_at
        assert not Due.objects.filter(record__isnull=False).exists()

    def test_other_records_are_not_judged_again(self):
        first = owed()
        other = make.record(attending=make.practitioner("Alder"))
        due.append([other.pk])
        deficiencies.waive(first, by=make.manager(), because=GONE)
        assert Deficiency.objects.count() == 1
        assert list(Due.objects.values_list("record", flat=True)) == [other.pk]

    def test_where_there_was_no_audit_the_next_one_finds_the_record_on_its_list(self):
        deficiency = make.deficiency()
        deficiencies.waive(deficiency, by=make.manager(), because=GONE)
        assert Due.objects.get().record_id == deficiency.record_id

    def test_history_has_one_row_more_with_person_and_reason(self):
        deficiency, manager = owed(), make.manager()
        before = DeficiencyEvent.objects.count()
        deficiencies.waive(deficiency, by=manager, because=GONE)
        assert DeficiencyEvent.objects.count() == before + 1
        event = DeficiencyEvent.objects.last()
        assert (event.status, event.kind, event.cause, event.by, event.run, event.because) == (
            "waived",
            "missing",
            "waived",
            manager,
            None,
            GONE,
        )
        assert event.due_at == deficiency.due_at

    def test_the_trail_has_the_change_under_the_persons_name_with_the_reason(self):
        deficiency, manager = owed(), make.manager()
        before = LogEntry.objects.count()
        deficiencies.waive(deficiency, by=manager, because=GONE)
        (entry,) = LogEntry.objects.order_by("pk")[before:]
        assert (entry.actor, entry.object_id, entry.additional_data) == (manager, deficiency.pk, {"because": GONE})
        assert entry.changes["status"] == ["open", "waived"]

    @pytest.mark.parametrize(
        ("because", "sentence"),
        [
            ("", "Say why"),
            (" \n", "Say why"),
            ("x", "in a few words"),
            ("died", "in a few words"),
            ("x y 1 2 __", "in a few words"),
            ("x" * 2001, "at most 2000 characters"),
        ],
    )
    def test_without_a_reason_that_can_be_kept_nothing_changes(self, because, sentence):
        deficiency = make.deficiency()
        with pytest.raises(DomainError, match=sentence):
            deficiencies.waive(deficiency, by=make.manager(), because=because)
        deficiency.refresh_from_db()
        assert deficiency.is_open
        assert not DeficiencyEvent.objects.exists()

    def test_what_is_closed_already_is_a_conflict_that_says_how(self):
        deficiency = owed()
        deficiencies.waive(deficiency, by=make.manager(), because=GONE)
        with pytest.raises(Conflict, match="already closed: it is waived"):
            deficiencies.waive(deficiency, by=make.manager("other"), because="so do I")
        assert Deficiency.objects.get().waived_because == GONE

    def test_the_audit_keeps_it_waived_when_its_kind_would_move(self):
        deficiency = deficiencies.waive(owed(), by=make.manager(), because=GONE)
        make.document(deficiency.record, authored=TONIGHT - timedelta(hours=1))
        due.append([deficiency.record_id])
        run = audit(TONIGHT + timedelta(days=1))
        deficiency.refresh_from_db()
        assert (deficiency.status, deficiency.kind, run.open) == ("waived", "missing", 0)
        assert flags()[:2] == ("complete", 0)

    def test_a_what_if_of_before_the_waiver_finds_it_open(self):
        deficiencies.waive(owed(), by=make.manager(), because=GONE)
        run = audit(TONIGHT - timedelta(days=1))
        assert (run.written, run.open) == (False, 1)


@pytest.mark.django_db
class TestReinstate:
    @pytest.fixture
    def waived(self):
        return deficiencies.waive(owed(), by=make.manager(), because=GONE)

    def test_it_opens_the_deficiency_again_and_the_record_shows_it(self, waived):
        again = deficiencies.reinstate(waived, by=make.manager("other"), because="He is back.")
        assert (again.status, again.cause, again.waived_at, again.waived_by, again.waived_because) == (
            "open",
            "found",
            None,
            None,
            "",
        )
        assert flags()[:2] == ("delinquent", 1)

    def test_history_tells_both_acts(self, waived):
        other = make.manager("other")
        deficiencies.reinstate(waived, by=other, because="He is back.")
        told = [(event.status, event.by, event.because) for event in waived.history.all()]
        assert told == [("open", None, ""), ("waived", waived.waived_by, GONE), ("open", other, "He is back.")]

    def test_what_was_met_in_the_meantime_does_not_stay_open(self, waived):
        signed = TONIGHT - timedelta(hours=1)
        make.document(waived.record, authored=signed, signed=signed)
        again = deficiencies.reinstate(waived, by=make.manager("other"), because="He is back.")
        assert (again.status, again.kind, again.resolved_at) == ("resolved", "late", signed)
        assert flags()[:2] == ("complete", 0)

    def test_it_can_be_waived_again(self, waived):
        again = deficiencies.reinstate(waived, by=make.manager("other"), because="He is back.")
        assert deficiencies.waive(again, by=make.manager("third"), because="Gone again.").status == "waived"

    def test_what_is_not_waived_is_a_conflict(self):
        with pytest.raises(Conflict, match="not waived: it is open"):
            deficiencies.reinstate(make.deficiency(), by=make.manager(), because="He is back.")

    def test_it_needs_a_reason_too(self, waived):
        with pytest.raises(DomainError, match="Say why"):
            deficiencies.reinstate(waived, by=make.manager("other"), because="")


def night(after: int, *records: Record) -> AuditRun:
    due.append(record.pk for record in records)
    return audit(TONIGHT + timedelta(days=after))


@pytest.mark.django_db
class TestReassign:
    @pytest.fixture
    def dahl(self):
        return make.practitioner("Dahl", "R.")

    def test_somebody_else_owes_it_and_it_says_from_whom_who_when_and_why(self, dahl):
        deficiency, manager = owed(), make.manager()
        vance = deficiency.owed_by
        done = deficiencies.reassign(deficiency, to=dahl, by=manager, because=f" {GONE} ")
        assert (done.owed_by, done.reassigned_from, done.reassigned_by, done.reassigned_because) == (
            dahl,
            vance,
            manager,
            GONE,
        )
        assert done.reassigned_at == done.decision.at
        assert (done.status, flags()[:2]) == ("open", ("delinquent", 1))

    def test_history_and_trail_have_the_act_under_the_persons_name(self, dahl):
        deficiency, manager, before = owed(), make.manager(), LogEntry.objects.count()
        deficiencies.reassign(deficiency, to=dahl, by=manager, because=GONE)
        first, second = deficiency.history.all()
        assert (first.owed_by, second.owed_by, second.reassigned_from) == (
            deficiency.owed_by,
            dahl,
            deficiency.owed_by,
        )
        assert (second.by, second.because, second.run, second.decision.act) == (manager, GONE, None, "reassigned")
        (entry,) = LogEntry.objects.order_by("pk")[before:]
        assert (entry.actor, entry.additional_data) == (manager, {"because": GONE})
        assert entry.changes["owed_by"] == [str(deficiency.owed_by_id), str(dahl.pk)]
        assert entry.changes["reassigned_because"] == ["", GONE]

    def test_the_night_keeps_it_and_the_same_night_twice_changes_nothing(self, dahl):
        deficiency = deficiencies.reassign(owed(), to=dahl, by=make.manager(), because=GONE)
        night(1, deficiency.record)
        before = DeficiencyEvent.objects.count()
        night(2, deficiency.record)
        audit(TONIGHT + timedelta(days=2), full=True)
        deficiency.refresh_from_db()
        assert (deficiency.owed_by, deficiency.reassigned_because) == (dahl, GONE)
        assert DeficiencyEvent.objects.count() == before == 2

    def test_the_night_keeps_it_when_its_kind_moves_and_when_the_rule_names_a_third(self, dahl):
        deficiency = deficiencies.reassign(owed(), to=dahl, by=make.manager(), because=GONE)
        deficiency.record.encounter.attending = make.practitioner("Third")
        deficiency.record.encounter.save()
        make.document(deficiency.record, authored=TONIGHT + timedelta(hours=1))
        night(1, deficiency.record)
        deficiency.refresh_from_db()
        assert (deficiency.kind, deficiency.owed_by, deficiency.reassigned_by.username) == ("unsigned", dahl, "manager")

    def test_what_is_then_met_late_was_owed_by_whom_it_was_reassigned_to(self, dahl):
        deficiency = deficiencies.reassign(owed(), to=dahl, by=make.manager(), because=GONE)
        at = TONIGHT + timedelta(hours=1)
        make.document(deficiency.record, authored=at, signed=at)
        night(1, deficiency.record)
        night(2, deficiency.record)
        deficiency.refresh_from_db()
        assert (deficiency.kind, deficiency.owed_by) == ("late", dahl)
        assert deficiency.history.count() == 3

    def test_what_opens_anew_is_owed_by_whom_the_rule_names(self, dahl):
        deficiency = owed()
        vance = deficiency.owed_by
        deficiencies.reassign(deficiency, to=dahl, by=make.manager(), because=GONE)
        at = TONIGHT + timedelta(hours=1)
        document = make.document(deficiency.record, authored=at, signed=at)
        night(1, deficiency.record)
        document.status = "entered_in_error"
        document.save()
        night(2, deficiency.record)
        deficiency.refresh_from_db()
        assert (deficiency.status, deficiency.owed_by) == ("open", vance)
        assert (deficiency.reassigned_at, deficiency.reassigned_because, deficiency.reassigned_from) == (None, "", None)
        before = DeficiencyEvent.objects.count()
        night(3, deficiency.record)
        assert DeficiencyEvent.objects.count() == before

    def test_it_outlives_a_waiver_that_is_taken_back(self, dahl):
        manager = make.manager()
        deficiency = deficiencies.reassign(owed(), to=dahl, by=manager, because=GONE)
        deficiencies.waive(deficiency, by=manager, because=GONE)
        deficiencies.reinstate(deficiency, by=manager, because="He is back.")
        night(1, deficiency.record)
        deficiency.refresh_from_db()
        assert (deficiency.status, deficiency.owed_by) == ("open", dahl)

    def test_it_can_be_reassigned_on(self, dahl):
        manager, naess = make.manager(), make.practitioner("Naess")
        deficiency = deficiencies.reassign(owed(), to=dahl, by=manager, because="first")
        again = deficiencies.reassign(deficiency, to=naess, by=manager, because="second")
        assert (again.owed_by, again.reassigned_from, again.reassigned_because) == (naess, dahl, "second")

    def test_what_nobody_was_known_to_owe_can_be_given_to_somebody(self, dahl):
        done = deficiencies.reassign(make.deficiency(), to=dahl, by=make.manager(), because=GONE)
        assert (done.owed_by, done.reassigned_from) == (dahl, None)

    def test_whoever_owes_it_already_is_refused(self):
        deficiency = owed()
        with pytest.raises(DomainError, match=r"Vance, T\. owes it already"):
            deficiencies.reassign(deficiency, to=deficiency.owed_by, by=make.manager(), because=GONE)
        assert deficiency.history.count() == 1

    def test_whoever_no_longer_practises_is_refused(self):
        with pytest.raises(DomainError, match=r"Gone, T\. no longer practises here"):
            deficiencies.reassign(
                owed(), to=make.practitioner("Gone", is_active=False), by=make.manager(), because=GONE
            )

    def test_what_is_closed_is_a_conflict(self, dahl):
        deficiency, manager = owed(), make.manager()
        deficiencies.waive(deficiency, by=manager, because=GONE)
        with pytest.raises(Conflict, match="already closed: it is waived"):
            deficiencies.reassign(deficiency, to=dahl, by=manager, because=GONE)

    def test_it_needs_a_reason(self, dahl):
        with pytest.raises(DomainError, match="Say why"):
            deficiencies.reassign(owed(), to=dahl, by=make.manager(), because=" ")


@pytest.mark.django_db
class TestGiveBack:
    @pytest.fixture
    def reassigned(self):
        return deficiencies.reassign(owed(), to=make.practitioner("Dahl"), by=make.manager(), because=GONE)

    def test_it_is_owed_by_whom_the_rule_names_now(self, reassigned):
        third = make.practitioner("Third")
        reassigned.record.encounter.attending = third
        reassigned.record.encounter.save()
        back = deficiencies.give_back(reassigned, by=make.manager("other"), because="A mistake.")
        assert (back.owed_by, back.reassigned_at, back.reassigned_from, back.reassigned_because) == (
            third,
            None,
            None,
            "",
        )

    def test_where_there_was_no_audit_it_is_owed_by_whom_it_was_taken_from(self):
        vance, manager = make.practitioner(), make.manager()
        deficiency = make.deficiency(owed_by=vance)
        deficiencies.reassign(deficiency, to=make.practitioner("Dahl"), by=manager, because=GONE)
        assert deficiencies.give_back(deficiency, by=manager, because="A mistake.").owed_by == vance

    def test_what_is_not_reassigned_is_a_conflict(self):
        with pytest.raises(Conflict, match="not reassigned"):
            deficiencies.give_back(make.deficiency(), by=make.manager(), because="A mistake.")


@pytest.mark.django_db(transaction=True)
def test_two_clerks_at_once_make_one_waiver_and_one_conflict():
    deficiency, clerks = owed(), [make.manager("first"), make.manager("second")]
    ready, outcomes = threading.Barrier(2), []

    def clear(clerk):
        try:
            ready.wait()
            deficiencies.waive(Deficiency.objects.get(pk=deficiency.pk), by=clerk, because=f"{clerk.username} says so")
            outcomes.append(clerk)
        except Conflict:
            outcomes.append(None)
        finally:
            connection.close()

    threads = [threading.Thread(target=clear, args=[clerk]) for clerk in clerks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (winner,) = [clerk for clerk in outcomes if clerk]
    assert outcomes.count(None) == 1
    assert Deficiency.objects.get().waived_by == winner
    assert [event.by for event in deficiency.history.filter(status="waived")] == [winner]
    assert LogEntry.objects.filter(object_id=deficiency.pk, changes__status__1="waived").count() == 1
