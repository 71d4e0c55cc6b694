"""Strictest wins, what is expected, who owes it, and the record as a whole: docs/completeness.md, sections 9 to 13."""

import pytest

from .by_hand import (
    ADMITTED,
    at,
    awaited,
    chart,
    clause,
    found,
    instant,
    kinds,
    look_again,
    note,
    on,
    only,
    rule,
    state,
)
from .model import Episode, Expected
from .record import delinquent_from

LONG_AFTER = "2024-01-01 00:00"
IN_TIME = "2023-06-02 20:00"
DISCHARGED = {"end": at("2023-06-10 11:00")}


# 9. When several rules say the same


@clause("9.1")
def test_an_entry_fills_a_slot_for_its_verdict_its_dates_and_each_section():
    entry = rule("order", sections_required=("Plan",), entry_must_have=("date",))
    findings = found(chart(note(verbal=True)), entry, LONG_AFTER)
    assert sorted((one.slot, one.is_open) for one in findings) == [
        ("element:Plan", True),
        ("undated", True),
        ("verdict", True),
    ]


@clause("9.2")
@pytest.mark.parametrize(
    ("one", "other", "winner"),
    [
        ({"code": "A", "due_after_hours": 48}, {"code": "B", "due_after_hours": 24}, "B"),
        ({"code": "A", "profile_rank": 2}, {"code": "B", "profile_rank": 1}, "B"),
        ({"code": "A", "profile_rank": 1, "due_after_hours": 48}, {"code": "B", "profile_rank": 2}, "B"),
        ({"code": "B"}, {"code": "A"}, "A"),
    ],
)
def test_the_strictest_rule_of_a_topic_names_the_finding(one, other, winner):
    for pair in ([one, other], [other, one]):
        findings = found(chart(), [rule(topic="HP", **terms) for terms in pair], LONG_AFTER)
        assert [missing.rule for missing in findings] == [winner]


@clause("9.2")
def test_what_was_met_late_hides_nothing_that_is_open():
    plain = rule(code="A", topic="HP")
    signed = rule(code="B", topic="HP", due_after_hours=48, authentication_required=True)
    written_late = chart(note("2023-06-05 08:00"))
    assert kinds(written_late, [plain, signed], LONG_AFTER) == ["unsigned"]
    assert kinds(written_late, [plain], LONG_AFTER) == ["late"]


@clause("9.2")
def test_of_undated_findings_the_rank_decides_for_none_has_a_due_date():
    one = rule("document", code="A", topic="ENTRY", profile_rank=2, entry_must_have=("date",))
    other = rule("document", code="B", topic="ENTRY", profile_rank=1, entry_must_have=("time",), due_after_hours=1)
    undated = only(chart(note()), [one, other], LONG_AFTER)
    assert (undated.rule, undated.element) == ("B", "time")


@clause("9.2")
def test_what_is_open_goes_before_what_is_past_mending_and_that_before_what_was_late():
    daily = rule(code="A", topic="NOTES", every_days=1)
    in_two_days = rule(code="B", topic="NOTES", every_hours=48)
    of_the_first_day = [one for one in found(chart(), [daily, in_two_days], "2023-06-05 00:00") if one.block == 0]
    assert [(one.rule, one.is_open) for one in of_the_first_day] == [("B", True)]
    tied = Episode("TIED", "restraint", at("2023-06-03 08:00"), at("2023-06-03 14:00"))
    renewed = chart(note("2023-06-03 13:00", type="order"), episodes=(tied,))
    orders = rule("restraint_start", code="A", topic="RENEWAL", document_types=("order",), every_hours=4)
    looks = rule("restraint_start", code="B", topic="RENEWAL", document_types=("look",), every_hours=5)
    assert [one.kind for one in found(renewed, orders, LONG_AFTER)] == ["late"]
    past_mending = only(renewed, [orders, looks], LONG_AFTER)
    assert (past_mending.rule, past_mending.mendable) == ("B", False)


@clause("9.3")
def test_other_topics_episodes_entries_and_slots_do_not_displace_each_other():
    assert len(found(chart(), [rule(code="A"), rule(code="B")], LONG_AFTER)) == 2
    episodes = tuple(Episode(name, "procedure", at("2023-06-03 08:00")) for name in ("P1", "P2"))
    assert len(found(chart(episodes=episodes), rule("procedure_start"), LONG_AFTER)) == 2
    assert len(found(chart(note(verbal=True), note(id="D2", verbal=True)), rule("order"), LONG_AFTER)) == 2
    slots = [
        rule(code="A", topic="HP", authentication_required=True),
        rule(code="B", topic="HP", sections_required=("Plan", "Findings")),
    ]
    assert kinds(chart(note(IN_TIME)), slots, LONG_AFTER) == [
        "missing_element:Findings",
        "missing_element:Plan",
        "unsigned",
    ]
    assert len(found(chart(), rule(every_days=1), "2023-06-04 00:00")) == 2


# 10. What is expected


@clause("10.1")
@pytest.mark.parametrize(
    ("documents", "as_of", "is_awaited"),
    [
        ([], "2023-06-03 18:40", True),
        ([], "2023-06-03 18:41", False),
        ([note(IN_TIME)], "2023-06-03 18:40", True),
        ([note(IN_TIME, signed=IN_TIME)], "2023-06-03 18:40", False),
    ],
)
def test_what_is_not_complete_and_not_past_due_is_expected(documents, as_of, is_awaited):
    expected = awaited(chart(*documents), rule(authentication_required=True), as_of)
    due = instant("2023-06-03 18:40")
    assert [(one.topic, one.due_at) for one in expected] == ([("R1", due)] if is_awaited else [])


@clause("10.2")
def test_an_entry_is_expected_to_be_signed_and_whole_until_its_limit_is_past():
    order = rule("order", sections_required=("Plan",))
    blank = note(IN_TIME, verbal=True, author="DR-A")
    for document in (blank, note(IN_TIME, verbal=True, author="DR-A", signed=IN_TIME)):
        due = instant("2023-06-03 20:00")
        assert awaited(chart(document), order, "2023-06-03 20:00") == [Expected("R1", "R1", None, "D1", due, "DR-A")]
        assert awaited(chart(document), order, "2023-06-03 20:01") == []
    whole = note(IN_TIME, verbal=True, signed=IN_TIME, sections=("Plan",))
    assert awaited(chart(whole), order, "2023-06-03 20:00") == []


@clause("10.3")
def test_of_what_is_expected_the_strictest_remains():
    rules = [rule(code="A", topic="HP", due_after_hours=48), rule(code="B", topic="HP"), rule(code="C", topic="HP")]
    assert [one.rule for one in awaited(chart(), rules, "2023-06-03 18:40")] == ["B"]
    assert awaited(chart(), rules, "2023-06-03 18:41") == []


@clause("10.4")
def test_nothing_is_expected_beside_what_is_open_but_an_undated_entry_displaces_nothing():
    soon = rule(code="A", topic="HP")
    later = rule(code="B", topic="HP", due_after_hours=48)
    assert awaited(chart(), [soon, later], "2023-06-04 00:00") == []
    by_element = rule(code="A", topic="HP", sections_required=("Plan",))
    signed = rule(code="B", topic="HP", due_after_hours=48, authentication_required=True)
    assert awaited(chart(note(IN_TIME)), [by_element, signed], "2023-06-04 00:00") == []
    resolved = chart(note("2023-06-03 19:00"))
    assert [one.rule for one in awaited(resolved, [soon, signed], "2023-06-04 00:00")] == ["B"]
    order = rule("order", entry_must_have=("date",))
    blank = chart(note(verbal=True))
    assert (kinds(blank, order, "2023-06-03 18:40"), len(awaited(blank, order, "2023-06-03 18:40"))) == (["undated"], 1)


# 11. Who owes it


def owed_by(document, **terms):
    documents = [document] if document else []
    operated = chart(*documents, episodes=(Episode("P1", "procedure", at("2023-06-03 08:00"), performer="DR-SURGEON"),))
    finding = only(operated, rule("procedure_start", **terms), LONG_AFTER)
    return finding.owed_by


@clause("11.1")
@pytest.mark.parametrize(
    ("responsible", "who"), [("attending", "DR-ATTENDING"), ("surgeon", "DR-SURGEON"), ("author", "DR-ATTENDING")]
)
def test_what_is_missing_is_owed_by_whom_the_rule_names(responsible, who):
    assert owed_by(None, responsible=responsible) == who
    assert owed_by(note(author="DR-A"), responsible=responsible) == who  # a blank form is nobody's yet


@clause("11.2")
def test_everything_else_is_owed_by_the_author_of_what_serves():
    assert owed_by(note(IN_TIME, author="DR-A"), authentication_required=True) == "DR-A"
    assert owed_by(note(IN_TIME, author="DR-A"), sections_required=("Plan",)) == "DR-A"
    assert owed_by(note("2023-06-09 08:00", author="DR-A")) == "DR-A"
    undated = only(chart(note(author="DR-A")), rule("document", entry_must_have=("date",)), LONG_AFTER)
    assert undated.owed_by == "DR-A"
    unsigned = rule(authentication_required=True)
    assert [one.owed_by for one in awaited(chart(note(IN_TIME, author="DR-A")), unsigned, IN_TIME)] == ["DR-A"]
    assert [one.owed_by for one in awaited(chart(), unsigned, IN_TIME)] == ["DR-ATTENDING"]


@clause("11.3")
def test_where_an_entry_names_no_author_the_surgeon_is_asked_and_then_the_attending():
    operated = (Episode("P1", "procedure", at("2023-06-03 08:00"), performer="DR-SURGEON"),)
    order = chart(note(IN_TIME, verbal=True, episode="P1"), episodes=operated)
    assert only(order, rule("order", responsible="surgeon"), LONG_AFTER).owed_by == "DR-SURGEON"
    assert only(order, rule("order"), LONG_AFTER).owed_by == "DR-ATTENDING"


@clause("11.3")
def test_where_nobody_is_known_the_next_in_line_is_asked():
    assert owed_by(note(IN_TIME), authentication_required=True, responsible="surgeon") == "DR-SURGEON"
    assert owed_by(note(IN_TIME), authentication_required=True, responsible="author") == "DR-ATTENDING"
    nobody = chart(attending=None, episodes=(Episode("P1", "procedure", at("2023-06-03 08:00")),))
    assert [one.owed_by for one in found(nobody, rule("procedure_start", responsible="surgeon"), LONG_AFTER)] == [None]
    no_performer = chart(episodes=nobody.episodes)
    assert [one.owed_by for one in found(no_performer, rule("procedure_start", responsible="surgeon"), LONG_AFTER)] == [
        "DR-ATTENDING"
    ]


# 12. The state of the record


@clause("12.1", "12.2")
def test_requirements_are_counted_by_topic_episode_and_entry_and_late_is_met():
    rules = [
        rule(code="A", topic="HP"),
        rule(code="B", topic="HP", due_after_hours=1),
        rule(code="C", due_after_hours=0, document_types=("consent",)),
        rule(code="D", due_after_days=90, document_types=("summary",)),
        rule("order", code="E", document_types=("order",)),
    ]
    orders = [note(IN_TIME, id=one, type="order", verbal=True, signed=one == "D2" and IN_TIME) for one in ("D2", "D3")]
    seen = state(chart(note("2023-06-09 08:00"), *orders), rules, "2023-06-20 00:00")
    assert (seen.requirements_due, seen.requirements_met) == (5, 2)  # HP late, D2 signed; C, D3 open; D to come
    dated = rule("document", entry_must_have=("date",))
    assert state(chart(note()), dated, LONG_AFTER).requirements_met == 0
    assert state(chart(note(IN_TIME)), dated, LONG_AFTER).requirements_met == 1


@clause("12.1")
def test_each_episode_is_a_requirement():
    episodes = tuple(Episode(name, "procedure", at("2023-06-03 08:00")) for name in ("P1", "P2"))
    seen = state(chart(note(IN_TIME, episode="P1"), episodes=episodes), rule("procedure_start"), LONG_AFTER)
    assert (seen.requirements_due, seen.requirements_met) == (2, 1)


@clause("12.3")
@pytest.mark.parametrize(
    ("facts", "as_of", "status"),
    [
        ({}, "2023-06-03 18:40", "in_progress"),
        ({}, "2023-06-03 18:41", "incomplete"),
        ({}, LONG_AFTER, "incomplete"),
        ({"end": at("2023-06-03 11:00")}, "2023-06-03 10:59", "in_progress"),
        ({"end": at("2023-06-03 11:00")}, "2023-06-03 11:00", "discharged"),
        ({"end": at("2023-06-03 11:00")}, "2023-06-03 18:41", "incomplete"),
        ({"end": on("2023-06-03")}, "2023-06-03 00:00", "discharged"),
        ({"end": on("2023-06-02")}, "2023-06-02 18:39", "in_progress"),
        ({"end": on("2023-06-02")}, "2023-06-02 18:40", "discharged"),
        ({"end": at("2023-06-03 11:00"), "documents": (note(IN_TIME),)}, "2023-06-03 11:00", "complete"),
        ({"end": at("2023-06-03 11:00"), "documents": (note("2023-06-09 08:00"),)}, LONG_AFTER, "complete"),
        ({"documents": (note(IN_TIME),)}, LONG_AFTER, "in_progress"),
    ],
)
def test_the_status_of_the_record(facts, as_of, status):
    facts = dict(facts)
    assert state(chart(*facts.pop("documents", ()), **facts), rule(), as_of).status == status


@clause("12.3")
@pytest.mark.parametrize("facts", [{"cancelled": True}, {"klass": "virtual"}])
def test_a_record_of_which_nothing_is_asked_is_complete_from_its_beginning(facts):
    assert state(chart(**facts), rule(), "2023-06-02 18:39").status == "in_progress"
    begun = state(chart(**facts), rule(), "2023-06-02 18:40")
    assert (begun.status, begun.completed_at) == ("complete", instant(ADMITTED))
    gone = state(chart(**facts, **DISCHARGED), rule(), LONG_AFTER)
    assert (gone.status, gone.completed_at) == ("complete", instant("2023-06-10 11:00"))


@clause("12.4")
def test_a_record_is_delinquent_at_the_midnight_after_the_last_day_allowed():
    gone = chart(**DISCHARGED)
    assert delinquent_from(gone, 30) == instant("2023-07-11 00:00")
    assert state(gone, rule(), "2023-07-10 23:59").status == "incomplete"
    assert state(gone, rule(), "2023-07-11 00:00").status == "delinquent"
    assert state(gone, rule(), "2023-06-11 00:00", 0).status == "delinquent"
    assert state(gone, rule(counts_toward_delinquency=False), "2023-07-11 00:00").status == "incomplete"
    assert state(chart(end=on("2023-06-10")), rule(), "2023-07-11 00:00").status == "delinquent"
    assert state(chart(end=at("2023-06-10 23:59")), rule(), "2023-07-10 23:59").status == "incomplete"
    assert state(chart(note("2023-07-20 08:00"), **DISCHARGED), rule(), LONG_AFTER).status == "complete"


@clause("12.4")
def test_the_strictest_rule_decides_whether_a_finding_counts_toward_delinquency():
    counts = rule(code="A", topic="HP", due_after_hours=48)
    does_not = rule(code="B", topic="HP", counts_toward_delinquency=False)
    assert state(chart(**DISCHARGED), [counts, does_not], LONG_AFTER).status == "incomplete"


@clause("12.5")
@pytest.mark.parametrize(
    ("documents", "completed_at"),
    [
        ([note(IN_TIME, signed=IN_TIME)], "2023-06-10 11:00"),
        ([note(IN_TIME, signed="2023-06-20 08:00")], "2023-06-20 08:00"),
        ([note("2023-06-20 08:00", signed=True)], "2023-06-20 08:00"),
        (
            [note(IN_TIME, signed=IN_TIME), note("2023-06-25 08:00", id="D2", type="order", signed=True)],
            "2023-06-25 08:00",
        ),
        ([note(IN_TIME, signed=IN_TIME), note(id="D2", type="order", signed=on("2023-06-26"))], "2023-06-26 00:00"),
        ([note(IN_TIME, signed=IN_TIME), note(id="D2", type="order", signed=True)], "2023-06-10 11:00"),
        (
            [note(IN_TIME, signed=IN_TIME), note("2023-06-25 08:00", id="D2", type="other", signed=True)],
            "2023-06-10 11:00",
        ),
        ([note(IN_TIME)], None),
    ],
)
def test_a_record_was_completed_at_the_last_of_all_that_completed_it(documents, completed_at):
    rules = [
        rule(authentication_required=True),
        rule("document", code="R2", document_types=("order",), authentication_required=True),
    ]
    seen = state(chart(*documents, **DISCHARGED), rules, LONG_AFTER)
    assert seen.completed_at == (completed_at and instant(completed_at))


@clause("12.5")
@pytest.mark.parametrize(
    ("signed", "completed_at"), [("2023-06-20 08:00", "2023-06-20 08:00"), (True, "2023-06-15 08:00")]
)
def test_an_entry_of_which_no_signature_is_asked_counts_when_it_was_signed_else_when_written(signed, completed_at):
    dated = rule("document", entry_must_have=("date",))
    gone = chart(note("2023-06-15 08:00", signed=signed), **DISCHARGED)
    assert state(gone, dated, LONG_AFTER).completed_at == instant(completed_at)


@clause("12.5")
def test_only_a_discharged_record_of_which_nothing_is_expected_was_completed():
    assert state(chart(note(IN_TIME)), rule(), LONG_AFTER).completed_at is None
    summary = rule("discharge", code="R2", due_after_days=30, document_types=("summary",))
    assert state(chart(note(IN_TIME), **DISCHARGED), [rule(), summary], "2023-06-11 08:00").completed_at is None


@clause("12.6")
def test_the_record_shows_how_many_are_open_and_the_earliest_due():
    rules = [rule(), rule(code="R2", due_after_hours=1), rule(code="R3", due_after_days=400)]
    undated = rule("document", code="R4", entry_must_have=("date",))
    late = rule(code="R5", due_after_hours=0, document_types=("consent",))
    seen = state(chart(note(type="form"), note(IN_TIME, id="D2", type="consent")), [*rules, undated, late], LONG_AFTER)
    assert (seen.open_deficiencies, seen.oldest_due_at) == (2, instant("2023-06-02 19:40"))
    seen = state(chart(note()), undated, LONG_AFTER)
    assert (seen.open_deficiencies, seen.oldest_due_at) == (1, None)


# 13. When to look again


@clause("13.1")
def test_the_record_is_looked_at_again_when_time_alone_can_change_something():
    later = note("2023-06-03 09:00", id="D2", type="other", signed="2023-06-03 12:00")
    undone = Episode("P2", "procedure", at("2023-06-03 08:30"), took_place=False)
    episodes = (Episode("P1", "procedure", at("2023-06-03 14:00"), on("2023-06-05")), undone)
    facts = {"episodes": episodes, "end": at("2023-06-06 11:00")}
    stay = chart(later, note(id="D3", authored="2023-06-03 08:00", type="other", status="retracted"), **facts)
    looks, now = [], instant("2023-06-02 12:00")
    while now := look_again(stay, rule(), now):
        looks.append(now)
        now = now if now not in looks[:-1] else now + (instant("2023-06-02 00:01") - instant("2023-06-02 00:00"))
    assert list(dict.fromkeys(looks)) == [
        instant(text)
        for text in (
            "2023-06-02 18:40",  # admitted
            "2023-06-03 09:00",  # written; what was retracted or not done does not count
            "2023-06-03 12:00",  # signed
            "2023-06-03 14:00",  # the procedure begins
            "2023-06-03 18:40",  # the limit
            "2023-06-05 00:00",  # the procedure ends on that day
            "2023-06-06 11:00",  # discharged
            "2023-07-07 00:00",  # delinquent
        )
    ]


@clause("13.1")
def test_delinquency_is_awaited_only_while_something_is_open_that_counts():
    assert look_again(chart(**DISCHARGED), rule(), "2023-06-20 00:00") == instant("2023-07-11 00:00")
    assert look_again(chart(**DISCHARGED), rule(counts_toward_delinquency=False), "2023-06-20 00:00") is None
    assert look_again(chart(note(IN_TIME), **DISCHARGED), rule(), "2023-06-20 00:00") is None
    assert look_again(chart(**DISCHARGED), rule(), "2023-07-11 00:00") is None


@clause("13.1")
def test_a_cosignature_that_is_yet_to_come_is_awaited():
    later = {"cosigner": "DR-OLD", "cosigned": True, "cosignature": at("2023-06-20 08:00")}
    signed = chart(note(IN_TIME, signed=IN_TIME, **later))
    assert look_again(signed, rule(), "2023-06-10 08:00") == instant("2023-06-20 08:00")


@clause("13.1")
def test_a_limit_that_is_past_is_not_awaited():
    to_be_whole = rule("document", sections_required=("Plan",))
    assert look_again(chart(note(IN_TIME)), to_be_whole, "2023-06-03 20:00") == instant("2023-06-03 20:00")
    assert look_again(chart(note(IN_TIME)), to_be_whole, "2023-06-03 20:01") is None
    twice = rule(every_hours=48)
    assert look_again(chart(), twice, "2023-06-04 18:40") == instant("2023-06-04 18:40")
    assert look_again(chart(), twice, "2023-06-04 18:41") is None


@clause("13.2")
def test_a_limit_that_a_stricter_rule_hides_is_looked_at_too():
    soon = rule(code="A", topic="HP")
    later = rule(code="B", topic="HP", due_after_hours=48, document_types=("other",), sections_required=("Plan",))
    stay = chart(note(IN_TIME, id="D2", type="other"))
    assert awaited(stay, [soon, later], "2023-06-04 00:00") == []
    assert look_again(stay, [soon, later], "2023-06-04 00:00") == instant("2023-06-04 18:40")
    assert kinds(stay, [soon, later], "2023-06-04 18:40") == ["missing"]
    assert kinds(stay, [soon, later], "2023-06-04 18:41") == ["missing", "missing_element:Plan"]


@clause("13.3")
def test_a_limit_by_the_clock_that_is_this_very_instant_is_not_past_yet():
    assert look_again(chart(), rule(), "2023-06-03 18:40") == instant("2023-06-03 18:40")
    assert look_again(chart(), rule(), "2023-06-03 18:41") is None
    assert look_again(chart(), rule(due_after_days=1), "2023-06-03 23:59") == instant("2023-06-04 00:00")
    assert look_again(chart(), rule(due_after_days=1), "2023-06-04 00:00") is None
