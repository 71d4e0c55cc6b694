"""A hospital's stays, chunk by chunk, as lines that the database can take: made here, or by a second process.

Whoever takes the lines gives the row numbers, and is asked for those of a chunk while the next one is being made. So
the second process never waits for the database, nor the database for it.
"""

import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import chain, islice
from multiprocessing.connection import Connection, Pipe
from zoneinfo import ZoneInfo

from himdept.runtime.places import CHECKOUT, Trouble
from himdept.simulator.facts import Stay
from himdept.simulator.hospital import Hospital
from himdept.simulator.rows import Lines, Stamps

type Ranges = list[range]
Ask = Callable[[dict[str, int]], None]  # for so many row numbers of each table
Answer = Callable[[], dict[str, Ranges]]  # to what was asked longest ago


@dataclass(frozen=True, slots=True)
class Recipe:
    """All that decides which hospital is made, and what its rows say besides."""

    encounters: int
    seed: int
    zone: str
    until: date
    chunk: int  # stays to a sheet
    facility: int
    code: str
    source: int
    loaded_at: str
    services: dict[str, int]
    types: dict[str, int]


@dataclass(frozen=True, slots=True)
class Sheet:
    """Some stays as text for COPY, by table, with the number of its lines; and who died in them, when."""

    stays: int
    tables: dict[str, tuple[int, bytes]]
    deaths: list[tuple[int, str]]


def sheets(recipe: Recipe, ask: Ask, answer: Answer) -> Iterator[Sheet]:
    """A whole hospital: first its clinicians, then its stays in the order of their days. Memory stays flat."""
    hospital = Hospital(encounters=recipe.encounters, seed=recipe.seed, zone=ZoneInfo(recipe.zone), until=recipe.until)
    stamp = Stamps()
    lines = Lines(
        facility=recipe.facility,
        code=recipe.code,
        source=recipe.source,
        loaded_at=recipe.loaded_at,
        services=recipe.services,
        types=recipe.types,
        calendar=hospital.calendar,
    )
    coming = chain([_Chunk([], hospital.staff.all)], _chunks(hospital.stays(), recipe.chunk))
    chunk = next(coming)
    ask(chunk.needs)
    while chunk:
        following = next(coming, None)
        chunk.number(answer())
        if following:
            ask(following.needs)
        for clinician in chunk.facts["practitioner"]:
            lines.clinician(clinician)
        for stay in chunk.stays:
            lines.stay(stay)
        deaths = [(stay.patient.row, stamp(stay.end)) for stay in chunk.stays if stay.disposition == "expired"]
        yield Sheet(len(chunk.stays), lines.take(), deaths)
        chunk = following


class _Chunk:
    def __init__(self, stays: list[Stay], clinicians: list = ()):
        self.stays = stays
        self.facts = {
            "practitioner": clinicians,
            "patient": [stay.patient for stay in stays if stay.patient_is_new],
            "encounter": stays,
            "episode": [episode for stay in stays for episode in stay.episodes],
            "document": [document for stay in stays for document in stay.documents],
        }

    @property
    def needs(self) -> dict[str, int]:
        return {table: len(facts) for table, facts in self.facts.items()}

    def number(self, rows: dict[str, Ranges]):
        for table, facts in self.facts.items():
            for fact, row in zip(facts, chain.from_iterable(rows[table]), strict=True):
                fact.row = row


def _chunks(stays: Iterator[Stay], size: int) -> Iterator[_Chunk]:
    while some := list(islice(stays, size)):
        yield _Chunk(some)


# In a second process


def sheets_from_elsewhere(recipe: Recipe, number: Callable[[dict[str, int]], dict[str, Ranges]]) -> Iterator[Sheet]:
    """The same sheets, made by a second process, so that two processors work. Raises Trouble if it is killed.

    It ends when this iterator does, and by itself when this process is no more: the kernel closes the pipe.
    """
    ours, theirs = Pipe()
    with ours, theirs:
        command = [sys.executable, "-m", "himdept.simulator.making", str(theirs.fileno())]
        # A session of its own: Ctrl-C is for us, and we end it.
        maker = subprocess.Popen(command, cwd=CHECKOUT, pass_fds=[theirs.fileno()], start_new_session=True)
        theirs.close()
        try:
            ours.send(recipe)
            while (said := ours.recv()) is not None:
                if isinstance(said, Sheet):
                    yield said
                else:
                    ours.send(number(said))
        except (EOFError, OSError) as ended:
            raise Trouble(f"The process that makes the stays has ended by itself ({maker.wait()}).") from ended
        finally:
            maker.kill()
            maker.wait()


def _serve(pipe: Connection):
    """What the second process does."""
    recipe = pipe.recv()
    for sheet in sheets(recipe, ask=pipe.send, answer=pipe.recv):
        pipe.send(sheet)
    pipe.send(None)


if __name__ == "__main__":
    # Under its importable name: what is pickled here must be found there.
    from himdept.simulator import making

    try:
        making._serve(Connection(int(sys.argv[1])))
    except (EOFError, BrokenPipeError, ConnectionResetError):
        sys.exit(1)  # nobody is there any more who wants the rest
