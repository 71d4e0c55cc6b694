"""Practitioners: who owes most and oldest, and the page of one of them."""

import csv
import html
import io
import re
from datetime import timedelta

import pytest
from django.utils import timezone

from himdept.common import paging
from himdept.common.masking import last_digits
from records.completeness import practitioners
from records.models import Deficiency, KeptFigures, KeptOwing
from tests import factories as make
from tests.queries import counted

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client):
    client.force_login(make.manager())
    return client


def ago(days: int):
    return timezone.now() - timedelta(days=days, hours=1)


@pytest.fixture
def vance():
    """Three past due of two kinds on two records, one delinquent; one entry without a clock; one above clearance."""
    vance, surgery = make.practitioner("Vance", "T."), make.service("surgery", "Surgery")
    late = make.record(status="delinquent", service=surgery)
    less_late = make.record(status="incomplete", service=surgery)
    orders = make.requirement("VO-48H", topic="order", document_types=["order"], due_after_hours=48)
    make.deficiency(late, owed_by=vance, due_at=ago(40))
    make.deficiency(late, owed_by=vance, due_at=ago(20), requirement=orders, document_type=make.document_type("order"))
    make.deficiency(less_late, owed_by=vance, due_at=ago(3))
    make.deficiency(less_late, owed_by=vance, kind="undated", element="time", due_at=None)
    make.deficiency(make.record(confidentiality=5, status="delinquent"), owed_by=vance, due_at=ago(300))
    return vance


@pytest.fixture
def alder():
    alder = make.practitioner("alder", "M.")
    make.deficiency(make.record(status="incomplete"), owed_by=alder, due_at=ago(60))
    return alder


def rows(response) -> list[str]:
    return [row.name for row in response.context["page"]]


def called(response) -> list[str]:
    """What the links to records say, on the page of a practitioner."""
    return re.findall(r'<a class="underlined" href="/records/[^"]+">([^<]*)</a>', response.content.decode())


def page_of_all(sort: str, *, at: str = "", size: int = 50):
    owed = practitioners.sums(Deficiency.objects.open(), timezone.now())
    return paging.page_of(owed, practitioners.SORTS, sort=sort, at=at, size=size, key="owed_by")


def every_number(page: str) -> list[tuple[str, str]]:
    found = re.findall(r'<td[^>]* class="end"[^>]*><a href="([^"]+)">([\d,]+)</a>', page)
    found += re.findall(r'<a href="([^"]+)"><span class="value">([\d,]+)</span>', page)
    return [(html.unescape(address), number) for address, number in found]


class TestList:
    def test_who_owes_most_stands_first_with_all_that_is_owed(self, desk, vance, alder):
        response = desk.get("/practitioners/")
        first, second = response.context["page"]
        assert (first.name, first.service, first.open, first.past_due, first.delinquent) == (
            "Vance, T.",
            "Surgery",
            4,
            3,
            1,
        )
        assert [band.number for band in first.bands(longest=3)] == [1, 1, 1]
        assert [round(band.start) for band in first.bands(longest=3)] == [0, 33, 67]
        assert (second.name, second.open, second.delinquent) == ("alder, M.", 1, 0)
        assert "2 found" in response.content.decode()

    def test_every_number_is_the_number_of_rows_behind_its_link(self, desk, vance, alder):
        surgery = make.service("surgery", "Surgery")
        for address in ("/practitioners/", f"/practitioners/?service={surgery.pk}"):
            numbers = every_number(desk.get(address).content.decode())
            assert numbers
            for behind, number in numbers:
                assert f"{number} found" in desk.get(behind).content.decode(), behind

    @pytest.mark.parametrize(
        ("sort", "names"),
        [
            ("-owes", ["Vance, T.", "alder, M."]),
            ("owes", ["alder, M.", "Vance, T."]),
            ("oldest", ["alder, M.", "Vance, T."]),
            ("-oldest", ["Vance, T.", "alder, M."]),
            ("name", ["alder, M.", "Vance, T."]),
            ("-name", ["Vance, T.", "alder, M."]),
        ],
    )
    def test_it_can_be_sorted(self, desk, vance, alder, sort, names):
        assert rows(desk.get("/practitioners/", {"sort": sort})) == names

    @pytest.mark.parametrize(
        ("query", "names"),
        [
            ({"who": "van"}, ["Vance, T."]),
            ({"service": "null"}, ["alder, M."]),
            ({"who": "nobody"}, []),
        ],
    )
    def test_it_can_be_narrowed(self, desk, vance, alder, query, names):
        make.deficiency(make.record(confidentiality=5), owed_by=make.practitioner("Vann", "S."))
        response = desk.get("/practitioners/", query)
        assert rows(response) == names
        assert response.context["filters"].countable().count() == len(names)

    @pytest.mark.parametrize("sort", ["-owes", "owes", "oldest", "-oldest", "name", "-name"])
    def test_its_pages_forwards_and_backwards_are_the_whole_list(self, sort):
        for n in range(7):
            who = make.practitioner("Same" if n % 2 else f"Name {n}", str(n % 3))
            for _again in range(1 + n % 3):
                make.deficiency(owed_by=who, due_at=None if n == 3 else ago(10 * (n % 4)))
        whole = [row.owed_by for row in page_of_all(sort)]
        assert len(whole) == 7

        page, walked = page_of_all(sort, size=2), []
        while True:
            walked.append([row.owed_by for row in page])
            if not page.next:
                break
            page = page_of_all(sort, size=2, at=page.next)
        assert [number for numbers in walked for number in numbers] == whole

        back = [walked[-1]]
        while page.previous:
            page = page_of_all(sort, size=2, at=page.previous)
            back.append([row.owed_by for row in page])
        assert back == walked[::-1]

    @pytest.mark.parametrize("query", [{"at": "made-up"}, {"sort": "salary"}, {"facility": "9999"}])
    def test_what_it_does_not_understand_is_refused_in_words(self, desk, vance, query):
        response = desk.get("/practitioners/", query)
        assert response.status_code == 400
        assert "Vance" not in response.content.decode()

    def test_a_position_names_nobody(self, desk, vance, alder):
        position = paging.signer.unsign_object(page_of_all("name", size=1).next)
        assert position == ["records.deficiency", "name", False, None, alder.pk]

    def test_who_has_no_clock_stands_last_in_either_direction(self, desk, vance, alder):
        make.deficiency(owed_by=make.practitioner("Zane", ""), kind="undated", element="time", due_at=None)
        assert rows(desk.get("/practitioners/?sort=oldest"))[-1] == rows(desk.get("/practitioners/?sort=-oldest"))[-1]

    def test_more_than_a_page_is_counted_by_people_not_by_what_they_owe(self, desk, vance, alder, monkeypatch):
        monkeypatch.setattr(paging.page_of, "__kwdefaults__", paging.page_of.__kwdefaults__ | {"size": 1})
        assert "2 found" in desk.get("/practitioners/").content.decode()

    def test_a_choice_of_columns_is_kept_as_a_view_and_opened_again(self, desk, vance):
        kept = {"listing": "practitioner_list", "name": "Who owes", "query": "columns=who,owes&sort=name"}
        page = desk.post("/views/save/", kept, follow=True).content.decode()
        assert re.findall(r'<td data-label="([^"]+)"', page) == ["Past due"]

    def test_it_goes_out_on_paper_and_as_a_sheet_as_it_stands(self, desk, vance, alder):
        page = desk.get("/lists/practitioner_list/print/?who=van").content.decode()
        assert re.findall(r"<t[hd][^>]*>([^<]*Vance[^<]*|alder[^<]*)<", page) == ["Vance, T."]
        sheet = b"".join(desk.get("/lists/practitioner_list.csv?sort=name").streaming_content).decode()
        heading, first, second = csv.reader(io.StringIO(sheet))
        assert heading == [
            "Practitioner",
            "Service",
            "Past due",
            "Under 15 days",
            "15 to 30",
            "Over 30 days",
            "Oldest, days past due",
            "Open",
            "Delinquent records",
        ]
        assert first == ["alder, M.", "", "1", "0", "0", "1", "60", "1", "0"]
        assert second == ["Vance, T.", "Surgery", "3", "1", "1", "1", "40", "4", "1"]

    def test_it_costs_a_bounded_number_of_queries(self, desk, vance, alder):
        desk.get("/practitioners/")
        with counted("practitioner_list"):
            desk.get("/practitioners/")


class TestPage:
    def test_it_tells_what_is_owed_by_type_and_age(self, desk, vance):
        context = desk.get(f"/practitioners/{vance.pk}/").context
        every = context["all"]
        assert [number for _label, number, _address in every.cells] == [4, 3, 2, 1]
        assert (every.records, every.delinquent) == (2, 1)
        assert [(row.title, row.cells[0][1]) for row in context["types"]] == [("Discharge summary", 3), ("Order", 1)]

    def test_every_number_is_the_number_of_rows_behind_its_link(self, desk, vance):
        numbers = every_number(desk.get(f"/practitioners/{vance.pk}/").content.decode())
        assert len(numbers) == 3 * 4 + 3
        for behind, number in numbers:
            assert f"{number} found" in desk.get(behind).content.decode(), behind

    def test_it_tells_how_late_things_were_made_good_on_the_median(self, desk, vance):
        for late in (1, 5, 30):
            make.deficiency(
                owed_by=vance,
                status="resolved",
                cause="met_late",
                kind="late",
                due_at=ago(10 + late),
                resolved_at=ago(10),
            )
        make.deficiency(owed_by=vance, status="resolved", cause="met", due_at=ago(200), resolved_at=ago(100))
        make.deficiency(owed_by=vance, status="void", cause="withdrawn")
        sealed = make.record(confidentiality=5)
        make.deficiency(sealed, owed_by=vance, status="resolved", cause="met", due_at=ago(90), resolved_at=ago(2))
        response = desk.get(f"/practitioners/{vance.pk}/")
        resolved = response.context["resolved"]
        assert (resolved.number, resolved.lateness.days) == (3, 5)
        assert "5 d" in response.content.decode()
        assert f"/records/{sealed.pk}/" not in response.content.decode()

    def test_it_tells_what_is_due_next_and_that_there_is_more(self, desk, vance):
        for hours in range(9, 0, -1):
            make.expected(owed_by=vance, due_at=timezone.now() + timedelta(hours=hours))
        response = desk.get(f"/practitioners/{vance.pk}/")
        coming = response.context["coming"]
        assert [row.due_at for row in coming] == sorted(row.due_at for row in coming)
        assert len(coming) == 8
        assert "There is more." in response.content.decode()
        assert "9 found" in desk.get(response.context["coming_address"]).content.decode()

    def test_a_chart_is_called_by_its_numbers_which_are_masked_as_everywhere(self, desk, vance):
        record = make.record(of=make.patient(mrn="00004711"), visit="V-000815")
        make.expected(record, owed_by=vance)
        make.deficiency(record, owed_by=vance, status="resolved", cause="met", due_at=ago(5), resolved_at=ago(2))
        page = f"/practitioners/{vance.pk}/"
        assert called(desk.get(page)) == ["MRN 00004711 · visit V-000815"] * 2
        desk.post("/names/", {"names": "masked", "next": page})
        assert called(desk.get(page)) == [f"MRN {last_digits('00004711')} · visit {last_digits('V-000815')}"] * 2

    def test_the_nights_tell_how_it_moved_and_nothing_is_a_number_too(self, desk, vance):
        main = make.facility()
        for days, owed, rank in ((3, 5, 3), (2, None, 3), (1, 2, 3), (1, 40, 5)):
            run = make.audit_run(as_of=ago(days))
            kept = {"run": run, "facility": main, "day": run.as_of.date(), "confidentiality": rank}
            KeptFigures.objects.create(**kept)
            if owed:
                KeptOwing.objects.create(**kept, practitioner=vance, past_due=owed)
        trend = desk.get(f"/practitioners/{vance.pk}/").context["trend"]
        assert [point.value for point in trend.points] == [5, 0, 2]
        assert "from 5 on" in trend.words
        assert trend.words.endswith("least 0, most 5")

    def test_who_owes_nothing_is_told_so(self, desk):
        page = desk.get(f"/practitioners/{make.practitioner().pk}/").content.decode()
        assert "Nothing is owed" in page
        assert "Nothing was past due" in page

    def test_a_number_that_nobody_has_is_not_there(self, desk):
        assert desk.get("/practitioners/4711/").status_code == 404

    def test_what_is_known_by_a_number_only_is_marked(self, desk):
        page = desk.get(f"/practitioners/{make.practitioner(is_stub=True, is_active=False).pk}/").content.decode()
        assert "known by a number only" in page
        assert "no longer active" in page

    def test_it_costs_a_bounded_number_of_queries(self, desk, vance):
        desk.get(f"/practitioners/{vance.pk}/")
        with counted("practitioner_page"):
            desk.get(f"/practitioners/{vance.pk}/")


@pytest.mark.parametrize(
    ("role", "status"), [("Records manager", 200), ("Records clerk", 200), ("Interface engineer", 403), ("", 403)]
)
def test_who_may_see_what_practitioners_owe(client, vance, role, status):
    client.force_login(make.person(role=role))
    assert client.get("/practitioners/").status_code == status
    assert client.get(f"/practitioners/{vance.pk}/").status_code == status


def test_somebody_of_another_facility_sees_no_number_of_this_one(client, vance):
    client.force_login(make.person(role="Records clerk", facilities=[make.facility("EAST")]))
    assert rows(client.get("/practitioners/")) == []
    assert client.get(f"/practitioners/{vance.pk}/").context["all"].cells[0][1] == 0
