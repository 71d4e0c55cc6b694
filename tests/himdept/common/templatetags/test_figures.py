from datetime import timedelta

import pytest

from himdept.common.templatetags.figures import length, signed


@pytest.mark.parametrize(
    ("value", "places", "words"),
    [(6, 0, "+6"), (-3, 0, "−3"), (0, 0, "±0"), (0.04, 1, "±0.0"), (-0.3, 1, "−0.3"), (1234, 0, "+1,234")],
)
def test_a_change_has_its_sign(value, places, words):
    assert signed(value, places) == words


def test_a_length_of_time_is_in_one_unit():
    assert length(timedelta(hours=5, minutes=10)) == "5 h"
