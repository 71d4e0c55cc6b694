"""The clauses of docs/completeness.md on what is asked for again and again, one by one."""

from datetime import date

import pytest

from .by_hand import NOTE, at, awaited, chart, clause, fault, found, instant, kinds, note, on, only, rule, state
from .model import Episode, Finding, Rule

LONG_AFTER = "2024-01-01 00:00"
RENEWED = rule("restraint_start", every_hours=4)
DAILY = rule(every_days=1)


def restraint(start: str = "2023-06-03 08:00", end: str | None = None) -> Episode:
    return Episode("TIED", "restraint", at(start), at(end) if end else None)


def orders(*times: str, **facts):
    return [note(time, id=f"D{number}", episode="TIED", **facts) for number, time in enumerate(times)]


def held(*times: str, end: str | None = None, left: str | None = None):
    """A stay from 2 June with one restraint from 3 June 08:00 on, renewed at these times."""
    stay_end = at(left) if left else None
    return chart(*orders(*times), start="2023-06-02 18:40", end=stay_end, episodes=(restraint(end=end),))


def daily(*times: str, end: str | None = None, **facts):
    """A stay from 2 June 18:40 on, with notes of these times."""
    notes = [note(time, id=f"D{number}") for number, time in enumerate(times)]
    return chart(*notes, start="2023-06-02 18:40", end=at(end) if end else None, **facts)


def said(gaps: list[Finding]) -> list[tuple]:
    return [
        (one.kind if one.mendable else "gap", one.due_at, one.resolved_at)
        for one in sorted(gaps, key=lambda one: one.due_at)
    ]


def gap(due: str, until: str | None = None) -> tuple:
    return ("gap", instant(due), instant(until or due))


@clause("14.1")
def test_each_document_of_any_type_starts_the_count_anew():
    both = rule("restraint_start", every_hours=4, document_types=(NOTE, "consultation"))
    renewed = held("2023-06-03 12:00", "2023-06-03 16:00")
    assert said(found(renewed, both, "2023-06-03 20:00")) == []
    other = chart(*orders("2023-06-03 12:00", type="consultation"), episodes=(restraint(),), start="2023-06-02 18:40")
    assert said(found(other, both, "2023-06-03 16:00")) == []
    assert kinds(other, RENEWED, "2023-06-03 16:00") == ["missing"]


@clause("14.1")
def test_what_is_of_another_restraint_is_not_counted():
    other = Episode("OTHER", "restraint", at("2023-06-03 08:00"), at("2023-06-03 09:00"))
    renewed = [note("2023-06-03 11:00", id=name, episode=name) for name in ("OTHER", "TIED")]
    for order, asked in zip(renewed, ([("missing", instant("2023-06-03 12:00"), None)], []), strict=True):
        tied = chart(order, start="2023-06-02 18:40", episodes=(restraint(), other))
        assert said(found(tied, RENEWED, "2023-06-03 13:00")) == asked


@clause("14.1")
def test_a_series_asks_only_that_documents_are_written():
    assert not fault("restraint_start", every_hours=4)
    assert fault("restraint_start", every_hours=4, authentication_required=True)
    assert not fault("admission", every_days=1)
    assert fault("discharge", every_days=1)


@clause("3.6", "14.1")
def test_a_series_fulfils_no_condition():
    conditioned = rule(code="UPDATE", only_if_met="R1", document_types=("update",))
    early = chart(note("2023-06-01 08:00"), start="2023-06-02 18:40")
    assert kinds(early, [rule(), conditioned], LONG_AFTER) == ["missing"]
    series = found(early, [rule(every_days=1), conditioned], LONG_AFTER)
    assert {one.rule for one in series} == {"R1"}


@clause("14.2")
@pytest.mark.parametrize(
    ("end", "left", "asked"),
    [
        ("2023-06-03 12:00", None, []),
        ("2023-06-03 12:01", None, [gap("2023-06-03 12:00", "2023-06-03 12:01")]),
        ("2023-06-03 20:00", "2023-06-03 11:00", []),  # the stay ended first
        (None, "2023-06-03 13:00", [gap("2023-06-03 12:00", "2023-06-03 13:00")]),
    ],
)
def test_a_series_ends_with_its_restraint_and_with_the_stay(end, left, asked):
    assert said(found(held(end=end, left=left), RENEWED, LONG_AFTER)) == asked


@clause("14.2")
def test_the_version_of_the_day_of_the_occasion_judges_all_of_it():
    change = date(2023, 6, 3)
    before, after = rule(every_days=1, effective=(None, change)), rule(every_days=1, effective=(change, None))
    assert len(found(daily(), before, "2023-06-05 00:00")) == 3
    assert found(daily(), after, "2023-06-05 00:00") == []


@clause("14.2")
def test_of_an_end_known_only_to_the_day_the_first_instant_counts():
    tied = Episode("TIED", "restraint", at("2023-06-03 20:30"), on("2023-06-04"))
    assert said(found(chart(start="2023-06-02 18:40", episodes=(tied,)), RENEWED, LONG_AFTER)) == []


@clause("14.3")
@pytest.mark.parametrize(
    ("written", "asked"),
    [
        (at("2023-06-03 12:00"), []),
        (at("2023-06-03 12:01"), [("late", instant("2023-06-03 12:00"), instant("2023-06-03 12:01"))]),
        (on("2023-06-03"), []),
    ],
)
def test_what_is_written_at_the_instant_of_the_limit_leaves_no_gap(written, asked):
    stay = chart(note(written, episode="TIED"), start="2023-06-02 18:40", episodes=(restraint(),))
    assert said(found(stay, RENEWED, "2023-06-03 13:00")) == asked


@clause("14.3")
def test_what_is_known_only_to_the_day_reaches_from_the_midnight_that_ends_it():
    stay = chart(note(on("2023-06-03"), episode="TIED"), start="2023-06-02 18:40", episodes=(restraint(),))
    assert said(found(stay, RENEWED, "2023-06-04 03:59")) == []
    assert said(found(stay, RENEWED, "2023-06-04 04:00")) == [("missing", instant("2023-06-04 04:00"), None)]


@clause("14.4")
def test_a_gap_that_goes_on_is_open_and_one_that_a_document_ended_is_late():
    assert said(found(held(), RENEWED, "2023-06-03 12:01")) == [("missing", instant("2023-06-03 12:00"), None)]
    late = only(held("2023-06-03 14:00"), RENEWED, "2023-06-03 14:00")
    assert (late.kind, late.resolved_at, late.document) == ("late", instant("2023-06-03 14:00"), "D0")
    assert state(held(), RENEWED, "2023-06-03 12:01").open_deficiencies == 1
    by_a = chart(*orders("2023-06-03 14:00", author="DR-A"), episodes=(restraint(),))
    assert only(by_a, RENEWED, "2023-06-03 14:00").owed_by == "DR-A"


@clause("14.5")
def test_a_gap_is_known_by_what_it_follows():
    open_gap = only(held("2023-06-03 09:30"), RENEWED, "2023-06-03 14:00")
    assert open_gap.block == 90
    rules = [RENEWED, rule("restraint_start", code="R2", topic="R1", every_hours=2)]
    strictest = only(held("2023-06-03 09:30"), rules, "2023-06-03 14:00")
    assert (strictest.rule, strictest.due_at) == ("R2", instant("2023-06-03 11:30"))


@clause("14.6")
def test_blocks_begin_and_end_so_many_days_after_the_occasion():
    weekly = rule(every_days=7, ends_after_days=14)
    monthly = rule(code="R2", every_days=30, begins_after_days=14)
    stay = daily("2023-06-08 23:59")
    assert said(found(stay, weekly, "2023-08-01 00:00")) == [gap("2023-06-16 00:00")]
    assert said(found(stay, monthly, "2023-08-01 00:00")) == [gap("2023-07-16 00:00")]


@clause("14.6")
def test_a_block_may_want_several_documents():
    thrice = rule(every_days=7, at_least=3)
    written = ["2023-06-02 06:00", "2023-06-05 10:00", "2023-06-05 16:00"]
    assert said(found(daily(*written), thrice, "2023-06-09 00:00")) == []
    assert said(found(daily(*written[1:]), thrice, "2023-06-09 00:00")) == [gap("2023-06-09 00:00")]


@clause("14.6", "14.7")
def test_a_block_that_is_cut_short_asks_for_its_part():
    thrice = rule(every_days=7, at_least=3)
    first = ["2023-06-03 10:00", "2023-06-04 10:00", "2023-06-05 10:00"]
    assert said(found(daily(*first, end="2023-06-11 09:00"), thrice, LONG_AFTER)) == []  # two days of seven: none
    twelfth = daily(*first, end="2023-06-12 09:00")
    assert said(found(twelfth, thrice, LONG_AFTER)) == [gap("2023-06-13 00:00")]
    assert said(found(daily(*first, "2023-06-12 08:00", end="2023-06-12 09:00"), thrice, LONG_AFTER)) == []


@clause("14.7")
def test_a_note_each_day_is_not_asked_for_on_the_day_of_discharge():
    stay = daily("2023-06-02 20:00", end="2023-06-04 11:00")
    assert said(found(stay, DAILY, LONG_AFTER)) == [gap("2023-06-04 00:00")]


@clause("14.8")
def test_a_block_by_days_is_known_by_its_first_day():
    gaps = found(daily("2023-06-03 10:00"), DAILY, "2023-06-06 00:00")
    assert sorted(one.block for one in gaps) == [0, 2, 3]


@clause("12.2", "14.9")
def test_what_is_past_mending_stays_and_keeps_no_record_from_being_complete():
    stay = daily("2023-06-04 10:00", end="2023-06-04 11:00")
    assert said(found(stay, DAILY, LONG_AFTER)) == [gap("2023-06-03 00:00"), gap("2023-06-04 00:00")]
    seen = state(stay, DAILY, LONG_AFTER)
    assert (seen.status, seen.open_deficiencies) == ("complete", 0)
    assert (seen.requirements_due, seen.requirements_met) == (1, 0)


@clause("11.1", "14.9")
def test_what_is_past_mending_keeps_the_name_of_who_owed_it():
    stay = daily("2023-06-04 10:00", end="2023-06-04 11:00")
    assert [one.owed_by for one in found(stay, DAILY, LONG_AFTER)] == ["DR-ATTENDING", "DR-ATTENDING"]


@clause("14.9")
def test_what_is_written_after_the_end_heals_no_gap():
    after = held("2023-06-03 14:10", end="2023-06-03 14:00")
    assert said(found(after, RENEWED, LONG_AFTER)) == [gap("2023-06-03 12:00", "2023-06-03 14:00")]


@clause("14.10")
def test_while_a_series_goes_on_its_next_document_is_expected():
    def due(stay, of: Rule, as_of: str) -> list:
        return [one.due_at for one in awaited(stay, of, as_of)]

    assert due(held("2023-06-03 09:30"), RENEWED, "2023-06-03 10:00") == [instant("2023-06-03 13:30")]
    assert due(held("2023-06-03 09:30"), RENEWED, "2023-06-03 14:00") == []
    assert due(held(end="2023-06-03 09:00"), RENEWED, "2023-06-03 10:00") == []
    assert due(daily(), DAILY, "2023-06-03 19:00") == [instant("2023-06-04 00:00")]  # and one block is past mending
    assert due(daily(), DAILY, "2023-06-02 19:00") == [instant("2023-06-03 00:00")]
    assert due(daily("2023-06-02 19:00"), DAILY, "2023-06-02 19:00") == [instant("2023-06-04 00:00")]


@clause("14.11")
def test_a_document_that_arrives_late_leaves_no_gap():
    assert said(found(held(end="2023-06-03 13:00"), RENEWED, LONG_AFTER)) != []
    assert said(found(held("2023-06-03 11:00", end="2023-06-03 13:00"), RENEWED, LONG_AFTER)) == []
