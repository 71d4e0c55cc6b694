"""Why a fact was not taken in, in the words of FHIR: which element of the resource it was."""

from records.exchange.fhir.problems import Problem
from records.exchange.fhir.reading import Type
from records.exchange.fhir.references import KINDS
from records.inventory.intake import ByKey, Item, Outcome

NAMES = {noun: name for name, noun in KINDS.items()} | {"document": "DocumentReference"}


def refusal(of: Type, item: Item, elements: dict[str, str]) -> Problem:
    """The problem of an item that was refused, or that waits for what does not come."""
    if item.outcome == Outcome.WAITING:
        field, noun, ref = item.missing
        name = NAMES[noun]
        what = f"The {name} that is meant here"
        if isinstance(ref, ByKey):
            what = ref.external_id if "/" in ref.external_id else f"{name}/{ref.external_id}"
        sentence = f"{what} is not known, and nothing that came along tells of it."
        return Problem(sentence, element=_element(of, field, elements), code="not-found")
    problem = item.problem
    return Problem(problem.message, element=_element(of, problem.field, elements), status=problem.status)


def _element(of: Type, field: str, elements: dict[str, str]) -> str:
    return elements.get(field) or of.name
