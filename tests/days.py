"""Days that a table of tests names before its tests are run: a session may last over midnight."""


def counted_now(said: dict) -> dict:
    """What is said, each day in it (`lambda: day(1)`) counted from the day on which the test is run."""
    return {name: what() if callable(what) else what for name, what in said.items()}
