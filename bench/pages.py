"""How long people wait for pages: several at once who think between two of them, and one alone without thinking."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import dataclass
from random import Random
from statistics import median, quantiles

from django.core.management import call_command

from bench import addresses, web
from bench.web import Person
from staff.models import Facility, User

CLIENTS = 8
FEWEST = 3  # pages that are measured, however slow they are
THINKING = 1.0  # seconds between an answer and the next click

type Click = Callable[[Person], float]


@dataclass(frozen=True)
class Waited:
    """Seconds: of half the pages and of all but a twentieth, with everybody at once; of a page by itself, and for how
    long it kept processors busy."""

    what: str
    p50: float
    p95: float
    alone: float
    busy: float


def kinds(user: User) -> dict[str, dict[str, Click]]:
    """What is clicked on, by kind; each click under the name by which it can be found again."""

    def pages(found: list[str]) -> dict[str, Click]:
        return {address: lambda person, address=address: person.get(address) for address in found}

    def searches(found: list[str]) -> dict[str, Click]:
        # Numbered: what is searched for is a patient's.
        return {
            f"search {n}": lambda person, words=words: person.post("/find/", {"words": words})
            for n, words in enumerate(found, 1)
        }

    return {
        "worklist, any filter, order and depth": pages(addresses.worklist(user)),
        "inventory, any filter, order and depth": pages(addresses.inventory(user)),
        "search by number": searches(addresses.numbers()),
        "search by name": searches(addresses.names()),
        "huddle": pages(["/"]),
    }


def waited(facility: Facility, *, seconds: float, say: Callable[[str], None]) -> Iterator[Waited]:
    """Measure each kind of page for some seconds."""
    told = web.employ(facility, CLIENTS)
    say("finding the pages to be asked for")
    all_kinds = kinds(User.objects.get(username=told[0][0]))
    call_command("collectstatic", interactive=False, verbosity=0)
    with web.served() as site, ExitStack() as held:
        people = [held.enter_context(closing(Person(site.port, *one))) for one in told]
        for what, clicks in all_kinds.items():
            for click in list(clicks.values())[:: max(1, len(clicks) // 8)]:
                click(people[0])  # both web processes have read their code and templates
            spent = site.spent()
            alone = _alone(people[0], clicks, seconds)
            busy = (site.spent() - spent) / len(alone)
            found = _together(people, list(clicks.values()), seconds)
            cuts = quantiles(found, n=20)
            slowest = max(alone, key=alone.get)
            say(
                f"{what}: p95 {_ms(cuts[-1])} of {len(found)}; alone the slowest takes {_ms(alone[slowest])}: {slowest}"
            )
            yield Waited(what, median(found), cuts[-1], median(alone.values()), busy)


def _ms(seconds: float) -> str:
    return f"{seconds * 1e3:.0f} ms"


def _alone(person: Person, clicks: dict[str, Click], seconds: float) -> dict[str, float]:
    """One after the other, as many as there is time for."""
    until, took = time.monotonic() + seconds, {}
    for name in Random(0).sample(list(clicks), len(clicks)):
        if time.monotonic() < until or len(took) < FEWEST:
            took[name] = clicks[name](person)
    return took


def _together(people: list[Person], clicks: list[Click], seconds: float) -> list[float]:
    with ThreadPoolExecutor(len(people)) as clients:
        until = time.monotonic() + seconds
        futures = [clients.submit(_click, person, clicks, n, until) for n, person in enumerate(people)]
        return [took for future in futures for took in future.result()]


def _click(person: Person, clicks: list[Click], seed: int, until: float) -> list[float]:
    draw, took = Random(seed), []
    time.sleep(draw.random() * THINKING)  # they do not click in step
    while time.monotonic() < until or len(took) < FEWEST:
        took.append(draw.choice(clicks)(person))
        time.sleep(THINKING)
    return took
