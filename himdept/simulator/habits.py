"""How a clinician does the paperwork. Every kind of habit is found in every simulated hospital."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Habits:
    """`pace` multiplies every delay, `lapses` the share of what is never done; the others are shares of documents."""

    name: str
    pace: float = 1.0
    lapses: float = 1.0
    signs_at_once: float = 1.0  # multiplies the share that is signed as it is written
    weekends: bool = True
    forgets: float = 0.006  # a section that the document must have
    undated: float = 0.0005  # a signature without its time


ORDINARY = Habits("ordinary", lapses=0.7)
PUNCTUAL = Habits("punctual", pace=0.5, lapses=0.25, signs_at_once=1.15, forgets=0.001, undated=0.0)
LATE = Habits("late", pace=2.6, lapses=4.2, signs_at_once=0.6, forgets=0.012)  # a few who owe most
NEVER_ON_WEEKENDS = Habits("never on weekends", pace=1.2, lapses=0.75, weekends=False)
FORGETFUL = Habits("forgetful", pace=1.1, lapses=0.8, forgets=0.15)
CARELESS_OF_THE_CLOCK = Habits("careless of the clock", lapses=1.2, undated=0.006)

# Dealt out in this order, then shuffled: of twenty physicians three are late, and no kind is left out of a small house.
ROUND = (
    ORDINARY,
    LATE,
    PUNCTUAL,
    NEVER_ON_WEEKENDS,
    ORDINARY,
    FORGETFUL,
    CARELESS_OF_THE_CLOCK,
    PUNCTUAL,
    ORDINARY,
    ORDINARY,
    LATE,
    NEVER_ON_WEEKENDS,
    ORDINARY,
    PUNCTUAL,
    ORDINARY,
    ORDINARY,
    LATE,
    PUNCTUAL,
    NEVER_ON_WEEKENDS,
    ORDINARY,
)
