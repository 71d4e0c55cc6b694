"""Acting on what was chosen, all at once, and taking that back; with the real audit around it."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from auditlog.models import LogEntry
from django.db import connection
from django.test.utils import CaptureQueriesContext

from himdept.common.errors import Conflict, DomainError
from records.completeness import audits, bulk, deficiencies, due, requirements
from records.completeness.listings import CHOSEN_DEFICIENCIES
from records.models import AuditRun, Decision, Deficiency, DeficiencyEvent, Due, Record
from staff.models import Selection
from staff.selections import selections
from tests import factories as make

TONIGHT = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
GONE = "Dr Vance has left the staff; the chief of medicine accepts the records as they are."


def audit(as_of=TONIGHT, **options) -> AuditRun:
    run = audits.start(as_of=as_of, **options)
    assert audits.begin(run)
    list(audits.work_off(run))
    run.refresh_from_db()
    assert run.state == "finished", run.error
    return run


def owed(number: int) -> list[Deficiency]:
    """So many discharge summaries that are missing, each on a delinquent record of its own, found by an audit."""
    requirements.adopt(make.requirement(authentication_required=True).profile, make.facility())
    vance = make.practitioner()
    due.append([make.record(attending=vance).pk for _ in range(number)])
    audit()
    return list(Deficiency.objects.order_by("pk"))


def select(rows, by) -> Selection:
    return selections.choose(
        CHOSEN_DEFICIENCIES,
        Deficiency.objects.visible_to(by),
        by=by,
        token=Selection.objects.filter(owner=by).values_list("token", flat=True).first(),
        query="",
        chosen=[row.pk for row in rows],
    )


def statuses() -> list[str]:
    return list(Deficiency.objects.order_by("pk").values_list("status", flat=True))


@pytest.fixture
def manager(db):
    return make.manager()


@pytest.fixture
def dahl(db):
    return make.practitioner("Dahl", "R.")


class TestWaive:
    def test_all_are_waived_at_once_each_with_its_event_its_trail_and_its_record_at_once(self, manager):
        rows, before = owed(4), LogEntry.objects.count()
        decision = bulk.waive(select(rows[:3], manager).token, by=manager, because=f" {GONE} ")
        assert statuses() == ["waived", "waived", "waived", "open"]
        assert set(Deficiency.objects.filter(status="waived").values_list("waived_by", "waived_because")) == {
            (manager.pk, GONE)
        }
        events = DeficiencyEvent.objects.filter(decision=decision)
        assert sorted(events.values_list("deficiency", flat=True)) == [row.pk for row in rows[:3]]
        assert set(events.values_list("status", "by", "because")) == {("waived", manager.pk, GONE)}
        trail = LogEntry.objects.order_by("pk")[before:]
        assert [entry.object_id for entry in trail] == [row.pk for row in rows[:3]]
        assert {(entry.actor_id, entry.changes["status"][1]) for entry in trail} == {(manager.pk, "waived")}
        assert list(Record.objects.order_by("pk").values_list("status", "open_deficiencies")) == [
            *[("complete", 0)] * 3,
            ("delinquent", 1),
        ]
        assert not Due.objects.filter(record__isnull=False).exists()
        assert not Selection.objects.exists()

    def test_the_form_sent_twice_does_it_once(self, manager):
        token = select(owed(2), manager).token
        first = bulk.waive(token, by=manager, because=GONE)
        assert bulk.waive(token, by=manager, because=GONE) == first
        assert Decision.objects.count() == 1

    def test_what_changed_since_is_refused_in_words_and_rows_and_nothing_is_done(self, manager, dahl):
        rows = owed(5)
        selection = select(rows, manager)
        other = make.manager("other")
        deficiencies.waive(rows[0], by=other, because="It was faster.")
        deficiencies.reassign(rows[1], to=dahl, by=other, because="It was faster.")
        Record.objects.filter(pk=rows[2].record_id).update(confidentiality=5)
        with pytest.raises(bulk.Changed) as refused:
            bulk.waive(selection.token, by=manager, because=GONE)
        difference = refused.value.difference
        assert refused.value.message == (
            "3 of 5 changed since you chose them: 1 waived meanwhile, 1 owed by somebody else now, "
            "1 no longer for you to see."
        )
        assert [(row, str(words)) for row, words in difference.rows(manager)] == [
            (rows[0], "waived meanwhile"),
            (rows[1], "owed by somebody else now"),
        ]
        assert statuses() == ["waived", *["open"] * 4]
        decision = bulk.waive(selection.token, by=manager, because=GONE, agreed=difference.seal)
        assert sorted(decision.events.values_list("deficiency", flat=True)) == [rows[3].pk, rows[4].pk]

    def test_who_agreed_to_one_difference_did_not_agree_to_another(self, manager):
        rows = owed(3)
        selection, other = select(rows, manager), make.manager("other")
        deficiencies.waive(rows[0], by=other, because="It was faster.")
        seen = bulk.preview(selection, by=manager).difference
        deficiencies.waive(rows[1], by=other, because="faster still")
        with pytest.raises(bulk.Changed, match="2 of 3 changed"):
            bulk.waive(selection.token, by=manager, because=GONE, agreed=seen.seal)
        assert statuses() == ["waived", "waived", "open"]

    def test_what_was_waived_and_opened_again_stands_as_it_was_chosen(self, manager):
        rows = owed(1)
        selection, other = select(rows, manager), make.manager("other")
        deficiencies.waive(rows[0], by=other, because="by mistake")
        deficiencies.reinstate(rows[0], by=other, because="as I said")
        assert bulk.waive(selection.token, by=manager, because=GONE).events.count() == 1

    def test_what_was_closed_when_it_was_chosen_is_left_out_too(self, manager):
        rows = owed(2)
        deficiencies.waive(rows[0], by=manager, because=GONE)
        preview = bulk.preview(select(rows, manager), by=manager)
        assert list(preview.numbers) == [rows[1].pk]
        assert list(map(str, preview.difference.reasons.values())) == ["not open when you chose it"]

    def test_where_nothing_is_left_nothing_is_done(self, manager):
        rows = owed(1)
        selection = select(rows, manager)
        deficiencies.waive(rows[0], by=make.manager("other"), because="It was faster.")
        seal = bulk.preview(selection, by=manager).difference.seal
        with pytest.raises(Conflict, match="Nothing is left"):
            bulk.waive(selection.token, by=manager, because=GONE, agreed=seal)
        assert Decision.objects.count() == 1

    def test_a_selection_of_somebody_else_is_none(self, manager):
        selection = select(owed(1), make.manager("other"))
        with pytest.raises(Conflict, match="acted on or cleared meanwhile"):
            bulk.waive(selection.token, by=manager, because=GONE)

    def test_it_needs_a_reason(self, manager):
        selection = select(owed(1), manager)
        with pytest.raises(DomainError, match="Say why"):
            bulk.waive(selection.token, by=manager, because=" ")
        assert statuses() == ["open"]

    def test_many_cost_as_many_statements_as_few(self, manager):
        rows, counts = owed(12), []
        for some in (rows[:2], rows[2:]):
            token = select(some, manager).token
            with CaptureQueriesContext(
                connection,
            ) as captured:
                bulk.waive(token, by=manager, because=GONE)
            counts.append(len(captured))
        assert counts[0] == counts[1]


class TestReassign:
    def test_all_are_owed_by_another_and_the_night_keeps_it(self, manager, dahl):
        rows = owed(3)
        vance = rows[0].owed_by
        bulk.reassign(select(rows, manager).token, to=dahl, by=manager, because=GONE)
        due.append([row.record_id for row in rows])
        audit(TONIGHT + timedelta(days=1))
        assert set(Deficiency.objects.values_list("owed_by", "reassigned_from", "reassigned_because")) == {
            (dahl.pk, vance.pk, GONE)
        }

    def test_what_this_practitioner_owes_already_is_left_out_in_words(self, manager, dahl):
        rows = owed(2)
        deficiencies.reassign(rows[0], to=dahl, by=manager, because=GONE)
        with pytest.raises(bulk.Changed, match="1 owed by this practitioner already") as refused:
            bulk.reassign(select(rows, manager).token, to=dahl, by=manager, because=GONE)
        assert refused.value.difference.rest == 1

    def test_whoever_no_longer_practises_is_refused(self, manager):
        with pytest.raises(DomainError, match="no longer practises here"):
            bulk.reassign(
                select(owed(1), manager).token,
                to=make.practitioner("Gone", is_active=False),
                by=manager,
                because=GONE,
            )


class TestUndo:
    def test_a_waiver_is_taken_back_as_a_whole_with_events_of_its_own(self, manager):
        rows = owed(3)
        decision = bulk.waive(select(rows, manager).token, by=manager, because=GONE)
        undone = bulk.undo(decision.token, by=manager)
        assert statuses() == ["open"] * 3
        assert (undone.act, undone.undoes, undone.events.count()) == ("undone", decision, 3)
        assert set(Record.objects.values_list("status", "open_deficiencies")) == {("delinquent", 1)}
        told = [(event.status, event.by) for event in rows[0].history.all()]
        assert told == [("open", None), ("waived", manager), ("open", manager)]

    def test_a_reassignment_is_taken_back_to_the_one_before_it(self, manager, dahl):
        rows, naess, other = owed(2), make.practitioner("Naess"), make.manager("other")
        vance = rows[0].owed_by
        before = deficiencies.reassign(rows[0], to=dahl, by=other, because="first")
        decision = bulk.reassign(select(rows, manager).token, to=naess, by=manager, because=GONE)
        bulk.undo(decision.token, by=manager)
        first, second = Deficiency.objects.order_by("pk")
        assert (first.owed_by, first.reassigned_at, first.reassigned_by, first.reassigned_because) == (
            dahl,
            before.reassigned_at,
            other,
            "first",
        )
        assert first.reassigned_from == vance
        assert (second.owed_by, second.reassigned_at, second.reassigned_because) == (vance, None, "")

    def test_undone_twice_is_undone_once(self, manager):
        decision = bulk.waive(select(owed(1), manager).token, by=manager, because=GONE)
        assert bulk.undo(decision.token, by=manager) == bulk.undo(decision.token, by=manager)
        assert DeficiencyEvent.objects.filter(decision__act="undone").count() == 1

    def test_what_somebody_else_changed_is_refused_in_words_and_the_rest_can_be_undone(self, manager):
        rows, other = owed(3), make.manager("other")
        decision = bulk.waive(select(rows, manager).token, by=manager, because=GONE)
        deficiencies.reinstate(rows[1], by=other, because="no")
        deficiencies.waive(rows[1], by=other, because="for my own reason")
        with pytest.raises(bulk.Changed, match="1 of 3 changed") as refused:
            bulk.undo(decision.token, by=manager)
        assert statuses() == ["waived"] * 3
        bulk.undo(decision.token, by=manager, agreed=refused.value.difference.seal)
        assert statuses() == ["open", "waived", "open"]
        rows[1].refresh_from_db()
        assert rows[1].waived_because == "for my own reason"

    def test_somebody_else_may_not_undo_it(self, manager):
        decision = bulk.waive(select(owed(1), manager).token, by=manager, because=GONE)
        with pytest.raises(Decision.DoesNotExist):
            bulk.undo(decision.token, by=make.manager("other"))

    def test_after_ten_minutes_it_is_too_late_and_the_sentence_says_what_to_do(self, manager):
        decision = bulk.waive(select(owed(1), manager).token, by=manager, because=GONE)
        late = decision.at + bulk.UNDO_WITHIN + timedelta(seconds=1)
        with pytest.raises(DomainError, match=r"for ten minutes\. Take it back on the page of the record"):
            bulk.undo(decision.token, by=manager, now=late)
        assert statuses() == ["waived"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("same_person", [True, False])
def test_two_at_once_lose_nothing(same_person):
    """The same form sent twice at once is done once; of two colleagues the second is told of the difference."""
    rows = owed(3)
    first, second = make.manager("first"), make.manager("second")
    tokens = {first: select(rows, first).token, second: select(rows[1:], second).token}
    ready, outcomes = threading.Barrier(2), []

    def act(person):
        try:
            ready.wait()
            outcomes.append(bulk.waive(tokens[person], by=person, because=f"{person.username} says so").pk)
        except bulk.Changed as changed:
            outcomes.append(changed.message)
        finally:
            connection.close()

    people = [first, first] if same_person else [first, second]
    threads = [threading.Thread(target=act, args=[person]) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    decision = Decision.objects.get()
    if same_person:
        assert outcomes == [decision.pk, decision.pk]
        assert statuses() == ["waived"] * 3
    else:
        (told,) = [outcome for outcome in outcomes if outcome != decision.pk]
        assert "2 of " in told
        assert "2 waived meanwhile" in told
        assert set(Deficiency.objects.filter(status="waived").values_list("waived_by", flat=True)) == {decision.by_id}
