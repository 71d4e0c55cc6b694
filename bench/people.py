"""How long a head of 5,000 people waits for the pages of the staff, one page after the other without thinking."""

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from random import Random
from statistics import median, quantiles

from django.core.management import call_command
from django.urls import reverse

from bench import department, web
from bench.web import Person
from staff.models import Employee, Facility, PersonnelAction, Position

ASKED = 40  # requests of each kind


@dataclass(frozen=True)
class Opened:
    """Seconds: of half of the requests, of all but a twentieth, and for how long one kept processors busy."""

    what: str
    p50: float
    p95: float
    busy: float


def addresses() -> dict[str, list[str]]:
    """The pages of each kind; which of them are asked for is drawn by chance."""
    people = list(Employee.objects.filter(number__startswith="B-").order_by("pk").values_list("pk", flat=True)[1::50])
    drafts = list(PersonnelAction.objects.filter(state="submitted").values_list("pk", flat=True)[:40])
    seats = list(Position.objects.filter(number__endswith="V").values_list("pk", flat=True)[:40])
    admin, write = "/admin/staff/", reverse("admin:staff_personnelaction_add")
    return {
        "people": [f"{admin}employee/", f"{admin}employee/?p=40", f"{admin}employee/?q=B-02", f"{admin}employee/?o=4"],
        "a person": [f"{admin}employee/{pk}/change/" for pk in people],
        "personnel actions": [f"{admin}personnelaction/", f"{admin}personnelaction/?p=50"],
        "an action that waits": [f"{admin}personnelaction/{pk}/change/" for pk in drafts],
        "form of a transfer": [f"{write}?kind=transfer&employee={pk}" for pk in people],
        "form of a hire": [write],
        "candidates": [f"/staff/candidates/?seat={pk}" for pk in seats],
        "credentials": ["/staff/credentials/"],
        "training": ["/staff/training/"],
        "coming due": ["/due/"],
        "chart": ["/staff/chart/"],
    }


def opened(facility: Facility, *, say: Callable[[str], None]) -> Iterator[Opened]:
    """Measure each kind of page of a department of 5,000."""
    head, password = department.ready(facility, say=say)
    call_command("collectstatic", interactive=False, verbosity=0)
    with web.served() as site, closing(Person(site.port, head.username, password)) as person:
        for what, pages in addresses().items():
            for _ in range(4):
                person.get(pages[0])  # both web processes have read their code and templates
            draw, spent = Random(0), site.spent()
            took = [person.get(draw.choice(pages)) for _ in range(ASKED)]
            of = Opened(what, median(took), quantiles(took, n=20)[-1], (site.spent() - spent) / ASKED)
            say(f"{what}: p95 {of.p95 * 1e3:.0f} ms, p50 {of.p50 * 1e3:.0f} ms, processors {of.busy * 1e3:.0f} ms")
            yield of
