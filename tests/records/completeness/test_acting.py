"""The pages of acting on deficiencies: what they say before, what they refuse, the notice afterwards."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from himdept.common.columns import Showing
from records.completeness import bulk, deficiencies
from records.models import AccessLog, Decision, Deficiency
from staff.models import Selection
from tests import factories as make
from tests.queries import counted

pytestmark = pytest.mark.django_db
FRAGMENT = {"HX-Request": "true", "HX-Request-Type": "partial"}
BECAUSE = "Dr Vance has died."


@pytest.fixture
def manager():
    return make.manager()


@pytest.fixture
def desk(client, manager):
    client.force_login(manager)
    return client


@pytest.fixture
def owed():
    vance, alder = make.practitioner(), make.practitioner("Alder")
    first = make.deficiency(owed_by=vance)
    return [first, make.deficiency(first.record, topic="order", owed_by=vance), make.deficiency(owed_by=alder)]


def select(client, rows) -> str:
    numbers = [row.pk for row in rows]
    client.post(
        "/selections/deficiency_list/", {"row": numbers, "shown": ",".join(map(str, numbers)), "query": "age=0"}
    )
    return str(Selection.objects.get().token)


def text(response) -> str:
    return re.sub(r"\s+", " ", response.content.decode())


class TestTheSelection:
    def test_the_page_says_first_what_will_happen(self, desk, owed):
        page = text(desk.get("/deficiencies/waive/", {"selection": select(desk, owed)}))
        assert "3 deficiencies on 2 records, owed by 2 practitioners." in page
        assert "Waive 3</button>" in page
        assert 'href="/deficiencies/?age=0"' in page

    def test_what_is_chosen_is_listed_oldest_first_before_the_act_and_no_name_of_a_patient(self, desk, monkeypatch):
        monkeypatch.setattr(bulk, "MOST_SHOWN", 2)
        now = timezone.now()
        rows = [
            make.deficiency(due_at=now - timedelta(days=days, hours=1), kind=kind)
            for days, kind in ((3, "missing"), (40, "unsigned"), (9, "missing"))
        ]
        response = desk.get("/deficiencies/waive/", {"selection": select(desk, rows)})
        assert [row.pk for row in response.context["preview"].rows()] == [rows[1].pk, rows[2].pk]
        page = text(response)
        oldest = page[page.index("What you chose") :]
        for told in (rows[1].record.encounter.patient.identifiers.get().value, "Discharge summary", "unsigned", "40 d"):
            assert told in oldest
        assert "And 1 more." in page
        assert Showing().name(rows[1].record.encounter.patient) not in page

    def test_it_is_done_and_said_with_a_way_to_undo_it(self, desk, owed, manager):
        response = desk.post("/deficiencies/waive/", {"selection": select(desk, owed), "because": BECAUSE})
        assert response.url == "/deficiencies/?age=0"
        page = text(desk.get(response.url))
        assert "3 deficiencies waived. They no longer count against their records." in page
        undo = f"/deficiencies/undo/{Decision.objects.get().token}/"
        assert f'action="{undo}"' in page
        back = desk.post(undo, {"next": "/deficiencies/?age=0"})
        assert back.url == "/deficiencies/?age=0"
        assert "Undone: 3 deficiencies stand as before." in text(desk.get(back.url))
        assert set(Deficiency.objects.values_list("status", flat=True)) == {"open"}

    def test_they_are_reassigned_to_whom_was_chosen(self, desk, owed):
        dahl = make.practitioner("Dahl", "R.")
        fields = {"selection": select(desk, owed), "because": BECAUSE, "to": dahl.pk, "who": "da"}
        response = desk.post("/deficiencies/reassign/", fields)
        assert "3 deficiencies reassigned to Dahl, R." in text(desk.get(response.url))
        assert set(Deficiency.objects.values_list("owed_by", flat=True)) == {dahl.pk}

    @pytest.mark.parametrize(
        ("address", "fields", "sentence"),
        [
            ("waive", {"because": " "}, "Say why: the reason is kept with the deficiency."),
            ("waive", {"because": "x" * 2001}, "at most 2000 characters"),
            ("reassign", {"because": "typed with care"}, "Choose who is to owe it."),
            ("reassign", {"because": "typed with care", "to": "999999"}, "There is no such practitioner"),
            ("reassign", {"because": "typed with care", "to": "x"}, "There is no such practitioner"),
        ],
    )
    def test_what_is_wrong_is_said_beside_the_field_and_nothing_typed_is_lost(
        self, desk, owed, address, fields, sentence
    ):
        response = desk.post(f"/deficiencies/{address}/", {"selection": select(desk, owed), **fields})
        assert response.status_code == 422
        assert sentence in text(response)
        assert fields["because"] in response.content.decode()
        assert not Decision.objects.exists()

    def test_a_difference_is_a_conflict_in_words_and_rows_and_one_can_go_on(self, desk, owed):
        token = select(desk, owed)
        deficiencies.waive(owed[2], by=make.manager("other"), because="It was faster.")
        fields = {"selection": token, "because": "typed with care"}
        response = desk.post("/deficiencies/waive/", fields)
        page = text(response)
        assert response.status_code == 409
        assert "1 of 3 changed since you chose them: 1 waived meanwhile." in page
        assert Showing().name(owed[2].record.encounter.patient) in page
        assert "typed with care" in page
        assert "Waive the other 2</button>" in page
        (agreed,) = re.findall(r'name="agreed" value="(\w+)"', page)
        assert desk.post("/deficiencies/waive/", fields | {"agreed": agreed}).status_code == 302
        assert set(Deficiency.objects.values_list("status", flat=True)) == {"waived"}
        assert Deficiency.objects.get(pk=owed[2].pk).waived_because == "It was faster."

    def test_sent_twice_it_is_done_once_and_said_twice(self, desk, owed):
        fields = {"selection": select(desk, owed), "because": BECAUSE}
        for _ in range(2):
            response = desk.post("/deficiencies/waive/", fields)
            assert response.status_code == 302
            assert "3 deficiencies waived" in text(desk.get(response.url))
        assert Decision.objects.count() == 1

    def test_a_selection_that_is_gone_is_said_so(self, desk, owed):
        token = select(desk, owed)
        Selection.objects.all().delete()
        for response in (
            desk.get("/deficiencies/waive/", {"selection": token}),
            desk.post("/deficiencies/waive/", {"selection": token, "because": BECAUSE}),
        ):
            assert response.status_code == 409
            assert "Choose again from the list" in text(response)

    @pytest.mark.parametrize("token", ["", "x"])
    def test_an_address_that_names_no_selection_is_not_there(self, desk, token):
        assert desk.get("/deficiencies/waive/", {"selection": token}).status_code == 404

    @pytest.mark.parametrize(
        ("role", "waives", "reassigns"),
        [
            ("Records manager", 409, 409),  # allowed, and nothing is chosen
            ("Records supervisor", 403, 409),
            ("Records clerk", 403, 403),
            ("Surveyor", 403, 403),
            ("Privacy officer", 403, 403),
            ("", 403, 403),
        ],
    )
    def test_who_may(self, client, role, waives, reassigns):
        client.force_login(make.person(role=role))
        chosen = {"selection": "01a209c2-9504-74cc-a485-5053c9a7863c"}
        assert client.get("/deficiencies/waive/", chosen).status_code == waives
        assert client.get("/deficiencies/reassign/", chosen).status_code == reassigns
        assert client.post("/deficiencies/reassign/", chosen | {"because": BECAUSE}).status_code in {reassigns, 422}

    def test_it_costs_as_many_queries_for_many_as_for_few(self, desk):
        rows = [make.deficiency(owed_by=make.practitioner()) for _ in range(12)]
        for some in (rows[:2], rows):
            token = select(desk, some)
            desk.get("/deficiencies/reassign/", {"selection": token})
            with counted("deficiencies_reassign"):
                desk.get("/deficiencies/reassign/", {"selection": token})


class TestFindingAPractitioner:
    def test_those_who_attended_are_offered_first(self, desk):
        dahl = make.practitioner("Dahl")
        row = make.deficiency(make.record(attending=dahl))
        make.practitioner("Naess")
        page = desk.get("/deficiencies/reassign/", {"selection": select(desk, [row])})
        assert list(page.context["practitioners"]) == [dahl]

    def test_who_owes_it_already_is_not_offered(self, desk):
        row = make.deficiency(make.record(attending=make.practitioner("Dahl")), owed_by=make.practitioner("Naess"))
        own = make.deficiency(make.record(attending=(alder := make.practitioner("Alder"))), owed_by=alder)
        page = desk.get("/deficiencies/reassign/", {"selection": select(desk, [row, own])})
        assert [practitioner.family_name for practitioner in page.context["practitioners"]] == ["Dahl"]

    @pytest.mark.parametrize("words", ["dah", "Dahl, r", "r. dahl", " DAHL "])
    def test_by_the_beginning_of_the_name_and_what_was_typed_is_kept(self, desk, owed, words):
        dahl = make.practitioner("Dahl", "R.")
        make.practitioner("Dahl", "X.", is_active=False)
        fields = {"selection": select(desk, owed), "find": "yes", "who": words, "because": "typed with care"}
        page = desk.post("/deficiencies/reassign/", fields)
        assert page.status_code == 200
        assert list(page.context["practitioners"]) == [dahl]
        assert "typed with care" in page.content.decode()
        assert not Decision.objects.exists()

    def test_a_script_gets_the_choices_alone(self, desk, owed):
        fields = {"selection": select(desk, owed), "find": "yes", "who": "<b>"}
        page = desk.post("/deficiencies/reassign/", fields, headers=FRAGMENT).content.decode()
        assert "Nobody who practises here is called “&lt;b&gt;”." in page
        assert "<html" not in page


class TestOne:
    def test_it_is_reassigned_and_said_with_a_way_to_undo_it(self, desk, owed):
        dahl = make.practitioner("Dahl", "R.")
        response = desk.post(f"/deficiencies/{owed[0].pk}/reassign/", {"to": dahl.pk, "because": BECAUSE})
        assert response.url == f"/records/{owed[0].record_id}/#deficiency-{owed[0].pk}"
        page = text(desk.get(response.url))
        assert "Reassigned to Dahl, R." in page
        assert "Reassigned from Vance, T. to Dahl, R. on" in page
        assert f"by manager: {BECAUSE}" in page
        assert f'action="/deficiencies/undo/{Decision.objects.get().token}/"' in page

    def test_a_waiver_can_be_undone(self, desk, owed):
        desk.post(f"/deficiencies/{owed[0].pk}/waive/", {"because": BECAUSE})
        response = desk.post(f"/deficiencies/undo/{Decision.objects.get().token}/", {"next": "/records/1/"})
        assert response.url == "/records/1/"
        assert Deficiency.objects.get(pk=owed[0].pk).is_open

    def test_it_is_given_back(self, desk, owed):
        desk.post(f"/deficiencies/{owed[0].pk}/reassign/", {"to": owed[2].owed_by_id, "because": BECAUSE})
        desk.post(f"/deficiencies/{owed[0].pk}/give-back/", {"because": "A mistake."})
        assert Deficiency.objects.get(pk=owed[0].pk).owed_by == owed[0].owed_by

    def test_whoever_owes_it_already_is_refused_beside_the_field(self, desk, owed):
        fields = {"to": owed[0].owed_by_id, "because": "typed with care", "who": "van"}
        response = desk.post(f"/deficiencies/{owed[0].pk}/reassign/", fields)
        assert response.status_code == 422
        assert "Vance, T. owes it already." in text(response)
        assert "typed with care" in text(response)

    def test_asking_shows_a_patient_and_is_logged_as_a_read(self, desk, owed, manager):
        assert desk.get(f"/deficiencies/{owed[0].pk}/reassign/").status_code == 200
        assert AccessLog.objects.get().record_id == owed[0].record_id

    def test_what_is_sealed_or_elsewhere_is_not_there(self, desk):
        sealed = make.deficiency(make.record(confidentiality=5), owed_by=make.practitioner())
        fields = {"to": make.practitioner("Dahl").pk, "because": BECAUSE}
        assert desk.get(f"/deficiencies/{sealed.pk}/reassign/").status_code == 404
        assert desk.post(f"/deficiencies/{sealed.pk}/reassign/", fields).status_code == 404
        assert desk.post(f"/deficiencies/{sealed.pk}/give-back/", fields).status_code == 404


class TestUndo:
    @pytest.fixture
    def decision(self, desk, owed):
        desk.post("/deficiencies/waive/", {"selection": select(desk, owed), "because": BECAUSE})
        return Decision.objects.get()

    def test_what_somebody_else_changed_is_a_conflict_and_the_rest_can_be_undone(self, desk, owed, decision):
        deficiencies.reinstate(owed[0], by=make.manager("other"), because="He lives.")
        undo = f"/deficiencies/undo/{decision.token}/"
        response = desk.post(undo, {"next": "/deficiencies/"})
        page = text(response)
        assert response.status_code == 409
        assert "1 of 3 changed since you chose them: 1 opened again meanwhile." in page
        assert "Undo the other 2</button>" in page
        (agreed,) = re.findall(r'name="agreed" value="(\w+)"', page)
        assert desk.post(undo, {"next": "/deficiencies/", "agreed": agreed}).status_code == 302
        assert set(Deficiency.objects.values_list("status", flat=True)) == {"open"}

    def test_for_somebody_else_it_is_not_there(self, client, decision):
        client.force_login(make.manager("other"))
        assert client.post(f"/deficiencies/undo/{decision.token}/").status_code == 404

    def test_a_link_undoes_nothing(self, desk, decision):
        assert desk.get(f"/deficiencies/undo/{decision.token}/").url == "/deficiencies/"
        assert "waived" in set(Deficiency.objects.values_list("status", flat=True))


class TestThePage:
    def test_it_says_why_what_would_satisfy_it_what_else_is_owed_and_what_happened(self, desk, owed, manager):
        deficiencies.reassign(owed[0], to=make.practitioner("Dahl", "R."), by=manager, because=BECAUSE)
        page = text(desk.get(f"/deficiencies/{owed[0].pk}/"))
        assert "Discharge summary is missing" in page
        assert "30 days after discharge (Medical staff bylaws, 42 CFR 482.24(c)(4)(vii))" in page
        assert "Would be satisfied by" in page
        assert f'href="/deficiencies/{owed[1].pk}/"' in page
        assert "Reassigned from Vance, T. to Dahl, R. by manager" in page
        assert f'action="/deficiencies/{owed[0].pk}/give-back/"' in page

    def test_a_script_gets_the_panel_alone_and_both_are_logged_as_reads(self, desk, owed, manager):
        panel = desk.get(f"/deficiencies/{owed[0].pk}/", headers=FRAGMENT).content.decode()
        assert "<html" not in panel
        assert "open record" in panel
        desk.get(f"/deficiencies/{owed[0].pk}/")
        assert list(AccessLog.objects.values_list("record", "user")) == [(owed[0].record_id, manager.pk)] * 2

    def test_the_title_and_the_address_name_nobody(self, desk, owed):
        page = desk.get(f"/deficiencies/{owed[0].pk}/").content.decode()
        (title,) = re.findall(r"<title>(.*?)</title>", page)
        assert title == f"Deficiency {owed[0].pk} · himdept"

    @pytest.mark.parametrize(
        ("role", "status"), [("Records clerk", 200), ("Surveyor", 200), ("Interface engineer", 403), ("", 403)]
    )
    def test_who_may_open_it(self, client, owed, role, status):
        client.force_login(make.person(role=role))
        page = client.get(f"/deficiencies/{owed[0].pk}/")
        assert page.status_code == status
        assert "/waive/" not in page.content.decode()
        assert "/reassign/" not in page.content.decode()

    def test_what_is_sealed_is_not_there_and_not_logged(self, desk):
        sealed = make.deficiency(make.record(confidentiality=5))
        assert desk.get(f"/deficiencies/{sealed.pk}/").status_code == 404
        assert not AccessLog.objects.exists()

    def test_it_costs_as_many_queries_however_much_is_owed(self, desk):
        row = make.deficiency(owed_by=make.practitioner())
        for i in range(2):
            for n in range(8 * i):
                make.deficiency(row.record, topic=f"other {n}", due_at=make.DISCHARGED + timedelta(days=n))
            desk.get(f"/deficiencies/{row.pk}/")
            with counted("deficiency_page"):
                desk.get(f"/deficiencies/{row.pk}/")
