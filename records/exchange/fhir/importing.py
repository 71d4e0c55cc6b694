"""Importing files: the types in the order in which they refer to each other, whatever the order of files and lines.

A batch is a transaction with its own message in the log, so an import that is killed has lost nothing that it
counted, and a second start goes on: what is there already is unchanged.
"""

import time
from collections.abc import Callable

import msgspec
from msgspec import Struct, field

from records.exchange import intake, messages
from records.exchange.fhir import files, reading
from records.exchange.fhir.facilities import Facilities
from records.exchange.fhir.files import File, Line
from records.exchange.fhir.problems import Problem
from records.exchange.fhir.reading import TYPES, Type
from records.exchange.fhir.references import Surroundings, named, space
from records.exchange.fhir.refusals import refusal
from records.exchange.messages import Form
from records.exchange.models import InboundMessage
from records.inventory.intake import Item, Outcome
from records.inventory.models import Practitioner, Source
from staff.models import Facility

BATCH = 1_000
SHOWN = 100  # problems that a report repeats; the log has them all
COUNTED = ("created", "changed", "unchanged", "refused")


class Report(Struct):
    """What an import did: per type and in sum; `ignored` counts the types that are not stored."""

    files: int = 0
    resources: dict[str, dict[str, int]] = field(default_factory=dict)
    ignored: dict[str, int] = field(default_factory=dict)
    created: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: int = 0
    stubs: int = 0
    seconds: float = 0.0
    problems: list[dict[str, str]] = field(default_factory=list)

    def add(self, of: str, outcome: str, n: int = 1) -> None:
        counts = self.resources.setdefault(of, dict.fromkeys(COUNTED, 0))
        counts[outcome] += n
        setattr(self, outcome, getattr(self, outcome) + n)


class Came(Struct):
    """Where an item stood, and how it came."""

    line: Line
    elements: dict[str, str]


class Import:
    """One run over a set of files.

    `tell(done, of)` is called as it goes on; `problem(place, element, sentence)` for everything that is refused.
    """

    def __init__(
        self,
        paths: list[str],
        *,
        source: Source,
        facility: Facility | None = None,
        batch: int = BATCH,
        tell: Callable[[int, int], None] = lambda done, of: None,
        problem: Callable[[Problem], None] = lambda problem: None,
    ):
        self.files = files.find(paths)
        self.source, self.fixed, self.batch = source, facility, batch
        self.tell, self.problem = tell, problem
        self.door = intake.door(source, facility=facility)
        self.facilities = Facilities()
        self.report = Report(files=len(self.files))
        self.refused: list[InboundMessage] = []
        self.total = self.done = 0

    def run(self) -> Report:
        """Raises Unreadable where a file cannot be read at all."""
        started = time.monotonic()
        stubs = Practitioner.objects.filter(is_stub=True).count()
        for file in self.files:
            self._survey(file)
        for of in TYPES.values():
            self._import(of)
        self.report.stubs = Practitioner.objects.filter(is_stub=True).count() - stubs
        self.report.seconds = round(time.monotonic() - started, 3)
        return self.report

    def _survey(self, file: File) -> None:
        """See what a file holds; what is no resource at all is refused here, once."""
        for line in file.lines():
            try:
                if line.problem:
                    raise line.problem
                kind = reading.kind_of(line.raw)
                if kind.resource_type == "Bundle":
                    raise Problem("A Bundle stands in a .json file of its own.", element="Bundle", code="not-supported")
            except Problem as problem:
                file.has_unreadable = True
                self._refuse("unreadable", line, problem)
            else:
                file.types[kind.resource_type] += 1
        for name, n in file.types.items():
            if name in TYPES:
                self.total += n
            else:
                self._leave_aside(name, n)
        self._keep_refused()

    def _import(self, of: Type) -> None:
        batch: list[Item] = []
        waiting: list[Item] = []
        for file in self.files:
            if not file.types[of.name]:
                continue
            around = Surroundings(self.source.name, stubs=True, entries=file.entries)
            for line in file.lines():
                if (len(file.types) > 1 or file.has_unreadable) and not self._is(line, of):
                    continue
                try:
                    item = self._read(line, of, around)
                except Problem as problem:
                    self._refuse(of.name, line, problem)
                    continue
                if item is None:
                    self._leave_aside(of.name)
                else:
                    batch.append(item)
                if len(batch) >= self.batch:
                    waiting += self._take(of, batch)
                    batch = []
        waiting += self._take(of, batch)
        self._take_waiting(of, waiting)

    def _take_waiting(self, of: Type, waiting: list[Item]) -> None:
        """What refers to something of its own type that came later, as long as that leads any further."""
        while waiting:
            still = [
                item for n in range(0, len(waiting), self.batch) for item in self._take(of, waiting[n : n + self.batch])
            ]
            if len(still) == len(waiting):
                break
            waiting = still
        for item in waiting:
            self._refuse(of.name, item.place.line, refusal(of, item, item.place.elements))
        self._keep_refused()

    def _is(self, line: Line, of: Type) -> bool:
        try:
            return not line.problem and reading.kind_of(line.raw).resource_type == of.name
        except Problem:
            return False

    def _leave_aside(self, name: str, n: int = 1) -> None:
        self.report.ignored[name] = self.report.ignored.get(name, 0) + n

    def _read(self, line: Line, of: Type, around: Surroundings) -> Item | None:
        told = reading.read(line.raw, of, around)
        if told is None:
            return None
        name = told.id or line.name
        if not name:
            raise Problem("A resource in a file needs an id.", element=f"{of.name}.id", code="required")
        if of.noun == "encounter":
            told.facts.facility = self.fixed.pk if self.fixed else self.facilities.of(told.provider)
        return Item(told.facts, named(of.name, name), space=space(of.name), place=Came(line, told.elements))

    def _take(self, of: Type, batch: list[Item]) -> list[Item]:
        """Take a batch in, and log it. Gives back what waits for something else."""

        def log(items: list[Item]) -> None:
            taken = [item for item in items if item.outcome not in (Outcome.REFUSED, Outcome.WAITING)]
            if taken:
                counts = intake.count(taken)
                messages.keep(
                    b"\n".join(messages.without_text(item.place.line.raw) for item in taken),
                    form=Form.FHIR_LINES,
                    source=self.source,
                    place=f"{taken[0].place.line.place} to {taken[-1].place.line.place}",
                    outcome=messages.settled(counts),
                    **counts,
                )

        intake.take_each(of.noun, batch, self.door, log)
        waiting = [item for item in batch if item.outcome == Outcome.WAITING and item.missing[1] == of.noun]
        held = set(map(id, waiting))
        for item in batch:
            if item.outcome not in (Outcome.REFUSED, Outcome.WAITING):
                self.report.add(of.name, item.outcome.value)
            elif id(item) not in held:
                self._refuse(of.name, item.place.line, refusal(of, item, item.place.elements))
        self._keep_refused()
        self.done += len(batch) - len(waiting)
        self.tell(self.done, self.total)
        return waiting

    def _refuse(self, name: str, line: Line, problem: Problem) -> None:
        """Report what cannot be taken in, and keep it as it came: a message of its own, with what is wrong."""
        problem.place = line.place
        self.report.add(name, "refused")
        told = problem.as_json()
        if len(self.report.problems) < SHOWN:
            self.report.problems.append(told)
        self.refused.append(
            messages.prepared(
                line.raw,
                form=Form.FHIR_LINES,
                source=self.source,
                place=line.place,
                outcome=messages.Outcome.REFUSED,
                problems=[told],
                refused=1,
            )
        )
        self.problem(problem)
        if len(self.refused) >= self.batch:
            self._keep_refused()

    def _keep_refused(self) -> None:
        messages.keep_all(self.refused)
        self.refused = []


def as_json(report: Report) -> str:
    return msgspec.json.encode(report).decode()
