"""Views of lists that people keep, as whoever opens them meets them."""

import re
from dataclasses import replace

import pytest
from auditlog.models import LogEntry
from django.http import QueryDict

from records.inventory.filters import RecordFilter
from records.inventory.listings import RECORDS
from staff.models import SavedView
from staff.saved import actions, numbers
from tests import factories as make
from tests.queries import counted

pytestmark = pytest.mark.django_db


@pytest.fixture
def supervisor():
    return make.person("supervisor", role="Records supervisor")


@pytest.fixture
def desk(client, supervisor):
    client.force_login(supervisor)
    return client


def save(client, query="status=delinquent", name="Delinquent", **fields):
    return client.post("/views/save/", {"listing": "record_list", "query": query, "name": name} | fields)


def test_a_view_keeps_filters_order_and_columns_and_opens_with_them(desk):
    response = save(desk, "status=delinquent&sort=-due&columns=patient,status&at=place&unheard=of")
    view = SavedView.objects.get()
    assert view.query == "status=delinquent&sort=-due&columns=patient,status"
    assert response["Location"] == f"/views/{view.pk}/"
    opened = desk.get(f"/views/{view.pk}/")
    assert opened["Location"] == f"/records/?status=delinquent&sort=-due&columns=patient,status&view={view.pk}"
    page = desk.get(opened["Location"]).content.decode()
    assert 'aria-current="page">Delinquent <' in page
    assert [entry.actor.username for entry in LogEntry.objects.get_for_object(view)] == ["supervisor"]


def test_a_colleague_sees_with_the_same_address_what_their_own_role_reaches(desk, client):
    make.record(of=make.patient("Ordinary"), status="delinquent")
    make.record(of=make.patient("Elsewhere"), status="delinquent", at=make.facility("OTHER"))
    save(desk, whose="team")
    view = SavedView.objects.get()
    colleague = make.person("colleague", role="Records clerk", facilities=[make.facility(), make.facility("OTHER")])
    client.force_login(colleague)
    page = client.get(f"/views/{view.pk}/", follow=True).content.decode()
    assert "ORDINARY" in page
    assert "ELSEWHERE" in page
    client.force_login(make.person("narrower", role="Records clerk"))
    page = client.get(f"/views/{view.pk}/", follow=True).content.decode()
    assert "ORDINARY" in page
    assert "ELSEWHERE" not in page


@pytest.mark.parametrize(
    ("whose", "by", "at", "status"),
    [
        ("mine", "Records clerk", "MAIN", 404),  # somebody's own is nobody else's
        ("team", "Records clerk", "MAIN", 302),
        ("team", "Records clerk", "OTHER", 404),  # of another facility
        ("team", "Interface engineer", "MAIN", 403),  # may not open that list
    ],
)
def test_who_opens_a_view(desk, client, whose, by, at, status):
    save(desk, whose=whose)
    client.force_login(make.person("stranger", role=by, facilities=[make.facility(at)]))
    assert client.get(f"/views/{SavedView.objects.get().pk}/").status_code == status


def test_only_those_who_may_make_a_view_for_the_team(client):
    client.force_login(make.person("clerk", role="Records clerk"))
    assert save(client, whose="team").status_code == 403
    assert save(client, whose="mine").status_code == 302
    assert SavedView.objects.get().facility is None


@pytest.mark.parametrize("act", ["rename", "change", "delete"])
def test_a_colleagues_view_is_not_changed(desk, client, act):
    save(desk, whose="team")
    view = SavedView.objects.get()
    client.force_login(make.person("clerk", role="Records clerk"))
    answer = client.post(f"/views/{view.pk}/change/", {"act": act, "name": "Mine now", "query": ""})
    assert answer.status_code == 403
    view.refresh_from_db()
    assert (view.name, view.query) == ("Delinquent", "status=delinquent")


def test_a_view_is_renamed_changed_and_deleted(desk):
    save(desk)
    view = SavedView.objects.get()
    address = f"/views/{view.pk}/change/"
    desk.post(address, {"act": "rename", "name": "  Past   thirty days "})
    desk.post(address, {"act": "change", "query": "status=unfinished&discharged=30"})
    view.refresh_from_db()
    assert (view.name, view.query) == ("Past thirty days", "status=unfinished&discharged=30")
    assert desk.post(address, {"act": "paint"}).status_code == 400
    assert desk.post(address, {"act": "delete"})["Location"] == "/records/?view=all"
    assert not SavedView.objects.exists()


def test_the_list_opens_with_the_view_that_was_made_its_beginning(desk):
    save(desk)
    save(desk, name="Other", query="status=complete")
    first, second = SavedView.objects.order_by("pk")
    for view in (first, second):
        desk.post(f"/views/{view.pk}/change/", {"act": "home"})
    assert [view.is_home for view in SavedView.objects.order_by("pk")] == [False, True]
    assert desk.get("/records/")["Location"] == f"/views/{second.pk}/"
    assert desk.get("/records/?view=all").status_code == 200
    assert 'href="/records/?view=all">clear the filters' in desk.get("/records/?status=complete").content.decode()
    desk.post(f"/views/{second.pk}/change/", {"act": "leave"})
    assert desk.get("/records/").status_code == 200


def test_a_view_that_no_longer_fits_opens_with_what_is_understood_and_says_what_is_not(desk, supervisor):
    view = SavedView.objects.create(
        name="Old",
        listing="record_list",
        owner=supervisor,
        query="status=delinquent&ward=7&discharged=always&sort=name&columns=patient,bed,status",
    )
    answer = desk.get(f"/views/{view.pk}/", follow=True)
    assert answer.redirect_chain == [(f"/records/?status=delinquent&columns=patient,status&view={view.pk}", 302)]
    page = answer.content.decode()
    assert answer.status_code == 200
    for lost in ("ward: 7", "discharged: always", "sort: name", "column bed"):
        assert lost in page


@pytest.mark.parametrize(
    ("fields", "status", "sentence"),
    [
        ({"name": " "}, 422, "A view needs a name."),
        ({"name": "x" * 61}, 422, "at most 60 characters"),
        ({"name": "DELINQUENT"}, 409, "There is a view called “DELINQUENT” of this list already."),
        ({"query": "status=lost"}, 400, "mend its filters"),
        ({"listing": "no_list"}, 404, ""),
        ({"whose": "team", "facility": "0"}, 302, ""),  # of one facility there is no choice to get wrong
    ],
)
def test_what_cannot_be_saved_is_refused_in_a_sentence(desk, fields, status, sentence):
    save(desk)
    answer = save(desk, **{"name": "Another"} | fields)
    assert answer.status_code == status
    assert sentence in answer.content.decode()
    assert SavedView.objects.count() == (2 if status == 302 else 1)


class ByPerson(RecordFilter):
    """As if the service told whose record it is."""

    identifying = ("service",)


def test_a_filter_that_identifies_a_patient_is_never_kept(supervisor):
    with pytest.raises(actions.DomainError, match="take the filter Service away first"):
        actions.save(replace(RECORDS, filters=ByPerson), name="One", query=QueryDict("service=1"), by=supervisor)
    assert not SavedView.objects.exists()


def test_a_view_is_not_changed_by_a_link(desk):
    save(desk)
    assert desk.get(f"/views/{SavedView.objects.get().pk}/change/?act=delete").status_code == 405


def test_a_script_is_led_on_by_a_header(desk):
    answer = desk.post(
        "/views/save/", {"listing": "record_list", "query": "", "name": "All"}, headers={"HX-Request": "true"}
    )
    assert answer.status_code == 204
    assert answer["HX-Redirect"] == f"/views/{SavedView.objects.get().pk}/"


class TestNumbers:
    """How many rows a view has stands on its tab."""

    @pytest.fixture
    def told(self, desk):
        def told(listing: str = "record_list") -> dict[str, str]:
            page = desk.get(f"/views/numbers/{listing}/").content.decode()
            names = dict(SavedView.objects.values_list("pk", "name"))
            found = re.findall(r'<span class="number" id="view-(\d+)" hx-swap-oob="true">([^<]*)</span>', page)
            return {names[int(pk)]: number for pk, number in found}

        return told

    def test_it_is_that_of_the_list_the_view_opens(self, desk, told):
        for status in ("delinquent", "delinquent", "incomplete"):
            make.record(status=status)
        make.record(status="delinquent", confidentiality=5)
        make.record(status="delinquent", at=make.facility("OTHER"))
        save(desk)
        save(desk, "status=incomplete", "Incomplete", whose="team")
        save(desk, "status=complete", "Complete")
        assert told() == {"Delinquent": "2", "Incomplete": "1", "Complete": "0"}

    def test_a_long_one_is_counted_up_to_a_limit(self, desk, told, monkeypatch):
        monkeypatch.setattr(numbers, "MOST", 1)
        for _again in range(3):
            make.record(status="delinquent")
        save(desk)
        assert told() == {"Delinquent": "1+"}

    def test_of_a_list_of_sums_the_sums_are_counted(self, desk, told):
        for name in ("Vance", "Alder"):
            who = make.practitioner(name)
            make.deficiency(owed_by=who)
            make.deficiency(owed_by=who)
        save(desk, "", "Everybody", listing="practitioner_list")
        assert told("practitioner_list") == {"Everybody": "2"}

    def test_what_takes_too_long_has_none_and_the_page_goes_on(self, desk, told, monkeypatch):
        monkeypatch.setattr(numbers, "MOST_MILLISECONDS", 1)
        monkeypatch.setattr(
            RECORDS.filters, "narrowed", lambda filters: filters.qs.extra(where=["pg_sleep(5) IS NULL"])
        )
        make.record(status="delinquent")
        save(desk)
        assert told() == {}

    def test_a_role_that_reaches_nothing_counts_nothing(self, client):
        client.force_login(make.person("nowhere", role="Records clerk", facilities=[]))
        save(client)
        assert ">0</span>" in client.get("/views/numbers/record_list/").content.decode()

    def test_only_who_may_open_the_list_is_told(self, client):
        client.force_login(make.person("engineer", role="Interface engineer"))
        assert client.get("/views/numbers/record_list/").status_code == 403
        assert client.get("/views/numbers/no_list/").status_code == 404

    def test_it_costs_a_bounded_number_of_queries(self, desk):
        for name in ("One", "Two", "Three"):
            save(desk, f"status=delinquent&service={make.service('surgery', 'Surgery').pk}", name)
        with counted("view_numbers"):
            desk.get("/views/numbers/record_list/")
