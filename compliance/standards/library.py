"""Loading frameworks from their files: whole editions are inserted, and none that is there is changed."""

import re
import tomllib
from collections.abc import Iterable
from datetime import date
from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext as _

from compliance.standards.models import Binding, Chapter, Edition, Element, Framework
from himdept.common import metrics
from himdept.common.errors import Conflict, DomainError
from staff.models import Facility

FRAMEWORKS = Path(__file__).parent / "frameworks"


def load_all() -> list[Edition]:
    """Load what comes with the program. What is there stays as it is."""
    contents = [tomllib.loads(path.read_text()) for path in sorted(FRAMEWORKS.glob("*.toml"))]
    contents.sort(key=lambda content: content["effective_from"])  # what follows another comes after it
    return [load(content) for content in contents]


@transaction.atomic
def load(content: dict) -> Edition:
    """Insert an edition of a framework.

    Of an edition that is there already, the measures that judge it are brought up to date. Raises DomainError naming
    the element that cannot be: given twice, judged by a measure that nobody takes, or in the place of one that the
    edition before does not have. Raises Conflict where an edition of that name says something else: what is in force
    is not rewritten, it has a successor.
    """
    framework, _is_new = Framework.objects.get_or_create(code=content["code"], defaults={"title": content["title"]})
    refuse(content, framework)
    there = framework.editions.filter(code=content["edition"]).first()
    if there is not None:
        if said(there) != asked(content):
            raise Conflict(_("%(edition)s is in the library and says something else.") % {"edition": there})
        bind(there, content)
        return there
    edition = framework.editions.create(
        code=content["edition"],
        effective_from=content["effective_from"],
        source=content["source"],
        kinds=content["kinds"],
        state=content.get("state", ""),
    )
    for place, part in enumerate(content["chapter"]):
        chapter = Chapter.objects.create(edition=edition, code=part["code"], title=part["title"], ordinal=place)
        Element.objects.bulk_create(
            Element(edition=edition, chapter=chapter, ordinal=ordinal, **fields_of(one))
            for ordinal, one in enumerate(part["element"])
        )
    bind(edition, content)
    return edition


def bind(edition: Edition, content: dict):
    """Let the measures that its file names judge its elements, and no others."""
    elements = dict(edition.elements.values_list("code", "pk"))
    named = [
        (elements[element["code"]], metric)
        for chapter in content["chapter"]
        for element in chapter["element"]
        for metric in element.get("metrics", ())
    ]
    bound = Binding.objects.filter(element__edition=edition)
    bound.exclude(pk__in=[row.pk for row in bound if (row.element_id, row.metric) in named]).delete()
    Binding.objects.bulk_create(
        [Binding(element_id=number, metric=metric) for number, metric in named], ignore_conflicts=True
    )


FIELDS = {"code": "", "asks": "", "basis": "", "tag": "", "follows": ()}


def fields_of(element: dict) -> dict:
    if unknown := element.keys() - FIELDS.keys() - {"metrics"}:
        raise DomainError(_("%(element)s: %(names)s is not known.") % naming(element, names=", ".join(unknown)))
    return {name: type(absent)(element.get(name, absent)) for name, absent in FIELDS.items()}


def refuse(content: dict, framework: Framework):
    elements = [element for chapter in content["chapter"] for element in chapter["element"]]
    before = framework.editions.filter(effective_from__lt=content["effective_from"]).order_by("effective_from").last()
    followed = set(before.elements.values_list("code", flat=True)) if before else set()
    if unknown := set(content["kinds"]) - set(Facility.Kind.values):
        raise DomainError(_("%(kind)s is no kind of facility.") % {"kind": unknown.pop()}, field="kinds")
    if not re.fullmatch("([A-Z]{2})?", state := content.get("state", "")):
        raise DomainError(_("A state is two capital letters, not %(state)s.") % {"state": state}, field="state")
    seen = set()
    for element in elements:
        if element["code"] in seen:
            raise DomainError(_("%(element)s is there twice.") % naming(element), field="code")
        seen.add(element["code"])
        for code in element.get("metrics", ()):
            if metrics.named(code) is None:
                raise DomainError(
                    _("%(element)s: nobody measures %(metric)s.") % naming(element, metric=code), field="metrics"
                )
        for code in element.get("follows", ()):
            if code not in followed:
                raise DomainError(
                    _("%(element)s follows %(other)s, which the edition before does not have.")
                    % naming(element, other=code),
                    field="follows",
                )


def naming(element: dict, **more) -> dict:
    return {"element": element.get("code", "?"), **more}


def asked(content: dict) -> tuple:
    """What an edition says, to be compared."""
    elements = [
        (chapter["code"], *(_as_list(value) for value in fields_of(element).values()))
        for chapter in content["chapter"]
        for element in chapter["element"]
    ]
    about = sorted(content["kinds"]), content.get("state", ""), content["source"]
    return content["effective_from"], *about, elements


def said(edition: Edition) -> tuple:
    rows = edition.elements.order_by("chapter__ordinal", "ordinal").select_related("chapter")
    elements = [(row.chapter.code, *(_as_list(getattr(row, name)) for name in FIELDS)) for row in rows]
    return edition.effective_from, sorted(edition.kinds), edition.state, edition.source, elements


def _as_list(value):
    return list(value) if isinstance(value, tuple) else value


def bound(facility: Facility) -> list[Edition]:
    """Every edition that `binds` a facility. One query."""
    editions = Edition.objects.filter(kinds__contains=[facility.kind], state__in=["", facility.state])
    return list(editions.select_related("framework").order_by("effective_from"))


def of_day(editions: Iterable[Edition], on: date) -> list[Edition]:
    """Of editions in the order of their days the one of each framework in force on a local day, in the order of their
    titles."""
    latest = {edition.framework_id: edition for edition in editions if edition.effective_from <= on}
    return sorted(latest.values(), key=lambda edition: edition.framework.title)


def in_force(facility: Facility, on: date) -> list[Edition]:
    """The editions that a facility is held to on a local day, one of each framework, in the order of their titles."""
    return of_day(bound(facility), on)


def elements_of(editions: Iterable[Edition]) -> list[Element]:
    """Their elements with chapter and framework, as they stand in the books. One query."""
    rows = Element.objects.filter(edition__in=[edition.pk for edition in editions]).with_metrics()
    return list(
        rows.select_related("chapter", "edition__framework").order_by(
            "edition__framework__title", "chapter__ordinal", "ordinal"
        )
    )
