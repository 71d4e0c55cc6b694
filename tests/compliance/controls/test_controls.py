"""Recurring controls: planned, moved, done with evidence of their own, missed, ended."""

import re
from datetime import timedelta
from types import SimpleNamespace

import pytest
from auditlog.models import LogEntry
from django.db import DatabaseError, IntegrityError, transaction
from django.urls import reverse

from compliance.controls import actions
from compliance.controls.models import Control, ControlOccurrence
from compliance.controls.schedule import months_later
from compliance.controls.suggestions import SUGGESTIONS
from compliance.evidence.models import Evidence, Kind
from compliance.evidence.queries import evidence_of
from compliance.standards import library
from compliance.standards.models import Element
from himdept.common import clocks, handover
from himdept.common.errors import Conflict, DomainError
from himdept.common.night import step_named
from tests import factories as make
from tests.compliance.controls.acting import done, planned, times
from tests.compliance.evidence.acting import day, element, laid, owner, today, upload
from tests.days import counted_now
from tests.queries import counted

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path


def tonight(days: int = 0) -> dict:
    night = SimpleNamespace(facility=make.facility(), business_date=day(days))
    return actions.plan_tonight(SimpleNamespace(night=night))


# -- Planning ------------------------------------------------------------------------------------------------------


def test_the_times_of_a_year_are_there_at_once_and_the_night_adds_what_comes_into_it():
    control = planned()
    assert [one.scheduled_on for one in times(control)] == [months_later(today(), 3 * n - 6) for n in range(7)]
    assert [one.state for one in times(control)][:3] == ["missed", "missed", "open"]
    assert tonight() == {"planned": 0, "missed": 0}
    assert tonight(100) == {"planned": 1, "missed": 1}
    assert tonight(100) == {"planned": 0, "missed": 0}
    assert [one.state for one in times(control)][:4] == ["missed", "missed", "missed", "open"]


@pytest.mark.parametrize(
    ("first", "number"),
    [
        (months_later(today(), -7), 2),  # a month ago, and still open
        (months_later(today(), -6), 2),  # today
        (day(-1), 0),
        (day(30), 0),
    ],
)
def test_a_time_that_was_over_when_it_was_planned_is_neither_missed_nor_laid_out_by_a_later_night(first, number):
    control = planned(anchor=first, on=None)
    tonight()
    tonight(20)
    assert {one.state for one in times(control)} == {"open"}
    one = times(control)[0]
    assert (one.number, one.scheduled_on) == (number, months_later(first, 3 * number))
    assert one.next_on > today()


def test_what_comes_later_than_a_year_is_laid_out_from_its_first_time_however_late_the_night():
    control = planned(anchor=months_later(today(), 13), on=None)
    assert times(control) == []
    assert tonight(600) == {"planned": 7, "missed": 2}
    assert times(control)[0].number == 0


def test_it_is_a_step_of_the_night_before_people_are_told():
    assert step_named("scores").ordinal < step_named("controls").ordinal < step_named("clocks").ordinal


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"every_months": 0}, "every_months"),
        ({"every_months": 61}, "every_months"),
        ({"anchor": day(-367), "on": None}, "anchor"),
        ({"anchor": day(2000), "on": None}, "anchor"),
    ],
)
def test_a_control_that_cannot_be_is_refused_with_its_field(said, field):
    with pytest.raises(DomainError) as refusal:
        planned(**said)
    assert refusal.value.field == field
    assert not Control.objects.exists()


def test_somebody_answers_for_it_whose_role_says_so():
    with pytest.raises(DomainError) as refusal:
        planned(owner=make.person(role="Records supervisor"))
    assert refusal.value.field == "owner"


def test_two_controls_of_one_title_go_on_at_no_time():
    actions.end(planned(), because="Done by the group now.", by=owner())
    planned()
    with pytest.raises(Conflict):
        planned(every_months=6)
    with pytest.raises(IntegrityError, match="one_control_of_a_title"), transaction.atomic():
        Control.objects.create(
            facility=make.facility(), title="Restore drill", owner=owner(), anchor=today(), every_months=1
        )


# -- Doing and moving ----------------------------------------------------------------------------------------------


def test_what_is_done_early_tells_of_no_day_to_come():
    time = times(planned(anchor=day(40), every_months=3))[0]
    done(time, done_on=day(-2))
    time.refresh_from_db()
    said = time.evidence.revisions.get()
    assert (said.covers_from, said.covers_until, said.expires_on) == (time.begins_on, day(-2), time.next_on)


def test_it_is_done_with_evidence_of_its_own_that_tells_of_its_time_and_is_good_until_the_next():
    control = planned(elements=[element(), element("H-2")])
    time = times(control)[2]
    assert (time.scheduled_on, time.state) == (today(), "open")
    done(time)
    time.refresh_from_db()
    said = time.evidence.revisions.get()
    assert (time.state, time.done_on, time.done_by) == ("done", today(), owner())
    assert (said.covers_from, said.covers_until) == (months_later(today(), -3) + timedelta(days=1), today())
    assert said.expires_on == months_later(today(), 3)
    assert said.owner == owner()
    for asked in (element(), element("H-2")):
        assert [one.pk for one in evidence_of(make.facility(), [asked], today())[asked.pk]] == [said.pk]


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"done_on": lambda: day(1)}, "done_on"),
        ({"done_on": day(-100)}, "done_on"),
        ({"link": "http://example.org/"}, "link"),
        ({"kind": Kind.FILE, "upload": upload("x.pdf", b"<html>")}, "file"),
    ],
)
def test_without_evidence_that_can_be_it_is_not_done(said, field):
    time = times(planned())[2]
    what = {"kind": Kind.LINK, "link": "https://example.org/"} if "kind" not in said else {}
    with pytest.raises(DomainError) as refusal:
        actions.do(time, **({"title": "Protocol", "done_on": today(), "by": owner()} | what | counted_now(said)))
    assert refusal.value.field == field
    time.refresh_from_db()
    assert time.state == "open"
    assert not Evidence.objects.exists()


def test_the_database_takes_nothing_as_done_without_evidence():
    time = times(planned())[2]
    with pytest.raises(IntegrityError, match="occurrence_is_done_with_evidence"), transaction.atomic():
        ControlOccurrence.objects.filter(pk=time.pk).update(state="done", done_on=today(), done_by=owner())


def test_evidence_of_one_time_is_not_that_of_another():
    first, second = (done(times(planned(title))[2]) for title in ("Drill", "Review"))
    assert first.evidence_id != second.evidence_id
    open_one = times(first.control)[3]
    with pytest.raises(IntegrityError), transaction.atomic():
        ControlOccurrence.objects.filter(pk=open_one.pk).update(
            state="done", done_on=today(), done_by=owner(), evidence=first.evidence_id
        )


def test_what_is_done_or_missed_or_whose_next_time_has_come_is_no_longer_open():
    control = planned()
    late, _second, now, *_ = times(control)
    with pytest.raises(Conflict):
        done(late)
    done(now)
    with pytest.raises(Conflict):
        done(now)
    with pytest.raises(Conflict):
        actions.move(now, due_on=day(3), because="Later.", by=owner())


def test_the_due_day_moves_with_a_reason_and_the_day_for_which_it_is_scheduled_stays():
    time = times(planned())[2]
    actions.move(time, due_on=day(20), because="The storage is being replaced.", by=owner())
    time.refresh_from_db()
    assert (time.scheduled_on, time.due_on) == (today(), day(20))
    assert tonight(21) == {"planned": 0, "missed": 0}
    assert [one.scheduled_on for one in times(time.control)][3] == months_later(today(), 3)
    entry = LogEntry.objects.get_for_object(time).get(action=LogEntry.Action.UPDATE)
    assert (entry.actor, entry.additional_data["because"]) == (owner(), "The storage is being replaced.")


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"because": " "}, "because"),
        ({"due_on": day(-1)}, "due_on"),
        ({"due_on": lambda: months_later(today(), 3)}, "due_on"),  # the next one is scheduled for then
    ],
)
def test_a_move_that_cannot_be_is_refused_with_its_field(said, field):
    time = times(planned())[2]
    with pytest.raises(DomainError) as refusal:
        actions.move(time, **({"due_on": day(5), "because": "Later.", "by": owner()} | counted_now(said)))
    assert refusal.value.field == field


def test_the_database_moves_no_scheduled_day_and_opens_nothing_again():
    control = planned()
    tonight()
    missed, _second, open_one, *_ = times(control)
    rows = ControlOccurrence.objects
    for act in (
        lambda: rows.filter(pk=open_one.pk).update(scheduled_on=day(1)),
        lambda: rows.filter(pk=missed.pk).update(state="open"),
        lambda: rows.filter(pk=open_one.pk).delete(),
        lambda: rows.filter(pk=missed.pk).delete(),
        lambda: Control.objects.filter(pk=control.pk).update(every_months=6),
    ):
        with pytest.raises(DatabaseError, match=r"scheduled does not move|keeps its first time"), transaction.atomic():
            act()


def test_what_has_ended_has_no_times_after_it_and_keeps_those_before():
    control = planned()
    tonight()
    actions.end(control, because="Done by the group now.", by=owner())
    assert [(one.scheduled_on, one.state) for one in times(control)] == [
        (months_later(today(), -6), "missed"),
        (months_later(today(), -3), "missed"),
        (today(), "open"),
    ]
    assert tonight(200)["planned"] == 0
    with pytest.raises(Conflict):
        actions.end(control, because="Again.", by=owner())


# -- What comes due ------------------------------------------------------------------------------------------------


def test_it_comes_due_on_the_day_to_which_it_was_moved_and_whoever_answers_for_it_is_told():
    clock = clocks.named("controls")
    control = planned()
    actions.move(times(control)[2], due_on=day(20), because="Later.", by=owner())
    done(times(planned("Review"))[2])
    tonight()
    rows = clock.rows(make.facility().pk).filter(due_on__lte=day(30))
    assert [(row.control_id, row.due_on) for row in rows] == [(control.pk, day(20))]
    assert list(clock.whom(rows)) == [(rows[0].pk, owner().pk)]
    assert not clock.visible(make.person(role="Records clerk")).exists()
    (kind,) = (kind for kind in handover.kinds() if kind.name == "controls")
    assert kind.rows(owner().pk).count() == 2


# -- Screens -------------------------------------------------------------------------------------------------------


@pytest.fixture
def desk(client):
    client.force_login(owner())
    return client


def test_the_calendar_shows_twelve_months_and_what_waits_from_before(desk):
    control = planned(anchor=months_later(today(), -2), every_months=12)
    months = desk.get("/controls/").context["months"]
    assert len(months) == 12
    assert [len(part) for _month, part in months].count(1) == 1
    page = desk.get("/controls/")
    assert [time.control_id for time in page.context["overdue"]] == [control.pk]
    assert "overdue" in page.content.decode()
    later = desk.get("/controls/at/MAIN/", {"from": f"{months_later(today(), 12):%Y-%m}"})
    assert later.context["overdue"] == []
    for wrong in ("2026", "2026-13", "1999-01", "soon"):
        refused = desk.get("/controls/at/MAIN/", {"from": wrong})
        assert (refused.status_code, refused.context["first"]) == (400, today().replace(day=1)), wrong
        assert 'aria-describedby="from_error"' in refused.content.decode(), wrong


def test_a_control_is_planned_changed_done_moved_and_ended_in_the_browser(desk):
    said = {
        "title": "Restore drill",
        "basis": "bylaws",
        "anchor": today().isoformat(),
        "every_months": 3,
        "owner": owner().pk,
        "elements": [element().pk],
    }
    new = reverse("control_new", args=["MAIN"])
    assert "none is called missed" in desk.get(new).content.decode()
    assert desk.post(new, said | {"elements": []}).status_code == 422
    for wrong in (0, 61, "x"):
        refused = desk.post(new, said | {"every_months": wrong})
        assert refused.status_code == 422
        assert refused.context["form"].errors == {"every_months": ["Every 1 to 60 months."]}
    assert desk.post(new, said).status_code == 302
    assert desk.post(new, said | {"every_months": 12}).status_code == 409
    control = Control.objects.get()
    first, second, *_ = times(control)
    assert desk.post(reverse("control_change", args=[control.pk]), said | {"title": "Drill"}).status_code == 302
    move = reverse("occurrence_move", args=[second.pk])
    assert desk.post(move, {"due_on": day(-1), "because": "x"}).status_code == 422
    later = months_later(today(), 3) + timedelta(days=9)
    assert desk.post(move, {"due_on": later, "because": "Audit week."}).status_code == 302
    address = reverse("occurrence_done", args=[first.pk, "file"])
    assert desk.post(address, {"title": "Protocol", "done_on": today()}).status_code == 422
    assert desk.post(address, {"title": "Protocol", "done_on": today(), "file": upload()}).status_code == 302
    assert desk.get(address).status_code == 404
    page = desk.get(reverse("control_page", args=[control.pk])).content.decode()
    for words in ("Audit week.", "done", "moved", reverse("evidence_page", args=[Evidence.objects.get().pk])):
        assert words in page, words
    end = reverse("control_end", args=[control.pk])
    assert desk.post(end, {"because": ""}).status_code == 422
    assert desk.post(end, {"because": "No more."}).status_code == 302
    assert desk.get(end).status_code == 404
    page = desk.get(reverse("control_page", args=[control.pk])).content.decode()
    assert re.search(rf"Ended by {owner()}, .*: No more\.", page)


def test_a_control_whose_form_is_sent_twice_is_planned_once_and_both_lead_to_it(desk):
    new = reverse("control_new", args=["MAIN"])
    said = {"title": "Drill", "anchor": day(20), "every_months": 3, "owner": owner().pk, "elements": [element().pk]}
    first, second = desk.post(new, said), desk.post(new, said)
    control = Control.objects.get()
    assert first.headers["Location"] == second.headers["Location"] == reverse("control_page", args=[control.pk])
    assert desk.post(new, said | {"elements": [element("H-2").pk]}).status_code == 409
    desk.force_login(make.manager("other"))
    assert desk.post(new, said).status_code == 409


def test_of_a_control_what_waits_stands_first_soonest_due_at_the_top_and_then_what_is_past_the_latest_first(desk):
    control = planned(anchor=months_later(today(), -7), every_months=2, on=months_later(today(), -7))
    done(times(control)[4])
    page = desk.get(reverse("control_page", args=[control.pk]))
    assert [time.number for time, _may in page.context["times"]] == [3, 5, 6, 7, 8, 9, 4, 2, 1, 0]
    assert "Ended by" not in page.content.decode()


def test_a_suggestion_fills_in_the_form_with_elements_that_are_in_force(desk):
    library.load_all()
    for name, suggestion in SUGGESTIONS.items():
        form = desk.get(reverse("control_new", args=["MAIN"]), {"of": name}).context["form"]
        assert form["title"].value() == suggestion.title
        codes = set(Element.objects.filter(pk__in=form["elements"].value()).values_list("code", flat=True))
        assert codes == set(suggestion.elements)
    assert desk.get(reverse("control_new", args=["MAIN"]), {"of": "nothing"}).status_code == 200


def test_a_reading_is_no_evidence_of_a_time_for_it_has_its_own(desk):
    time = times(planned())[2]
    assert desk.get(reverse("occurrence_done", args=[time.pk, "reading"])).status_code == 404


def test_the_queries_of_its_screens(desk):
    control = planned()
    done(times(control)[2])
    planned("Review")
    laid()
    for name, address in {
        "control_calendar": "/controls/",
        "control_page": reverse("control_page", args=[control.pk]),
        "occurrence_done": reverse("occurrence_done", args=[times(control)[3].pk, "link"]),
    }.items():
        desk.get(address)
        with counted(name):
            assert desk.get(address).status_code == 200


@pytest.mark.parametrize(
    ("role", "sees", "does", "plans"),
    [
        ("Records manager", 200, 200, 200),
        ("Privacy officer", 200, 200, 200),
        ("Records supervisor", 200, 200, 403),
        ("Surveyor", 200, 403, 403),
        ("Records clerk", 403, 403, 403),
    ],
)
def test_who_sees_does_and_plans(client, role, sees, does, plans):
    control = planned()
    time = times(control)[2].pk
    client.force_login(make.person(role=role))
    for address in ("/controls/", f"/controls/{control.pk}/"):
        assert client.get(address).status_code == sees, address
    assert client.get(f"/controls/times/{time}/done/file/").status_code == does
    for address in (
        "/controls/at/MAIN/new/",
        f"/controls/{control.pk}/change/",
        f"/controls/{control.pk}/end/",
        f"/controls/times/{time}/move/",
    ):
        assert client.get(address).status_code == plans, address


def test_nobody_reaches_the_controls_of_another_facility(client):
    control = planned()
    time = times(control)[2].pk
    client.force_login(make.manager("elsewhere", facilities=[make.facility("OTHER")]))
    for address in (
        "/controls/at/MAIN/",
        "/controls/at/MAIN/new/",
        f"/controls/{control.pk}/",
        f"/controls/{control.pk}/change/",
        f"/controls/{control.pk}/end/",
        f"/controls/times/{time}/move/",
        f"/controls/times/{time}/done/file/",
    ):
        assert client.get(address).status_code == 404, address
    assert list(client.get("/controls/").context["controls"]) == []
    client.force_login(make.person(role="Surveyor", facilities=[]))
    assert "No facility is yours" in client.get("/controls/").content.decode()
