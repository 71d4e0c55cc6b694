"""A profile as a TOML file that a hospital keeps in version control: written in one canonical way, and read with each
fault named by its rule and field.

The form is that of `records/completeness/profiles/*.toml`: the newest version of each rule, and of its terms those that
are not as usual. History is the version control's. What is written and read again is the same (property test).
"""

import json
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import models
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext as _

from himdept.common.errors import DomainError, Unreadable
from records.completeness.models import Profile, Requirement
from records.completeness.rules.fields import EDITED

LARGEST = 1_000_000  # characters
WIDTH = 116
OF_PROFILE = ("code", "title", "kind", "rank")
FIRST = ("code", "topic", "title", "basis", "tag", "trigger", "document_types")
DAYS = ("effective_from", "effective_until")
ORDER = (*FIRST, *DAYS, *(name for name in EDITED if name not in FIRST))
# Of the files that come with the program: whom a profile binds unasked, and what its rows rest on.
NOTES = {"by_default", "confirm"}


@dataclass(frozen=True)
class Row:
    """One rule of a file: its version, not saved, with the days that the file says."""

    rule: Requirement

    @property
    def code(self) -> str:
        return self.rule.code


@dataclass(frozen=True)
class Content:
    """What a file says: the profile's own fields, and its rules by code."""

    profile: dict
    rows: dict[str, Row]


# -- Writing ---------------------------------------------------------------------------------------------------------


def newest_of(profile: Profile) -> list[Requirement]:
    """The newest version of each rule of a profile, by code."""
    rules = Requirement.objects.filter(profile=profile).order_by("code", "-version").distinct("code")
    return list(rules.select_related("profile"))


def write(profile: Profile) -> str:
    """The file of a profile. The same rules give the same text, whatever happened before."""
    lines = [f"{name} = {literal(getattr(profile, name))}" for name in OF_PROFILE]
    for rule in newest_of(profile):
        lines += ["", "[[requirement]]", *lines_of(rule)]
    return "\n".join(lines) + "\n"


def lines_of(rule: Requirement) -> Iterator[str]:
    for name in ORDER:
        value = value_of(rule, name)
        if name in FIRST[:1] or not is_usual(name, value):
            yield f"{name} = {literal(value, indent=len(name) + 3)}"


def value_of(rule: Requirement, name: str):
    match name:
        case "effective_from":
            return rule.effective.lower
        case "effective_until":
            return rule.effective.upper
    return getattr(rule, name)


def is_usual(name: str, value) -> bool:
    """Whether a term is as it is without being said."""
    if name in DAYS:
        return value is None
    field = Requirement._meta.get_field(name)
    return value == field.get_default() or value in (None, "", [])


def literal(value, *, indent: int = 0) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case Decimal():
            return f"{value.normalize():f}"
        case date():
            return value.isoformat()
        case list():
            return array([literal(one) for one in value], indent)
        case str():
            # JSON's escapes are TOML's; only DEL must not stand as it is.
            return json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007F")
    return str(value)


def array(words: list[str], indent: int) -> str:
    """In one line where it fits, else wrapped between two brackets."""
    flat = f"[{', '.join(words)}]"
    if indent + len(flat) <= WIDTH:
        return flat
    lines, line = [], ""
    for word in words:
        if line and len(line) + len(word) + 2 > WIDTH:
            lines.append(line.rstrip())
            line = ""
        line += f"{word}, "
    return "[\n" + "".join(f"  {one}\n" for one in [*lines, line.rstrip()]) + "]"


# -- Reading ---------------------------------------------------------------------------------------------------------


def read(text: str) -> Content:
    """What a file says. Raises Unreadable or DomainError whose sentence names the rule, and whose `field` the field."""
    if len(text) > LARGEST:
        raise Unreadable(_("A profile's file has at most a million characters."), field="text")
    try:
        content = tomllib.loads(text.replace("\r\n", "\n"), parse_float=Decimal)
    except (tomllib.TOMLDecodeError, RecursionError, ArithmeticError) as problem:
        raise Unreadable(_("This is not TOML: %(problem)s") % {"problem": problem}, field="text") from problem
    rows = content.pop("requirement", [])
    refuse_unknown(content, {*OF_PROFILE, *NOTES}, _("the profile"))
    profile = {name: understood(Profile, name, content.get(name), _("the profile")) for name in OF_PROFILE}
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise DomainError(_("Each rule stands under [[requirement]]."), field="requirement")
    found: dict[str, Row] = {}
    for place, row in enumerate(rows, start=1):
        read_row = row_of(row, place)
        if read_row.code in found:
            sentence = _("%(code)s: the file has it twice, and a rule has one newest version.")
            raise DomainError(sentence % {"code": read_row.code}, field="code")
        found[read_row.code] = read_row
    return Content(profile, found)


def row_of(row: dict, place: int) -> Row:
    code = row.get("code")
    where = code if isinstance(code, str) and code else _("rule %(n)s of the file") % {"n": place}
    refuse_unknown(row, {*ORDER, *NOTES}, where)
    days = [row.get(name) for name in DAYS]
    for name, day in zip(DAYS, days, strict=True):
        if day is not None and type(day) is not date:
            raise fault(where, name, _("this is a day, such as 2026-12-01."))
    begins, ends = days
    if begins is not None and ends is not None and ends <= begins:
        raise fault(where, "effective_until", _("it ends before it begins."))
    terms = {name: understood(Requirement, name, row[name], where) for name in ("code", *EDITED) if name in row}
    for name in ("code", "topic", "title", "basis", "trigger", "document_types"):
        if not terms.get(name):
            raise fault(where, name, _("this is needed."))
    return Row(Requirement(effective=DateRange(begins, ends), **terms))


def refuse_unknown(row: dict, known: set[str], where: str):
    if unknown := sorted(row.keys() - known):
        raise fault(where, unknown[0], _("there is no such field."))


TYPES = {
    models.BooleanField: (bool, _("true or false")),
    models.DecimalField: ((int, Decimal), _("a number")),
    models.PositiveSmallIntegerField: (int, _("a whole number")),
    models.PositiveIntegerField: (int, _("a whole number")),
    models.CharField: (str, _("a text")),
}


def understood(model, name: str, value, where: str):
    """The value of a field as the model holds it. Raises DomainError for another type, or what it cannot hold."""
    field = model._meta.get_field(name)
    wanted, words = next(
        (found for kind, found in TYPES.items() if isinstance(field, kind)), (list, _("a list of texts"))
    )
    is_flag = isinstance(value, bool) and wanted is not bool
    if not isinstance(value, wanted) or is_flag:
        raise fault(where, name, _("this is %(what)s.") % {"what": words})
    if isinstance(value, list) and not all(isinstance(one, str) for one in value):
        raise fault(where, name, _("this is %(what)s.") % {"what": words})
    try:
        return field.clean(value, None)
    except ValidationError as problem:
        raise fault(where, name, problem.messages[0]) from problem


def fault(where: str, field: str, sentence: str) -> DomainError:
    words = {"where": where, "field": field, "sentence": sentence}
    return DomainError(_("%(where)s, %(field)s: %(sentence)s") % words, field=field)
