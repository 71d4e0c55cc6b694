"""Choosing rows of a list, on the list of deficiencies."""

import re
from datetime import timedelta

import pytest
from django.db import IntegrityError
from django.db.models import F
from django.utils import timezone

from records.models import Deficiency
from staff.models import Selection
from staff.selections import models, selections
from tests import factories as make
from tests.queries import counted

pytestmark = pytest.mark.django_db
CHOOSE = "/selections/deficiency_list/"
FRAGMENT = {"HX-Request": "true", "HX-Request-Type": "partial"}


@pytest.fixture
def desk(client):
    client.force_login(make.manager())
    return client


@pytest.fixture
def owed():
    return [make.deficiency(due_at=make.DISCHARGED + timedelta(days=day)) for day in range(5)]


def choose(client, *rows, shown=(), do="keep", token=None, query="", status=200, **more) -> str:
    if token is None:
        token = Selection.objects.values_list("token", flat=True).first() or ""
    fields = {"row": [row.pk for row in rows], "shown": ",".join(str(row.pk) for row in shown), "do": do}
    fields |= {"token": token, "query": query, **more}
    response = client.post(CHOOSE, fields, headers=FRAGMENT)
    assert response.status_code == status, response.content.decode()
    return response.content.decode()


def ticked(page: str) -> set[int]:
    return {int(number) for number in re.findall(r'name="row" value="(\d+)" checked', page)}


def numbers() -> list[int]:
    selection = Selection.objects.first()
    return selection.numbers if selection else []


def test_ticks_are_kept_and_those_of_other_pages_stay(desk, owed):
    first, second, third, fourth, _fifth = owed
    assert "2 of 5 selected" in choose(desk, first, second, shown=[first, second])
    choose(desk, fourth, shown=[third, fourth])
    assert numbers() == [first.pk, second.pk, fourth.pk]
    choose(desk, second, shown=[first, second])
    assert numbers() == [second.pk, fourth.pk]


def test_the_list_shows_what_is_chosen_whatever_its_order_and_filters(desk, owed):
    choose(desk, owed[0], owed[3], shown=owed)
    page = desk.get("/deficiencies/?sort=-due").content.decode()
    assert "2 of 5 selected" in page
    assert ticked(page) == {owed[0].pk, owed[3].pk}
    make.deficiency(make.record(), kind="unsigned")
    narrowed = desk.get("/deficiencies/?kind=unsigned").content.decode()
    assert "2 of 1 selected, 2 of them are outside these filters" in narrowed
    assert ticked(narrowed) == set()


def test_all_that_were_found_are_chosen_over_pages_and_under_the_filters(desk, owed):
    other = make.deficiency(make.record(), kind="unsigned")
    choose(desk, shown=owed[:2], do="all", query="kind=missing")
    assert set(numbers()) == {row.pk for row in owed}
    assert Selection.objects.get().query == "kind=missing"
    choose(desk, shown=[other], do="page", query="kind=unsigned")
    assert len(numbers()) == 6


def test_how_each_row_stood_is_kept_when_it_is_chosen_and_not_later(desk, owed):
    owed[1].owed_by = make.practitioner()
    owed[1].save()
    choose(desk, *owed[:2], shown=owed)
    Deficiency.objects.filter(pk=owed[0].pk).update(kind="unsigned")
    choose(desk, *owed[:3], shown=owed)
    assert Selection.objects.get().states == [
        "open missing ",
        f"open missing {owed[1].owed_by_id}",
        "open missing ",
    ]


def test_clear_chooses_nothing(desk, owed):
    choose(desk, *owed, shown=owed)
    assert "0 of 5 selected" in choose(desk, *owed, shown=owed, do="clear")
    assert not Selection.objects.exists()


def test_without_a_script_one_is_led_back_to_the_page_one_was_on(desk, owed):
    fields = {"row": [owed[0].pk], "shown": str(owed[0].pk), "query": "status=any&at=x", "do": "keep"}
    assert desk.post(CHOOSE, fields).url == "/deficiencies/?status=any&at=x"
    assert Selection.objects.get().query == "status=any"


def test_an_act_keeps_the_ticks_and_goes_on_to_its_page(desk, owed):
    fields = {"row": [owed[0].pk], "shown": str(owed[0].pk), "to": "deficiencies_waive"}
    assert desk.post(CHOOSE, fields).url == f"/deficiencies/waive/?selection={Selection.objects.get().token}"


def test_what_one_may_not_see_is_not_chosen(desk, owed):
    sealed = make.deficiency(make.record(confidentiality=5))
    elsewhere = make.deficiency(make.record(at=make.facility("OTHER")))
    choose(desk, sealed, elsewhere, owed[0], shown=[sealed, elsewhere, owed[0]])
    assert numbers() == [owed[0].pk]
    choose(desk, do="all", query="status=any")
    assert set(numbers()) == {row.pk for row in owed}


def test_a_tick_that_was_not_on_the_page_is_not_chosen(desk, owed):
    choose(desk, owed[0], owed[1], shown=[owed[0]])
    assert numbers() == [owed[0].pk]


def test_each_has_a_selection_of_their_own(desk, owed, client):
    choose(desk, owed[0], shown=owed)
    token = Selection.objects.get().token
    client.force_login(make.manager("other"))
    assert "0 of 5 selected" in client.get("/deficiencies/").content.decode()
    choose(client, owed[1], shown=owed, token=token, status=409)
    assert numbers() == [owed[0].pk]
    assert client.get(f"/deficiencies/waive/?selection={token}").status_code == 409


def test_a_selection_that_was_used_or_cleared_in_another_window_is_a_conflict_in_words(desk, owed):
    choose(desk, owed[0], shown=owed)
    token = Selection.objects.get().token
    choose(desk, do="clear")
    assert "acted on or cleared meanwhile" in choose(desk, owed[1], shown=owed, token=token, status=409)
    assert numbers() == []


def test_more_than_can_be_chosen_is_refused_with_the_way_out(desk, owed, monkeypatch):
    monkeypatch.setattr(selections, "MOST", 3)
    choose(desk, owed[0], shown=owed[:1])
    told = choose(desk, owed[0], shown=owed[:1], do="all", status=422)
    assert "at most 3 rows" in told
    assert "Narrow the list by its filters first" in told
    assert numbers() == [owed[0].pk]


def test_the_database_holds_the_limit_too():
    with pytest.raises(IntegrityError, match="ten_thousand"):
        Selection.objects.create(
            owner=make.person(), of="x", numbers=list(range(models.MOST + 1)), states=["x"] * (models.MOST + 1)
        )


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"shown": "1,x"}, "rows that were chosen are not understood"),
        ({"shown": ",".join(["1"] * 501)}, "rows that were chosen are not understood"),
        ({"row": "9" * 30}, "rows that were chosen are not understood"),
        ({"token": "x"}, "This selection is not known"),
        ({"query": "x" * 4001}, "address of the list is too long"),
        ({"query": "kind=odd", "do": "all"}, "What"),
    ],
)
def test_bad_input_is_refused_in_a_sentence(desk, owed, fields, sentence):
    response = desk.post(CHOOSE, {"shown": owed[0].pk, **fields})
    assert response.status_code == 400
    assert sentence in response.content.decode()
    assert not Selection.objects.exists()


def test_whoever_may_do_nothing_with_it_has_nothing_to_choose(client, owed):
    client.force_login(make.person(role="Records clerk"))
    page = client.get("/deficiencies/").content.decode()
    assert 'id="chosen"' not in page
    assert 'class="tick"' not in page
    assert client.post(CHOOSE, {"row": owed[0].pk, "shown": owed[0].pk}).status_code == 403
    assert client.post("/selections/audit_list/").status_code == 404


def test_a_supervisor_may_reassign_and_not_waive(client, owed):
    client.force_login(make.person(role="Records supervisor"))
    page = client.get("/deficiencies/").content.decode()
    assert 'value="deficiencies_reassign"' in page
    assert 'value="deficiencies_waive"' not in page
    fields = {"row": owed[0].pk, "shown": owed[0].pk, "to": "deficiencies_waive"}
    assert client.post(CHOOSE, fields).status_code == 403


def test_the_night_forgets_what_nobody_has_touched_for_a_day(desk, owed):
    choose(desk, owed[0], shown=owed)
    assert selections.prune() == 0
    Selection.objects.update(changed_at=F("changed_at") - timedelta(days=1, seconds=1))
    assert selections.prune() == 1


def test_the_list_costs_the_same_with_a_selection_and_choosing_does_not_cost_more_for_more(desk):
    rows = [make.deficiency(make.record(), owed_by=make.practitioner()) for _ in range(12)]
    for some in (rows[:1], rows):
        choose(desk, do="clear")
        choose(desk, *some, shown=some)
        desk.get("/deficiencies/?status=open")
        with counted("deficiency_list_chosen"):
            desk.get("/deficiencies/?status=open")
        with counted("choose"):
            choose(desk, *some, shown=some)
    assert timezone.now() - Selection.objects.get().changed_at < timedelta(minutes=5)
