"""How far a long step of a command is, as lines of their own: a log reads them as well as a terminal."""

import time
from collections.abc import Callable

EVERY = 5.0  # seconds between two lines


class Progress:
    """Says now and then how much is done of how many of `what`; nothing of a step that is done before the first line.

    `say` prints one line; `clock` tells seconds.
    """

    def __init__(self, what: str, *, say: Callable[[str], None], clock: Callable[[], float] = time.monotonic):
        self.what, self.say, self.clock = what, say, clock
        self.began = self.said_at = clock()

    def __call__(self, done: int, of: int) -> None:
        now = self.clock()
        is_over = done >= of and self.said_at != self.began
        if is_over or now - self.said_at >= EVERY:
            self.say(f"  {done:,} of {of:,} {self.what}, {now - self.began:.0f} s")
            self.said_at = now
