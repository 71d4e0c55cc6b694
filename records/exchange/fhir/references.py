"""From FHIR references to what intake can look up."""

from functools import lru_cache
from typing import Any
from urllib.parse import unquote

from msgspec import Struct, field

from records.exchange.fhir.problems import Problem
from records.exchange.fhir.resources import Reference, Resource
from records.inventory.intake import ByIdentifier, ByKey, Ref

# What a type is here. Several types tell of documents; the ids of the later ones carry their type, because ids are
# unique within a type only.
KINDS = {
    "Patient": "patient",
    "Practitioner": "practitioner",
    "Encounter": "encounter",
    "Procedure": "episode",
    "Composition": "document",
    "DocumentReference": "document",
    "Provenance": "document",
}
TYPED = ("Composition", "Provenance")


def space(type_name: str) -> str:
    return type_name if type_name in TYPED else ""


def named(type_name: str, name: str) -> str:
    """What a resource's id is called here."""
    return f"{type_name}/{name}" if name and type_name in TYPED else name


class Surroundings(Struct):
    """What a resource's references can mean beside what is stored: the other entries of its bundle.

    `entries` gives type and reference of each by full URL and by `Type/id`. With `stubs`, a practitioner of whom only
    a number is known is entered under it; else a conditional reference must find exactly one. Numbers without a system
    are the source's own.
    """

    source: str
    stubs: bool
    entries: dict[str, tuple[str, Ref]] = field(default_factory=dict)

    def system(self, system: str) -> str:
        return system or f"urn:himdept:source:{self.source}"


@lru_cache(maxsize=8192)
def split(text: str) -> tuple[str, str, str]:
    """Type, id and query of a reference; the type is empty where it does not say."""
    path, _, query = text.partition("?")
    if query:
        return path.rpartition("/")[2], "", query
    parts = path.split("/")
    if "_history" in parts:
        parts = parts[: parts.index("_history")]
    if len(parts) >= 2 and parts[-2][:1].isupper():
        return parts[-2], parts[-1], ""
    return "", path, ""


def type_of(reference: Reference, resource: Resource, around: Surroundings) -> str:
    """The type of resource that a reference leads to; empty where it does not say."""
    text = reference.reference
    if text in around.entries:
        return around.entries[text][0]
    if text.startswith("#"):
        return _contained(text, resource).get("resourceType", "")
    return split(text)[0] or reference.type


def refer(
    reference: Reference | None, wanted: str, element: str, resource: Resource, around: Surroundings
) -> Ref | None:
    """What a reference to a `wanted` type means; None where it names nobody. Raises Problem where it means nothing."""
    if reference is None:
        return None
    text = reference.reference
    if not text:
        return _by_number(reference, wanted, around)
    if text in around.entries:
        found, ref = around.entries[text]
        if found != wanted:
            raise Problem(f"A {wanted} is expected here, not a {found}.", element=element, code="value")
        return ref
    if text.startswith("#"):
        return _by_contained(_contained(text, resource), wanted, element, around)
    if text.startswith("urn:"):
        raise Problem("Nothing in this bundle has this full URL.", element=element, code="not-found")
    found, name, query = split(text)
    if found and found != wanted:
        raise Problem(f"A {wanted} is expected here, not a {found}.", element=element, code="value")
    if query:
        system, value = conditional(query, element)
        if system == "":
            system = around.system("")
        return ByIdentifier(system, value, around.stubs and wanted == "Practitioner", reference.display[:200])
    if not found or not name:
        raise Problem("This is not a reference.", element=element, code="value")
    return ByKey(named(wanted, name))


def conditional(query: str, element: str) -> tuple[str | None, str]:
    """System and value of `identifier=system|value`; the system is None where any will do, empty where none may be."""
    found = _token(query)
    if found is None:
        raise Problem(
            "Only one identifier can be asked for: identifier=system|value.", element=element, code="not-supported"
        )
    return found


@lru_cache(maxsize=8192)
def _token(query: str) -> tuple[str | None, str] | None:
    name, _, token = query.partition("=")
    # A value may hold an encoded ampersand, but a bare one begins another parameter.
    if name != "identifier" or "&" in token:
        return None
    system, bar, value = unquote(token).partition("|")
    if not bar:
        system, value = None, system
    return (system, value) if value else None


def _by_number(reference: Reference, wanted: str, around: Surroundings) -> ByIdentifier | None:
    """A logical reference: no place to find it, but its number. Whom it names is not required to be known."""
    number = reference.identifier
    if number is None or not number.value or reference.type not in ("", wanted):
        return None
    return ByIdentifier(around.system(number.system), number.value, wanted == "Practitioner", reference.display[:200])


def _contained(text: str, resource: Resource) -> dict[str, Any]:
    return next((part for part in resource.contained if part.get("id") == text[1:]), {})


def _by_contained(part: dict[str, Any], wanted: str, element: str, around: Surroundings) -> ByIdentifier | None:
    """A contained resource has no life of its own: it is known by its first number, or not at all."""
    if part.get("resourceType") != wanted:
        raise Problem(f"No {wanted} is contained under this name.", element=element, code="not-found")
    numbers = part.get("identifier")
    number = numbers[0] if isinstance(numbers, list) and numbers and isinstance(numbers[0], dict) else {}
    system, value = number.get("system", ""), number.get("value", "")
    if not isinstance(system, str) or not isinstance(value, str) or not value:
        return None
    return ByIdentifier(around.system(system), value, wanted == "Practitioner")
