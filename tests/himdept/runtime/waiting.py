"""Waiting for something that another process does, without a limit of our own: whoever runs the tests has one."""

import time
from collections.abc import Callable


def wait_until(condition: Callable[[], object]):
    """Ask again and again until the answer is true, and return it."""
    while not (answer := condition()):
        time.sleep(0.02)
    return answer
