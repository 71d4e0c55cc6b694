"""The clauses of docs/completeness.md on whom a rule is meant for, and on exceptions, one by one."""

from datetime import date

import pytest

from .by_hand import at, chart, clause, fault, found, kinds, note, on, rule
from .model import Episode

LONG_AFTER = "2024-01-01 00:00"
HIP = Episode("HIP", "procedure", at("2023-06-03 08:00"), code="27447")
EYE = Episode("EYE", "procedure", at("2023-06-03 08:00"), code="66984")
NONE = Episode("NONE", "procedure", at("2023-06-03 08:00"))
HISTORY = rule("procedure_start", code="HISTORY", due_after_hours=0)
ASSESSMENT = rule(
    "procedure_start",
    code="ASSESSMENT",
    document_types=("assessment", "note"),
    procedure_codes=("66984",),
    exempts=("HISTORY",),
    due_after_hours=0,
)


def asked(stay, *rules, as_of=LONG_AFTER) -> list[tuple]:
    return sorted((one.rule, one.episode) for one in found(stay, list(rules), as_of))


@clause("3.1")
def test_a_rule_may_except_dispositions():
    unless_dead = rule(dispositions_excepted=("expired",))
    assert kinds(chart(disposition="expired"), unless_dead, LONG_AFTER) == []
    assert kinds(chart(disposition="home"), unless_dead, LONG_AFTER) == ["missing"]
    assert kinds(chart(), unless_dead, LONG_AFTER) == ["missing"]


@clause("3.7")
def test_a_rule_is_for_the_services_that_it_names():
    of_surgery = rule(services=("surgery",))
    assert kinds(chart(service="surgery"), of_surgery, LONG_AFTER) == ["missing"]
    assert kinds(chart(service="medicine"), of_surgery, LONG_AFTER) == []
    assert kinds(chart(), of_surgery, LONG_AFTER) == []


@clause("3.8")
@pytest.mark.parametrize(
    ("end", "long", "short"),
    [
        (at("2023-06-04 18:39"), [], ["missing"]),
        (at("2023-06-04 18:40"), ["missing"], []),
        (on("2023-06-04"), ["missing"], []),  # it may have been the last minute of that day
        (None, [], []),
    ],
)
def test_the_length_of_a_stay_is_known_when_it_has_ended(end, long, short):
    assert kinds(chart(end=end), rule(stay_at_least_hours=48), LONG_AFTER) == long
    assert kinds(chart(end=end), rule(stay_less_than_hours=48), LONG_AFTER) == short


@clause("3.8")
def test_a_stay_known_to_the_day_may_have_begun_at_its_midnight():
    stay = chart(start=on("2023-06-02"), end=at("2023-06-04 00:00"))
    assert kinds(stay, rule(stay_at_least_hours=48), LONG_AFTER) == ["missing"]
    assert kinds(stay, rule(stay_less_than_hours=48), LONG_AFTER) == []


@clause("3.8")
def test_while_a_stay_lasts_nothing_hangs_on_its_length():
    gone = chart(end=at("2023-06-09 08:00"))
    assert kinds(gone, rule(stay_at_least_hours=48), "2023-06-09 07:59") == []
    assert kinds(gone, rule(stay_at_least_hours=48), "2023-06-09 08:00") == ["missing"]


@clause("3.9")
@pytest.mark.parametrize(
    ("born", "child", "adult"),
    [
        (date(2005, 6, 2), [], ["missing"]),
        (date(2005, 6, 3), ["missing"], []),
        (date(2014, 6, 2), ["missing"], []),
        (date(2014, 6, 3), [], []),
        (None, [], ["missing"]),
    ],
)
def test_the_age_is_that_of_the_day_of_the_occasion(born, child, adult):
    assert kinds(chart(born=born), rule(age_from_years=9, age_below_years=18), LONG_AFTER) == child
    assert kinds(chart(born=born), rule(age_from_years=18), LONG_AFTER) == adult


@clause("3.9")
def test_who_was_born_on_a_leap_day_is_a_year_older_on_the_day_before_march():
    stays = [chart(start=start, born=date(2004, 2, 29)) for start in ("2022-02-27 12:00", "2022-02-28 00:00")]
    assert [kinds(stay, rule(age_from_years=18), LONG_AFTER) for stay in stays] == [[], ["missing"]]
    in_a_leap_year = chart(start="2024-02-28 12:00", born=date(2004, 2, 29))
    assert kinds(in_a_leap_year, rule(age_from_years=20), "2024-06-01 00:00") == []


@clause("3.9")
def test_the_age_for_an_entry_is_that_on_the_day_of_the_entry():
    to_be_signed = rule("document", age_from_years=18, authentication_required=True)
    assert kinds(chart(note("2023-06-05 08:00"), born=date(2005, 6, 5)), to_be_signed, LONG_AFTER) == ["unsigned"]
    assert kinds(chart(note(), born=date(2005, 6, 5)), to_be_signed, LONG_AFTER) == []


@clause("4.2")
def test_a_rule_may_name_the_procedures_that_it_is_for():
    stay = chart(episodes=(HIP, EYE, NONE))
    assert asked(stay, rule("procedure_start", procedure_codes=("66984",))) == [("R1", "EYE")]
    assert not fault("procedure_start", procedure_codes=("66984",), due_after_hours=0)
    assert fault("admission", procedure_codes=("66984",), due_after_hours=0)


@clause("4.7")
def test_an_exception_takes_a_topic_off_the_episodes_that_it_applies_to():
    stay = chart(episodes=(HIP, EYE))
    assert asked(stay, HISTORY) == [("HISTORY", "EYE"), ("HISTORY", "HIP")]
    assert asked(stay, HISTORY, ASSESSMENT) == [("ASSESSMENT", "EYE"), ("HISTORY", "HIP")]


@clause("4.7")
def test_no_rule_is_stricter_than_an_exception_whosever_it_is():
    bylaws = rule("procedure_start", code="BYLAWS", topic="HISTORY", profile_rank=9, due_after_hours=-4)
    assert asked(chart(episodes=(EYE,)), HISTORY, bylaws, ASSESSMENT) == [("ASSESSMENT", "EYE")]


@clause("4.7")
def test_where_either_is_not_on_an_episode_the_whole_record_is_exempt():
    on_admission = rule("admission", code="HISTORY")
    assert asked(chart(episodes=(HIP,)), on_admission, ASSESSMENT) == [("HISTORY", None)]
    assert asked(chart(episodes=(HIP, EYE)), on_admission, ASSESSMENT) == [("ASSESSMENT", "EYE")]
    of_the_stay = rule("admission", code="ASSESSMENT", document_types=("assessment",), exempts=("HISTORY",))
    assert asked(chart(episodes=(HIP, EYE)), HISTORY, of_the_stay) == [("ASSESSMENT", None)]


@clause("4.7")
def test_an_exception_holds_from_its_occasion_on_and_where_it_is_meant():
    on_admission = rule("admission", code="HISTORY")
    assert asked(chart(episodes=(EYE,)), on_admission, ASSESSMENT, as_of="2023-06-03 07:59") == []
    late = chart(episodes=(Episode("EYE", "procedure", at("2023-06-05 08:00"), code="66984"),))
    assert asked(late, on_admission, ASSESSMENT, as_of="2023-06-05 07:59") == [("HISTORY", None)]
    assert asked(late, on_admission, ASSESSMENT, as_of="2023-06-05 08:00") == []
    elsewhere = rule("admission", code="X", exempts=("HISTORY",), classes=("ambulatory",))
    assert asked(chart(), on_admission, elsewhere) == [("HISTORY", None)]
    too_late = rule("admission", code="X", exempts=("HISTORY",), effective=(date(2023, 6, 3), None))
    assert asked(chart(), on_admission, too_late) == [("HISTORY", None)]


@clause("4.7")
def test_an_entry_is_exempt_like_an_occasion():
    orders = rule("order", code="ORDERS", due_after_hours=1)
    spared = rule("procedure_start", code="X", exempts=("ORDERS",), procedure_codes=("66984",), document_types=("x",))
    of_both = [note("2023-06-03 09:00", id=one.id, episode=one.id, verbal=True) for one in (HIP, EYE)]
    unsigned = found(chart(*of_both, episodes=(HIP, EYE)), [orders, spared], LONG_AFTER)
    assert [one.entry for one in unsigned if one.entry] == ["HIP"]


@clause("4.7")
def test_a_series_is_exempt_like_an_occasion():
    daily = rule(code="DAILY", document_types=("progress",), every_days=1)
    spared = rule("admission", code="X", document_types=("x",), exempts=("DAILY",))
    assert {one.rule for one in found(chart(), daily, LONG_AFTER)} == {"DAILY"}
    assert {one.rule for one in found(chart(), [daily, spared], LONG_AFTER)} == {"X"}


@clause("4.8")
def test_what_an_exception_asks_for_is_judged_whether_or_not_it_was_done():
    assessed = note("2023-06-03 07:00", type="assessment", episode="EYE")
    assert asked(chart(assessed, episodes=(EYE,)), HISTORY, ASSESSMENT) == []
    assert asked(chart(note("2023-06-03 07:00"), episodes=(EYE,)), HISTORY, ASSESSMENT) == []
    assert asked(chart(episodes=(EYE,)), HISTORY, ASSESSMENT) == [("ASSESSMENT", "EYE")]


@clause("4.8")
def test_an_exception_can_be_exempted_from_by_another():
    other = rule("admission", code="OTHER", exempts=("ASSESSMENT",))
    assert asked(chart(episodes=(EYE,)), HISTORY, ASSESSMENT, other) == [("OTHER", None)]
    assert not fault("admission", exempts=("HISTORY",), due_after_hours=0)
    assert fault("document", exempts=("HISTORY",), due_after_hours=0)
    assert fault("admission", exempts=("HISTORY",), only_if_met="X", due_after_hours=0)
    assert fault("admission", exempts=("R1",), due_after_hours=0)
