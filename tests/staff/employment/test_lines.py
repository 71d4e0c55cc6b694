"""Who reports to whom, on any day; and so who may know of whose employment."""

from datetime import timedelta
from random import Random

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from staff.employment import lines
from staff.models import Assignment, Employee, Place, Position
from tests import factories as make
from tests.factories import OPENED, span

pytestmark = pytest.mark.django_db

A_YEAR_ON = OPENED + timedelta(days=365)


@pytest.fixture
def him():
    """Okafor over all; Marsh over coding with Brandt and Petrov; release, where Ruiz is, has nobody at its head."""
    top = make.unit("HIM")
    coding, release = make.unit("Coding", under=top), make.unit("Release", under=top)
    seats = {
        "Okafor": make.position(top, heads=True),
        "Marsh": make.position(coding, heads=True),
        "Brandt": make.position(coding),
        "Petrov": make.position(coding),
        "Ruiz": make.position(release),
    }
    return {name: make.employee(name, sits_in=seat) for name, seat in seats.items()}


def names(employees) -> set[str]:
    return {employee.family_name for employee in employees}


@pytest.mark.parametrize(
    ("name", "supervisor"),
    [("Okafor", None), ("Marsh", "Okafor"), ("Brandt", "Marsh"), ("Petrov", "Marsh"), ("Ruiz", "Okafor")],
)
def test_everybody_reports_to_the_nearest_filled_head(him, name, supervisor):
    assert him[name].supervisor() == him.get(supervisor)


def test_whom_an_act_names_goes_before_the_head_of_the_unit_for_its_time(him):
    make.supervision(him["Petrov"], him["Brandt"], during=span(OPENED, A_YEAR_ON))
    assert him["Petrov"].supervisor(OPENED) == him["Brandt"]
    assert him["Petrov"].supervisor(A_YEAR_ON) == him["Marsh"]


def test_when_whom_an_act_named_has_left_the_head_of_the_unit_it_is(him):
    make.supervision(him["Petrov"], him["Brandt"])
    Assignment.objects.filter(employee=him["Brandt"]).update(during=span(OPENED, A_YEAR_ON))
    assert him["Petrov"].supervisor(A_YEAR_ON) == him["Marsh"]


def test_while_a_head_seat_is_vacant_the_line_leads_to_the_next_one_above(him):
    Assignment.objects.filter(employee=him["Marsh"]).update(during=span(OPENED, A_YEAR_ON))
    assert him["Brandt"].supervisor(A_YEAR_ON - timedelta(minutes=1)) == him["Marsh"]
    assert him["Brandt"].supervisor(A_YEAR_ON) == him["Okafor"]


def test_a_unit_that_was_moved_was_below_the_other_one_before(him):
    coding, release = him["Brandt"].position().unit, him["Ruiz"].position().unit
    clerk = make.employee("Holt", sits_in=make.position(release, heads=False))
    Place.objects.filter(unit=release).update(during=span(OPENED, A_YEAR_ON))
    Place.objects.create(unit=release, under=coding, during=span(A_YEAR_ON))
    assert clerk.supervisor(OPENED) == him["Okafor"]
    assert clerk.supervisor(A_YEAR_ON) == him["Marsh"]


def test_the_line_of_a_head_is_everybody_below_and_not_the_head(him):
    assert names(Employee.objects.in_line_of(him["Okafor"])) == {"Marsh", "Brandt", "Petrov", "Ruiz"}
    assert names(Employee.objects.in_line_of(him["Marsh"])) == {"Brandt", "Petrov"}
    assert names(Employee.objects.in_line_of(him["Brandt"])) == set()


@pytest.mark.parametrize(
    ("who", "active", "sees"),
    [
        ("Okafor", True, {"Okafor", "Marsh", "Brandt", "Petrov", "Ruiz"}),
        ("Marsh", True, {"Marsh", "Brandt", "Petrov"}),
        ("Ruiz", True, {"Ruiz"}),
        ("Okafor", False, set()),
    ],
)
def test_who_may_know_of_whom(him, who, active, sees):
    him[who].user = make.person(is_active=active)
    him[who].save()
    assert names(Employee.objects.visible_to(him[who].user)) == sees


def test_who_is_no_employee_knows_of_nobody(him):
    assert not Employee.objects.visible_to(make.person(is_staff=True, is_superuser=True)).exists()
    assert not Employee.objects.visible_to(AnonymousUser()).exists()


def test_somebody_who_left_the_line_is_not_seen_by_its_head_any_more(him):
    Assignment.objects.filter(employee=him["Brandt"]).update(during=span(OPENED, A_YEAR_ON))
    assert names(Employee.objects.in_line_of(him["Marsh"])) == {"Petrov"}
    assert names(Employee.objects.in_line_of(him["Marsh"], at=OPENED)) == {"Brandt", "Petrov"}


@pytest.mark.parametrize("few", [0, lines.FEW])
def test_a_page_that_only_reads_asks_for_a_line_once_and_is_told_the_same(him, monkeypatch, few):
    monkeypatch.setattr(lines, "FEW", few)
    okafor, marsh, brandt = him["Okafor"], him["Marsh"], him["Brandt"]
    plain = [set(Employee.objects.in_line_of(one)) for one in (okafor, marsh, brandt)]
    with lines.asked_once(), CaptureQueriesContext(connection) as asked:
        for _ in range(2):
            now = timezone.now()
            assert [set(Employee.objects.in_line_of(one, now)) for one in (okafor, marsh, brandt)] == plain
            seats = Position.objects.filter(pk__in=lines.seats_below(marsh.pk, now))
            assert {seat.pk for seat in seats} == {brandt.position().pk, him["Petrov"].position().pk}
            assert set(Employee.objects.filter(pk__in=lines.people_below(marsh.pk, now))) == plain[1]
            assert lines.above(brandt.pk, now) == [marsh.pk, okafor.pk]
    assert plain[2] == set()
    assert sum("reporting_lines" in query["sql"] for query in asked) == 3
    assert sum("line_above" in query["sql"] for query in asked) == 1


@pytest.mark.parametrize("few", [0, lines.FEW])
def test_who_left_is_known_to_the_line_they_sat_in_last_on_a_page_and_off_it(him, monkeypatch, few):
    monkeypatch.setattr(lines, "FEW", few)
    make.supervision(him["Petrov"], him["Brandt"])
    ruiz = make.employee("Holt", sits_in=make.position(him["Ruiz"].position().unit, heads=False))
    for gone in (him["Brandt"], ruiz):
        Assignment.objects.filter(employee=gone).update(during=span(OPENED, A_YEAR_ON))
    for head in ("Okafor", "Marsh", "Brandt"):
        him[head].user = make.person()
        him[head].save()
    known = {
        "Okafor": {"Okafor", "Marsh", "Brandt", "Petrov", "Ruiz", "Holt"},
        "Marsh": {"Marsh", "Brandt", "Petrov"},
        "Brandt": {"Brandt"},
    }
    assert {head: names(Employee.objects.visible_to(him[head].user)) for head in known} == known
    with lines.asked_once():
        assert {head: names(Employee.objects.visible_to(him[head].user)) for head in known} == known


def test_a_question_about_another_moment_is_asked_anew_also_on_a_page(him):
    before = OPENED - timedelta(days=1)
    with lines.asked_once():
        assert names(Employee.objects.in_line_of(him["Marsh"])) == {"Brandt", "Petrov"}
        assert names(Employee.objects.in_line_of(him["Marsh"], before)) == set()
        assert lines.above(him["Brandt"].pk, timezone.now())
        assert lines.above(him["Brandt"].pk, before) == []


@pytest.mark.parametrize(("method", "questions"), [("GET", 1), ("HEAD", 1), ("POST", 2)])
def test_whatever_writes_asks_each_time(him, rf, method, questions):
    def page(request):
        return [names(Employee.objects.in_line_of(him["Marsh"])) for _ in range(2)]

    with CaptureQueriesContext(connection) as asked:
        assert lines.once_a_page(page)(rf.generic(method, "/")) == [{"Brandt", "Petrov"}] * 2
    assert sum("reporting_lines" in query["sql"] for query in asked) == questions


@pytest.fixture
def shuffled(him):
    """Seven units below each other with people who sat, sit and will sit in them, led by heads or by name."""
    draw, now = Random(11), timezone.now()  # noqa: S311 - nothing here is a secret
    units = [him["Okafor"].position().unit]
    spans = [
        span(),
        span(OPENED, now - timedelta(days=9)),
        span(now - timedelta(days=5)),
        span(now + timedelta(days=5)),
    ]
    people = [*him.values()]
    for n in range(7):
        units.append(make.unit(f"Unit {n}", under=draw.choice(units)))
        for place in range(4):
            seat = make.position(units[-1], heads=place == 0)
            people.append(make.employee(f"P{n}{place}"))
            Assignment.objects.create(employee=people[-1], position=seat, during=draw.choice(spans))
    people.append(make.employee("Never"))
    for person in draw.sample(people[5:], 8):
        make.supervision(person, draw.choice(people[:3]))
    return people


def test_asked_of_one_the_line_is_the_same(shuffled):
    now, seats = timezone.now(), Position.objects.all()
    found = {True: set(), False: set()}
    for head in shuffled:
        for of in (lines.people_below, lines.known_to):
            below = set(Employee.objects.filter(pk__among=of(head.pk, now)))
            with lines.of_one():
                assert set(Employee.objects.filter(pk__among=of(head.pk, now))) == below
                assert set(Employee.objects.exclude(pk__among=of(head.pk, now))) == set(shuffled) - below
            found[of is lines.known_to] |= below
        under = set(seats.filter(pk__among=lines.seats_below(head.pk, now)))
        with lines.of_one():
            assert set(seats.filter(pk__among=lines.seats_below(head.pk, now))) == under
    assert found[True] - found[False] >= {shuffled[0], shuffled[-1]}
    assert len(found[False]) > 20


def test_asked_of_one_nobody_else_is_looked_at(him):
    with lines.asked_once(), lines.of_one(), CaptureQueriesContext(connection) as asked:
        below = lines.people_below(him["Okafor"].pk, timezone.now())
        assert Employee.objects.filter(pk__among=below).get(pk=him["Brandt"].pk) == him["Brandt"]
        assert Assignment.objects.filter(employee__among=below).get(employee=him["Brandt"]).employee == him["Brandt"]
    assert len(asked) == 3
    assert not any("reporting_lines" in query["sql"] for query in asked)


def test_what_is_asked_of_one_is_no_list(him):
    with lines.of_one(), pytest.raises(TypeError):
        list(Position.objects.filter(pk__in=lines.seats_below(him["Okafor"].pk, timezone.now())))
