"""Chance that falls the same way on every machine: one stream from the seed, and delays from tables made beforehand."""

import math
from collections.abc import Sequence
from functools import cache
from random import Random
from statistics import NormalDist

STEPS = 2048


class Spread:
    """Log-normal durations in minutes: half of them below the median, nineteen of twenty within two sigma."""

    __slots__ = ("minutes",)

    def __init__(self, *, sigma: float, minutes: float = 0, hours: float = 0, days: float = 0):
        median = minutes + 60 * hours + 1440 * days
        self.minutes = tuple(round(median * factor) for factor in _factors(sigma))

    @property
    def median(self) -> int:
        return self.minutes[STEPS // 2]

    def draw(self, chance: Random) -> int:
        return self.minutes[int(chance.random() * STEPS)]


@cache
def _factors(sigma: float) -> tuple[float, ...]:
    normal = NormalDist()
    return tuple(math.exp(sigma * normal.inv_cdf((step + 0.5) / STEPS)) for step in range(STEPS))


class Mix[T]:
    """A choice among several things, each with its weight."""

    __slots__ = ("table",)

    def __init__(self, weights: dict[T, float]):
        total, passed, table = sum(weights.values()), 0.0, []
        for thing, weight in weights.items():
            passed += weight
            table += [thing] * (round(STEPS * passed / total) - len(table))
        self.table: Sequence[T] = tuple(table)

    def draw(self, chance: Random) -> T:
        return self.table[int(chance.random() * STEPS)]


def one_of[T](things: Sequence[T], chance: Random) -> T:
    return things[int(chance.random() * len(things))]
