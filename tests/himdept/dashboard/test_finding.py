"""The box on top: what is found, by whom, and that no name stands in an address."""

import pytest
from django.db import connection
from django.urls import reverse

from himdept.common.confidentiality import Confidentiality
from records.inventory.finding import encounters_numbered, named
from records.models import Patient, Practitioner
from staff.models import SavedView
from tests import factories as make
from tests.queries import counted

pytestmark = pytest.mark.django_db
FRAGMENT = {"HX-Request": "true", "HX-Request-Type": "partial"}


@pytest.fixture
def desk(client):
    client.force_login(make.manager())
    return client


class TestFind:
    def find(self, client, words):
        response = client.post("/find/", {"words": words})
        assert response.status_code == 200
        return {record.encounter.patient.family_name for record in response.context["rows"]}

    @pytest.fixture
    def patients(self):
        make.record(of=make.patient("O'Brien", "Mary Jane", mrn="00482217"), visit="V-778102")
        make.record(of=make.patient("Obradović", "Ana"))
        make.record(of=make.patient("Hidden"), confidentiality=Confidentiality.RESTRICTED, visit="V-000001")

    @pytest.mark.parametrize(
        ("words", "found"),
        [
            ("ob", {"Obradović"}),
            ("OBRADOVIĆ", {"Obradović"}),
            ("o'brien, mary", {"O'Brien"}),
            ("mary jane o'brien", {"O'Brien"}),
            ("00482217", {"O'Brien"}),
            ("V-778102", {"O'Brien"}),
            ("0048221", set()),  # part of a number is nobody's number
            ("hidden", set()),  # beyond the clearance
            ("V-000001", set()),
            ("%", set()),
            ("", set()),
            ("\x00", set()),
        ],
    )
    def test_by_the_beginning_of_a_name_or_a_whole_number(self, desk, patients, words, found):
        assert self.find(desk, words) == found

    def test_names_never_stand_in_an_address(self, desk):
        assert desk.get("/find/?words=obrien").status_code == 405

    def test_only_the_first_hundred_are_shown_and_it_says_so(self, desk):
        patient = make.patient("Frequent")
        for _ in range(101):
            make.record(of=patient)
        response = desk.post("/find/", {"words": "frequent"})
        assert len(response.context["rows"]) == 100
        assert "type more to find fewer" in response.content.decode()


class TestBox:
    def found(self, client, words) -> dict[str, list[str]]:
        response = client.post("/find/", {"words": words}, headers=FRAGMENT)
        assert response.status_code == 200
        assert "<html" not in response.content.decode()
        return {str(group.title): [hit.label for hit in group.hits] for group in response.context["groups"]}

    def test_screens_views_practitioners_and_records_are_found_by_name(self, desk):
        make.record(of=make.patient("Inverness", "Ada"))
        make.practitioner("Invar", "B.")
        SavedView.objects.create(name="Invisible", listing="record_list", owner=make.person("somebody"))
        SavedView.objects.create(
            name="In voice", listing="record_list", owner=make.person("somebody else"), facility=make.facility()
        )
        assert self.found(desk, "inv") == {
            "Screens": ["Inventory"],
            "Practitioners": ["Invar, B."],
            "Records": ["INVERNESS, Ada"],
        }
        assert self.found(desk, "in v") == {"Saved views": ["In voice"]}

    def test_what_is_found_leads_where_it_says(self, desk):
        record, vance = make.record(of=make.patient(mrn="00482217")), make.practitioner("Vance")
        assert f'href="/records/{record.pk}/"' in desk.post("/find/", {"words": "00482217"}).content.decode()
        assert f'href="/deficiencies/?owed_by={vance.pk}"' in desk.post("/find/", {"words": "vance"}).content.decode()

    def test_the_software_alone_finds_screens_and_no_chart(self, client):
        make.record(of=make.patient("Glossop"))
        make.practitioner("Glossop")
        client.force_login(make.person("root", is_superuser=True))
        assert self.found(client, "glos") == {"Screens": ["Glossary"]}

    def test_names_are_masked_in_the_box_and_on_the_page(self, desk):
        make.record(of=make.patient("Lindqvist", "Amara", mrn="00482217"))
        desk.post("/names/", {"names": "masked"})
        for headers in (FRAGMENT, {}):
            page = desk.post("/find/", {"words": "lindq"}, headers=headers).content.decode()
            assert "L., A." in page
            assert "••••217" in page
            assert "lindq" not in page.casefold()
            assert "0048" not in page

    @pytest.mark.parametrize("words", ["quillf", "ida quill", "Quillfeather, I", "Q-77"])
    def test_people_are_found_by_who_is_above_them_and_by_nobody_else(self, client, words):
        top = make.unit("HIM")
        below, beside = make.unit("Coding", under=top), make.unit("Release", under=top)
        over = make.employee("Okafor", sits_in=make.position(top, heads=True), user=make.manager("okafor"))
        other = make.employee("Ruiz", sits_in=make.position(beside, heads=True), user=make.manager("ruiz"))
        coder = make.employee("Quillfeather", given_name="Ida", number="Q-77", sits_in=make.position(below))
        address = reverse("person_credentials", args=[coder.pk])
        for head, finds in ((over, True), (other, False)):
            client.force_login(head.user)
            page = client.post("/find/", {"words": words}, headers=FRAGMENT).content.decode()
            assert (f'href="{address}"' in page) == finds

    def test_nothing_found_is_said(self, desk):
        assert "Nobody and nothing" in desk.post("/find/", {"words": "zzz"}, headers=FRAGMENT).content.decode()

    def test_it_costs_as_many_queries_for_many_as_for_one(self, desk):
        for i in range(2):
            for _ in range(1 + 10 * i):
                make.record(of=make.patient("Common"))
            with counted("find"):
                desk.post("/find/", {"words": "com"}, headers=FRAGMENT)


@pytest.mark.parametrize(
    ("rows", "index"),
    [
        (lambda: Patient.objects.filter(named("lind")), "patient_by_name"),
        (lambda: Practitioner.objects.filter(named("vance, t")), "practitioner_by_any_case"),
        (lambda: encounters_numbered("00482217"), "patientidentifier_means_one"),
        (lambda: encounters_numbered("V-1"), "encounteridentifier_means_one"),
    ],
)
def test_an_index_serves_each_way_of_finding(rows, index):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")  # of a handful of rows it would be cheaper to read them all
    assert index in rows().explain()
