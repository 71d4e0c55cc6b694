"""Candidates, verdicts and entries: docs/completeness.md, sections 6 to 8, in charts written by hand."""

from dataclasses import replace

import pytest

from .by_hand import at, awaited, chart, clause, fault, found, instant, kinds, note, on, only, rule
from .model import Document, Episode, Rule

LONG_AFTER = "2024-01-01 00:00"
PROCEDURES = tuple(Episode(name, "procedure", at("2023-06-03 08:00")) for name in ("P1", "P2"))
IN_TIME = "2023-06-02 20:00"


def test_the_time_of_a_signature_needs_a_signature():
    with pytest.raises(ValueError, match="document D1: the time of a signature, but no signature"):
        Document(id="D1", type="note", signature=at(IN_TIME))


# 6. Which documents may serve


@clause("6.1")
def test_any_one_of_the_types_serves():
    either = rule(document_types=("summary", "final-note"))
    assert kinds(chart(note(IN_TIME, type="final-note")), either, LONG_AFTER) == []
    assert kinds(chart(note(IN_TIME, type="other")), either, LONG_AFTER) == ["missing"]


@clause("6.2")
def test_a_document_serves_its_own_episode_and_one_without_serves_all():
    report = rule("procedure_start")
    of_the_first = chart(note(IN_TIME, episode="P1"), episodes=PROCEDURES)
    assert [one.episode for one in found(of_the_first, report, LONG_AFTER)] == ["P2"]
    assert found(chart(note(IN_TIME), episodes=PROCEDURES), report, LONG_AFTER) == []
    assert found(of_the_first, rule("admission"), LONG_AFTER) == []


@clause("6.2")
def test_a_document_of_a_restraint_is_of_no_procedure_and_serves_all():
    held = Episode("X1", "restraint", PROCEDURES[0].start)
    report = rule("procedure_start")
    assert found(chart(note(IN_TIME, episode="X1"), episodes=(*PROCEDURES, held)), report, LONG_AFTER) == []
    of_a_procedure = chart(note(IN_TIME, episode="P1"), episodes=(*PROCEDURES, held))
    assert found(of_a_procedure, rule("restraint_start"), LONG_AFTER) == []


@clause("6.3")
@pytest.mark.parametrize(
    ("authored", "early_enough"),
    [
        (at("2023-06-01 18:40"), True),
        (at("2023-06-01 18:39"), False),
        (on("2023-06-01"), True),  # some of that day is within the 24 hours
        (on("2023-05-31"), False),
    ],
)
def test_a_document_from_too_long_before_does_not_serve(authored, early_enough):
    assert kinds(chart(note(authored)), rule(not_before_hours=-24), LONG_AFTER) == ([] if early_enough else ["missing"])


@clause("6.3")
def test_a_day_that_ends_as_the_window_opens_is_too_early_and_no_window_lets_any_age_serve():
    at_midnight = chart(note(on("2023-06-01")), start="2023-06-02 00:00")
    assert kinds(at_midnight, rule(not_before_hours=0), LONG_AFTER) == ["missing"]
    known_to_the_day = chart(note(on("2023-06-01")), start=on("2023-06-02"))
    assert kinds(known_to_the_day, rule(not_before_hours=0), LONG_AFTER) == ["missing"]
    assert kinds(chart(note("1999-01-01 08:00")), rule(), LONG_AFTER) == []


@clause("6.3")
def test_the_window_opens_counting_from_the_first_instant_of_a_day():
    same_day = chart(note("2023-06-02 08:00"), start=on("2023-06-02"))
    assert kinds(same_day, rule(not_before_hours=0), LONG_AFTER) == []


@clause("6.4")
def test_a_form_that_was_never_filled_in_serves_no_occasion():
    missing = only(chart(note(signed=True, author="DR-A")), rule(), LONG_AFTER)
    assert (missing.kind, missing.document) == ("missing", None)


# 7. The verdict on an occasion


SIGNED_PLAN = rule(authentication_required=True, sections_required=("Plan",))


@clause("7.1")
@pytest.mark.parametrize(
    ("document", "kind"),
    [
        (note(IN_TIME, signed=IN_TIME, sections=("Plan",)), []),
        (note(None, signed=IN_TIME, sections=("Plan",)), ["missing"]),
        (note(IN_TIME, signed=IN_TIME, sections=("Findings",)), ["missing_element:Plan"]),
        (note(IN_TIME, sections=("Plan",)), ["unsigned"]),
    ],
)
def test_complete_is_written_with_all_sections_and_signed(document, kind):
    assert kinds(chart(document), SIGNED_PLAN, LONG_AFTER) == kind


@clause("7.1")
def test_a_signature_is_asked_for_only_by_a_rule_on_authentication():
    assert kinds(chart(note(IN_TIME)), rule(), LONG_AFTER) == []


@clause("7.2")
@pytest.mark.parametrize(
    ("authored", "signed", "complete_at"),
    [
        ("2023-06-05 08:00", "2023-06-06 09:00", "2023-06-06 09:00"),
        ("2023-06-06 09:00", "2023-06-05 08:00", "2023-06-06 09:00"),
        ("2023-06-05 08:00", True, "2023-06-05 08:00"),
        ("2023-06-05 08:00", on("2023-06-06"), "2023-06-06 00:00"),
        ("2023-06-05 08:00", on("2023-06-05"), "2023-06-05 08:00"),
        (on("2023-06-05"), True, "2023-06-05 00:00"),
    ],
)
def test_a_document_is_complete_at_the_later_of_writing_and_signature(authored, signed, complete_at):
    late = only(chart(note(authored, signed=signed)), rule(authentication_required=True), LONG_AFTER)
    assert late.resolved_at == instant(complete_at)


@clause("7.2")
def test_without_authentication_a_document_is_complete_when_written():
    late = only(chart(note("2023-06-05 08:00", signed="2023-06-06 09:00")), rule(), LONG_AFTER)
    assert late.resolved_at == instant("2023-06-05 08:00")


def serving(*documents, rule=SIGNED_PLAN):
    return {one.document for one in found(chart(*documents), rule, LONG_AFTER)}


@clause("7.3")
def test_the_best_document_decides():
    later = note("2023-06-09 08:00", id="LATER", signed="2023-06-09 08:00", sections=("Plan",))
    sooner = note("2023-06-05 08:00", id="SOONER", signed="2023-06-06 08:00", sections=("Plan",))
    unsigned = note("2023-06-04 08:00", id="UNSIGNED", sections=("Plan",))
    unsigned_later = note("2023-06-04 09:00", id="A-UNSIGNED-LATER", sections=("Plan",))
    without_plan = note("2023-06-01 08:00", id="WITHOUT", signed="2023-06-01 08:00")
    assert serving(without_plan, unsigned, later, sooner) == {"SOONER"}
    assert serving(without_plan, unsigned_later, unsigned) == {"UNSIGNED"}
    assert serving(without_plan) == {"WITHOUT"}
    two = rule(sections_required=("Plan", "Findings"))
    lacks_both = note("2023-06-01 08:00", id="BOTH")
    lacks_one = note("2023-06-09 08:00", id="ONE", sections=("Plan",))
    written_first = note("2023-06-04 07:00", id="SIGNED-LAST", signed="2023-06-12 08:00", sections=("Plan",))
    assert serving(written_first, sooner) == {"SOONER"}
    assert serving(lacks_both, lacks_one, rule=two) == {"ONE"}


@clause("7.4")
@pytest.mark.parametrize("facts", [{}, {"signed": "2023-06-09 08:00", "sections": ("Plan",)}, {"sections": ("Plan",)}])
def test_of_equals_the_first_in_the_file_serves(facts):
    def twins(**ordinals):
        return serving(*(note("2023-06-09 08:00", id=name, ordinal=at, **facts) for name, at in ordinals.items()))

    assert twins(A=2, B=1) == {"B"}
    assert twins(B=1, A=1) == {"A"}
    assert twins(A=None, B=7) == {"B"}
    assert twins(B=None, A=None) == {"A"}


@clause("7.5")
def test_complete_in_time_is_nothing_and_complete_late_is_resolved():
    assert found(chart(note(IN_TIME)), rule(), LONG_AFTER) == []
    late = only(chart(note("2023-06-05 08:00")), rule(), LONG_AFTER)
    assert (late.kind, late.slot, late.is_open) == ("late", "verdict", False)
    assert (late.due_at, late.resolved_at) == (instant("2023-06-03 18:40"), instant("2023-06-05 08:00"))


@clause("7.6")
def test_nothing_is_found_while_the_limit_is_not_past():
    for document in (note(), note(IN_TIME), note(IN_TIME, sections=("Plan",))):
        assert found(chart(document), SIGNED_PLAN, "2023-06-03 18:40") == []


@clause("7.7")
def test_what_was_not_written_is_missing_and_a_section_that_is_there_is_not():
    assert kinds(chart(), SIGNED_PLAN, LONG_AFTER) == ["missing"]
    both = rule(sections_required=("Plan", "Findings"))
    assert kinds(chart(note(IN_TIME, sections=("Plan",))), both, LONG_AFTER) == ["missing_element:Findings"]


@clause("7.7")
def test_each_section_that_lacks_is_a_finding_of_its_own():
    both = rule(sections_required=("Plan", "Findings"), authentication_required=True)
    findings = found(chart(note(IN_TIME)), both, LONG_AFTER)
    assert [(one.kind, one.slot, one.element, one.document) for one in findings] == [
        ("missing_element", "element:Findings", "Findings", "D1"),
        ("missing_element", "element:Plan", "Plan", "D1"),
    ]
    unsigned = only(chart(note(IN_TIME, sections=("Plan", "Findings"))), both, LONG_AFTER)
    assert (unsigned.kind, unsigned.slot, unsigned.document) == ("unsigned", "verdict", "D1")


# 8. Entries


@clause("8.1")
def test_each_document_is_an_entry_and_an_order_only_when_it_was_verbal():
    documents = chart(
        note(IN_TIME, episode="P1", verbal=True),
        note(IN_TIME, id="D2"),
        note(IN_TIME, id="D3", type="x"),
        episodes=PROCEDURES,
    )
    signed = rule("document", authentication_required=True)
    assert [(one.entry, one.document, one.episode) for one in found(documents, signed, LONG_AFTER)] == [
        ("D1", "D1", "P1"),
        ("D2", "D2", None),
    ]
    assert [one.entry for one in found(documents, rule("order"), LONG_AFTER)] == ["D1"]


@clause("8.2")
@pytest.mark.parametrize(
    ("document", "terms", "due"),
    [
        (note("2023-06-05 08:00", verbal=True), {"due_after_hours": 24}, "2023-06-06 08:00"),
        (note(on("2023-06-05"), verbal=True), {"due_after_hours": 24}, "2023-06-07 00:00"),
        (note("2023-06-05 08:00", verbal=True), {"due_after_days": 1}, "2023-06-07 00:00"),
        (note(verbal=True), {"due_after_hours": 24}, "2023-06-03 18:40"),
    ],
)
def test_the_limit_of_an_entry_counts_from_its_writing_else_from_the_admission(document, terms, due):
    unsigned = only(chart(document, end=at("2023-06-10 11:00")), rule("order", **terms), LONG_AFTER)
    assert (unsigned.kind, unsigned.due_at) == ("unsigned", instant(due))


@clause("8.2")
def test_an_entry_of_unknown_time_in_a_stay_known_to_the_day_is_past_due_at_midnight():
    blank = chart(note(verbal=True), start=on("2023-06-02"))
    assert kinds(blank, rule("order", due_after_hours=24), "2023-06-03 23:59") == []
    assert kinds(blank, rule("order", due_after_hours=24), "2023-06-04 00:00") == ["unsigned"]


@clause("8.3")
@pytest.mark.parametrize(
    ("signed", "kind"),
    [
        (False, ["unsigned"]),
        ("2023-06-03 20:00", []),
        ("2023-06-03 20:01", ["late"]),
        (on("2023-06-03"), []),
        (on("2023-06-04"), ["late"]),
        (True, []),
    ],
)
def test_an_order_is_signed_in_time_or_late_or_not(signed, kind):
    findings = found(chart(note(IN_TIME, verbal=True, signed=signed)), rule("order"), LONG_AFTER)
    assert [one.kind for one in findings] == kind
    assert [one.resolved_at for one in findings if one.kind == "late"] == [
        instant("2023-06-03 20:01" if isinstance(signed, str) else "2023-06-04 00:00") for one in findings if signed
    ]


@clause("8.3")
def test_an_order_signed_at_the_very_midnight_that_ends_its_last_day_is_late():
    signed = chart(note(IN_TIME, verbal=True, signed="2023-06-04 00:00"))
    assert kinds(signed, rule("order", due_after_days=1), LONG_AFTER) == ["late"]
    assert kinds(signed, rule("order", due_after_days=2), LONG_AFTER) == []


@clause("8.3")
def test_a_document_must_be_signed_only_where_the_rule_says_so():
    plain = rule("document", entry_must_have=("date",))
    assert kinds(chart(note(IN_TIME)), plain, LONG_AFTER) == []
    assert kinds(chart(note(IN_TIME, signed="2023-06-30 08:00")), plain, LONG_AFTER) == []
    assert kinds(chart(note(IN_TIME)), rule("order"), "2023-06-03 20:00") == []


@clause("8.4")
def test_an_entry_lacks_a_section_once_its_limit_is_past_signed_or_not():
    sections = rule("document", sections_required=("Plan",), authentication_required=True)
    assert kinds(chart(note(IN_TIME)), sections, "2023-06-03 20:00") == []
    assert kinds(chart(note(IN_TIME)), sections, "2023-06-03 20:01") == ["missing_element:Plan", "unsigned"]
    whole = note(IN_TIME, signed=IN_TIME, sections=("Plan",))
    assert kinds(chart(whole), sections, LONG_AFTER) == []
    lacks = only(chart(note(IN_TIME, signed=IN_TIME)), sections, LONG_AFTER)
    assert (lacks.slot, lacks.due_at) == ("element:Plan", instant("2023-06-03 20:00"))


ALL = ("signature_time", "time", "date", "signature_date")


@clause("8.5")
@pytest.mark.parametrize(
    ("document", "asked", "element"),
    [
        (note(), ALL, "date"),
        (note(), ("time",), "time"),
        (note(on("2023-06-05"), signed=True), ALL, "time"),
        (note(IN_TIME, signed=True), ALL, "signature_date"),
        (note(IN_TIME, signed=on("2023-06-05")), ALL, "signature_time"),
        (note(IN_TIME, signed=on("2023-06-05")), ("date", "time", "signature_date"), None),
        (note(IN_TIME, signed=IN_TIME), ALL, None),
        (note(IN_TIME), ALL, None),  # not signed: nothing to be dated
        (note(), (), None),
    ],
)
def test_an_entry_is_undated_by_the_first_element_that_is_not_known(document, asked, element):
    entry = Rule(code="R1", document_types=("note",), trigger="document", entry_must_have=asked)
    undated = found(chart(document), entry, LONG_AFTER)
    assert [(one.slot, one.element, one.due_at) for one in undated] == ([("undated", element, None)] if element else [])


@clause("8.5")
def test_an_entry_is_undated_from_the_first_moment_on():
    order = rule("order", entry_must_have=("date",))
    assert kinds(chart(note(verbal=True)), order, "2023-06-02 18:40") == ["undated"]


@clause("8.6")
@pytest.mark.parametrize(
    ("addendum", "mends"),
    [
        (note("2023-06-09 08:00", signed="2023-06-09 09:00"), True),
        (note("2023-06-09 08:00", signed=True), True),
        (note("2023-06-09 08:00"), False),
        (note(on("2023-06-09"), signed=True), False),
        (note(signed="2023-06-09 09:00"), False),
        (note("2023-06-09 08:00", signed="2023-06-10 08:01"), False),
        (note("2023-06-10 08:01", signed=True), False),
        (note("2023-06-09 08:00", signed=True, status="retracted"), False),
    ],
)
def test_a_signed_addendum_of_known_time_mends_an_undated_entry(addendum, mends):
    addendum = replace(addendum, id="D2", type="addendum", addendum_to="D1")
    entry = rule("document", entry_must_have=("date",))
    assert kinds(chart(note(), addendum), entry, "2023-06-10 08:00") == ([] if mends else ["undated"])


@clause("8.6")
def test_an_addendum_mends_neither_a_missing_signature_nor_another_entry():
    addendum = note("2023-06-09 08:00", id="D3", type="addendum", signed=True, addendum_to="D1")
    entries = chart(note(), note(id="D2"), addendum)
    strict = rule("document", entry_must_have=("date",), authentication_required=True)
    assert sorted((one.entry, one.kind) for one in found(entries, strict, LONG_AFTER)) == [
        ("D1", "unsigned"),
        ("D2", "undated"),
        ("D2", "unsigned"),
    ]


@clause("8.7")
@pytest.mark.parametrize(
    ("trigger", "terms", "needs_a_limit"),
    [
        ("document", {"entry_must_have": ("date",)}, False),
        ("document", {"authentication_required": True}, True),
        ("document", {"sections_required": ("Plan",)}, True),
        ("order", {"entry_must_have": ("date",)}, True),
        ("admission", {}, True),
        ("admission", {"due_after_hours": 24, "due_after_days": 1}, True),
    ],
)
def test_every_rule_has_one_limit_but_for_those_on_what_an_entry_carries(trigger, terms, needs_a_limit):
    assert bool(fault(trigger, **terms)) is needs_a_limit
    if not needs_a_limit:
        dated = Rule(code="R1", document_types=("note",), trigger=trigger, **terms)
        assert kinds(chart(note(IN_TIME)), dated, LONG_AFTER) == []
        assert awaited(chart(note(IN_TIME)), dated, LONG_AFTER) == []
