"""Forms on paper: tagged, numbered, with what changes and who decided; pay only with pay; and in the trail."""

import io

import pytest
from auditlog.models import LogEntry
from django.urls import reverse
from pypdf import PdfReader

from staff.models import User
from staff.personnel import actions
from tests.staff.discipline.acting import given
from tests.staff.personnel.acting import A_DAY, NOON, approved, submitted

pytestmark = pytest.mark.django_db


@pytest.fixture
def signed_in(him, client):
    def as_(name):
        user = getattr(him, name).user
        User.objects.filter(pk=user.pk).update(is_staff=True)
        client.force_login(User.objects.get(pk=user.pk))
        return client

    return as_


def words_of(response) -> str:
    assert response.status_code == 200
    assert response["Content-Type"] == "application/pdf"
    assert "no-store" in response["Cache-Control"]
    pdf = PdfReader(io.BytesIO(response.content))
    assert pdf.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert pdf.metadata.title
    return " ".join(" ".join(page.extract_text() for page in pdf.pages).split())


def printed(client, action, query=""):
    return client.get(reverse("admin:staff_personnelaction_print", args=[action.pk]) + query)


def test_the_form_of_an_action_says_from_and_to_who_approved_and_why(him, signed_in):
    action = approved(him.brandt, "pay", by=him.okafor, pay=52_000, because="The market moved.")
    told = words_of(printed(signed_in("okafor"), action))
    for words in ("Pay change", "Brandt", "50,000.00", "52,000.00", "+2,000.00", "The market moved.", "page 1 of 1"):
        assert words in told, words
    assert "Approved" in told
    assert "Okafor" in told or "okafor" in told


def test_an_action_that_others_are_built_on_says_what_it_changed_when_it_began(him, signed_in):
    action = approved(him.brandt, "pay", by=him.okafor, pay=52_000)
    approved(him.brandt, "pay", by=him.okafor, pay=53_000, effective=NOON + A_DAY)
    approved(him.brandt, "separation", by=him.okafor, reason="retirement", effective=NOON + 2 * A_DAY)
    told = words_of(printed(signed_in("okafor"), action))
    assert "52,000.00" in told
    assert "53,000" not in told


def test_without_pay_no_pay_is_on_it(him, signed_in):
    action = submitted(him.brandt, "promotion", by=him.okafor, position=him.vacant["coding"], pay=54_321)
    told = words_of(printed(signed_in("okafor"), action, "?pay=no"))
    assert "54,321" not in told
    assert "50,000" not in told
    assert "Cost" not in told
    assert him.vacant["coding"].number in told
    assert "54,321.00" in words_of(printed(signed_in("okafor"), action))


def test_that_it_was_printed_and_by_whom_is_in_the_trail(him, signed_in):
    action = approved(him.brandt, "pay", by=him.okafor, pay=52_000)
    printed(signed_in("okafor"), action)
    printed(signed_in("marsh"), action, "?pay=no")
    entries = LogEntry.objects.get_for_object(action).filter(action=LogEntry.Action.ACCESS).order_by("pk")
    assert [(entry.actor, entry.additional_data) for entry in entries] == [
        (him.okafor.user, {"printed": "form"}),
        (him.marsh.user, {"printed": "form without pay"}),
    ]


@pytest.mark.parametrize("who", ["ruiz", "petrov", "brandt"])
def test_whoever_does_not_see_the_action_does_not_print_it(him, signed_in, who):
    action = submitted(him.brandt, "pay", by=him.okafor, pay=52_000)
    case = given(him.brandt, by=him.okafor)
    client = signed_in(who)
    assert printed(client, action).status_code == 404
    assert client.get(reverse("admin:staff_casefile_print", args=[case.pk])).status_code == 404
    assert not LogEntry.objects.filter(action=LogEntry.Action.ACCESS).exists()
    assert not case.steps.filter(move="print").exists()


def test_what_was_withdrawn_prints_without_what_it_would_have_changed(him, signed_in):
    action = submitted(him.brandt, "pay", by=him.okafor, pay=52_000)
    actions.withdraw(action, by=him.okafor.user, because="Not now.")
    told = words_of(printed(signed_in("okafor"), action))
    assert "What it changes" not in told
    assert "Not now." in told


def test_the_form_of_a_case_has_the_reply_and_lines_to_sign_on_and_markup_stays_text(him, signed_in):
    case = given(him.brandt, by=him.okafor, facts="He said: #panic() *so* [x]")
    told = words_of(signed_in("marsh").get(reverse("admin:staff_casefile_print", args=[case.pk])))
    for words in ("Corrective action: Coaching", "#panic() *so* [x]", "I was given this", "Witness", "The door log"):
        assert words in told, words
    step = case.steps.last()
    assert (step.move, step.by) == ("print", him.marsh.user)
