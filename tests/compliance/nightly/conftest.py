import pytest

from himdept.common import night as program
from tests.brokers import no_worker  # noqa: F401
from tests.workers import kept_worker, worker  # noqa: F401


@pytest.fixture
def only():
    """Makes the steps given the only ones of the night; the others are back when the test is over."""
    before = dict(program._steps)

    def steps(**functions):
        program._steps.clear()
        for ordinal, (name, do) in enumerate(functions.items(), 1):
            alone = isinstance(do, tuple)
            program.register(
                program.Step(name, name.title(), ordinal, do[0] if alone else do, in_transaction=not alone)
            )

    yield steps
    program._steps.clear()
    program._steps.update(before)
