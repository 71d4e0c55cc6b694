"""What a client may ask for: SMART scopes of the system level, such as `system/Encounter.write` or `system/*.read`."""

import re

from django.utils.translation import gettext_lazy as _

from himdept.common.errors import DomainError
from records.exchange.fhir.reading import TYPES

# SMART v1 says read, write and *; v2 says which of create, read, update, delete and search, in this order.
SCOPE = re.compile(r"system/(\*|[A-Z][A-Za-z]{1,63})\.(read|write|\*|(?=[cruds])c?r?u?d?s?)")
WRITING = {"write", "*"}
READING = {"read", "*"}
CHANGES, LOOKS = set("cu"), set("rs")


def parse(text: str) -> frozenset[str]:
    """The scopes in a text, separated by spaces. Raises DomainError for what is none, or names nothing that is here."""
    scopes = text.split()
    named = {"*", *TYPES, *(of for of, _act in PERMISSIONS)}
    for scope in scopes:
        match = SCOPE.fullmatch(scope)
        if not match:
            raise DomainError(f"{scope!r} is not a scope; one reads system/Encounter.write or system/*.read.")
        if match[1] not in named:
            raise DomainError(f"{scope!r}: there is no {match[1]} here; there are {', '.join(sorted(named))}.")
    if not scopes:
        raise DomainError("At least one scope is needed, such as system/*.write.")
    return frozenset(scopes)


def allows(scopes: frozenset[str], of: str, act: str) -> bool:
    """Whether these scopes let one `read` or `write` resources of a type; `write` is to create and to update."""
    for scope in scopes:
        match = SCOPE.fullmatch(scope)
        if match and match[1] in ("*", of):
            word, letters = match[2], set(match[2])
            if act == "write" and (word in WRITING or (word not in READING and letters >= CHANGES)):
                return True
            if act == "read" and (word in READING or (word not in WRITING and letters >= LOOKS)):
                return True
    return False


# What each scope of /api/v1 lets a client do: in words for people, and in those of the roles
# (himdept.common.api.permissions). It is checked by this table, and told by it where a client is let in.
PERMISSIONS = {
    ("Record", "read"): (_("reads records and their statistics"), {"records.view_record"}),
    ("Deficiency", "read"): (
        _("reads what records lack, and the records"),
        {"records.view_record", "records.view_deficiency"},
    ),
    ("Deficiency", "write"): (
        _("waives and reassigns deficiencies"),
        {"records.waive_deficiency", "records.reassign_deficiency"},
    ),
    ("Requirement", "read"): (_("reads rules and profiles"), {"records.view_requirement"}),
    ("Requirement", "write"): (
        _("tries, publishes and ends rules, and imports profiles"),
        {"records.publish_requirement"},
    ),
    ("Practitioner", "read"): (_("reads practitioners"), {"records.view_practitioner"}),
    ("Readiness", "read"): (_("reads measures, survey cycles, evidence and controls"), {"compliance.view_readiness"}),
    ("Readiness", "write"): (_("says that a control was done, with its evidence"), {"compliance.add_evidence"}),
    ("Audit", "read"): (_("reads audits"), {"records.view_auditrun"}),
    ("Audit", "write"): (_("starts audits"), {"records.start_audit"}),
}


def permissions(scopes: frozenset[str]) -> frozenset[str]:
    """The permissions that a client has by its scopes; where they reach is said by its facilities and clearance."""
    given = [names for (of, act), (_words, names) in PERMISSIONS.items() if allows(scopes, of, act)]
    return frozenset().union(*given)


def that_gives(permission: str) -> str:
    """The scope by which a client gets a permission."""
    return next(f"system/{of}.{act}" for (of, act), (_words, names) in PERMISSIONS.items() if permission in names)


def in_words() -> dict[str, str]:
    """What each scope of /api/v1 lets a client do, for people."""
    return {f"system/{of}.{act}": str(words) for (of, act), (words, _names) in PERMISSIONS.items()}


def covers(held: frozenset[str], asked: str) -> bool:
    """Whether somebody who holds scopes may ask for one: each that it would allow is allowed already."""
    match = SCOPE.fullmatch(asked)
    if match is None:
        return False
    wants = [act for act in ("read", "write") if allows(frozenset([asked]), match[1], act)]
    return asked in held or (bool(wants) and all(allows(held, match[1], act) for act in wants))
