"""Loading crosswalks from their files: whole, and only where the rows agree with each other and with the others."""

import tomllib
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from compliance.crosswalks.models import Correspondence, Crosswalk, Relation
from compliance.standards.models import Edition, Element
from himdept.common.errors import Conflict, DomainError

FILES = Path(__file__).parent / "files"

Row = tuple[int, Relation, int]  # an element, what it is to another, and that one


def load_all() -> list[Crosswalk]:
    """Load what comes with the program, once its frameworks are there. What is there stays as it is."""
    contents = [tomllib.loads(path.read_text()) for path in sorted(FILES.glob("*.toml"))]
    return [load(content) for content in sorted(contents, key=lambda content: content["effective_from"])]


@transaction.atomic
def load(content: dict) -> Crosswalk:
    """Insert an edition of a crosswalk.

    Raises DomainError naming the row that cannot be: an element that its edition does not have, a pair that is there
    twice, one that contradicts another, or one that closes a circle in which each asks more than the next. Raises
    Conflict where an edition of that name says something else.
    """
    sides = [side(name) for name in content["between"]]
    if len(set(sides)) != 2:
        raise DomainError(_("A crosswalk is between two editions."), field="between")
    elements = [dict(edition.elements.values_list("code", "pk")) for edition in sides]
    rows = [read(row, elements) for row in content["row"]]
    there = Crosswalk.objects.filter(code=content["code"], edition=content["edition"]).first()
    if there is not None:
        if said(there) != asked(content, sides, rows):
            raise Conflict(_("%(crosswalk)s is in the library and says something else.") % {"crosswalk": there})
        return there
    refuse(content, rows)
    crosswalk = Crosswalk.objects.create(
        code=content["code"],
        edition=content["edition"],
        effective_from=content["effective_from"],
        one=sides[0],
        other=sides[1],
    )
    Correspondence.objects.bulk_create(
        Correspondence(
            crosswalk=crosswalk, one_id=one, relation=relation, other_id=other, because=row["because"], ordinal=ordinal
        )
        for ordinal, ((one, relation, other), row) in enumerate(zip(rows, content["row"], strict=True))
    )
    return crosswalk


def side(name: str) -> Edition:
    """The edition that a file calls by its framework and its own name: "hipaa 2013"."""
    framework, _space, code = name.partition(" ")
    edition = Edition.objects.filter(framework__code=framework, code=code).first()
    if edition is None:
        raise DomainError(_("%(edition)s is not in the library.") % {"edition": name}, field="between")
    return edition


def read(row: dict, elements: list[dict[str, int]]) -> Row:
    if unknown := row.keys() - {"from", "relation", "to", "because"}:
        raise DomainError(_("%(row)s: %(names)s is not known.") % {"row": named(row), "names": ", ".join(unknown)})
    if not row.get("because", "").strip():
        raise DomainError(_("%(row)s: say why.") % {"row": named(row)}, field="because")
    if row.get("relation") not in Relation.values:
        raise DomainError(_("%(row)s is no relation.") % {"row": named(row)}, field="relation")
    for there, key in zip(elements, ("from", "to"), strict=True):
        if row.get(key) not in there:
            raise DomainError(
                _("%(row)s: %(element)s is no element of its edition.")
                % {"row": named(row), "element": row.get(key, "?")},
                field=key,
            )
    return elements[0][row["from"]], Relation(row["relation"]), elements[1][row["to"]]


def named(row: dict) -> str:
    return " ".join(str(row.get(key, "?")) for key in ("from", "relation", "to"))


def asked(content: dict, sides: list[Edition], rows: list[Row]) -> tuple:
    reasons = [row["because"] for row in content["row"]]
    return content["effective_from"], [edition.pk for edition in sides], rows, reasons


def said(crosswalk: Crosswalk) -> tuple:
    rows = list(crosswalk.rows.order_by("ordinal"))
    kept = [(row.one_id, Relation(row.relation), row.other_id) for row in rows]
    return crosswalk.effective_from, [crosswalk.one_id, crosswalk.other_id], kept, [row.because for row in rows]


def others(code: str) -> QuerySet[Correspondence]:
    """The rows of every other crosswalk, of each its latest edition."""
    latest = Crosswalk.objects.exclude(code=code).order_by("code", "-effective_from").distinct("code")
    return Correspondence.objects.filter(crosswalk__in=latest.values("pk"))


def refuse(content: dict, rows: list[Row]):
    known = [(row.one_id, Relation(row.relation), row.other_id) for row in others(content["code"])]
    pairs = {frozenset((one, other)): (one, relation, other) for one, relation, other in known}
    contains = Containment(known)
    for (one, relation, other), row in zip(rows, content["row"], strict=True):
        pair = frozenset((one, other))
        if before := pairs.get(pair):
            same = before[1] if before[0] == one else before[1].inverse
            words = _("%(row)s is there twice.") if same == relation else _("%(row)s contradicts what is said of both.")
            raise DomainError(words % {"row": named(row)})
        if not contains.may_have(one, relation, other):
            raise DomainError(_("%(row)s closes a circle: each would ask more than itself.") % {"row": named(row)})
        pairs[pair] = one, relation, other
        contains.add(one, relation, other)
    codes = dict(Element.objects.filter(pk__in={pk for pair in pairs for pk in pair}).values_list("pk", "code"))
    for one, relation, other in pairs.values():
        if relation == Relation.INTERSECTS and (contains.reaches(one, other) or contains.reaches(other, one)):
            raise DomainError(
                _("%(one)s intersects %(other)s contradicts the chain by which one of them asks all of the other.")
                % {"one": codes[one], "other": codes[other]}
            )


class Containment:
    """Which element asks at least what another asks, along chains of rows; strictly more, if one link says so."""

    def __init__(self, rows: Iterable[Row]):
        self.below: dict[int, list[tuple[int, bool]]] = defaultdict(list)
        for row in rows:
            self.add(*row)

    def add(self, one: int, relation: Relation, other: int):
        if relation in (Relation.EQUAL, Relation.SUPERSET):
            self.below[one].append((other, relation == Relation.SUPERSET))
        if relation in (Relation.EQUAL, Relation.SUBSET):
            self.below[other].append((one, relation == Relation.SUBSET))

    def reaches(self, one: int, other: int, *, strictly: bool = False) -> bool:
        """Whether a chain says that `one` asks all that `other` asks; and more, where it is to be so strictly."""
        seen, left = {(one, False)}, [(one, False)]
        while left:
            at, more = left.pop()
            steps = {(below, more or strict) for below, strict in self.below[at]} - seen
            seen |= steps
            left += steps
        return (other, True) in seen or (not strictly and (other, False) in seen)

    def may_have(self, one: int, relation: Relation, other: int) -> bool:
        """Whether a row can be true beside the others."""
        if relation == Relation.EQUAL:
            return not self.reaches(one, other, strictly=True) and not self.reaches(other, one, strictly=True)
        if relation == Relation.INTERSECTS:
            return True
        greater, smaller = (one, other) if relation == Relation.SUPERSET else (other, one)
        return not self.reaches(smaller, greater)
