"""How far a long step is, in lines."""

from himdept.common.progress import Progress


class Clock:
    now = 100.0

    def __call__(self):
        return self.now


def told(*steps: tuple[float, int], of: int = 10) -> list[str]:
    clock, lines = Clock(), []
    progress = Progress("nights", say=lines.append, clock=clock)
    for seconds, done in steps:
        clock.now = 100 + seconds
        progress(done, of)
    return lines


def test_a_line_comes_every_five_seconds_at_most_and_at_the_end():
    assert told((1, 1), (4.9, 2), (5, 3), (6, 4), (11, 5), (12, 10)) == [
        "  3 of 10 nights, 5 s",
        "  5 of 10 nights, 11 s",
        "  10 of 10 nights, 12 s",
    ]


def test_of_what_is_done_soon_nothing_is_said():
    assert told((1, 5), (2, 10)) == []


def test_each_line_is_one_of_its_own():
    assert [line for line in told((6, 5), (12, 10)) if "\r" in line or "\n" in line] == []
