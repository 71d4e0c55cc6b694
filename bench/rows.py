"""Rows of the table: two figures of one run, their ratio, and the budget that it is held to (docs/performance.md)."""

from dataclasses import asdict, dataclass
from typing import Self

HEAD = ("", "himdept", "against", "ratio", "before", "budget", "", "processors", "memory in MiB, and more")
UNITS = {"s": (1, "s"), "ms": (1e3, "ms"), "us": (1e6, "µs")}


@dataclass(frozen=True)
class Row:
    """What the program takes (`ours`, in seconds or MiB) against what it is measured by.

    `most` is the budget: of the ratio, or of our own figure where `absolute` says so. `processors` are the seconds that
    either side kept processors busy.
    """

    name: str
    ours: float
    theirs: float
    against: str
    unit: str = "s"
    most: float | None = None
    absolute: bool = False
    processors: tuple[float, float] | None = None
    note: str = ""

    as_dict = asdict

    @classmethod
    def from_dict(cls, content: dict) -> Self:
        return cls(**content)

    @property
    def ratio(self) -> float:
        return self.ours / self.theirs if self.theirs else float("nan")

    @property
    def held(self) -> bool | None:
        if self.most is None:
            return None
        return (self.ours if self.absolute else self.ratio) <= self.most

    def cells(self, before: "Row | None") -> tuple[str, ...]:
        budget = "" if self.most is None else self._figure(self.most) if self.absolute else f"{self.most:g}"
        return (
            self.name,
            self._figure(self.ours),
            f"{self._figure(self.theirs)} {self.against}",
            f"{self.ratio:.2f}",
            f"{before.ratio:.2f}" if before else "",
            budget and f"≤ {budget}",
            {True: "held", False: "missed", None: ""}[self.held],
            self._busy(),
            self.note,
        )

    def _busy(self) -> str:
        if not self.processors or not self.processors[1]:
            return ""
        ours, theirs = self.processors
        return f"{self._figure(ours)}, {self._figure(theirs)}: {ours / theirs:.2f}"

    def _figure(self, value: float) -> str:
        if self.unit == "MiB":
            return f"{value:,.0f} MiB"
        factor, unit = UNITS[self.unit]
        shown = value * factor
        return f"{shown:,.0f} {unit}" if shown >= 100 else f"{shown:.3g} {unit}"


def table(title: str, rows: list[Row], before: dict[str, Row]) -> list[str]:
    """Lines of text: the title, and a row for each row under one head."""
    lines = [HEAD, *(row.cells(before.get(row.name)) for row in rows)]
    widths = [max(len(line[n]) for line in lines) for n in range(len(HEAD))]
    right = {1, 3, 4, 5}
    shown = [
        "  ".join(c.rjust(w) if n in right else c.ljust(w) for n, (c, w) in enumerate(zip(line, widths, strict=True)))
        for line in lines
    ]
    rule = "-" * max(len(line.rstrip()) for line in shown)
    return [title, rule, shown[0].rstrip(), rule, *(line.rstrip() for line in shown[1:]), rule]
