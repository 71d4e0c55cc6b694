"""A keeper hears that it is to stop, whatever it is doing just then."""

import signal
import sys
from itertools import count

import pytest

from himdept.runtime.keeper import ToldToStop


@pytest.fixture(autouse=True)
def as_before():
    heard = signal.getsignal(signal.SIGUSR1)
    yield
    sys.settrace(None)
    signal.signal(signal.SIGUSR1, heard)


def test_it_is_heard_at_whichever_step_of_the_waiting_it_comes():
    for step in count():
        told, steps = ToldToStop(signal.SIGUSR1), 0

        def look(frame, event, _, step=step):
            nonlocal steps
            steps += 1
            if steps == step:
                signal.raise_signal(signal.SIGUSR1)
            return look

        sys.settrace(look)
        heard = told.wait(0)
        sys.settrace(None)
        assert (heard or told.wait(0)) == (0 < step <= steps), step
        if step > steps:
            break
    assert step > 2
