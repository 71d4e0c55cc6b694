"""The worked examples of docs/completeness.md, and that every clause of it is held by a test."""

import pytest

from . import clauses
from .by_hand import at, awaited, chart, found, instant, kinds, note, on, only, rule, state
from .model import Episode


def test_every_clause_of_the_page_is_held_by_a_test_and_no_test_cites_another():
    written = clauses.written()
    assert {number for case in clauses.citing() for number in case.clauses} == set(written)
    assert len(written) == len(set(written))


@pytest.mark.parametrize(
    ("documents", "as_of", "verdict"),
    [
        ([], "2023-06-03 18:40", []),
        ([], "2023-06-03 18:41", ["missing"]),
        ([note("2023-06-02 22:00")], "2023-06-03 18:41", ["unsigned"]),
        ([note("2023-06-02 22:00", signed="2023-06-05 07:15")], "2023-06-05 08:00", ["late"]),
        ([note(on("2023-05-03"), signed=True)], "2023-06-03 18:41", []),
        ([note(on("2023-05-02"), signed=True)], "2023-06-03 18:41", ["missing"]),
        ([note("2023-06-02 22:00", signed="2023-06-02 22:00", status="retracted")], "2023-06-03 18:41", ["missing"]),
    ],
)
def test_example_a_an_admission_on_a_friday_evening(documents, as_of, verdict):
    history = rule(not_before_hours=-720, due_after_hours=24, authentication_required=True)
    assert kinds(chart(*documents, start="2023-06-02 18:40"), history, as_of) == verdict


def test_example_b_the_night_when_the_clocks_change():
    missing = only(chart(start="2023-03-11 20:00"), rule(due_after_hours=24), "2024-01-01 00:00")
    assert missing.due_at == instant("2023-03-12 21:00")
    summary = rule("discharge", due_after_days=1, authentication_required=True)
    signed = note("2023-03-12 20:00", signed="2023-03-13 00:00")
    gone = chart(signed, start="2023-03-09 20:00", end=at("2023-03-11 11:00"))
    late = only(gone, summary, "2024-01-01 00:00")
    assert (late.kind, late.due_at) == ("late", instant("2023-03-13 00:00"))
    assert (late.due_at - instant("2023-03-12 00:00")).total_seconds() == 23 * 3600


def test_example_c_a_verbal_order_on_a_torn_page():
    order = rule("order", due_after_hours=48, entry_must_have=("date", "time", "signature_date", "signature_time"))
    blank = note(verbal=True)
    addendum = note("2023-06-05 09:00", id="D2", type="addendum", signed="2023-06-05 09:00", addendum_to="D1")
    torn = chart(blank, addendum)
    assert [(one.kind, one.due_at, one.element) for one in found(torn, order, "2023-06-04 18:41")] == [
        ("undated", None, "date"),
        ("unsigned", instant("2023-06-04 18:40"), None),
    ]
    assert kinds(torn, order, "2023-06-05 09:00") == ["unsigned"]
    signed = chart(note(verbal=True, signed=on("2023-06-06")), addendum)
    late = only(signed, order, "2023-06-07 00:00")
    assert (late.kind, late.resolved_at) == ("late", instant("2023-06-06 00:00"))


def test_example_d_federal_rule_and_bylaws():
    rules = [
        rule("discharge", code="FEDERAL", topic="SUMMARY", due_after_days=30),
        rule("discharge", code="BYLAWS", topic="SUMMARY", profile_rank=1, due_after_days=15),
    ]
    home = chart(note("2023-07-05 10:00"), start="2023-05-29 08:00", end=at("2023-06-01 11:00"))

    def record(as_of):
        seen = state(home, rules, as_of)
        return seen.status, seen.requirements_due, seen.requirements_met, seen.open_deficiencies

    assert record("2023-06-16 23:59") == ("discharged", 1, 0, 0)
    assert [one.rule for one in awaited(home, rules, "2023-06-16 23:59")] == ["BYLAWS"]
    assert record("2023-06-17 00:00") == ("incomplete", 1, 0, 1)
    assert record("2023-07-02 00:00") == ("delinquent", 1, 0, 1)
    assert [one.rule for one in found(home, rules, "2023-07-02 00:00")] == ["BYLAWS"]
    assert record("2023-07-05 10:00") == ("complete", 1, 1, 0)
    assert [(one.rule, one.kind) for one in found(home, rules, "2023-07-05 10:00")] == [("BYLAWS", "late")]
    assert state(home, rules, "2023-07-05 10:00").completed_at == instant("2023-07-05 10:00")


def test_example_e_restraint_through_a_night_and_a_note_each_day():
    renewed = rule("restraint_start", code="RENEWED", document_types=("restraint-order",), every_hours=4)
    types = ("progress-note", "consultation")
    daily = rule(code="DAILY", document_types=types, every_days=1, begins_after_days=1)
    held = Episode("TIED", "restraint", at("2023-03-11 20:00"), at("2023-03-12 10:00"))
    orders = [
        note(time, id=time, type="restraint-order", episode="TIED")
        for time in ("2023-03-11 23:30", "2023-03-12 05:00", "2023-03-12 10:15")
    ]
    notes = [
        note("2023-03-11 15:00", id="N1", type="progress-note"),
        note("2023-03-13 08:00", id="N2", type="consultation"),
    ]
    stay = chart(*orders, *notes, start="2023-03-10 15:00", end=at("2023-03-13 12:00"), episodes=(held,))

    def seen(as_of):
        told = [(one.kind, one.is_open, one.due_at) for one in found(stay, [renewed, daily], as_of)]
        return sorted(told, key=lambda one: one[2])

    late = ("late", False, instant("2023-03-12 04:30"))
    assert seen("2023-03-12 05:00") == [late]
    assert seen("2023-03-12 09:30") == [late, ("missing", True, instant("2023-03-12 09:00"))]
    ended = [late, ("missing", False, instant("2023-03-12 09:00"))]
    assert seen("2023-03-12 10:15") == ended
    assert seen("2024-01-01 00:00") == [*ended, ("missing", False, instant("2023-03-13 00:00"))]
