"""Elements that many resources share: times, names, numbers, codes, labels."""

import re
from collections.abc import Iterable

from himdept.common.confidentiality import Confidentiality
from records.exchange import mappings
from records.exchange.fhir.problems import Problem
from records.exchange.fhir.references import Surroundings
from records.exchange.fhir.resources import CodeableConcept, Coding, HumanName, Identifier, Meta
from records.inventory.intake import Number

# A FHIR dateTime; the seconds and the offset may be missing in what real systems send.
DATE_TIME = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)?)?)?)?")
ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")
LONGEST_NUMBER = 255
CONFIDENTIALITY = ("http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "http://hl7.org/fhir/v3/Confidentiality")

type Elements = dict[str, str]


def time(text: str | None, element: str) -> str | None:
    """A time as intake reads it; one known only to the month or the year counts as not known.

    Raises Problem for anything that is no FHIR dateTime.
    """
    if text is None:
        return None
    match = DATE_TIME.fullmatch(text)
    if match is None:
        raise Problem("This is neither a date nor a date and time.", element=element, code="value")
    return text if match[3] else None


def needed[T](value: T | None, element: str) -> T:
    """Raises Problem where an element without which nothing can be made of the resource is missing."""
    if not value:
        raise Problem("This element is missing.", element=element, code="required")
    return value


def mapped[T](code: str, table: dict[str, T], element: str, what: str) -> T:
    """Raises Problem for a code that the table does not have, and names it."""
    needed(code, element)
    if code not in table:
        raise Problem(
            f"{code[:50]!r} is not {what} of FHIR R4 that is known here.", element=element, code="code-invalid"
        )
    return table[code]


def numbers(found: Iterable[tuple[str, Identifier | None]], around: Surroundings) -> tuple[list[Number], Elements]:
    """The identifiers that are kept, each once, and the element in which each stood.

    Identifiers without a value mean nothing. Those by which a person is known outside of health care are not kept.
    """
    kept: dict[tuple[str, str], Number] = {}
    elements: Elements = {}
    for element, number in found:
        if number is None or not number.value:
            continue
        kind = number.type.coding[0].code if number.type and number.type.coding else ""
        system = around.system(number.system)
        if mappings.is_kept_out(system, kind) or (system, number.value) in kept:
            continue
        for name, text in (("system", system), ("value", number.value)):
            if len(text) > LONGEST_NUMBER:
                sentence = f"This is longer than {LONGEST_NUMBER} characters."
                raise Problem(sentence, element=f"{element}.{name}", code="too-long")
        elements[f"numbers:{len(kept)}"] = element
        kept[system, number.value] = Number(system, number.value, kind[:10])
    return list(kept.values()), elements


def each(element: str, parts: list) -> Iterable[tuple[str, object]]:
    return ((f"{element}[{n}]", part) for n, part in enumerate(parts))


NAMES_BY_USE = ("official", "usual", "")


def name(names: list[HumanName]) -> tuple[str, str, str]:
    """Family name, given names and prefix of the official name, else of the one mostly used."""
    ranked = sorted(names, key=lambda n: NAMES_BY_USE.index(n.use) if n.use in NAMES_BY_USE else len(NAMES_BY_USE))
    if not ranked:
        return "", "", ""
    best = ranked[0]
    given = " ".join(part for part in best.given if part)
    family = best.family or ("" if given else best.text)
    return family, given, " ".join(part for part in best.prefix if part)


def codings(*concepts: CodeableConcept | None) -> list[Coding]:
    return [coding for concept in concepts if concept for coding in concept.coding]


def confidentiality(labels: Iterable[Coding]) -> int | None:
    """The strictest confidentiality among these labels; labels of other systems say nothing about it."""
    codes = {label.code for label in labels if label.system in CONFIDENTIALITY}
    ranks = [Confidentiality.of_code(code) for code in codes if len(code) == 1 and code in "ULMNRV"]
    return max(ranks, default=None)


def labels(meta: Meta | None) -> list[Coding]:
    return meta.security if meta else []
