import re
from datetime import timedelta

import pytest
from django.utils import timezone

from records.models import AuditRun, Deficiency
from tests import factories as make
from tests.queries import counted

pytestmark = pytest.mark.django_db
FRAGMENT = {"HX-Request": "true", "HX-Request-Type": "partial"}


@pytest.fixture
def manager():
    return make.manager()


@pytest.fixture
def desk(client, manager):
    client.force_login(manager)
    return client


def topics(client, address) -> list[str]:
    response = client.get(address)
    assert response.status_code == 200, response.content.decode()
    return [row.topic for row in response.context["page"]]


class TestDeficiencies:
    def test_what_is_open_comes_first_by_age_and_undated_entries_last(self, desk):
        make.deficiency(topic="second", due_at=make.DISCHARGED + timedelta(days=2))
        make.deficiency(topic="clockless", kind="undated", element="date", due_at=None)
        make.deficiency(topic="first", due_at=make.DISCHARGED)
        make.deficiency(topic="closed", status="resolved", resolved_at=make.DISCHARGED)
        assert topics(desk, "/deficiencies/") == ["first", "second", "clockless"]

    @pytest.mark.parametrize(
        ("address", "name", "told"),
        [
            ("/deficiencies/", "due", ("descending", "down")),
            ("/deficiencies/?sort=-due", "due", ("ascending", "up")),
            ("/practitioners/?sort=oldest", "oldest", ("descending", "down")),
            ("/practitioners/?sort=-oldest", "oldest", ("ascending", "up")),
            ("/practitioners/?sort=-owes", "owes", ("descending", "down")),
            ("/expected/", "due", ("ascending", "up")),
        ],
    )
    def test_the_arrow_of_a_heading_says_how_the_numbers_below_it_go(self, desk, address, name, told):
        for days in (1, 40):
            make.deficiency(owed_by=make.practitioner(), due_at=timezone.now() - timedelta(days=days))
            make.expected(due_at=timezone.now() + timedelta(days=days))
        page = desk.get(address).content.decode()
        heading = rf'aria-sort="(\w+)">\s*<a id="sort-{name}"[^>]*>[^<]*<svg.*?arrow-(\w+)'
        assert re.findall(heading, page) == [told]

    def test_what_is_closed_is_past_due_no_more(self, desk):
        due, now = timezone.now() - timedelta(days=396, hours=1), timezone.now()
        make.deficiency(due_at=due)
        waiver = {"waived_at": now, "waived_by": make.person(), "waived_because": "died"}
        make.deficiency(due_at=due, status="waived", **waiver)
        page = desk.get("/deficiencies/?status=any").content.decode()
        said = re.findall(r'data-label="Past due"[^>]*>([^<]*)<', page)
        assert sorted(said) == ["396 d", "–"]
        sheet = desk.get("/lists/deficiency_list.csv?status=waived&columns=patient,due")
        assert b"".join(sheet.streaming_content).decode().splitlines()[1].endswith(",")

    def test_each_filter_narrows(self, desk):
        now = timezone.now()
        vance, orders = make.practitioner("Vance"), make.document_type("order", "Verbal order")
        rule = make.requirement("VO", topic="order", trigger="order", document_types=["order"], due_after_hours=48)
        service = make.service("obstetrics", "Obstetrics")
        make.deficiency(topic="vances", owed_by=vance, due_at=now - timedelta(days=10))
        make.deficiency(
            topic="order", requirement=rule, document_type=orders, kind="unsigned", due_at=now - timedelta(hours=1)
        )
        make.deficiency(
            make.record(status="delinquent", service=service), topic="delinquent", due_at=now - timedelta(days=40)
        )
        make.deficiency(topic="waived", status="waived", waived_at=now, waived_by=make.person(), waived_because="died")
        assert set(topics(desk, "/deficiencies/")) == {"vances", "order", "delinquent"}
        assert topics(desk, "/deficiencies/?status=waived") == ["waived"]
        assert len(topics(desk, "/deficiencies/?status=any")) == 4
        assert topics(desk, "/deficiencies/?kind=unsigned") == ["order"]
        assert topics(desk, f"/deficiencies/?document_type={orders.pk}") == ["order"]
        assert topics(desk, "/deficiencies/?who=van") == ["vances"]
        assert topics(desk, f"/deficiencies/?owed_by={vance.pk}") == ["vances"]
        assert set(topics(desk, "/deficiencies/?owed_by=nobody")) == {"order", "delinquent"}
        assert topics(desk, "/deficiencies/?age=30") == ["delinquent"]
        assert topics(desk, "/deficiencies/?age=7") == ["delinquent", "vances"]
        assert topics(desk, "/deficiencies/?record=delinquent") == ["delinquent"]
        assert topics(desk, f"/deficiencies/?service={service.pk}") == ["delinquent"]

    def test_what_was_put_right_lately_is_found_without_a_choice_of_status(self, desk):
        now = timezone.now()
        make.deficiency(topic="open", due_at=now)
        for days in (2, 20, 100):
            make.deficiency(
                topic=f"{days} days ago", status="resolved", cause="met", resolved_at=now - timedelta(days=days)
            )
        assert topics(desk, "/deficiencies/?met=7") == ["2 days ago"]
        assert set(topics(desk, "/deficiencies/?met=90")) == {"2 days ago", "20 days ago"}
        assert topics(desk, "/deficiencies/?met=90&kind=late") == []
        assert topics(desk, "/deficiencies/?met=90&status=open") == []

    def test_what_lies_beyond_the_clearance_or_the_facility_is_not_listed(self, desk):
        make.deficiency(make.record(confidentiality=5), topic="sealed")
        make.deficiency(make.record(at=make.facility("OTHER")), topic="elsewhere")
        make.deficiency(topic="mine")
        assert topics(desk, "/deficiencies/?status=any") == ["mine"]

    def test_without_a_role_it_is_refused(self, client):
        client.force_login(make.person())
        assert client.get("/deficiencies/").status_code == 403
        assert client.get("/expected/").status_code == 403

    @pytest.mark.parametrize("number", ["x", "1.5", "9" * 30, "-1", "²"])
    def test_a_practitioners_number_that_is_none_is_refused_in_a_sentence(self, desk, number):
        response = desk.get("/deficiencies/", {"owed_by": number})
        assert response.status_code == 400
        assert "whole number" in response.content.decode()

    def test_the_list_of_one_practitioner_is_named_and_dated(self, desk):
        vance = make.practitioner("Vance", "T.")
        make.deficiency(owed_by=vance)
        make.audit_run()
        page = desk.get(f"/deficiencies/?owed_by={vance.pk}").content.decode()
        assert "Practitioner: Vance, T." in page
        assert "as of the audit of" in page
        assert "12 Nov 2026 13:10" in page

    def test_the_list_costs_as_many_queries_for_many_rows_as_for_one(self, desk):
        make.audit_run()
        for i in range(2):
            for _ in range(1 + 10 * i):
                make.deficiency(make.record(service=make.service()), owed_by=make.practitioner())
            desk.get("/deficiencies/")
            with counted("deficiency_list"):
                desk.get("/deficiencies/")


class TestExpected:
    def test_what_can_still_be_in_time_stands_in_the_order_it_falls_due(self, desk):
        now = timezone.now()
        make.expected(topic="later", due_at=now + timedelta(days=5))
        make.expected(topic="soon", due_at=now + timedelta(seconds=1))
        make.expected(topic="month", due_at=now + timedelta(days=40))
        assert topics(desk, "/expected/") == ["soon", "later", "month"]
        assert topics(desk, "/expected/?within=7") == ["soon", "later"]
        assert topics(desk, "/expected/?sort=-due") == ["month", "later", "soon"]

    def test_the_list_costs_as_many_queries_for_many_rows_as_for_one(self, desk):
        make.audit_run()
        for i in range(2):
            for _ in range(1 + 10 * i):
                make.expected(make.record(service=make.service()), owed_by=make.practitioner())
            desk.get("/expected/")
            with counted("expected_list"):
                desk.get("/expected/")


class TestAudits:
    def test_runs_stand_latest_first_with_what_they_found(self, desk):
        make.audit_run(opened=17, records=1215, open=44)
        make.audit_run(as_of=make.DISCHARGED + timedelta(days=32), state="failed", error="1 of 2 parts failed: x")
        page = desk.get("/audits/").content.decode()
        assert page.index("13 Nov 2026 13:10") < page.index("12 Nov 2026 13:10")
        for words in ("1,215", "17", "44", "failed"):
            assert words in page

    def test_runs_of_other_facilities_are_not_shown(self, desk):
        run = make.audit_run(facility=make.facility("OTHER"))
        assert desk.get("/audits/").context["page"].rows == []
        assert desk.get(f"/audits/{run.pk}/").status_code == 404

    def test_whoever_may_not_see_runs_is_refused(self, client):
        client.force_login(make.person(role="Records clerk"))
        assert client.get("/audits/").status_code == 403
        assert client.post("/audits/start/").status_code == 403
        assert not AuditRun.objects.exists()

    @pytest.mark.parametrize("full", [True, False])
    def test_a_run_is_asked_for_by_a_form_and_its_page_waits_for_it(self, desk, manager, full):
        response = desk.post("/audits/start/", {"full": "yes"} if full else {})
        run = AuditRun.objects.get()
        assert response.url == f"/audits/{run.pk}/"
        assert (run.state, run.full, run.requested_by) == ("queued", full, manager)
        page = desk.get(response.url).content.decode()
        assert "It waits for its turn" in page
        assert 'hx-trigger="every 2s"' in page

    def test_an_audit_is_not_started_by_a_link(self, desk):
        assert desk.get("/audits/start/").url == "/audits/"
        assert not AuditRun.objects.exists()

    def test_a_finished_run_no_longer_looks_by_itself(self, desk):
        run = make.audit_run(by_kind={"missing": 30, "unsigned": 14}, open=44)
        page = desk.get(f"/audits/{run.pk}/", headers=FRAGMENT).content.decode()
        assert "hx-trigger" not in page
        assert "<html" not in page
        assert "Finished in 1.1 s" in page

    def test_a_failed_run_says_what_failed(self, desk):
        run = make.audit_run(state="failed", error="2 of 9 parts failed: OperationalError: disk full")
        assert "2 of 9 parts failed" in desk.get(f"/audits/{run.pk}/").content.decode()

    def test_the_list_costs_as_many_queries_for_many_rows_as_for_one(self, desk, manager):
        for i in range(2):
            for _ in range(1 + 10 * i):
                make.audit_run(facility=make.facility(), requested_by=manager)
            desk.get("/audits/")
            with counted("audit_list"):
                desk.get("/audits/")


class TestWaiving:
    def test_a_form_waives_and_leads_back_to_the_deficiency(self, desk, manager):
        deficiency = make.deficiency()
        response = desk.post(f"/deficiencies/{deficiency.pk}/waive/", {"because": "Dr Vance has died."})
        assert response.url == f"/records/{deficiency.record_id}/#deficiency-{deficiency.pk}"
        deficiency.refresh_from_db()
        assert (deficiency.status, deficiency.waived_by) == ("waived", manager)
        page = desk.get(response.url).content.decode()
        assert "It no longer counts against the record." in page
        assert "by manager: Dr Vance has died." in page
        assert f'action="/deficiencies/{deficiency.pk}/reinstate/"' in page

    def test_a_form_takes_it_back(self, desk):
        deficiency = make.deficiency()
        desk.post(f"/deficiencies/{deficiency.pk}/waive/", {"because": "Dr Vance has died."})
        desk.post(f"/deficiencies/{deficiency.pk}/reinstate/", {"because": "It was another Vance."})
        assert Deficiency.objects.get().is_open

    @pytest.mark.parametrize(
        ("act", "fields", "status", "sentence"),
        [
            ("waive", {}, 422, "Say why"),
            ("waive", {"because": "  "}, 422, "Say why"),
            ("waive", {"because": "x"}, 422, "Say why in a few words"),
            ("waive", {"because": "x" * 2001}, 422, "at most 2000 characters"),
            ("reinstate", {"because": "He is back."}, 409, "not waived: it is open"),
        ],
    )
    def test_a_refusal_is_a_sentence_and_changes_nothing(self, desk, act, fields, status, sentence):
        deficiency = make.deficiency()
        response = desk.post(f"/deficiencies/{deficiency.pk}/{act}/", fields)
        assert response.status_code == status
        assert sentence in response.content.decode()
        assert Deficiency.objects.get().is_open

    def test_whoever_comes_second_is_told_so(self, desk):
        deficiency = make.deficiency()
        desk.post(f"/deficiencies/{deficiency.pk}/waive/", {"because": "I was first."})
        second = desk.post(f"/deficiencies/{deficiency.pk}/waive/", {"because": "I was second."})
        assert second.status_code == 409
        assert Deficiency.objects.get().waived_because == "I was first."

    def test_a_reason_that_is_refused_is_told_beside_its_field_and_what_was_typed_stays(self, desk):
        deficiency = make.deficiency()
        page = desk.post(f"/deficiencies/{deficiency.pk}/waive/", {"because": "died"})
        assert page.context["form"].errors["because"] == [
            "Say why in a few words, such as: Dr Vance has died. It is kept with the deficiency."
        ]
        written = page.content.decode()
        assert 'id="id_because_error"' in written
        assert ">\ndied</textarea>" in written
        assert f'href="/deficiencies/{deficiency.pk}/"' in written

    @pytest.mark.parametrize(
        ("role", "at_facility", "sealed", "status"),
        [
            ("Records manager", True, False, 302),
            ("Records manager", True, True, 404),  # sealed: as if it were not there
            ("Records manager", False, False, 404),
            ("Records supervisor", True, False, 403),  # sees it, and may not waive
            ("Records clerk", True, False, 403),
            ("Surveyor", True, False, 403),
            ("Privacy officer", True, False, 403),
            ("", True, False, 403),
        ],
    )
    @pytest.mark.parametrize("act", ["waive", "reinstate"])
    def test_who_may(self, client, act, role, at_facility, sealed, status):
        other = make.facility("OTHER")
        client.force_login(make.person(role=role, facilities=None if at_facility else [other]))
        waived = {"status": "waived", "waived_at": timezone.now(), "waived_by": make.person(), "waived_because": "x"}
        deficiency = make.deficiency(
            make.record(confidentiality=5 if sealed else 3), **(waived if act == "reinstate" else {})
        )
        response = client.post(f"/deficiencies/{deficiency.pk}/{act}/", {"because": "For a reason."})
        assert response.status_code == status
        was = deficiency.status
        deficiency.refresh_from_db()
        assert (deficiency.status != was) == (status == 302)

    def test_the_form_is_offered_to_those_who_may_alone(self, desk, client):
        deficiency = make.deficiency()
        address = f'action="/deficiencies/{deficiency.pk}/waive/"'
        assert address in desk.get(f"/records/{deficiency.record_id}/").content.decode()
        client.force_login(make.person(role="Records supervisor"))
        assert address not in client.get(f"/records/{deficiency.record_id}/").content.decode()

    def test_a_link_waives_nothing(self, desk):
        deficiency = make.deficiency()
        assert desk.get(f"/deficiencies/{deficiency.pk}/waive/").url == f"/deficiencies/{deficiency.pk}/"
        assert Deficiency.objects.get().status == deficiency.status

    def test_the_software_alone_waives_nothing(self, client):
        root = make.person(is_superuser=True)
        client.force_login(root)
        assert client.post(f"/deficiencies/{make.deficiency().pk}/waive/", {"because": "x"}).status_code == 403
