"""The personnel actions of a whole year, through the forms of the admin site, end as the spreadsheet beside it says.

`a_year.csv` was thought out by hand, person by person: where each sits, what they are paid, under whom they are and
whether they are there, on two days of the year and on its last.
"""

import csv
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.urls import reverse

from staff.models import Decision, Employee, PersonnelAction, Position, User
from staff.personnel import actions, tasks, timeline
from staff.personnel.kinds import WRITTEN
from tests import factories as make

pytestmark = pytest.mark.django_db

EXPECTED = Path(__file__).with_name("a_year.csv")
WHAT = ("seat", "unit", "job", "pay", "supervisor", "status")
UNITS = {"C": ("Coding", "MARSH"), "R": ("Release", "RUIZ"), "T": ("Transcription", "KIM"), "S": ("Scanning", "LUND")}


@pytest.fixture
def year(db, client):
    """Who was there before the year began: two at the top, four units of a head and eight, and vacant seats."""
    jobs = {title: make.job(title.lower(), title=title) for title in ("Coder", "Lead", "Assistant", "Indexer")}
    top = make.unit("Administration")
    him = make.unit("HIM", under=top)
    _seated("CHIEF", _seat("A-0", top, jobs["Coder"], heads=True), 120_000, role="Records manager")
    _seated("OKAFOR", _seat("H-0", him, jobs["Coder"], heads=True), 90_000, role="Records manager")
    for letter, (name, head) in UNITS.items():
        unit = make.unit(name, under=him)
        _seated(head, _seat(f"{letter}-0", unit, jobs["Coder"], heads=True), 70_000)
        for place in range(1, 9):
            _seated(f"{letter}{place}", _seat(f"{letter}-{place}", unit, jobs["Coder"]), 50_000)
        for place in (9, 10):
            _seat(f"{letter}-{place}", unit, jobs["Coder"])
        _seat(f"{letter}-L", unit, jobs["Lead"])
        _seat(f"{letter}-A", unit, jobs["Assistant"])
    scanning = Position.objects.get(number="S-2")
    _seat("S-2B", scanning.unit, jobs["Indexer"], replaces=scanning)
    return SimpleNamespace(client=client)


def _seat(number, unit, job, **said):
    return make.position(unit, number=number, job=job, **said)


def _seated(number, seat, pay, role=""):
    user = make.person(number.lower(), role=role, is_staff=True) if role else None
    person = make.somebody(number.title(), number=number, user=user)
    actions.take_over(person, position=seat, since=make.OPENED, because="Was there.", pay=pay, basis="year")


def as_(year, name):
    year.client.force_login(User.objects.get(username=name))
    return year.client


def move(year, action, name, *, by="okafor", **said) -> PersonnelAction:
    client, address = as_(year, by), reverse("admin:staff_personnelaction_move", args=[action.pk, name])
    page = client.get(address)
    assert page.status_code == 200, (action, name)
    seen = page.context.get("seen")
    told = client.post(address, ({"digest": seen.digest} if seen else {}) | said)
    assert told.status_code == 302, (action, name)
    action.refresh_from_db()
    return action


def act(year, kind, number, day, *, two=False, **said) -> PersonnelAction:
    """One action from its form to approved; `two` when the chief has to agree as well."""
    address = reverse("admin:staff_personnelaction_add") + f"?kind={kind}"
    if kind == "hire":
        said = {"number": number, "given_name": "New", "family_name": number} | said
    else:
        address += f"&employee={Employee.objects.get(number=number).pk}"
    if "position" in said:
        said["position"] = Position.objects.get(number=said["position"]).pk
    told = as_(year, "okafor").post(address, {"day": day, "because": "It is so.", "basis": "year"} | said)
    assert told.status_code == 302, (kind, number, told.context and told.context["form"].errors)
    action = move(year, PersonnelAction.objects.order_by("pk").last(), "submit")
    action = move(year, action, "approve")
    if two:
        assert action.state == "agreed"
        action = move(year, action, "approve", by="chief")
    assert action.state in {"approved", "effective"}
    return action


def together(year, letter, day, percent) -> Decision:
    """One decision on all of a unit: seen, then approved."""
    people = Employee.objects.filter(number__regex=rf"^{letter}\d$").values_list("pk", flat=True)
    said = {"kind": "percent", "amount": percent, "day": day, "because": "For all.", "people": list(people)}
    client, address = as_(year, "okafor"), reverse("admin:staff_decision_add")
    page = client.post(address, said)
    assert client.post(address, said | {"digest": page.context["digest"]}).status_code == 302
    return Decision.objects.get()


def corrected(year, action, **said) -> PersonnelAction:
    """The draft that takes the place of an action, approved."""
    client, address = as_(year, "okafor"), reverse("admin:staff_personnelaction_move", args=[action.pk, "correct"])
    fields = {field.name: field.value() for field in client.get(address).context["form"] if field.value() is not None}
    assert client.post(address, fields | said).status_code == 302
    draft = action.corrections.get()
    return move(year, move(year, draft, "submit"), "approve")


def the_year(year):
    """Each decision as it was taken; those of December are to come, whenever this is run before."""
    act(year, "hire", "N1", "2026-01-05", position="C-9", fte="1", pay="46000")
    act(year, "transfer", "C3", "2026-02-01", position="R-9")
    raised = act(year, "pay", "C1", "2026-02-15", pay="52000")
    act(year, "promotion", "C2", "2026-03-01", position="C-L", pay="54000")
    together(year, "T", "2026-03-01", "3")
    act(year, "leave", "T1", "2026-04-01", reason="family", until="2026-07-01")
    act(year, "supervisor", "S1", "2026-04-10", supervisor="RUIZ")
    act(year, "demotion", "R1", "2026-05-01", position="R-A", pay="46000", two=True)
    act(year, "reclassification", "S2", "2026-05-15", position="S-2B")
    act(year, "separation", "R2", "2026-05-31", reason="resignation")
    act(year, "pay", "S3", "2026-06-01", pay="54000")
    layoff = act(year, "separation", "S4", "2026-06-15", reason="layoff")
    move(year, layoff, "rescind", because="The money was found.")
    act(year, "return", "T1", "2026-07-01")
    mistaken = act(year, "pay", "R3", "2026-07-15", pay="53000")
    move(year, mistaken, "rescind", because="It was for somebody else.")
    act(year, "rehire", "R2", "2026-08-01", position="R-2", fte="1", pay="51000")
    act(year, "hire", "N2", "2026-08-15", position="T-9", fte="1", pay="45000")
    act(year, "separation", "C4", "2026-09-01", reason="discharge", two=True)
    act(year, "transfer", "T2", "2026-09-15", position="S-9")
    corrected(year, raised, pay="52500")
    act(year, "promotion", "S5", "2026-11-01", position="S-L", pay="54500")
    act(year, "hire", "N3", "2026-12-01", position="C-10", fte="1", pay="47000")
    act(year, "separation", "S6", "2026-12-15", reason="retirement")
    act(year, "supervisor", "S1", "2026-12-20", supervisor="")
    act(year, "leave", "T3", "2026-12-31", reason="medical", until="2027-02-01")


def row_of(person: Employee, day: str) -> tuple[str, ...]:
    """What is so of somebody at noon of a day, as the tables of employment have it."""
    noon = datetime.fromisoformat(f"{day}T17:00").replace(tzinfo=UTC)
    held = timeline.stored(person).at(noon)
    if "employments" not in held:
        return ("",) * 5 + ("not employed",)
    seat, over = person.position(noon), person.supervisor(noon)
    status = "on leave" if "leaves" in held else "active"
    return (seat.number, seat.unit.name, seat.job.title, str(held["pays"][0]), over.number if over else "", status)


def test_a_year_of_personnel_actions_ends_as_the_spreadsheet_says(year):
    the_year(year)
    tasks.tick()
    with EXPECTED.open() as kept:
        expected = list(csv.DictReader(kept))
    days = sorted({column.partition(" ")[0] for column in expected[0] if " " in column})
    assert len(days) == 3
    told = {row["number"]: {day: tuple(row[f"{day} {what}"] for what in WHAT) for day in days} for row in expected}
    people = {person.number: person for person in Employee.objects.all()}
    found = {number: {day: row_of(person, day) for day in days} for number, person in people.items()}
    assert found == told
    written = PersonnelAction.objects.exclude(kind="taken_over")
    assert {action.kind for action in written} == set(WRITTEN)
    assert written.filter(state="rescinded").count() == 2
    assert written.filter(state="corrected").count() == 1
    assert Decision.objects.get().actions.count() == 8
    for person in people.values():
        assert timeline.stored(person) == timeline.folded(person, timeline.acts_of(person))
