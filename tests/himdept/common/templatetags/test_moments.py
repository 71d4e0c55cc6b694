from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from himdept.common.templatetags import moments, shell

NEW_YORK = ZoneInfo("America/New_York")
NOW = datetime(2026, 11, 23, 15, tzinfo=UTC)
MIDNIGHT = datetime(2026, 11, 23, 5, tzinfo=UTC)  # which ends 22 November in New York


def test_a_moment_has_its_minute_only_where_it_is_known():
    assert moments.moment(NOW, NOW, NEW_YORK) == ('<time datetime="2026-11-23T10:00-05:00">23 Nov 2026 10:00</time>')
    assert ">22 Nov 2026<" in moments.moment(MIDNIGHT - timedelta(days=1), MIDNIGHT, NEW_YORK)
    assert moments.moment(None, None, NEW_YORK, "unknown") == "unknown"


def test_what_is_due_at_a_midnight_is_shown_by_the_day_that_it_ends():
    assert ">22 Nov 2026<" in moments.due(MIDNIGHT, NEW_YORK)
    assert ">23 Nov 2026 00:01<" in moments.due(MIDNIGHT + timedelta(minutes=1), NEW_YORK)
    assert moments.due(None, NEW_YORK) == ""


@pytest.mark.parametrize(
    ("late", "words"),
    [
        (timedelta(seconds=59), "0 min"),
        (timedelta(minutes=59), "59 min"),
        (timedelta(hours=47, minutes=59), "47 h"),
        (timedelta(hours=48), "2 d"),
        (timedelta(days=394, hours=3), "394 d"),
        (-timedelta(hours=5), "in 5 h"),
    ],
)
def test_how_long_past_due_is_said_in_one_unit(late, words):
    assert moments.past(NOW - late, NOW) == words


def test_what_has_no_clock_is_not_past_due():
    assert moments.past(None, NOW, "no clock") == "no clock"


def test_nothing_is_left_of_what_has_just_passed():
    assert moments.left(NOW + timedelta(hours=5), NOW) == "5 h left"
    assert moments.left(NOW - timedelta(hours=5), NOW) == "0 min left"
    assert moments.remaining(NOW + timedelta(hours=5), NOW) == "5 h"


def test_a_status_is_a_word_a_shape_and_a_colour_and_its_word_is_escaped():
    badge = shell.badge("bad", "<late>")
    assert 'data-tone="bad"' in badge
    assert "icons.svg#x" in badge
    assert "&lt;late&gt;" in badge


def test_an_unknown_tone_is_a_mistake_of_ours():
    with pytest.raises(KeyError):
        shell.badge("awful", "late")
