"""The filters of a list as a line of chips: what each is set to, what else it could be, the address without it."""

from dataclasses import dataclass, field

from django.forms import BoundField
from django.http import QueryDict
from django.utils.translation import gettext as _


@dataclass(frozen=True)
class Option:
    """One value that a filter can be set to."""

    value: str
    label: str
    is_chosen: bool


@dataclass(frozen=True)
class Span:
    """Two filters that people think of as one: from a day to a day. `until` is the name of the second."""

    label: str
    until: str


@dataclass(frozen=True)
class Chip:
    """One filter as it stands. `without` is the address that leaves it out, where it was set; of a filter by text
    there are no options. Of a span `label` and `also` say what it is called and what is asked for beside `field`."""

    field: BoundField
    value: str
    words: str
    is_set: bool
    without: str = ""
    options: list[Option] = field(default_factory=list)
    also: BoundField | None = None
    name_of_span: str = ""

    @property
    def label(self) -> str:
        return self.name_of_span or self.field.label

    @property
    def fields(self) -> list[BoundField]:
        return [self.field, *([self.also] if self.also else [])]

    @property
    def errors(self) -> list[str]:
        return [error for one in self.fields for error in one.errors]


def chips(filters) -> list[Chip]:
    """One chip for each filter that can be seen, and for each hidden one that is set."""
    second = {span.until for span in filters.spans.values()}
    found = (
        span_of(filters, bound, filters.spans[bound.name]) if bound.name in filters.spans else chip_of(filters, bound)
        for bound in filters.form
        if bound.name not in second
    )
    return [chip for chip in found if chip.is_set or not chip.field.is_hidden]


def chip_of(filters, bound: BoundField) -> Chip:
    asked = filters.data.get(bound.name, "")
    standing = str(bound.field.initial or "")  # what holds without a choice
    value = asked or standing
    is_set = bool(asked) and asked != standing
    without = filters.address_without(bound.name) if is_set else ""
    if bound.is_hidden or not hasattr(bound.field, "choices"):
        return Chip(bound, value, filters.told(bound.name, value) if value else _("any"), is_set, without)
    choices = [(str(key), str(label)) for key, label in bound.field.choices]
    words = next((label for key, label in choices if key == value), value)
    return Chip(bound, value, words, is_set, without, [Option(key, label, key == value) for key, label in choices])


def span_of(filters, since: BoundField, span: Span) -> Chip:
    """Both ends of a span as one chip: taken away together."""
    ends = {"since": since, "until": filters.form[span.until]}
    words = {name: filters.told(end.name, value) for name, end in ends.items() if (value := filters.data.get(end.name))}
    match sorted(words):
        case ["since", "until"]:
            told = _("%(since)s to %(until)s") % words
        case ["since"]:
            told = _("from %(since)s") % words
        case ["until"]:
            told = _("until %(until)s") % words
        case _:
            told = _("any")
    without = filters.address_without(since.name, span.until) if words else ""
    return Chip(since, "", told, bool(words), without, also=ends["until"], name_of_span=str(span.label))


def address(path: str, query: QueryDict) -> str:
    """An address with what is set alone: no empty values, of repeated ones the last, in the order given."""
    clean = query.copy()
    for name in list(query):
        if query.get(name):
            clean[name] = query[name]
        else:
            del clean[name]
    return f"{path}?{clean.urlencode(safe=',')}" if clean else path
