"""The clauses of docs/completeness.md and the tests that cite them, so that any evaluator can be held to these."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from types import ModuleType

from . import test_cosignatures, test_documents, test_record, test_reference, test_scopes, test_series
from .by_hand import Evaluator, evaluator

PAGE = Path(__file__).parents[2] / "docs" / "completeness.md"
MODULES = (test_reference, test_documents, test_record, test_cosignatures, test_scopes, test_series)


@dataclass(frozen=True)
class Case:
    """A test with the values of one of its parameters; `place` is where these stand in the list, if it has one."""

    test: Callable
    arguments: dict
    place: int | None

    @property
    def clauses(self) -> tuple[str, ...]:
        return getattr(self.test, "clauses", ())

    def __str__(self):
        return self.test.__name__ if self.place is None else f"{self.test.__name__}[{self.place}]"

    def hold(self, judging: Evaluator):
        """Run the test with this evaluator; raises AssertionError where that does not say what the test wants."""
        token = evaluator.set(judging)
        try:
            self.test(**self.arguments)
        finally:
            evaluator.reset(token)


def written() -> list[str]:
    """The numbers of the clauses, as they follow each other on the page."""
    return re.findall(r"^\*\*(\d+\.\d+)\*\*", PAGE.read_text(), flags=re.MULTILINE)


def citing() -> list[Case]:
    """Every test that cites a clause, with each of its parameters."""
    return [case for module in MODULES for case in cases(module) if case.clauses]


def cases(module: ModuleType) -> Iterator[Case]:
    """The tests of a module, each with its parameters as pytest would give them; they need nothing else."""
    for name, test in vars(module).items():
        if name.startswith("test_") and callable(test):
            marks = [mark for mark in getattr(test, "pytestmark", ()) if mark.name == "parametrize"]
            for place, chosen in enumerate(product(*map(parameters, marks))):
                arguments = {name: value for one in chosen for name, value in one.items()}
                yield Case(test, arguments, place if marks else None)


def parameters(mark) -> list[dict]:
    """Of one mark: the name of a parameter with its values, or names with tuples of values."""
    names, values = mark.args
    if isinstance(names, str):
        return [{names: value} for value in values]
    return [dict(zip(names, several, strict=True)) for several in values]
