"""What the daily digest says: each room adds lines of what its facts tell after a night, for those whom it concerns.

A line is a number, words around it and the address where the rest stands; it names nobody, as mail is read by others.
"""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Line:
    """One line: `needs` is the permission of those whom it concerns, `words(number)` what it says in their language,
    `address(facility)` the path of the page on which it stands with names."""

    name: str
    needs: str
    words: Callable[[int], str]
    address: Callable[[object], str]


@dataclass(frozen=True)
class Source:
    """Lines that are read together: `read(night)` gives the number of each by its name; what is 0 is not told."""

    lines: tuple[Line, ...]
    read: Callable[[object], dict[str, int]]


_sources: list[Source] = []


def register(source: Source):
    """Tell this in every digest from now on. Raises ValueError for a line that another source has."""
    taken = {line.name for other in _sources if other is not source for line in other.lines}
    if twice := taken & {line.name for line in source.lines}:
        raise ValueError(f"Told twice: {', '.join(sorted(twice))}.")
    if source not in _sources:
        _sources.append(source)


def lines() -> list[Line]:
    return [line for source in _sources for line in source.lines]


def read(night) -> list[tuple[Line, int]]:
    """Every line that has something to tell of a night, with its number, in the order in which they were added."""
    found = {name: number for source in _sources for name, number in source.read(night).items()}
    return [(line, found[line.name]) for line in lines() if found.get(line.name)]
