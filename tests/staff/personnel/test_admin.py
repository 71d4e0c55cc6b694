"""Personnel actions in the admin site: each kind by its form, through its moves, and nobody beyond their line."""

import re
from datetime import date, timedelta

import pytest
from auditlog.models import LogEntry
from django.urls import reverse
from django.utils import timezone

from himdept.common import spoken
from himdept.common.errors import DomainError
from staff.catalogue.models import Education
from staff.models import Delegation, Employee, PayrollClosing, PersonnelAction, Position, User
from staff.personnel import actions, choices, tasks, timeline
from staff.personnel.forms import ActionForm
from tests import factories as make
from tests.queries import counted
from tests.staff.personnel.acting import NOON, approved, draft, submitted

pytestmark = pytest.mark.django_db
LIST, PEOPLE = "admin:staff_personnelaction_changelist", "admin:staff_employee_changelist"


@pytest.fixture
def signed_in(him, client):
    def as_(name):
        User.objects.filter(pk=getattr(him, name).user_id).update(is_staff=True)
        client.force_login(User.objects.get(pk=getattr(him, name).user_id))
        return client

    return as_


def add(client, kind, employee=None, **said):
    address = reverse("admin:staff_personnelaction_add") + f"?kind={kind}"
    address += f"&employee={employee.pk}" if employee else ""
    said = {"day": "2026-03-02", "because": "It is so.", "basis": "year"} | said
    return client.post(address, said)


def move(client, action, name, **said):
    address = reverse("admin:staff_personnelaction_move", args=[action.pk, name])
    page = client.get(address)
    seen = page.context and page.context.get("seen")
    return client.post(address, ({"digest": seen.digest} if seen else {}) | said)


def page_of(client, action) -> str:
    return client.get(reverse("admin:staff_personnelaction_change", args=[action.pk])).content.decode()


def test_a_newcomer_is_hired_from_the_form_to_the_open_account(him, signed_in):
    supervisor = signed_in("marsh")
    told = add(
        supervisor,
        "hire",
        number="E-9",
        given_name="Ayo",
        family_name="Kim",
        username="akim",
        position=him.vacant["coding"].pk,
        fte="1",
        pay="45000",
    )
    action = PersonnelAction.objects.get(kind="hire")
    assert told.url == reverse("admin:staff_personnelaction_change", args=[action.pk])
    assert not User.objects.get(username="akim").is_active
    move(supervisor, action, "submit")
    manager = signed_in("okafor")
    assert "45,000.00" in page_of(manager, action)
    told = move(manager, action, "approve")
    assert told.status_code == 302
    tasks.tick()
    newcomer = Employee.objects.get(number="E-9")
    assert newcomer.position() == him.vacant["coding"]
    assert newcomer.user.is_active
    assert newcomer.employments.get().during.lower.isoformat() == "2026-03-02T05:00:00+00:00"  # midnight in New York


@pytest.mark.parametrize(
    ("kind", "said", "track", "value"),
    [
        ("pay", {"pay": "51000"}, "pays", 51_000),
        ("transfer", {"position": "coding"}, "assignments", "coding"),
        ("promotion", {"position": "coding", "pay": "52000"}, "pays", 52_000),
        ("supervisor", {"supervisor": "petrov's number"}, "supervisions", "petrov"),
        ("leave", {"reason": "family", "until": "2026-06-01"}, "leaves", "family"),
    ],
)
def test_each_kind_goes_through_its_form_into_the_timeline(him, signed_in, kind, said, track, value):
    manager = signed_in("okafor")
    rows = {"coding": him.vacant["coding"].pk, "petrov": him.petrov.pk, "petrov's number": him.petrov.number}
    assert add(manager, kind, him.brandt, **{k: rows.get(v, v) for k, v in said.items()}).status_code == 302
    action = PersonnelAction.objects.get(kind=kind)
    move(manager, action, "submit")
    move(manager, action, "approve")
    assert timeline.stored(him.brandt).at(NOON)[track][0] == rows.get(value, value)


def test_a_separation_counts_from_the_end_of_its_day_and_a_rehire_follows(him, signed_in):
    manager = signed_in("okafor")
    add(manager, "separation", him.brandt, reason="retirement")
    action = PersonnelAction.objects.get(kind="separation")
    assert action.effective.isoformat() == "2026-03-03T05:00:00+00:00"
    assert "the end of 2 Mar 2026" in page_of(manager, action)
    move(manager, action, "submit")
    move(manager, action, "approve")
    tasks.tick()
    page = manager.get(reverse("admin:staff_employee_change", args=[him.brandt.pk])).content.decode()
    assert "?kind=rehire" in page.replace("&amp;", "&")
    assert "?kind=pay" not in page
    add(manager, "rehire", him.brandt, day="2026-04-01", position=him.vacant["coding"].pk, fte="1", pay="50000")
    assert PersonnelAction.objects.get(kind="rehire").state == "draft"


@pytest.mark.parametrize(
    ("kind", "hint"), [("separation", "the end of the day"), ("leave", "the beginning of the day")]
)
def test_the_form_says_from_when_it_counts_if_no_hour_is_said(him, signed_in, kind, hint):
    address = reverse("admin:staff_personnelaction_add") + f"?kind={kind}&employee={him.brandt.pk}"
    assert f"Left empty: from {hint}." in signed_in("okafor").get(address).content.decode()


def test_the_list_of_actions_says_seat_as_all_other_pages_do(him, signed_in):
    page = signed_in("marsh").get(reverse(LIST)).content.decode()
    assert ">Seat</" in page
    assert ">Position</" not in page


def test_a_demotion_and_a_reclassification(him, signed_in):
    manager = signed_in("okafor")
    him.vacant["coding"].replaces = him.brandt.position()
    him.vacant["coding"].save()
    add(manager, "reclassification", him.brandt, position=him.vacant["coding"].pk)
    action = PersonnelAction.objects.get(kind="reclassification")
    move(manager, action, "submit")
    move(manager, action, "approve")
    assert him.brandt.position(NOON) == him.vacant["coding"]
    lower = make.position(him.okafor.position().unit)
    add(manager, "demotion", him.petrov, position=lower.pk, pay="47000")
    action = PersonnelAction.objects.get(kind="demotion")
    move(manager, action, "submit")
    move(manager, action, "approve")
    action.refresh_from_db()
    assert action.state == "agreed"
    assert "takes two" in page_of(manager, action)


def test_whoever_decides_sees_how_the_person_stands_to_what_the_job_of_the_seat_asks(him, signed_in):
    asks = make.job("asks", education=Education.BACHELOR, years_in_field=3)
    seat = make.position(him.petrov.position().unit, job=asks)
    action = submitted(him.brandt, "transfer", by=him.marsh, position=seat)
    manager = signed_in("okafor")
    told = manager.get(reverse("admin:staff_personnelaction_change", args=[action.pk])).context["qualified"]
    assert [(line.title, line.word) for line in told] == [("Education", "missing"), ("Years in the field", "met")]
    assert "What the job asks" in page_of(manager, action)
    raised = submitted(him.petrov, "pay", by=him.marsh, pay=51_000)
    assert "What the job asks" not in page_of(manager, raised)


def test_what_cannot_be_is_refused_beside_its_field_and_nothing_is_kept(him, signed_in):
    manager = signed_in("okafor")
    told = add(manager, "hire", number=him.brandt.number, given_name="A", family_name="B", fte="2", pay="45000")
    errors = told.context["form"].errors
    assert told.status_code == 422
    assert set(errors) == {"number", "position", "fte"}
    assert not PersonnelAction.objects.filter(kind="hire").exists()


@pytest.mark.parametrize("because", ["x", "--", "."])
def test_an_action_without_a_reason_in_words_is_not_kept(him, signed_in, because):
    told = add(signed_in("marsh"), "leave", him.brandt, reason="medical", because=because)
    assert (told.status_code, list(told.context["form"].errors)) == (422, ["because"])
    assert not PersonnelAction.objects.filter(kind="leave").exists()


def test_a_seat_that_ends_before_the_act_takes_effect_is_refused_with_the_reason(him, signed_in):
    him.vacant["coding"].valid = make.span(make.OPENED, NOON)
    him.vacant["coding"].save()
    action = draft(him.brandt, "transfer", by=him.okafor, position=him.vacant["coding"], effective=NOON)
    manager = signed_in("okafor")
    assert "The seat does not exist all that time." in page_of(manager, action)
    assert move(manager, action, "submit").status_code == 422


def test_confirming_a_preview_that_is_no_longer_true_is_a_conflict(him, signed_in):
    action = submitted(him.brandt, "pay", by=him.marsh, pay=51_000)
    manager = signed_in("okafor")
    address = reverse("admin:staff_personnelaction_move", args=[action.pk, "approve"])
    digest = manager.get(address).context["seen"].digest
    approved(him.brandt, "transfer", by=him.okafor, position=him.vacant["coding"])
    assert manager.post(address, {"digest": digest}).status_code == 409
    action.refresh_from_db()
    assert action.state == "submitted"


def test_rescind_shows_what_comes_back_and_correct_writes_a_draft(him, signed_in):
    action = approved(him.brandt, "pay", by=him.okafor, pay=51_000)
    manager = signed_in("okafor")
    page = manager.get(reverse("admin:staff_personnelaction_move", args=[action.pk, "rescind"]))
    pays = next(row for row in page.context["differences"] if row.title == "Pay")
    assert pays.before.startswith("51,000.00")
    assert pays.after.startswith("50,000.00")
    address = reverse("admin:staff_personnelaction_move", args=[action.pk, "correct"])
    manager.post(address, {"day": "2026-03-05", "pay": "51500", "basis": "year", "because": "Another day."})
    correction = PersonnelAction.objects.get(corrects=action)
    assert (correction.state, correction.pay) == ("draft", 51_500)
    move(manager, action, "rescind", because="It was a mistake.")
    assert timeline.stored(him.brandt).at(NOON)["pays"][0] == 50_000


def test_what_takes_two_says_for_whom_it_waits_and_offers_the_second_approval_to_nobody_else(him, signed_in):
    action = submitted(him.brandt, "pay", by=him.okafor, pay=70_000)
    manager = signed_in("okafor")
    approves = f'href="{reverse("admin:staff_personnelaction_move", args=[action.pk, "approve"])}"'
    page = page_of(manager, action)
    assert f"It waits for {him.okafor.user}." in page
    assert approves in page
    move(manager, action, "approve")
    page = page_of(manager, action)
    assert f"It waits for {him.chief.user}." in page
    assert approves not in page
    opened = manager.get(reverse("admin:staff_personnelaction_move", args=[action.pk, "approve"])).content.decode()
    assert "for somebody else than the first" in opened
    assert 'name="digest"' not in opened
    assert approves in page_of(signed_in("chief"), action)


def test_the_page_of_what_was_approved_says_what_it_changed_and_what_that_costs(him, signed_in):
    page = page_of(signed_in("okafor"), approved(him.brandt, "pay", by=him.okafor, pay=51_000))
    assert "What it changed" in page
    assert "50,000.00 for a year of full time</td><td><strong>51,000.00" in page
    assert "+1,000.00" in page


def test_the_first_pay_on_record_of_somebody_taken_over_is_not_told_as_new_money(him, signed_in):
    somebody = make.somebody("Adair")
    seat = make.position(him.marsh.position().unit)
    actions.take_over(somebody, position=seat, since=make.OPENED, because="Was there.")
    action = submitted(somebody, "pay", by=him.okafor, pay=51_000)
    for state in ("submitted", "in force"):
        page = page_of(signed_in("okafor"), action)
        assert "<td>not known</td><td><strong>51,000.00" in page, state
        assert "there is nothing to compare" in page, state
        assert "+51,000.00" not in page, state
        for name in ("okafor", "chief"):
            move(signed_in(name), action, "approve")


def test_a_refused_move_leads_back_to_its_action_by_name(him, signed_in):
    action = approved(him.brandt, "pay", by=him.okafor, pay=51_000)
    told = signed_in("okafor").get(reverse("admin:staff_personnelaction_move", args=[action.pk, "approve"]))
    assert told.status_code == 409
    address = reverse("admin:staff_personnelaction_change", args=[action.pk])
    assert f'href="{address}">Back to {action}</a>' in told.content.decode()


def test_the_page_of_a_person_leads_to_their_credentials_training_and_whether_they_may_work(him, signed_in):
    page = signed_in("okafor").get(reverse("admin:staff_employee_change", args=[him.brandt.pk])).content.decode()
    for name in ("person_credentials", "person_training", "person_fitness"):
        assert f'href="{reverse(name, args=[him.brandt.pk])}"' in page


def test_a_hire_without_a_seat_to_fill_says_so_and_leads_to_requisitions(him, signed_in):
    address = reverse("admin:staff_personnelaction_add") + "?kind=hire"
    assert "No seat of your line" not in signed_in("okafor").get(address).content.decode()
    Position.objects.filter(pk__in=[seat.pk for seat in him.vacant.values()]).update(standing="on_hold")
    page = signed_in("okafor").get(address).content.decode()
    assert "No seat of your line waits for anybody." in page
    assert f'href="{reverse("admin:staff_requisition_changelist")}"' in page


def test_a_reclassification_without_a_seat_to_come_to_says_so_and_leads_to_requisitions(him, signed_in):
    address = reverse("admin:staff_personnelaction_add") + f"?kind=reclassification&employee={him.brandt.pk}"
    page = signed_in("okafor").get(address).content.decode()
    assert "No free seat of your line replaces the one that the person sits in." in page
    assert f'href="{reverse("admin:staff_requisition_changelist")}"' in page
    make.position(him.marsh.position().unit, replaces=him.brandt.position())
    assert "No free seat" not in signed_in("okafor").get(address).content.decode()


def test_a_seat_that_somebody_is_to_come_to_says_from_when_where_seats_are_chosen(him, signed_in):
    day = timezone.now() + timedelta(days=30)
    seat = him.vacant["coding"]
    approved(him.brandt, "transfer", by=him.okafor, position=seat, effective=day)
    words = f"somebody comes on {spoken.day(day, seat.unit.facility.zone)}"
    address = reverse("admin:staff_personnelaction_add")
    for query in ("?kind=hire", f"?kind=transfer&employee={him.petrov.pk}"):
        page = signed_in("okafor").get(address + query).content.decode()
        assert re.findall(rf"<option[^>]*>([^<]*{words})<", page) == [
            f"{seat.number} · {seat.job.title} · {seat.unit.name} · 1.00 · {words}"
        ]
    found = choices.suggested(him.okafor.user, "position", "")
    assert [number for number, label in found if words in label] == [seat.number]


def test_who_is_known_by_that_number_is_told_once_and_beside_the_number(him, signed_in):
    said = {"given_name": "Ayo", "family_name": "Kim", "username": "akim", "fte": "1", "pay": "45000"}
    told = add(signed_in("marsh"), "hire", number=him.brandt.number, position=him.vacant["coding"].pk, **said)
    assert told.context["form"].errors == {"number": ["Somebody has that number."]}


@pytest.mark.parametrize("number", ["H 1/é", "H/1", "H_1", "é1", "H\n1", "H" * 21])
def test_a_staff_number_is_plain(him, signed_in, number):
    said = {"given_name": "Ayo", "family_name": "Kim", "fte": "1", "pay": "45000", "position": him.vacant["coding"].pk}
    told = add(signed_in("marsh"), "hire", number=number, **said)
    assert list(told.context["form"].errors) == ["number"]
    assert add(signed_in("marsh"), "hire", number="H-1.a", **said).status_code == 302


def test_a_number_that_somebody_has_stays_and_a_new_one_is_plain(him, client):
    client.force_login(make.person(is_superuser=True, is_staff=True))
    address = reverse("admin:staff_employee_change", args=[him.brandt.pk])
    Employee.objects.filter(pk=him.brandt.pk).update(number="B 1/2")
    said = {"family_name": "Brandt", "given_name": "Bo", "user": him.brandt.user_id}
    told = client.post(address, said | {"number": "B 1/3"})
    assert "letters from A to Z" in told.content.decode()
    assert client.post(address, said | {"number": "B 1/2"}).status_code == 302
    assert Employee.objects.get(pk=him.brandt.pk).given_name == "Bo"


def test_what_nobody_above_can_decide_says_so_and_what_to_do(him, signed_in):
    action = submitted(him.brandt, "pay", by=him.okafor, pay=70_000)
    manager = signed_in("okafor")
    move(manager, action, "approve")
    him.chief.user.groups.clear()
    assert "Nobody can give the second approval" in page_of(manager, action)
    him.okafor.user.groups.clear()
    supervisor = signed_in("marsh")
    assert "Nobody can decide on it" in page_of(supervisor, submitted(him.petrov, "pay", by=him.marsh, pay=51_000))


def test_whoever_asked_first_to_rescind_is_shown_that_it_is_for_another(him, signed_in):
    action = approved(him.brandt, "pay", by=him.okafor, then=him.chief, pay=70_000)
    manager = signed_in("okafor")
    move(manager, action, "rescind", because="It was a mistake.")
    opened = manager.get(reverse("admin:staff_personnelaction_move", args=[action.pk, "rescind"])).content.decode()
    assert "for somebody else than the first" in opened
    assert 'name="because"' not in opened


def test_what_somebody_asked_to_rescind_says_for_whom_it_waits_and_offers_it_to_that_one_alone(him, signed_in):
    action = approved(him.brandt, "pay", by=him.okafor, then=him.chief, pay=70_000)
    rescinds = f'href="{reverse("admin:staff_personnelaction_move", args=[action.pk, "rescind"])}"'
    manager = signed_in("okafor")
    assert rescinds in page_of(manager, action)
    move(manager, action, "rescind", because="It was a mistake.")
    page = page_of(manager, action)
    assert f"{him.okafor.user} asked to rescind it. It waits for {him.chief.user}." in page
    assert rescinds not in page
    assert rescinds in page_of(signed_in("chief"), action)


def test_whoever_asks_first_to_rescind_what_takes_two_is_told_that_it_does(him, signed_in):
    action = approved(him.brandt, "pay", by=him.okafor, pay=51_000)
    PayrollClosing.objects.create(facility=make.facility(), until=NOON + timedelta(days=1))
    manager = signed_in("okafor")
    move(manager, action, "rescind", because="It was a mistake.")
    assert "Asked for. It takes two" in page_of(manager, action)
    assert PersonnelAction.objects.get(pk=action.pk).state == "effective"


def test_a_rescinding_that_the_database_would_refuse_is_not_offered(him, signed_in):
    moved = approved(him.brandt, "transfer", by=him.okafor, position=him.vacant["coding"])
    approved(him.petrov, "transfer", by=him.okafor, position=him.brandt.position(NOON - timedelta(days=1)))
    page = signed_in("okafor").get(reverse("admin:staff_personnelaction_move", args=[moved.pk, "rescind"]))
    assert "More would sit in the seat" in page.context["refusal"]
    assert 'name="because"' not in page.content.decode()


def test_a_delegate_lets_people_report_to_whom_they_act_for_and_those_below(him):
    now = timezone.now()
    during = make.span(now, now + timedelta(days=1))
    Delegation.objects.create(giver=him.marsh, taker=him.ruiz, during=during, because="Holiday")
    form = ActionForm(user=User.objects.get(pk=him.ruiz.user_id), kind="supervisor", employee=him.brandt)
    assert set(form.fields["supervisor"].queryset) == {him.marsh, him.petrov, him.ruiz, him.holt}


def test_a_draft_is_changed_by_its_author_on_the_same_form(him, signed_in):
    action = draft(him.brandt, "pay", by=him.marsh, pay=51_000)
    supervisor = signed_in("marsh")
    address = reverse("admin:staff_personnelaction_move", args=[action.pk, "write"])
    form = supervisor.get(address).context["form"]
    assert form.initial["day"] == date(2026, 3, 2)
    supervisor.post(address, {"day": "2026-03-02", "pay": "51200", "basis": "year", "because": "Better."})
    action.refresh_from_db()
    assert (action.pay, action.because) == (51_200, "Better.")


# Who may open the lists, and of the department whom they find there; who may act is in test_workflow.
SEES = {
    "chief": {"Chief", "Okafor", "Marsh", "Ruiz", "Brandt", "Petrov", "Holt"},
    "okafor": {"Okafor", "Marsh", "Ruiz", "Brandt", "Petrov", "Holt"},
    "marsh": {"Marsh", "Brandt", "Petrov"},
    "ruiz": {"Ruiz", "Holt"},
    "brandt": None,  # no role that has to do with it
}


@pytest.mark.parametrize("who", SEES)
def test_lists_counts_and_pages_hold_to_the_line(him, signed_in, who):
    about = {
        name: submitted(getattr(him, name), "pay", by=by, pay=51_000)
        for name, by in {"brandt": him.marsh, "holt": him.ruiz, "marsh": him.okafor, "okafor": him.chief}.items()
    }
    client = signed_in(who)
    people, waiting = client.get(reverse(PEOPLE)), client.get(reverse(LIST) + "?state__exact=submitted")
    if SEES[who] is None:
        assert (people.status_code, waiting.status_code) == (403, 403)
        return
    assert {row.family_name for row in people.context["cl"].queryset} == SEES[who]
    below = {name for name in about if name.title() in SEES[who] and name != who}
    assert {row.employee.family_name.lower() for row in waiting.context["cl"].queryset} == below
    assert (people.context["cl"].result_count, waiting.context["cl"].result_count) == (len(SEES[who]), len(below))
    for name, action in about.items():
        open_ = 200 if name in below else 404
        assert client.get(reverse("admin:staff_personnelaction_change", args=[action.pk])).status_code == open_
        assert client.get(reverse("admin:staff_personnelaction_move", args=[action.pk, "approve"])).status_code in (
            {200} if open_ == 200 and who in {"chief", "okafor"} else {403, 404}
        )


def test_what_is_to_come_for_somebody_is_on_their_page_for_the_line_above_and_not_for_themselves(him, signed_in):
    in_a_week = timezone.now() + timedelta(days=7)
    approved(him.marsh, "pay", by=him.okafor, pay=48_000, effective=in_a_week)
    approved(him.marsh, "separation", by=him.okafor, reason="resignation", effective=in_a_week + timedelta(days=1))
    page = reverse("admin:staff_employee_change", args=[him.marsh.pk])
    seen = {name: signed_in(name).get(page).context["rows"] for name in ("okafor", "marsh")}
    assert any("48,000" in row.what for row in seen["okafor"])
    assert {row.until is None for row in seen["okafor"]} == {False}
    assert not any("48,000" in row.what for row in seen["marsh"])
    assert {row.until for row in seen["marsh"]} == {None}


def test_the_trail_of_an_action_is_no_way_round_the_line(him, client):
    client.force_login(make.person("root", is_staff=True, is_superuser=True))
    action = draft(him.brandt, "separation", by=him.okafor, reason="resignation", because="A quarrel.")
    assert client.get("/admin/auditlog/logentry/").status_code == 404
    kept = LogEntry.objects.get_for_object(action).get().changes
    assert {kept[name][1] for name in ("reason", "because")} == {"***"}


def test_pay_and_actions_are_for_the_line_and_an_administrator_of_the_software_sees_names_alone(him, client):
    client.force_login(make.person("root", is_staff=True, is_superuser=True))
    assert him.brandt.number in client.get(reverse(PEOPLE)).content.decode()
    page = client.get(reverse("admin:staff_employee_change", args=[him.brandt.pk]))
    assert b"50,000" not in page.content
    assert "rows" not in page.context
    assert client.get(reverse(LIST)).status_code == 403


def test_an_address_names_nobody_and_a_title_neither(him, signed_in):
    manager = signed_in("okafor")
    action = draft(him.brandt, "pay", by=him.okafor, pay=51_000)
    page = page_of(manager, action)
    title = page.partition("<title>")[2].partition("</title>")[0]
    assert "Brandt" not in title
    assert him.brandt.number in title


def test_kinds_and_people_that_are_not_there_are_not_found(him, signed_in):
    supervisor = signed_in("marsh")
    add_ = reverse("admin:staff_personnelaction_add")
    for query in (
        "?kind=taken_over",
        "?kind=pay",
        f"?kind=pay&employee={him.holt.pk}",
        f"?kind=pay&employee={him.marsh.pk}",
    ):
        assert supervisor.get(add_ + query).status_code == 404, query


def test_a_delegate_finds_the_people_of_the_line_they_act_for_and_begins_an_action_on_them(him, signed_in):
    now = timezone.now()
    Delegation.objects.create(
        giver=him.marsh, taker=him.ruiz, during=make.span(now, now.replace(year=now.year + 1)), because="Holiday"
    )
    delegate = signed_in("ruiz")
    listed = {row.family_name for row in delegate.get(reverse(PEOPLE)).context["cl"].queryset}
    assert listed == {"Ruiz", "Holt", "Brandt", "Petrov"}
    page = delegate.get(reverse("admin:staff_employee_change", args=[him.brandt.pk])).content.decode()
    assert "?kind=pay" in page.replace("&amp;", "&")
    assert add(delegate, "pay", him.brandt, pay="51000").status_code == 302
    assert add(delegate, "pay", him.marsh, pay="51000").status_code == 404


def test_somebody_whose_hire_came_to_nothing_is_hired_under_their_number_and_with_their_account(him, signed_in):
    supervisor, seat = signed_in("marsh"), him.vacant["coding"].pk
    said = {"number": "E-9", "given_name": "Ayo", "family_name": "Kim", "position": seat, "fte": "1", "pay": "45000"}
    add(supervisor, "hire", username="akim", **said)
    assert set(add(supervisor, "hire", **said).context["form"].errors) == {"number"}  # while the first is open
    actions.withdraw(PersonnelAction.objects.get(kind="hire"), by=him.marsh.user, because="A mistake.")
    assert set(add(supervisor, "hire", username="kim2", **said).context["form"].errors) == {"username"}
    assert add(supervisor, "hire", **said | {"given_name": "Ayodele"}).status_code == 302
    newcomer = Employee.objects.get(number="E-9")
    assert newcomer.personnel_actions.count() == 2
    assert (newcomer.given_name, newcomer.user.username) == ("Ayodele", "akim")


def test_nobody_is_offered_to_themselves_as_supervisor_and_a_draft_cannot_say_it_either(him, signed_in):
    manager = signed_in("okafor")
    told = add(manager, "supervisor", him.brandt, supervisor=him.brandt.number)
    assert told.status_code == 422
    assert "supervisor" in told.context["form"].errors
    with pytest.raises(DomainError, match="Nobody reports to themselves"):
        draft(him.brandt, "supervisor", by=him.okafor, supervisor=him.brandt)


def test_what_is_no_number_of_a_row_is_not_found(him, signed_in):
    manager = signed_in("okafor")
    assert manager.get("/admin/staff/personnelaction/abc/change/").status_code == 404
    assert manager.get("/admin/staff/employee/abc/change/").status_code in (302, 404)


def test_a_day_beyond_all_calendars_is_refused_beside_its_field(him, signed_in):
    manager = signed_in("okafor")
    told = add(manager, "separation", him.brandt, day="9999-12-31", reason="retirement")
    assert set(told.context["form"].errors) == {"day"}
    told = add(manager, "leave", him.brandt, until="9999-12-31", reason="family")
    assert set(told.context["form"].errors) == {"until"}


@pytest.mark.parametrize(("number", "username", "field"), [("", "fresh", "number"), ("E-9", "petrov", "username")])
def test_of_two_who_give_one_number_or_name_at_once_the_later_is_refused_in_words(him, number, username, field):
    """The form of each found it free; here the other has been faster."""
    newcomer = Employee(number=number or him.brandt.number, given_name="Ayo", family_name="Kim")
    terms = {"position": him.vacant["coding"], "fte": 1, "pay": 45_000, "basis": "year"}
    hire = PersonnelAction(employee=newcomer, kind="hire", effective=NOON, because="It is so.", **terms)
    with pytest.raises(DomainError) as refusal:
        actions.write_hire(hire, by=him.marsh.user, username=username)
    assert refusal.value.field == field
    assert not User.objects.filter(username="fresh").exists()


def test_the_list_of_actions_needs_few_queries_whatever_their_number(him, signed_in):
    for person in (him.brandt, him.petrov, him.marsh, him.ruiz):
        draft(person, "pay", by=him.okafor, pay=51_000)
    draft(him.holt, "transfer", by=him.okafor, position=him.vacant["coding"])
    manager = signed_in("okafor")
    with counted("admin_personnelaction_list"):
        page = manager.get(reverse(LIST))
    assert page.content.decode().count("2 Mar 2026 12:00") == 5  # noon in New York, where their seats are


def test_the_list_of_people_needs_few_queries_whatever_their_number(him, signed_in):
    manager = signed_in("okafor")
    with counted("admin_employee_list"):
        manager.get(reverse(PEOPLE))


def test_the_list_of_people_is_put_in_the_order_of_where_they_sit_and_each_row_leads_to_its_page(him, signed_in):
    manager = signed_in("okafor")
    shown = [manager.get(reverse(PEOPLE) + f"?o={order}3&standing=seated") for order in ("", "-")]
    units = [[row.unit_name for row in page.context["cl"].result_list] for page in shown]
    assert units[0] == sorted(units[0])
    assert units[1] == sorted(units[0], reverse=True)
    address = reverse("admin:staff_employee_change", args=[him.brandt.pk])
    kept = "?_changelist_filters=o%3D3%26standing%3Dseated"
    assert f'href="{address}{kept}"' in shown[0].content.decode()
    assert manager.get(address + kept).status_code == 200


def test_the_pages_of_a_person_and_of_an_action_need_the_same_queries_whatever_the_line(him, signed_in):
    action = submitted(him.brandt, "pay", by=him.marsh, pay=51_000)
    manager, write = signed_in("okafor"), reverse("admin:staff_personnelaction_add")
    for _ in range(3):
        make.employee(sits_in=make.position(him.brandt.position().unit))
    with counted("admin_employee_page", most=40):
        manager.get(reverse("admin:staff_employee_change", args=[him.brandt.pk]))
    with counted("admin_personnelaction_page", most=60):
        manager.get(reverse("admin:staff_personnelaction_change", args=[action.pk]))
    with counted("admin_personnelaction_form", most=24):
        manager.get(f"{write}?kind=transfer&employee={him.brandt.pk}")


class TestTyped:
    """Where seats and people are too many to look through, their numbers are typed, and words find them."""

    @pytest.fixture(autouse=True)
    def _many(self, monkeypatch):
        monkeypatch.setattr(choices, "MOST", 1)

    def test_a_transfer_names_its_seat_by_number(self, him, signed_in):
        manager, seat = signed_in("okafor"), him.vacant["release"]
        assert add(manager, "transfer", him.brandt, position=seat.number, supervisor=him.ruiz.number).status_code == 302
        action = PersonnelAction.objects.get(kind="transfer")
        assert (action.position, action.supervisor) == (seat, him.ruiz)
        page = manager.get(reverse("admin:staff_personnelaction_move", args=[action.pk, "write"])).content.decode()
        assert f'value="{seat.number}"' in page
        assert "<option" not in page.partition('name="position"')[2].partition('name="pay"')[0]

    def test_a_number_of_another_line_or_of_nothing_is_refused(self, him, signed_in):
        for number in (make.position(him.top).number, "nothing"):
            page = add(signed_in("marsh"), "transfer", him.brandt, position=number)
            assert page.status_code == 422
            assert page.context["form"].errors["position"]

    def test_words_find_seats_and_people_of_the_own_line(self, him, signed_in):
        supervisor, address = signed_in("marsh"), reverse("admin:staff_personnelaction_suggest")
        found = supervisor.post(address, {"field": "position", "words": "coding"}).json()["found"]
        assert [number for number, _label in found] == [him.vacant["coding"].number]
        found = supervisor.post(address, {"field": "supervisor", "words": "petr S."}).json()["found"]
        assert found == [[him.petrov.number, f"Petrov, S. · {him.petrov.number}"]]
        assert supervisor.post(address, {"field": "supervisor", "words": "holt"}).json()["found"] == []

    @pytest.mark.parametrize(
        ("who", "field", "status"), [("marsh", "pay", 404), ("marsh", "", 404), ("brandt", "position", 403)]
    )
    def test_nothing_else_is_found_and_by_nobody_else(self, him, signed_in, who, field, status):
        address = reverse("admin:staff_personnelaction_suggest")
        assert signed_in(who).post(address, {"field": field, "words": "x"}).status_code == status

    def test_words_stand_in_no_address(self, him, signed_in):
        assert signed_in("marsh").get(reverse("admin:staff_personnelaction_suggest") + "?words=x").status_code == 404
