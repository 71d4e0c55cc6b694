"""What is found in one chart under one rule: docs/completeness.md, sections 1 to 5, in charts written by hand."""

from dataclasses import replace
from datetime import date
from zoneinfo import ZoneInfo

import pytest

from .by_hand import at, chart, clause, fault, found, instant, kinds, note, on, only, rule
from .model import Episode, Moment, Rule

HAVANA = ZoneInfo("America/Havana")
CHICAGO = ZoneInfo("America/Chicago")
LONG_AFTER = "2024-01-01 00:00"
TO_BE_SIGNED = {"authentication_required": True}


def procedure(name="P1", start="2023-06-03 08:00", **facts):
    return Episode(id=name, kind="procedure", start=at(start) if start else None, **facts)


# 1. What is looked at


@clause("1.1")
@pytest.mark.parametrize("facts", [{"cancelled": True}, {"klass": "virtual"}, {"klass": "pre_admission"}])
def test_nothing_is_asked_of_an_encounter_that_did_not_happen_in_the_house(facts):
    rules = [rule(), rule("order", code="R2"), rule("document", code="R3", entry_must_have=("date",))]
    order = note(verbal=True)
    assert len(found(chart(order), rules, LONG_AFTER)) == 3
    assert found(chart(order, **facts), rules, LONG_AFTER) == []


@clause("1.1")
def test_a_record_is_judged_from_the_moment_its_encounter_begins():
    undated = rule("document", entry_must_have=("date",))
    assert kinds(chart(note()), undated, "2023-06-02 18:39") == []
    assert kinds(chart(note()), undated, "2023-06-02 18:40") == ["undated"]


@clause("1.2")
def test_a_document_is_not_there_before_it_was_written():
    written = chart(note("2023-06-05 08:00"))
    assert kinds(written, rule(), "2023-06-05 07:59") == ["missing"]
    assert kinds(written, rule(), "2023-06-05 08:00") == ["late"]


@clause("1.2")
def test_a_document_known_to_the_day_is_there_from_its_first_midnight():
    assert kinds(chart(note(on("2023-06-05"))), rule(), "2023-06-05 00:00") == ["late"]
    assert kinds(chart(note(on("2023-06-05"))), rule(), "2023-06-04 23:59") == ["missing"]


@clause("1.2")
def test_what_has_no_time_of_writing_is_there():
    assert kinds(chart(note()), rule("document", entry_must_have=("date",)), LONG_AFTER) == ["undated"]


@clause("1.3")
def test_a_signature_is_not_there_before_it_was_made():
    signed_later = chart(note("2023-06-02 20:00", signed="2023-06-05 08:00"))
    assert kinds(signed_later, rule(**TO_BE_SIGNED), "2023-06-05 07:59") == ["unsigned"]
    assert kinds(signed_later, rule(**TO_BE_SIGNED), "2023-06-05 08:00") == ["late"]
    signed_that_day = chart(note("2023-06-02 20:00", signed=on("2023-06-05")))
    assert kinds(signed_that_day, rule(**TO_BE_SIGNED), "2023-06-04 23:59") == ["unsigned"]
    assert kinds(signed_that_day, rule(**TO_BE_SIGNED), "2023-06-05 00:00") == ["late"]


@clause("1.4")
@pytest.mark.parametrize("status", ["entered_in_error", "retracted"])
def test_a_void_document_counts_neither_for_an_occasion_nor_as_an_entry(status):
    assert kinds(chart(note("2023-06-02 20:00", status=status)), rule(), LONG_AFTER) == ["missing"]
    assert kinds(chart(note(status=status, verbal=True)), rule("order"), LONG_AFTER) == []


@clause("1.5")
def test_a_superseded_document_proves_that_it_was_done_in_time():
    first = note("2023-06-02 20:00", status="superseded")
    second = note("2023-06-05 08:00", id="D2", replaces="D1")
    assert kinds(chart(first, second), rule(), LONG_AFTER) == []
    assert kinds(chart(second), rule(), LONG_AFTER) == ["late"]


@clause("1.5")
def test_a_superseded_entry_is_judged_on_the_one_that_replaced_it():
    first = note(status="superseded", verbal=True)
    second = note("2023-06-03 08:00", id="D2", verbal=True, replaces="D1")
    entry = rule("order", entry_must_have=("date",))
    assert [(one.kind, one.entry) for one in found(chart(first, second), entry, LONG_AFTER)] == [("unsigned", "D2")]


# 2. Time


@clause("2.1")
def test_a_day_is_never_taken_for_its_midnight():
    day = on("2023-06-02")
    assert not day.exact
    assert (day.first, day.last) == (instant("2023-06-02 00:00"), instant("2023-06-03 00:00"))
    assert kinds(chart(note(day)), rule("document", entry_must_have=("date", "time")), LONG_AFTER) == ["undated"]
    midnight = note("2023-06-02 00:00")
    assert kinds(chart(midnight), rule("document", entry_must_have=("date", "time")), LONG_AFTER) == []


@clause("2.2")
def test_the_day_is_the_one_on_the_wall_of_the_facility():
    late_evening = Moment.at(instant("2023-06-02 23:30", CHICAGO))
    assert late_evening.first.date() == date(2023, 6, 3)
    assert late_evening.day(CHICAGO) == date(2023, 6, 2)
    missing = only(chart(start=late_evening, zone=CHICAGO), rule(due_after_days=0), LONG_AFTER)
    assert missing.due_at == instant("2023-06-03 00:00", CHICAGO)


@clause("2.2")
@pytest.mark.parametrize("trigger", ["discharge", "procedure_end", "order"])
def test_whatever_happens_late_in_the_evening_happens_on_that_day(trigger):
    late_evening = "2023-06-03 23:30"
    operated = (procedure(end=at(late_evening)),)
    gone = chart(note(late_evening, type="order", verbal=True), episodes=operated, end=at(late_evening))
    within_the_day = rule(trigger, document_types=("order" if trigger == "order" else "summary",), due_after_days=0)
    assert only(gone, within_the_day, LONG_AFTER).due_at == instant("2023-06-04 00:00")


@clause("2.3")
def test_of_a_midnight_that_happens_twice_the_first_begins_the_day():
    day = on("2023-11-05", HAVANA)
    assert day.first.isoformat() == "2023-11-05T04:00:00+00:00"  # and again at 05:00
    assert (day.last - day.first).total_seconds() == 25 * 3600
    the_day_before = chart(start=at("2023-11-04 12:00", HAVANA), zone=HAVANA)
    assert only(the_day_before, rule(due_after_days=0), LONG_AFTER).due_at == day.first


@clause("2.3")
def test_a_day_without_a_midnight_begins_as_the_clock_jumps():
    day = on("2023-03-12", HAVANA)
    assert day.first.isoformat() == "2023-03-12T05:00:00+00:00"
    assert day.day(HAVANA) == date(2023, 3, 12)
    assert (day.last - day.first).total_seconds() == 23 * 3600
    the_day_before = chart(start=at("2023-03-11 12:00", HAVANA), zone=HAVANA)
    assert only(the_day_before, rule(due_after_days=0), LONG_AFTER).due_at == day.first


# 3. Which rules apply


@clause("3.1")
def test_a_rule_is_for_the_classes_and_dispositions_that_it_names():
    home = chart(disposition="home")
    assert kinds(home, rule(classes=("inpatient", "observation")), LONG_AFTER) == ["missing"]
    assert kinds(home, rule(classes=("observation",)), LONG_AFTER) == []
    assert kinds(home, rule(dispositions=("home", "ama")), LONG_AFTER) == ["missing"]
    assert kinds(home, rule(dispositions=("ama",)), LONG_AFTER) == []
    assert kinds(chart(), rule(dispositions=("home",)), LONG_AFTER) == []


@clause("3.2")
@pytest.mark.parametrize(
    ("first_day", "last_day", "judged"),
    [
        (date(2023, 6, 2), None, True),
        (date(2023, 6, 3), None, False),
        (None, date(2023, 6, 3), True),
        (None, date(2023, 6, 2), False),
    ],
)
def test_the_version_in_force_on_the_local_date_of_the_occasion_judges_it(first_day, last_day, judged):
    late_evening = chart(start="2023-06-02 22:00")  # in Greenwich it is 3 June
    assert bool(found(late_evening, rule(effective=(first_day, last_day)), LONG_AFTER)) is judged


@clause("3.3")
def test_the_date_of_an_entry_chooses_the_version_and_the_admission_where_it_has_none():
    change = date(2023, 6, 5)
    old = rule("order", due_after_hours=48, effective=(None, change))
    new = rule("order", due_after_hours=24, effective=(change, None))
    written = note("2023-06-05 00:00", verbal=True)
    undated = note(id="D2", verbal=True)
    due = {one.entry: one.due_at for one in found(chart(written, undated), [old, new], LONG_AFTER)}
    assert due == {"D1": instant("2023-06-06 00:00"), "D2": instant("2023-06-04 18:40")}


HP = rule(code="HP", document_types=("hp",), not_before_hours=-720)
UPDATE = rule(code="UPDATE", only_if_met="HP")


@clause("3.4")
def test_a_condition_asks_for_a_document_from_before_the_occasion_that_is_complete_now():
    both = [HP, UPDATE]
    assert kinds(chart(note("2023-06-02 18:39", type="hp")), both, LONG_AFTER) == ["missing"]
    assert kinds(chart(note("2023-06-02 18:40", type="hp")), both, LONG_AFTER) == []
    assert kinds(chart(note(on("2023-06-02"), type="hp")), both, LONG_AFTER) == ["missing"]
    to_be_signed = rule(code="HP", document_types=("hp",), **TO_BE_SIGNED)
    signed_late = note("2023-06-02 18:39", type="hp", signed="2023-06-09 08:00")
    assert kinds(chart(signed_late), [to_be_signed, UPDATE], "2023-06-09 07:59") == ["unsigned"]
    assert kinds(chart(signed_late), [to_be_signed, UPDATE], "2023-06-09 08:00") == ["late", "missing"]


@clause("3.4")
def test_a_document_that_lacks_a_section_fulfils_no_condition():
    whole = rule(code="HP", document_types=("hp",), sections_required=("Plan",))
    early = {"type": "hp", "authored": "2023-06-02 18:39"}
    assert kinds(chart(note(**early)), [whole, UPDATE], LONG_AFTER) == ["missing_element:Plan"]
    assert kinds(chart(note(**early, sections=("Plan",))), [whole, UPDATE], LONG_AFTER) == ["missing"]


@clause("3.4")
def test_a_condition_names_a_topic_and_not_the_code_of_a_rule():
    hp = rule(code="HP-BYLAWS", topic="HP", document_types=("hp",))
    early = chart(note("2023-06-02 18:39", type="hp"))
    assert kinds(early, [hp, UPDATE], LONG_AFTER) == ["missing"]
    assert kinds(early, [hp, rule(code="UPDATE", only_if_met="HP-BYLAWS")], LONG_AFTER) == []


@clause("3.5")
def test_with_the_same_trigger_a_condition_is_met_for_the_same_occasion():
    two = {"episodes": (procedure("P1"), procedure("P2"))}
    consent = rule("procedure_start", code="CONSENT", document_types=("consent",), due_after_hours=0)
    follow = rule("procedure_start", code="FOLLOW", only_if_met="CONSENT")
    consented = note("2023-06-03 07:00", type="consent", episode="P1")
    missing = [(one.rule, one.episode) for one in found(chart(consented, **two), [consent, follow], LONG_AFTER)]
    assert sorted(missing) == [("CONSENT", "P2"), ("FOLLOW", "P1")]
    at_the_end = rule("procedure_end", code="FOLLOW", only_if_met="CONSENT")
    ended = tuple(procedure(one, end=at("2023-06-03 10:00")) for one in ("P1", "P2"))
    both_ended = chart(consented, episodes=ended)
    missing = [(one.rule, one.episode) for one in found(both_ended, [consent, at_the_end], LONG_AFTER)]
    assert sorted(missing) == [("CONSENT", "P2"), ("FOLLOW", "P1"), ("FOLLOW", "P2")]


@clause("3.5")
def test_a_condition_is_met_by_a_topic_that_is_not_meant_for_this_encounter():
    early = chart(note("2023-06-02 18:39", type="hp"))
    elsewhere = rule(
        code="HP", document_types=("hp",), classes=("psychiatric",), dispositions=("ama",), only_if_met="X"
    )
    assert kinds(early, [elsewhere, UPDATE], LONG_AFTER) == ["missing"]
    not_in_force = rule(code="HP", document_types=("hp",), effective=(date(2023, 6, 3), None))
    assert kinds(early, [not_in_force, UPDATE], LONG_AFTER) == []


@clause("3.5")
@pytest.mark.parametrize(
    ("in_force_from", "asked"), [(date(2023, 6, 2), True), (date(2023, 6, 3), True), (date(2023, 6, 4), False)]
)
def test_a_condition_is_judged_by_the_version_in_force_on_the_occasion_of_the_other(in_force_from, asked):
    terms = {"document_types": ("consent",), "due_after_hours": 0, "effective": (in_force_from, None)}
    consent = rule("procedure_start", code="CONSENT", **terms)
    follow = rule("procedure_start", code="FOLLOW", only_if_met="CONSENT")
    consented = chart(note("2023-06-02 20:00", type="consent"), episodes=(procedure("P1"),))
    assert kinds(consented, [consent, follow], LONG_AFTER) == (["missing"] if asked else [])


@clause("3.6")
def test_a_rule_on_entries_neither_has_a_condition_nor_fulfils_one():
    entry = rule("document", code="HP", document_types=("hp",))
    assert kinds(chart(note("2023-06-02 18:39", type="hp")), [entry, UPDATE], LONG_AFTER) == []
    in_a_day = {"due_after_hours": 24}
    assert not fault("admission", only_if_met="HP", not_before_hours=0, **in_a_day)
    for on_entries in ("order", "document"):
        assert not fault(on_entries, **in_a_day)
        assert fault(on_entries, only_if_met="HP", **in_a_day)
        assert fault(on_entries, not_before_hours=0, **in_a_day)


# 4. Occasions


@clause("4.1")
def test_admission_and_discharge_are_the_bounds_of_the_encounter():
    gone = chart(end=at("2023-06-05 11:00"))
    assert [one.due_at for one in found(gone, rule("admission"), LONG_AFTER)] == [instant("2023-06-03 18:40")]
    assert [one.due_at for one in found(gone, rule("discharge"), LONG_AFTER)] == [instant("2023-06-06 11:00")]
    assert found(chart(), rule("discharge"), LONG_AFTER) == []


@clause("4.2")
def test_each_procedure_is_an_occasion_where_its_moment_is_known():
    episodes = (
        procedure("P1", end=at("2023-06-03 10:00"), anesthesia=True),
        procedure("P2", "2023-06-04 08:00"),
        procedure("P3", None, end=at("2023-06-05 10:00")),
        Episode("R1", "restraint", at("2023-06-03 08:00"), at("2023-06-03 12:00")),
    )

    def occasions(one: Rule):
        return [missing.episode for missing in found(chart(episodes=episodes), one, LONG_AFTER)]

    assert occasions(rule("procedure_start")) == ["P1", "P2"]
    assert occasions(rule("procedure_end")) == ["P1", "P3"]
    assert occasions(rule("procedure_start", anesthesia_only=True)) == ["P1"]


@clause("4.3")
def test_each_restraint_is_an_occasion():
    episodes = (procedure("P1"), Episode("R1", "restraint", at("2023-06-03 08:00")), Episode("R2", "restraint"))
    assert [one.episode for one in found(chart(episodes=episodes), rule("restraint_start"), LONG_AFTER)] == ["R1"]


@clause("4.4")
def test_birth_is_the_start_of_the_encounter_of_a_newborn_alone():
    assert kinds(chart(klass="newborn"), rule("birth"), LONG_AFTER) == ["missing"]
    assert kinds(chart(), rule("birth"), LONG_AFTER) == []


@clause("4.6")
def test_what_did_not_take_place_is_no_occasion():
    episodes = (procedure("P1"), procedure("P2", took_place=False))
    assert [one.episode for one in found(chart(episodes=episodes), rule("procedure_start"), LONG_AFTER)] == ["P1"]
    order = note(verbal=True, episode="P2")
    for took_place, who in [(True, "DR-SURGEON"), (False, "DR-ATTENDING")]:
        operated = chart(order, episodes=(procedure("P2", took_place=took_place, performer="DR-SURGEON"),))
        assert [one.owed_by for one in found(operated, rule("order", responsible="surgeon"), LONG_AFTER)] == [who]
    restraints = tuple(replace(episode, kind="restraint") for episode in episodes)
    assert [one.episode for one in found(chart(episodes=restraints), rule("restraint_start"), LONG_AFTER)] == ["P1"]


@clause("4.5")
def test_an_occasion_exists_from_its_first_instant():
    due_at_once = rule("discharge", due_after_hours=-1)
    assert kinds(chart(end=at("2023-06-05 11:00")), due_at_once, "2023-06-05 10:59") == []
    assert kinds(chart(end=at("2023-06-05 11:00")), due_at_once, "2023-06-05 11:00") == ["missing"]
    a_day_before = rule("discharge", due_after_hours=-24)
    assert kinds(chart(end=on("2023-06-05")), a_day_before, "2023-06-04 23:59") == []
    assert kinds(chart(end=on("2023-06-05")), a_day_before, "2023-06-05 00:00") == ["missing"]


# 5. When a document is due


@clause("5.1")
@pytest.mark.parametrize(
    ("start", "hours", "due"),
    [
        ("2023-06-02 20:00", 24, "2023-06-03 20:00"),
        ("2023-03-11 20:00", 24, "2023-03-12 21:00"),  # one hour is lost that night
        ("2023-11-04 20:00", 24, "2023-11-05 19:00"),  # one happens twice
        ("2023-06-02 20:00", 0.25, "2023-06-02 20:15"),
    ],
)
def test_hours_are_elapsed_time(start, hours, due):
    missing = only(chart(start=start), rule(due_after_hours=hours), LONG_AFTER)
    assert missing.due_at == instant(due)


@clause("5.2")
@pytest.mark.parametrize(
    ("start", "days", "due"),
    [
        (at("2023-06-01 00:00"), 30, "2023-07-02 00:00"),
        (at("2023-06-01 23:59"), 30, "2023-07-02 00:00"),
        (on("2023-06-01"), 30, "2023-07-02 00:00"),
        (at("2023-06-01 12:00"), 0, "2023-06-02 00:00"),
        (at("2023-03-11 12:00"), 1, "2023-03-13 00:00"),
    ],
)
def test_days_end_at_the_midnight_that_ends_the_last_of_them(start, days, due):
    missing = only(chart(start=start), rule(due_after_days=days), LONG_AFTER)
    assert missing.due_at == instant(due)


@clause("5.3")
def test_hours_from_a_day_count_from_the_midnight_that_ends_it():
    missing = only(chart(start=on("2023-06-02")), rule(due_after_hours=24), LONG_AFTER)
    assert missing.due_at == instant("2023-06-04 00:00")


@clause("5.4")
@pytest.mark.parametrize(
    ("start", "terms", "limit", "past_at_the_limit"),
    [
        (at("2023-06-02 18:40"), {"due_after_hours": 24}, "2023-06-03 18:40", False),
        (on("2023-06-02"), {"due_after_hours": 24}, "2023-06-04 00:00", True),
        (at("2023-06-02 18:40"), {"due_after_days": 1}, "2023-06-04 00:00", True),
    ],
)
def test_a_limit_by_the_clock_is_past_only_after_it_and_a_midnight_at_it(start, terms, limit, past_at_the_limit):
    assert kinds(chart(start=start), rule(**terms), limit) == (["missing"] if past_at_the_limit else [])
    assert kinds(chart(note(limit), start=start), rule(**terms), LONG_AFTER) == (["late"] if past_at_the_limit else [])
    a_minute_later = limit.replace(":00", ":01").replace(":40", ":41")
    assert kinds(chart(start=start), rule(**terms), a_minute_later) == ["missing"]
