import pytest

from himdept.common import reasons
from himdept.common.errors import DomainError


@pytest.mark.parametrize("because", ["", " ", "x", "-", "1.", "_ _", "Я"])
def test_a_reason_without_a_word_is_none(because):
    with pytest.raises(DomainError, match="Say why in words") as refused:
        reasons.see_that_it_says(because)
    assert refused.value.field == "because"


@pytest.mark.parametrize("because", ["ill", "Ja.", "№ 7 по приказу"])
def test_a_word_is_reason_enough(because):
    assert reasons.see_that_it_says(because) is None
