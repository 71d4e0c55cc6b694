"""Everything that is wrong with a resource that was refused, and not only what was met first.

A reader stops at the first fault. To find the next one, that element is mended in a copy, by a value with which
nothing is wrong or by leaving it out, and the copy is read again. Nothing of the copy is ever stored, and what is not
refused is read once only.
"""

import re
from itertools import pairwise
from typing import Any

import msgspec

from records.exchange.fhir import reading
from records.exchange.fhir.problems import MOST, Problem
from records.exchange.fhir.reading import Type
from records.exchange.fhir.references import Surroundings

STEP = re.compile(r"\.?([A-Za-z_]+)|\[(\d+)\]")
# What stands in for an element without which nothing can be read.
STAND_INS = {
    "Encounter.class": {"code": "AMB"},
    "Encounter.class.code": "AMB",
    "Encounter.status": "finished",
    "Encounter.subject": {"reference": "Patient/0"},
    "Encounter.period": {"start": "2000-01-01"},
    "Encounter.location.location": {},
    "Procedure.status": "completed",
    "Procedure.encounter": {"reference": "Encounter/0"},
    "Composition.status": "final",
    "Composition.encounter": {"reference": "Encounter/0"},
    "DocumentReference.status": "current",
    "DocumentReference.context": {"encounter": [{"reference": "Encounter/0"}]},
    "DocumentReference.context.encounter": [{"reference": "Encounter/0"}],
    "DocumentReference.relatesTo.target": {"reference": "DocumentReference/0"},
    "Provenance.target": [{"reference": "DocumentReference/0"}],
}


def further(raw, of: Type, around: Surroundings, first: Problem) -> list[Problem]:
    """What else is wrong with a resource, after its first problem. What lies within a fault is not told again."""
    try:
        copy = msgspec.json.decode(bytes(raw))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return []
    found, told, problem = [], {first.element}, first
    for _ in range(MOST):
        if not mend(copy, problem.element):
            break
        try:
            reading.read(msgspec.json.encode(copy), of, around)
            break
        except Problem as another:
            if not any(is_within(another.element, element) for element in told):
                found.append(another)
            elif another.element == problem.element:
                break  # it is not to be mended
            told.add(another.element)
            problem = another
    return found


def is_within(element: str, other: str) -> bool:
    """Whether one element is the other or a part of it, by their paths."""
    return element == other or element.startswith((f"{other}.", f"{other}["))


def mend(resource: dict[str, Any], element: str) -> bool:
    """Put a stand-in in the place of an element, or take it away. False where there is nothing to be mended."""
    steps = [name or int(number) for name, number in STEP.findall(element)][1:]
    stand_in = STAND_INS.get(re.sub(r"\[\d+\]", "", element))
    at: Any = resource
    for step, following in pairwise(steps):
        if isinstance(at, dict) and isinstance(step, str):
            at = at.setdefault(step, {} if isinstance(following, str) else []) if stand_in is not None else at.get(step)
        elif isinstance(at, list) and isinstance(step, int) and step < len(at):
            at = at[step]
        else:
            return False
    match at, steps[-1:]:
        case dict(), [str(name)] if stand_in is not None:
            at[name] = stand_in
        case dict(), [str(name)] if name in at:
            del at[name]
        case list(), [int(number)] if number < len(at):
            at[number] = {}  # others keep their places
        case _:
            return False
    return True
