"""Files of FHIR resources: NDJSON, or one JSON document that is a Bundle or a single resource; plain or gzipped."""

import gzip
import zlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct, field

from himdept.common.errors import Unreadable
from records.exchange.fhir import problems, reading
from records.exchange.fhir.problems import Problem
from records.exchange.fhir.references import KINDS, named
from records.inventory.intake import ByKey, Ref

LINES = (".ndjson", ".jsonl")
DOCUMENTS = (".json",)
BOM = b"\xef\xbb\xbf"


class Line(Struct):
    """One resource and where it stands. `name` is the id that its bundle gives it, where it has none itself."""

    place: str
    raw: bytes
    name: str = ""
    problem: Problem | None = None  # why nothing can be made of it, where that is known before it is read


class File(Struct):
    """A file, what it holds, and what its resources are called among themselves."""

    path: Path
    types: Counter[str] = field(default_factory=Counter)
    has_unreadable: bool = False
    entries: dict[str, tuple[str, Ref]] = field(default_factory=dict)

    def lines(self) -> Iterator[Line]:
        """Every resource in it. Raises Unreadable where the file itself cannot be read."""
        try:
            if _suffix(self.path) in DOCUMENTS:
                yield from self._document()
            else:
                with _open(self.path) as file:
                    yield from self._lines(file)
        except (OSError, EOFError, zlib.error) as error:
            reason = getattr(error, "strerror", None) or "it is damaged"
            raise Unreadable(f"{self.path} cannot be read: {reason}.") from error

    def _lines(self, file) -> Iterator[Line]:
        for n, line in enumerate(file, 1):
            raw = (line.removeprefix(BOM) if n == 1 else line).rstrip(b"\r\n")
            if raw and not raw.isspace():
                yield Line(f"{self.path}:{n}", raw)

    def _document(self) -> Iterator[Line]:
        with _open(self.path) as file:
            raw = file.read().removeprefix(BOM).strip()
        place = f"{self.path}:1"
        try:
            if reading.kind_of(raw).resource_type != "Bundle":
                yield Line(place, raw)
                return
            bundle = problems.decode(raw, reading.BUNDLE, "Bundle")
        except Problem as problem:
            if _is_lines(raw):
                yield from self._lines(raw.split(b"\n"))
            else:
                yield Line(place, raw, problem=problem)
            return
        for n, entry in enumerate(bundle.entry):
            if bytes(entry.resource):
                name = self._name(entry.full_url, bytes(entry.resource))
                yield Line(f"{self.path}:entry {n}", bytes(entry.resource), name)

    def _name(self, full_url: str, raw: bytes) -> str:
        """Note under which full URL a bundle's entry goes; the id that this gives to one without an id."""
        name = full_url.removeprefix("urn:uuid:") if full_url.startswith("urn:uuid:") else ""
        try:
            kind = reading.kind_of(raw)
        except Problem:
            return name
        if full_url and kind.resource_type in KINDS and (kind.id or name):
            self.entries[full_url] = (kind.resource_type, ByKey(named(kind.resource_type, kind.id or name)))
        return name


def find(paths: list[str]) -> list[File]:
    """The files at these places, folders searched through. Raises Unreadable for a place where there is none."""
    found: dict[Path, File] = {}
    for text in paths:
        path = Path(text)
        if path.is_dir():
            below = sorted(p for p in path.rglob("*") if p.is_file() and _suffix(p) in LINES + DOCUMENTS)
            if not below:
                raise Unreadable(f"{path} holds no file that ends in .ndjson or .json.")
        elif path.is_file():
            below = [path]
        else:
            raise Unreadable(f"There is no file or folder {path}.")
        found |= {p.resolve(): File(p) for p in below}
    return list(found.values())


def _suffix(path: Path) -> str:
    suffixes = [suffix.lower() for suffix in path.suffixes if suffix.lower() != ".gz"]
    return suffixes[-1] if suffixes else ""


def _open(path: Path):
    return gzip.open(path, "rb") if path.suffix.lower() == ".gz" else path.open("rb")


def _is_lines(raw: bytes) -> bool:
    """Whether what is no JSON document is one document a line."""
    first, newline, _ = raw.partition(b"\n")
    try:
        reading.kind_of(first.strip())
    except Problem:
        return False
    return bool(newline)
