from datetime import date, timedelta

import pytest

from himdept.common import pictures

DAY = date(2026, 11, 1)


def days(*values, every=1):
    return [(DAY + timedelta(days=every * i), value) for i, value in enumerate(values)]


def test_a_line_goes_from_left_to_right_and_the_most_is_at_the_top():
    picture = pictures.drawn(days(3, 9, 6), width=100, height=30)
    (first, most, last) = picture.points
    assert (first.x, most.x, last.x) == (3, 50, 97)
    assert (first.y, most.y, last.y) == (27, 3, 15)
    assert picture.path == "3.0,27.0 50.0,3.0 97.0,15.0"


def test_days_that_are_missing_leave_a_gap():
    week = [(DAY, 1), (DAY + timedelta(days=9), 2), (DAY + timedelta(days=10), 3)]
    first, second, third = (point.x for point in pictures.drawn(week, width=106, height=20).points)
    assert (first, second, third) == (3, 93, 103)


def test_what_never_changes_lies_in_the_middle():
    assert {point.y for point in pictures.drawn(days(4, 4, 4), width=50, height=20).points} == {10}


def test_one_day_is_no_line():
    assert pictures.drawn(days(4), width=50, height=20) is None
    assert pictures.drawn([], width=50, height=20) is None


@pytest.mark.parametrize(("number", "dots"), [(2, 2), (16, 16), (17, 1)])
def test_of_many_points_only_the_last_is_a_dot(number, dots):
    picture = pictures.drawn(days(*range(number)), width=50, height=20)
    assert len(picture.dots) == dots
    assert picture.dots[-1] == picture.last


def test_a_limit_has_room_in_the_picture():
    picture = pictures.drawn(days(4, 6), width=50, height=26, also=[0, 10])
    assert picture.level(10) == 3
    assert picture.level(0) == 23


def test_limits_are_the_mean_and_what_chance_moves():
    limits = pictures.limits_of([10, 12, 10, 12, 10, 12])
    assert limits.mean == 11
    assert limits.upper == pytest.approx(11 + 2.66 * 2)
    assert limits.lower == pytest.approx(11 - 2.66 * 2)
    assert pictures.limits_of([0, 1, 0, 1, 0, 1]).lower == 0
    assert pictures.limits_of([1, 2, 3, 4, 5]) is None


def names(*values, height=150) -> list[pictures.Level]:
    limits = pictures.limits_of(values)
    picture = pictures.drawn(days(*values), width=420, height=height, also=[limits.lower, limits.upper])
    return pictures.levels_of(picture, limits)


@pytest.mark.parametrize(
    "values",
    [
        [90, 91, 90, 91, 90, 91, 90, 91],  # even
        [96, 96, 95, 95, 90, 89, 89, 88],  # falls, so that the numbers lie at the lower limit in the end
        [88, 88, 89, 90, 95, 95, 96, 96],
        [93, 92, 93, 92, 93, 60, 93, 92],  # one far below: the mean lies beside a limit
        [100, 100, 100, 100, 100, 100],  # all three lines are one
    ],
)
def test_no_name_of_a_level_stands_in_another_or_on_another_line_or_out_of_the_picture(values):
    levels = names(*values)
    for level in levels:
        foot, top = level.words_at, level.words_at - pictures.ROOM
        assert top >= 0
        assert foot <= 150 + pictures.PAD
        for other in levels:
            if other.name != level.name:
                assert not top < other.y < foot, (level, other)
                assert other.at_end != level.at_end or abs(other.words_at - foot) >= pictures.ROOM, (level, other)


def test_a_name_stands_where_the_line_of_the_numbers_does_not_pass():
    falls = [96, 96, 96, 96, 95, 95, 90, 89, 89, 88]
    limits = pictures.limits_of(falls)
    picture = pictures.drawn(days(*falls), width=420, height=150, also=[limits.lower, limits.upper])
    for level in pictures.levels_of(picture, limits):
        left = picture.width - pictures.NAME if level.at_end else 0
        assert not pictures.crossed(picture, level, left), level


def test_the_scale_of_a_line_is_the_most_and_the_least_that_there_was():
    def scale(*values):
        picture = pictures.drawn(days(*values), width=420, height=120, also=[0])
        return [(level.name, level.value, level.y) for level in pictures.extremes_of(picture)], picture

    told, picture = scale(3, 14, 8)
    assert told == [("most", 14, picture.level(14)), ("least", 3, picture.level(3))]
    assert scale(5, 5)[0][0][:2] == ("always", 5)


def test_bars_stand_on_the_ground_and_the_highest_fills_the_picture():
    first, second, third = pictures.barred([(10, 5), (0, 0), (5, 0)], width=30, height=20).bars
    assert [(bar.x, bar.y, bar.width, bar.height) for bar in (first, second, third)] == [
        (0, 0, 7, 20),
        (10, 20, 7, 0),
        (20, 10, 7, 10),
    ]
    assert (first.marked, first.marked_y, third.marked) == (10, 10, 0)


def test_one_among_ten_thousand_can_be_seen():
    assert pictures.barred([(10_000, 1), (1, 0)], width=20, height=20).bars[0].marked == pictures.LEAST


def test_where_nothing_ever_was_there_are_no_bars():
    assert {bar.height for bar in pictures.barred([(0, 0), (0, 0)], width=20, height=20).bars} == {0}
