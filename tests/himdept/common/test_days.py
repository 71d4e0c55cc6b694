"""A day in an address: the one to show, and in a sentence what is wrong with what cannot be shown."""

from datetime import date

import pytest
from django.test import RequestFactory

from himdept.common.days import DayAsked, day_in, month_in

TODAY, LATE = date(2026, 11, 24), "That day is to come."


def asked(text: str | None, **more) -> DayAsked:
    request = RequestFactory().get("/", {} if text is None else {"day": text})
    return day_in(request, "day", instead=TODAY, last=TODAY, too_late=LATE, **more)


def month(text: str) -> DayAsked:
    return month_in(RequestFactory().get("/", {"from": text}), "from", instead=date(2026, 11, 1))


@pytest.mark.parametrize(("text", "day"), [(None, TODAY), ("", TODAY), (" 2026-11-23 ", date(2026, 11, 23))])
def test_a_day_that_can_be_shown_is(text, day):
    assert (asked(text).day, asked(text).wrong, asked(text).status) == (day, "", 200)


@pytest.mark.parametrize(
    "text", ["foo", "2026-02-30", "20261124", "2026-W48-2", "2026-11-23T00:00", "٢٠٢٦-١١-٢٣", "0000-01-01"]
)
def test_what_is_no_day_is_answered_by_another_and_says_so(text):
    told = asked(text)
    assert (told.day, told.status) == (TODAY, 400)
    assert told.wrong == f"“{text}” is no day: write it as 2026-11-24."


def test_of_a_long_text_only_the_beginning_is_shown_again():
    assert "x" * 20 in asked("x" * 500).wrong
    assert "x" * 21 not in asked("x" * 500).wrong


def test_a_day_that_is_too_late_or_too_early_is_said_to_be():
    assert asked("2026-11-25").wrong == LATE
    assert asked("1999-12-31", first=date(2000, 1, 1)).wrong == "It goes back to 1 Jan 2000."
    assert asked("1899-12-31").status == 400
    assert asked("1900-01-01").day == date(1900, 1, 1)


def test_a_month_is_its_first_day():
    assert month("2027-02").day == date(2027, 2, 1)
    for text in ("2026", "2026-13", "soon", "2026-11-01", "2100-01"):
        assert (month(text).day, month(text).status) == (date(2026, 11, 1), 400), text
