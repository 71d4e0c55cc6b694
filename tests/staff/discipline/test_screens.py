"""Corrective actions on their screens: in the admin site for those above, outside it for whom they are about."""

import pytest
from django.urls import reverse

from staff.discipline import actions
from staff.models import CaseFile, User
from tests import factories as make
from tests.queries import counted
from tests.staff.discipline.acting import SAID, approve, draft, given, submitted, today

pytestmark = pytest.mark.django_db
LIST = "admin:staff_casefile_changelist"


@pytest.fixture
def signed_in(him, client):
    def as_(name):
        user = getattr(him, name).user if isinstance(name, str) else name
        User.objects.filter(pk=user.pk).update(is_staff=True)
        client.force_login(User.objects.get(pk=user.pk))
        return client

    return as_


def add(client, employee, **said):
    address = reverse("admin:staff_casefile_add") + f"?employee={employee.pk}"
    follow_up = {"follow_up_1": str(today()), "what_1": "The door log"}
    return client.post(address, SAID | {"happened_on": str(today())} | follow_up | said)


def move(client, case, name, **said):
    address = reverse("admin:staff_casefile_move", args=[case.pk, name])
    page = client.get(address)
    return client.post(address, {"digest": page.context["digest"]} | said if page.context else said)


@pytest.mark.parametrize(
    ("said", "field", "words"),
    [
        ({"follow_ups": False}, "follow_up_1", "Say when it will be looked at again."),
        ({"training": ""}, "training", "First say of volume, staffing, training and system what you found."),
        ({"step": "written"}, "deviates_because", "The table suggests another step."),
    ],
)
def test_what_keeps_a_case_from_being_submitted_stands_beside_its_field_where_it_is_mended(
    him, signed_in, said, field, words
):
    case = draft(him.brandt, by=him.marsh, **said)
    told = move(signed_in("marsh"), case, "submit")
    form = told.context["form"]
    assert told.status_code == 422
    assert list(form.errors) == [field]
    assert words in form.errors[field][0]
    write = reverse("admin:staff_casefile_move", args=[case.pk, "write"])
    assert f'action="{write}"' in told.content.decode()
    filled = {one.name: one.value() or "" for one in form}
    assert (filled["facts"], str(filled["happened_on"])) == (case.facts, str(today()))
    mended = {"follow_up_1": str(today()), "what_1": "The log", "training": "Was shown.", "deviates_because": "Again."}
    assert signed_in("marsh").post(write, filled | mended).status_code == 302
    move(signed_in("marsh"), case, "submit")
    assert CaseFile.objects.get().state == "submitted"


def test_a_case_goes_from_its_form_to_closed(him, signed_in):
    told = add(signed_in("marsh"), him.brandt)
    case = CaseFile.objects.get()
    assert told.url == reverse("admin:staff_casefile_change", args=[case.pk])
    assert (case.step, case.follow_ups.get().what) == ("coaching", "The door log")
    move(signed_in("marsh"), case, "submit")
    move(signed_in("okafor"), case, "return", because="Say who saw it.")
    page = signed_in("marsh").get(told.url).content.decode()
    assert "Say who saw it." in page
    again = reverse("admin:staff_casefile_move", args=[case.pk, "write"])
    form = signed_in("marsh").get(again).context["form"]
    said = {name: field.value() or "" for name, field in ((f.name, f) for f in form)}
    signed_in("marsh").post(again, said | {"facts": "Petrov saw it."})
    move(signed_in("marsh"), case, "submit")
    move(signed_in("okafor"), case, "approve")
    move(signed_in("marsh"), case, "give")
    signed_in("brandt").post(reverse("case_answer", args=[case.pk]), {"reply": "The bus."})
    move(signed_in("marsh"), case, "decline", witness=him.petrov.number)
    move(signed_in("marsh"), case, "follow_up", row=case.follow_ups.get().pk, found="On time.")
    move(signed_in("marsh"), case, "close")
    case.refresh_from_db()
    assert (case.state, case.facts, case.reply, case.witness) == ("closed", "Petrov saw it.", "The bus.", him.petrov)
    page = signed_in("okafor").get(told.url).content.decode()
    assert all(words in page for words in ("The bus.", "Declined to sign", "On time.", "Petrov, P."[:6]))


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"offence": "rudeness"}, "offence"),
        ({"happened_on": "2999-01-01"}, "happened_on"),
        ({"facts": ""}, "facts"),
        ({"step": "spanking"}, "step"),
        ({"active_until": "2020-01-01"}, None),
        ({"follow_up_1": "2020-01-01"}, "follow_up_1"),
        ({"what_1": ""}, "what_1"),
        ({"follow_up_1": ""}, "follow_up_1"),
        ({"facts": "a\x00b"}, "facts"),
    ],
)
def test_bad_input_is_refused_beside_its_field_and_nothing_is_kept(him, signed_in, said, field):
    told = add(signed_in("marsh"), him.brandt, **said)
    assert told.status_code in {400, 422}
    if told.status_code == 422:
        assert set(told.context["form"].errors) == {field or "__all__"}
    assert not CaseFile.objects.exists()


def test_a_case_that_has_changed_is_not_approved(him, signed_in):
    case = submitted(him.brandt, by=him.marsh)
    told = signed_in("okafor").post(reverse("admin:staff_casefile_move", args=[case.pk, "approve"]), {"digest": "old"})
    assert told.status_code == 409
    case.refresh_from_db()
    assert case.state == "submitted"


# Who finds a case about Brandt in the admin site (its list and count, a search, its page, a move), and outside it.
FINDS = {
    "marsh": (True, True),
    "okafor": (True, True),
    "chief": (True, True),
    "brandt": (False, True),
    "ruiz": (False, False),
    "petrov": (False, False),
    "root": (False, False),
}


@pytest.mark.parametrize("who", FINDS)
def test_who_finds_a_case_anywhere(him, signed_in, who):
    case = given(him.brandt, by=him.okafor)
    client = signed_in(make.person("root", is_superuser=True) if who == "root" else who)
    above, outside = FINDS[who]
    for query in ("", f"?q={him.brandt.number}", "?state__exact=given", "?step__exact=coaching"):
        page = client.get(reverse(LIST) + query)
        assert (page.status_code == 200 and page.context["cl"].result_count == 1) is above, query
        assert (str(case) in page.content.decode()) is above
    seen = {
        client.get(reverse("admin:staff_casefile_change", args=[case.pk])).status_code,
        client.get(reverse("admin:staff_casefile_move", args=[case.pk, "close"])).status_code,
        client.get(reverse("admin:staff_casefile_history", args=[case.pk])).status_code,
    }
    assert (200 in seen) is above
    assert above or seen <= {302, 403, 404}
    assert (str(case) in client.get(reverse("case_list")).content.decode()) is outside
    assert client.get(reverse("case_page", args=[case.pk])).status_code == (200 if outside else 404)
    due = client.get(reverse("coming_due")).content.decode()
    assert ("The door log" in due) is outside
    person = client.get(reverse("admin:staff_employee_change", args=[him.brandt.pk]))
    assert (str(case) in person.content.decode()) is above
    assert (reverse("admin:staff_casefile_add") + f"?employee={him.brandt.pk}" in person.content.decode()) is above
    deleting = client.post(reverse("admin:staff_casefile_delete", args=[case.pk]), {"post": "yes"})
    assert deleting.status_code in {403, 404}


def test_nobody_answers_for_another_and_nothing_is_seen_before_it_is_given(him, signed_in):
    case = approve(submitted(him.brandt, by=him.marsh), by=him.okafor)
    answer = reverse("case_answer", args=[case.pk])
    assert signed_in("brandt").get(answer).status_code == 404
    case = actions.give(case, by=him.marsh.user)
    assert signed_in("marsh").post(answer, {"signs": "on"}).status_code == 403
    assert signed_in("brandt").post(answer, {}).status_code == 422
    assert signed_in("brandt").post(answer, {"signs": "on"}).status_code == 302
    case.refresh_from_db()
    assert case.answer == "signed"
    assert case.get_state_display() == "Given"


def test_the_form_offers_people_of_the_line_and_nobody_else(him, signed_in):
    page = signed_in("marsh").get(reverse("admin:staff_casefile_add")).content.decode()
    assert "Brandt" in page
    assert "Holt" not in page
    for stranger in (him.holt, him.marsh, him.okafor):
        assert add(signed_in("marsh"), stranger).status_code == 404
    assert signed_in("marsh").get(reverse("admin:staff_casefile_add") + "?employee=x").status_code == 404


def test_a_separation_offers_the_cases_that_were_given(him, signed_in):
    case, not_yet = given(him.brandt, by=him.okafor), draft(him.brandt, by=him.okafor)
    page = signed_in("okafor").get(
        reverse("admin:staff_personnelaction_add") + f"?kind=separation&employee={him.brandt.pk}"
    )
    assert list(page.context["form"].fields["case"].queryset) == [case]
    assert not_yet.given_at is None


def test_the_pages_cost_few_queries(him, signed_in):
    cases = [given(him.brandt, by=him.okafor) for _ in range(3)]
    client = signed_in("okafor")
    for name, address in (
        ("case_list", reverse("case_list")),
        ("case_page", reverse("case_page", args=[cases[2].pk])),
        ("admin_casefile_list", reverse(LIST)),
    ):
        client.get(address)
        with counted(name):
            assert client.get(address).status_code == 200
    client = signed_in("brandt")
    with counted("case_answer"):
        assert client.get(reverse("case_answer", args=[cases[2].pk])).status_code == 200
