from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from records import moment_asked

ZONE = ZoneInfo("America/New_York")
NOW = datetime(2026, 11, 23, 10, 12, tzinfo=UTC)


def read(text: str) -> moment_asked.MomentAsked:
    return moment_asked.read(text, ZONE, NOW)


def test_nothing_asks_for_now():
    assert read("") == read("   ") == moment_asked.MomentAsked(NOW, is_now=True)


def test_a_day_is_looked_at_as_it_ended():
    asked = read("2026-03-03")
    assert (asked.as_of, asked.is_now) == (datetime(2026, 3, 4, 4, 59, tzinfo=UTC), False)
    assert (asked.words, asked.day) == ("3 Mar 2026", "2026-03-03")


def test_a_day_on_which_the_clocks_change_ends_at_its_own_midnight():
    assert read("2026-03-08").as_of == datetime(2026, 3, 9, 3, 59, tzinfo=UTC)


def test_a_moment_is_taken_with_its_offset_and_its_plus_sign_may_have_been_lost():
    wanted = datetime(2026, 3, 3, 12, 30, tzinfo=UTC)
    for text in ("2026-03-03T14:30+02:00", "2026-03-03T14:30 02:00", "2026-03-03T07:30"):
        assert read(text).as_of == wanted, text
    assert read("2026-03-03T14:30+02:00").words == "3 Mar 2026 07:30"
    assert read("2026-03-03T14:30+02:00").day == ""


def test_today_is_now():
    assert read("2026-11-23") == moment_asked.MomentAsked(NOW, is_now=True)


@pytest.mark.parametrize("text", ["2026-11-24", "2026-11-23T10:13Z", "2099-01-01"])
def test_the_future_is_refused_in_words(text):
    asked = read(text)
    assert (asked.as_of, asked.is_now) == (NOW, True)
    assert "lies in the future" in asked.wrong


@pytest.mark.parametrize(
    "text",
    ["the third", "2026-02-30", "1700-01-01", "3/3/2026", "2026-03-03T25:00", "2" * 500, "\x00", "٢٠٢٦-٠٣-٠٣", "now"],
)
def test_what_cannot_be_read_is_answered_by_now_with_what_is_wrong(text):
    asked = read(text)
    assert asked.as_of == NOW
    assert asked.is_now
    assert bool(asked.wrong) == (text != "\x00")
    assert len(asked.typed) <= moment_asked.LONGEST
