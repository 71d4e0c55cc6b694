"""The chart of the department: who sits where, on any day."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from staff.models import Place
from staff.organisation import chart as charts
from tests import factories as make
from tests.factories import OPENED, span
from tests.queries import counted
from tests.staff.personnel.acting import NOON, approved

pytestmark = pytest.mark.django_db


@pytest.fixture
def him(db, two_lines):
    return two_lines.lay()


@pytest.fixture
def clerk(him, client):
    client.force_login(him.brandt.user)
    return client


def text(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode().partition("<main")[2]))


def test_it_shows_units_below_units_heads_first_and_vacant_seats(clerk):
    page = text(clerk.get(reverse("org_chart")))
    in_order = [
        "Administration",
        "Chief, S.",
        "HIM",
        "Okafor, S.",
        "Coding",
        "Marsh, S.",
        "Brandt, S.",
        "Vacant",
        "Release",
    ]
    assert [page.find(words) for words in in_order] == sorted(page.find(words) for words in in_order)
    assert "7 of 9 seats filled" in page


@pytest.mark.parametrize(
    ("who", "opens"), [("brandt", {"brandt"}), ("marsh", {"marsh", "brandt", "petrov"}), ("ruiz", {"ruiz", "holt"})]
)
def test_a_name_leads_to_the_page_of_who_is_below_or_oneself_and_of_nobody_else(client, him, who, opens):
    client.force_login(getattr(him, who).user)
    page = client.get(reverse("org_chart")).content.decode()
    for name in ("chief", "okafor", "marsh", "ruiz", "brandt", "petrov", "holt"):
        address = reverse("person_credentials", args=[getattr(him, name).pk])
        assert (f'href="{address}"' in page) == (name in opens), name


def test_it_is_as_of_any_day_at_its_end(clerk, him):
    approved(him.brandt, "transfer", by=him.okafor, position=him.vacant["release"], effective=NOON)
    coding = charts.chart(make.facility(), NOON - timedelta(days=1)).tops[0].below[0].below[0]
    assert "Brandt, S." in {str(one.employee) for seat in coding.seats for one in seat.people}
    day_before, same_day = (text(clerk.get(reverse("org_chart") + f"?on=2026-03-0{n}")) for n in (1, 2))
    for page, unit in ((day_before, "Coding"), (same_day, "Release")):
        assert page.rfind("Brandt") > page.find(unit)
    assert day_before.find("Brandt") < day_before.find("Release")
    assert "at the end of" in same_day


def test_a_unit_that_was_moved_hangs_where_it_hung_on_that_day(clerk, him):
    release, coding = him.ruiz.position().unit, him.marsh.position().unit
    Place.objects.filter(unit=release).update(during=span(OPENED, NOON))
    Place.objects.create(unit=release, under=coding, during=span(NOON))
    before, after = (charts.chart(make.facility(), at).tops[0].below[0] for at in (OPENED, NOON))
    assert [node.unit.name for node in before.below] == ["Coding", "Release"]
    assert [node.unit.name for node in after.below[0].below] == ["Release"]


def test_of_a_large_department_the_units_are_shown_and_each_opens(clerk, him, monkeypatch):
    monkeypatch.setattr(charts, "MOST_SEATS", 4)
    page = clerk.get(reverse("org_chart"))
    assert "Brandt" not in text(page)
    unit = him.brandt.position().unit
    assert f"unit={unit.pk}" in page.content.decode()
    of_it = clerk.get(reverse("org_chart") + f"?unit={unit.pk}&on=2026-03-02")
    assert "Brandt" in text(of_it)
    assert f'href="?on=2026-03-02&amp;unit={unit.pk}"' in of_it.content.decode()
    assert re.search(r"\d of \d filled, \d\.\d\d full time", text(of_it))


def test_who_reports_to_somebody_by_name_is_shown_so(clerk, him):
    approved(him.petrov, "supervisor", by=him.okafor, supervisor=him.brandt)
    assert "reports to Brandt, S." in text(clerk.get(reverse("org_chart")))


@pytest.mark.parametrize("on", ["yesterday", "2026-02-30", "99999-01-01"])
def test_what_is_no_day_is_refused_beside_the_field(clerk, on):
    page = clerk.get(reverse("org_chart") + f"?on={on}")
    assert page.status_code == 400
    assert f"“{on}” is no day" in text(page)


@pytest.mark.parametrize("who", ["okafor", "marsh", "brandt"])
def test_of_a_day_to_come_nobody_reads_in_it_who_will_have_left(client, him, who):
    tomorrow = timezone.now() + timedelta(days=1)
    approved(him.petrov, "separation", by=him.okafor, reason="resignation", effective=tomorrow)
    client.force_login(getattr(him, who).user)
    for on in (f"{tomorrow + timedelta(days=1):%Y-%m-%d}", "9999-12-31"):
        page = client.get(reverse("org_chart") + f"?on={on}")
        assert page.status_code == 400
        assert "This day is to come" in text(page)
        assert "Petrov, S." in text(page)


@pytest.mark.parametrize("query", ["?unit=0", "?unit=x", "?unit=99999999999999999999", "?facility=EAST"])
def test_a_unit_or_facility_that_is_not_there_or_not_reached_is_not_found(clerk, query):
    make.facility("EAST")
    assert clerk.get(reverse("org_chart") + query).status_code == 404


def test_who_is_no_colleague_does_not_see_it(client):
    client.force_login(make.person(role="Surveyor"))
    assert client.get(reverse("org_chart")).status_code == 403


def test_before_there_were_units_it_says_so(clerk):
    assert "There were no units on that day." in text(clerk.get(reverse("org_chart") + "?on=2001-01-01"))


def test_the_page_needs_few_queries_whatever_its_size(clerk):
    with counted("org_chart", most=14):
        clerk.get(reverse("org_chart"))
