"""Reports as a page: the same words for the browser, for a file of its own, and for the browser's printer.

A file holds everything that it needs (its styles stand in it; no script, no address) and is written group by group, so
memory does not grow with the report. In the browser every count leads to its list.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import BinaryIO

from django.conf import settings
from django.template.loader import get_template
from django.utils.safestring import mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from himdept.common.paper import Group, Groups, Heading, headings
from himdept.common.sheets import Look, Table
from himdept.common.typesetting import confidential

STYLES = ("static/css/report.css",)


@dataclass
class Section:
    """A table of a report as a template reads it: once, from its first row to its last, or to its `most`."""

    table: Table
    most: int | None = None

    @property
    def name(self) -> str:
        return self.table.name

    @property
    def title(self) -> str:
        return self.table.title

    @property
    def look(self) -> str:
        return self.table.look.value

    @property
    def headings(self) -> list[Heading]:
        return headings(self.table)

    @cached_property
    def groups(self) -> Groups:
        return Groups(self.table, self.most)

    @cached_property
    def gathered(self) -> list[Group]:
        """All of it at once, for what is short or cut."""
        return list(self.groups)


def context(contents, tables: list[Table], *, most: Mapping[Look, int] | None = None) -> dict:
    """What the template of a report asks for. `most` says of which tables how many rows are shown."""
    return {
        "report": contents,
        "sections": [Section(table, (most or {}).get(table.look)) for table in tables],
        "language": get_language() or "en",
        "confidential": confidential(),
        "made": _("Made %(at)s by %(who)s") % {"at": contents.at, "who": contents.by},
    }


def write_html(contents, tables: list[Table], out: BinaryIO):
    """One file that needs nothing beside it: no script, no picture, no address that leads anywhere."""
    words = context(contents, tables)
    # Our own file, with nothing of anybody else in it.
    styles = "".join((settings.BASE_DIR / path).read_text() for path in STYLES)
    words["styles"] = mark_safe(f"<style>{styles}</style>")  # noqa: S308
    out.writelines(part.encode() for part in parts(words))


def parts(words: dict) -> Iterator[str]:
    """The page in pieces: its head, each section's head, each group, each section's end, its end."""
    yield get_template("reports/file.html#head").render(words)
    for section in words["sections"]:
        within = words | {"section": section, "is_file": True}
        yield get_template("reports/parts.html#begin").render(within)
        for group in section.groups:
            yield get_template("reports/parts.html#group").render(within | {"group": group})
        yield get_template("reports/parts.html#end").render(within)
    yield get_template("reports/file.html#foot").render(words)
