"""Every list, of the browser and of the API, in every order and both directions: its pages are exactly the whole of it.

The lists are those that the program knows, so that a new one is looked at from its first day: it fails here until
`everything` has rows for it, with ties and with rows without a value in each order that can have them.
"""

import json
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import transaction
from django.db.models import FETCH_RAISE
from django.http import QueryDict
from django.test import RequestFactory
from django.utils import timezone
from django.utils.http import urlencode

import himdept.urls  # noqa: F401  where the lists make themselves known
from compliance.models import Cycle, Reading
from himdept import api
from himdept.common import lists
from himdept.common.lists import Listing
from himdept.common.paging import Page, Sort, page_of
from records.completeness.kept import make_kept
from records.exchange import clients, messages, scopes
from records.models import AccessLog, Client, Encounter, Profile, Source
from staff.models import Employee, ExclusionCheck, ExclusionList, ExclusionLoad, ExclusionMatch, Learning
from tests import factories as make
from tests.compliance.controls.acting import planned
from tests.compliance.evidence.acting import day, laid
from tests.programs import Program
from tests.queries import BASELINE, MOST, counted

pytestmark = pytest.mark.django_db

LISTINGS = {listing.url_name: listing for listing in lists.every()}
RESOURCES = {
    str(pattern.pattern).removesuffix("/"): pattern.callback.cls
    for pattern in api.v1
    if pattern.name and pattern.name.endswith("-list")
}
SIZES = (1, 2, 3, 5)
ROWS = 8
# Orders in which no two rows can be equal, beside those by the row's own number.
UNTIED = {("client_list", "client"), ("interface_page", "name")}


def orders(of: dict) -> list:
    return [
        pytest.param(name, sign + sort.name, id=f"{name} {sign}{sort.name}")
        for name, one in of.items()
        for sort in one.sorts
        for sign in ("", "-")
    ]


@pytest.fixture(scope="module")
def everything(django_db_setup, django_db_blocker):
    """Rows for every list, made once for all tests here: each test's own transaction lies within this one."""
    with django_db_blocker.unblock(), transaction.atomic():
        fill()
        yield
        transaction.set_rollback(True)


def fill():
    """In pairs that tie, and every third without a value where there need not be one."""
    now, main, coordinator = timezone.now(), make.facility(), make.person()
    for n in range(ROWS):
        pair, first = timedelta(days=n // 2), n % 3 == 0
        owes = make.practitioner("Vance" if n < 4 else f"Alder{n}", "T." if n < 2 else "")
        due = None if first else now - pair
        record = make.record(start=make.ADMITTED - pair, oldest_due_at=due, delinquent_at=due)
        rule = make.requirement(f"R-{n}", topic=f"topic-{n // 2}", title=f"Rule {n // 2}", published_at=now - pair)
        rule.profile.facilities.add(make.facility())
        for i in range(1 + n // 3):
            make.deficiency(
                record, owed_by=owes, due_at=due, requirement=make.requirement(f"R-{i}"), topic=f"topic-{i}"
            )
        make.expected(record, due_at=now + pair)
        AccessLog.objects.create(user=coordinator, record=record, act="read", at=now - pair)
        make.audit_run(as_of=now - timedelta(days=40) + pair)
        Profile.objects.create(code=f"p-{n}", title=f"Profile {n}", kind=Profile.Kind.STATE, rank=n)
        stub = make.practitioner("", "", is_stub=True)
        stub.identifiers.create(system="urn:npi", value=f"{n}")
        came_in(Source.objects.create(name=f"source-{n}"), n, at=now - pair)
        client = clients.admit(f"client-{n}", scope="system/*.read", facilities=[main])
        Client.objects.filter(pk=client.pk).update(last_used_at=due)
        Reading.objects.create(
            facility=main,
            metric=("entries", "verbal-orders")[n % 2],
            day=(now - pair).date(),
            as_of=now,
            known_at=now,
            numerator=n,
            denominator=n,
            aim="0.9",
        )
        day = now.date() - pair
        Cycle.objects.create(facility=main, title=f"Survey {n}", begins=day, due=day, started_by=coordinator)
    came_in(None, 0, at=now)
    department(now.date())
    evidence()
    controls()
    for _ in range(2):
        make_kept(main, make.audit_run())


def department(today):
    """A unit whose head is the person who looks, and people in it, two of each name, with what they hold."""
    unit, oig, loads = make.unit("Looked at"), ExclusionList.objects.get(code="oig"), []
    for n in range(ROWS):
        month = (today.replace(day=1) - timedelta(days=31 * (n // 2))).replace(day=1)
        loads.append(ExclusionLoad.objects.create(list=oig, month=month, digest="0" * 64, entries=1))
    shown = [make.competency(code, every_months=months) for code, months in (("once", None), ("again", 12))]
    head = make.employee("Head", sits_in=make.position(unit, heads=True), number="HEAD")
    keeper, once, again = make.person(), make.course("once", every_months=None), make.course("again")
    for n in range(ROWS):
        somebody = make.employee(f"Name{n // 2}", sits_in=make.position(unit))
        last_day = today + timedelta(days=100 + n // 2) if n % 3 else None
        held, on = make.credential(somebody, by=keeper, last_day=last_day), today - timedelta(days=n // 2)
        Learning.objects.create(
            employee=somebody,
            credential=held,
            title="Coding",
            done_on=on,
            units=n + 1,
            proof="Paper",
            written_by=keeper,
        )
        ExclusionCheck.objects.create(employee=somebody, load=loads[n], found=n % 2)
        about = {"key": "1", "said": {}, "by": "name", "found_on": today, "due": on}
        ExclusionMatch.objects.create(employee=somebody, list=oig, **about)
        for competency in shown:
            make.assessment(somebody, competency, assessor=head, by=keeper, assessed_on=on)
        make.attendance(somebody, once, by=keeper)
        make.attendance(somebody, again, by=keeper, done_on=today - timedelta(days=n // 2))


def evidence():
    """Policies, two of each last day and of each day to be looked at again."""
    for n in range(ROWS):
        last_day, look = (None, None) if n % 3 == 0 else (day(30 + n // 2), day(10 + n // 2))
        laid(title=f"Policy {n}", expires_on=last_day, review_by=look)


def controls():
    """Drills, two of each first day."""
    for n in range(ROWS):
        planned(f"Drill {n}", anchor=day(n // 2))


def came_in(source: Source | None, n: int, *, at):
    for i in range(1 + n // 3):
        outcome = "refused" if i % 2 else "applied"
        messages.prepared(
            b"{}\n", form="fhir_lines", source=source, place=f"{n}", problems=[], outcome=outcome, received_at=at
        ).save(force_insert=True)


# -- What the pages must be ----------------------------------------------------------------------------------------


def value_of(row, sort: Sort):
    for step in sort.field.split("__"):
        row = getattr(row, step)
    return row


def in_order(rows: list, sort: Sort, *, descending: bool, key: str = "pk") -> list:
    """The numbers of all rows, sorted in Python: those without a value last, ties by number."""

    def numbers(rows, *by):
        return [getattr(row, key) for row in sorted(rows, key=lambda row: by_all(row, by), reverse=descending)]

    def by_all(row, by):
        return [each(row) for each in by]

    def number(row):
        return getattr(row, key)

    def value(row):
        return value_of(row, sort)

    having = [row for row in rows if value(row) is not None]
    return numbers(having, value, number) + numbers([row for row in rows if value(row) is None], number)


def see_that_it_is_hard(rows: list, sort: Sort, *, key: str, untied: bool):
    """The rows put the order to the test: there are several pages of them, ties, and rows without a value."""
    values = [value_of(row, sort) for row in rows]
    assert len(rows) >= ROWS, "Give `everything` rows for this list."
    assert sort.nullable == (None in values), f"{sort.name}: is it nullable? Give `everything` rows with and without."
    if sort.field not in ("pk", key) and not untied:
        there = [value for value in values if value is not None]
        assert 1 < len(set(there)) < len(there), f"Give `everything` rows that tie in {sort.name}, and that do not."


# -- Of the browser ------------------------------------------------------------------------------------------------


@pytest.fixture
def request_of_somebody(everything, db):
    def made(listing: Listing):
        request = RequestFactory().get(listing.url)
        person = make.person(role="Records manager", is_superuser=True)
        Employee.objects.filter(number="HEAD").update(user=person)
        request.user, request.session = person, {}
        return request

    return made


@pytest.mark.parametrize(("name", "order"), orders(LISTINGS))
def test_the_pages_of_a_list_are_the_whole_of_it(request_of_somebody, name, order):
    listing = LISTINGS[name]
    (sort,) = (sort for sort in listing.sorts if sort.name == order.removeprefix("-"))
    found = listing.filters_of(request_of_somebody(listing)).narrowed()
    rows = list(found)
    see_that_it_is_hard(rows, sort, key=listing.key, untied=(name, sort.name) in UNTIED)
    wanted = in_order(rows, sort, descending=order.startswith("-"), key=listing.key)
    for size in (*SIZES, len(rows)):
        seen = walked(listing, found, order, size)
        assert [number for page in seen for number in page] == wanted, size


OF_DAYS = {"admitted_from": "2026-10-02", "admitted_to": "2026-10-07", "discharged_from": "2026-10-06"}


@pytest.mark.parametrize("is_short", [True, False])
@pytest.mark.parametrize(("name", "order"), orders({"record_list": LISTINGS["record_list"]}))
def test_so_are_those_of_the_inventory_narrowed_by_days(request_of_somebody, name, order, is_short):
    listing = LISTINGS[name]
    request = request_of_somebody(listing)
    Encounter.objects.filter(record__isnull=False).update(attending=make.practitioner("Vance"))
    request.GET = QueryDict(urlencode(OF_DAYS | {"attending": "v"}))
    found = listing.filters_of(request).narrowed()
    days = {record.encounter.start_first.date().isoformat() for record in found}
    assert (min(days) >= "2026-10-02", max(days) <= "2026-10-08", len(days) > 1) == (True, True, True)
    assert listing.number(listing.filters_of(request)) == len(found)
    (sort,) = (sort for sort in listing.sorts if sort.name == order.removeprefix("-"))
    wanted = in_order(list(found), sort, descending=order.startswith("-"))
    for size in SIZES:
        seen = walked(listing, found, order, size, is_short=is_short)
        assert [number for page in seen for number in page] == wanted, size


def walked(listing: Listing, found, order: str, size: int, *, is_short: bool = False) -> list[list]:
    """The numbers on each page, from the first to the last; and the way back shows the same pages."""

    def at(place: str) -> Page:
        rows = found.fetch_mode(FETCH_RAISE)
        return page_of(rows, listing.sorts, sort=order, at=place, size=size, key=listing.key, is_short=is_short)

    def numbers(page: Page) -> list:
        return [getattr(row, listing.key) for row in page]

    pages = [at("")]
    while pages[-1].next:
        pages.append(at(pages[-1].next))
    back, page = [], pages[-1]
    while page.previous:
        page = at(page.previous)
        back.append(numbers(page))
    assert back == [numbers(page) for page in pages[-2::-1]]
    return [numbers(page) for page in pages]


def test_the_queries_of_every_list_are_in_the_baseline():
    assert LISTINGS.keys() <= json.loads(BASELINE.read_text()).keys()


# -- Of the API ----------------------------------------------------------------------------------------------------


@pytest.fixture
def program(everything, db, settings):
    settings.CLIENT_REQUESTS_PER_MINUTE = 10**6
    return Program(facilities=[make.facility()])


@pytest.mark.parametrize(("name", "order"), orders(RESOURCES))
def test_the_pages_of_a_resource_are_the_whole_of_it(program, name, order):
    resource = RESOURCES[name]
    (sort,) = (sort for sort in resource.sorts if sort.name == order.removeprefix("-"))
    program.client.user.granted = scopes.permissions(frozenset(["system/*.read"]))
    rows = list(resource(request=SimpleNamespace(user=program.client.user)).get_queryset())
    see_that_it_is_hard(rows, sort, key="pk", untied=False)
    wanted = in_order(rows, sort, descending=order.startswith("-"))
    for size in (2, 5):
        pages = followed(program, f"{name}/", order, size)
        assert [number for page in pages for number in page] == wanted, size
    if f"{name}-search" in {pattern.name for pattern in api.v1}:
        assert searched(program, f"{name}/search/", order, size) == pages


def followed(program: Program, path: str, order: str, size: int) -> list[list[int]]:
    """The numbers on each page, by `next` from the first to the last; and `previous` leads back by the same pages."""
    pages = [program.get(path, {"sort": order, "limit": size}).json()]
    while pages[-1]["next"]:
        pages.append(program.get(pages[-1]["next"]).json())
    back, page = [], pages[-1]
    while page["previous"]:
        page = program.get(page["previous"]).json()
        back.append(page["results"])
    assert back == [page["results"] for page in pages[-2::-1]]
    return [[one["id"] for one in page["results"]] for page in pages]


def searched(program: Program, path: str, order: str, size: int) -> list[list[int]]:
    """As `followed`: the same body is posted to `next` until that is null."""
    asked = {"sort": order, "limit": size}
    pages = [program.post(path, asked).json()]
    while pages[-1]["next"]:
        pages.append(program.post(pages[-1]["next"], asked).json())
    back, page = [], pages[-1]
    while page["previous"]:
        page = program.post(page["previous"], asked).json()
        back.append(page["results"])
    assert back == [page["results"] for page in pages[-2::-1]]
    return [[one["id"] for one in page["results"]] for page in pages]


@pytest.mark.parametrize("name", RESOURCES)
def test_a_page_of_the_api_costs_a_bounded_number_of_queries(program, name):
    program.get(f"{name}/")
    with counted(f"api_{name}"):
        assert len(program.get(f"{name}/").json()["results"]) >= ROWS


def test_so_does_one_that_is_narrowed_by_days(program):
    program.get("records/", OF_DAYS)
    with counted("api_records_by_days"):
        told = program.get("records/", OF_DAYS).json()["results"]
    assert {record["start"][:10] for record in told} <= {f"2026-10-0{day}" for day in range(2, 8)}
    assert len(told) > 1


@pytest.mark.parametrize(("name", "order"), orders(RESOURCES))
def test_so_does_any_other_page(program, name, order, django_assert_max_num_queries):
    """Rows with a value and those without are two stretches: where one goes over into the other, both are asked for."""
    page = program.get(f"{name}/", {"sort": order, "limit": 3}).json()
    while page["next"]:
        with django_assert_max_num_queries(MOST):
            page = program.get(page["next"]).json()
