from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from records.completeness.timeline import scale
from records.completeness.timeline.scale import LEFT, RIGHT, Name, Stay
from tests.records.completeness.timeline.hand_made import ADMITTED, DAY, DISCHARGED, HOUR

NEW_YORK = ZoneInfo("America/New_York")
lengths = st.timedeltas(timedelta(), timedelta(days=400))
instants = st.datetimes(datetime(2025, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@st.composite
def scales(draw):
    """A scale for a stay of any length, looked at whenever, with moments anywhere."""
    start = draw(instants)
    end = draw(st.one_of(st.none(), lengths.map(lambda length: start + length)))
    stay = Stay(start, end, draw(instants))
    return scale.lay_out(stay, clock_limits=draw(st.lists(instants, max_size=4)), others=draw(st.lists(instants)))


def lay_out(*others, start=ADMITTED, end=DISCHARGED, as_of=DISCHARGED + 40 * DAY, clock_limits=()):
    return scale.lay_out(Stay(start, end, as_of), clock_limits=clock_limits, others=others)


@given(axis=scales(), moments=st.lists(instants, min_size=2, max_size=10))
def test_a_later_moment_never_lies_further_left_and_the_same_has_the_same_place(axis, moments):
    places = [axis.x(at) for at in sorted(moments)]
    assert places == sorted(places)
    assert places == [axis.x(at) for at in sorted(moments)]
    assert all(LEFT <= x <= RIGHT for x in places)


@given(axis=scales())
def test_the_stretches_fill_the_picture_without_gaps_in_time_or_place(axis):
    assert (axis.left, round(axis.right, 6)) == (LEFT, RIGHT)
    for before, after in zip(axis.stretches, axis.stretches[1:], strict=False):
        assert before.end == after.start
        assert before.right == after.left
    assert all(one.start < one.end and one.left < one.right for one in axis.stretches)


@given(axis=scales(), zone=st.sampled_from(["America/New_York", "America/Havana", "Australia/Lord_Howe", "UTC"]))
def test_ticks_stand_in_order_within_their_stretch_with_room_for_their_words(axis, zone):
    for stretch in axis.stretches:
        ticks = list(scale.ticks(stretch, ZoneInfo(zone)))
        assert all(stretch.start <= tick.at <= stretch.end for tick in ticks)
        moments = [tick.at for tick in ticks]
        assert moments == sorted(set(moments))
        assert len(ticks) <= 1 + (stretch.right - stretch.left) / 30


def test_an_hour_of_the_stay_takes_more_room_than_one_of_the_weeks_after():
    axis = lay_out(DISCHARGED + 30 * DAY)
    stay, after = axis.stretch(Name.STAY), axis.stretch(Name.AFTER)
    assert (stay.start, stay.end) == (ADMITTED, DISCHARGED)
    assert stay.units(HOUR) > 5 * after.units(HOUR)


def test_what_was_written_before_the_stay_has_a_stretch_of_its_own():
    assert lay_out().stretch(Name.BEFORE) is None
    before = lay_out(ADMITTED - 12 * DAY).stretch(Name.BEFORE)
    assert before.start < ADMITTED - 12 * DAY
    assert before.end == ADMITTED


def test_a_stay_that_lasts_ends_at_the_moment_of_looking_and_what_is_to_come_follows():
    axis = lay_out(ADMITTED + 30 * DAY, end=None, as_of=ADMITTED + 2 * DAY)
    assert axis.stretch(Name.STAY).end == ADMITTED + 2 * DAY
    assert axis.stretch(Name.AFTER).end == ADMITTED + 30 * DAY


def test_of_a_visit_of_minutes_the_limits_in_hours_are_drawn_at_its_own_scale():
    axis = lay_out(end=ADMITTED + timedelta(minutes=5), clock_limits=[ADMITTED + 24 * HOUR])
    assert axis.stretch(Name.STAY).end == ADMITTED + 24 * HOUR


def test_a_stay_without_length_can_be_drawn():
    axis = lay_out(start=ADMITTED, end=ADMITTED, as_of=ADMITTED)
    assert axis.stretch(Name.STAY).end == ADMITTED + HOUR


def test_what_is_looked_at_years_later_is_drawn_closer_together():
    last = DISCHARGED + 30 * DAY
    axis = lay_out(last, as_of=DISCHARGED + 900 * DAY)
    later = axis.stretch(Name.LATER)
    assert later.end == DISCHARGED + 900 * DAY
    assert later.right - later.left < 100
    assert lay_out(last, as_of=last + 5 * DAY).stretch(Name.LATER) is None


@pytest.mark.parametrize(
    ("day", "hours"), [(datetime(2026, 3, 8, tzinfo=NEW_YORK), 23), (datetime(2026, 11, 1, tzinfo=NEW_YORK), 25)]
)
def test_a_day_on_which_the_clocks_change_is_as_wide_as_it_is_long(day, hours):
    start = day.astimezone(UTC)
    stretch = scale.Stretch(Name.STAY, start, start + hours * HOUR, 0.0, hours * 50.0)
    ticks = list(scale.ticks(stretch, NEW_YORK))
    assert len({tick.at for tick in ticks}) == len(ticks)
    assert [tick.words for tick in ticks if tick.is_midnight] == [f"{day.day} {day:%b}", f"{day.day + 1} {day:%b}"]
    assert {tick.at - start for tick in ticks if tick.words == "12:00"} == {(hours - 12) * HOUR}
    assert ("02:00" in {tick.words for tick in ticks}) == (hours == 25)


@pytest.mark.parametrize(
    ("length", "words"),
    [(DAY, "9 Oct"), (10 * DAY, "10 Oct"), (400 * DAY, "Nov 2026"), (6000 * DAY, "2028")],
)
def test_the_marks_of_the_axis_get_coarser_with_its_length(length, words):
    stretch = scale.Stretch(Name.STAY, ADMITTED, ADMITTED + length, LEFT, RIGHT)
    assert words in [tick.words for tick in scale.ticks(stretch, NEW_YORK)]
