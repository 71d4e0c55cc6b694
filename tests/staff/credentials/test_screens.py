"""The screens of credentials, and who may see and keep whose."""

from datetime import timedelta

import pytest
from django.utils import timezone
from django.utils.timezone import localdate as today

from himdept.common import clocks
from staff.models import Assignment, Credential, Employment
from tests import factories as make
from tests.queries import counted

pytestmark = pytest.mark.django_db


@pytest.fixture
def held(him):
    """A credential of each of four people."""
    keeper = him.okafor.user
    return {name: make.credential(getattr(him, name), by=keeper) for name in ("marsh", "brandt", "petrov", "holt")}


def filled_in(page, **more) -> dict:
    form = page.context["form"]
    values = {name: form[name].value() for name in form.fields}
    return {name: value for name, value in (values | more).items() if value is not None}


def seen(client, query: str = "") -> set[str]:
    page = client.get(f"/staff/credentials/{query}")
    assert page.status_code == 200
    return {row.employee.family_name for row in page.context["page"]}


@pytest.mark.parametrize(
    ("who", "sees"),
    [
        ("okafor", {"Marsh", "Brandt", "Petrov", "Holt"}),
        ("marsh", {"Marsh", "Brandt", "Petrov"}),
        ("ruiz", {"Holt"}),
        ("brandt", {"Brandt"}),
    ],
)
def test_a_person_sees_their_own_and_a_head_those_below(client, him, held, who, sees):
    client.force_login(getattr(him, who).user)
    assert seen(client) == sees
    for name, credential in held.items():
        wanted = 200 if name.title() in sees else 404
        assert client.get(f"/staff/people/{credential.employee_id}/credentials/").status_code == wanted, name


def test_running_the_software_shows_nobodys_credentials(client, held):
    client.force_login(make.person(is_staff=True, is_superuser=True))
    assert seen(client) == set()
    assert client.get(f"/staff/credentials/{held['brandt'].pk}/verify/").status_code == 404


@pytest.mark.parametrize("act", ["verify", "renew", "correct", "strike"])
@pytest.mark.parametrize(
    ("who", "of", "status"),
    [
        ("marsh", "brandt", 200),
        ("okafor", "brandt", 200),
        ("okafor", "marsh", 200),
        ("marsh", "marsh", 404),  # one's own
        ("ruiz", "brandt", 404),  # another line
        ("marsh", "holt", 404),
        ("brandt", "brandt", 403),  # no role that keeps
        ("brandt", "petrov", 403),
    ],
)
def test_only_the_line_above_keeps_credentials(client, him, held, who, of, status, act):
    client.force_login(getattr(him, who).user)
    assert client.get(f"/staff/credentials/{held[of].pk}/{act}/").status_code == status
    assert client.post(f"/staff/credentials/{held[of].pk}/{act}/", {}).status_code == (422 if status == 200 else status)
    wanted = status if who != "marsh" or of != "marsh" else 404
    assert client.get(f"/staff/people/{held[of].employee_id}/credentials/new/").status_code == wanted


def test_a_credential_is_recorded_looked_up_renewed_corrected_and_struck(client, him):
    client.force_login(him.marsh.user)
    page = f"/staff/people/{him.brandt.pk}/credentials/"
    first = today() - timedelta(days=700)
    form = client.get(f"{page}new/")
    rhia = form.context["form"].fields["certification"].queryset.get(code="RHIA").pk
    form = client.post(f"{page}new/", filled_in(form, certification=rhia, number="12-34", first_day=first))
    assert form.status_code == 422
    assert "A number of RHIA from AHIMA is five to nine digits." in form.content.decode()
    said = filled_in(form, certification=rhia, number="1234567", first_day=first)
    assert client.post(f"{page}new/", said).status_code == 302
    credential = Credential.objects.get()
    at = f"/staff/credentials/{credential.pk}/"

    said = {"source": "AHIMA's register", "found": "confirmed", "proof": "print 7"}
    assert client.post(f"{at}verify/", filled_in(client.get(f"{at}verify/"), **said)).status_code == 302
    assert "print 7" in client.get(page).content.decode()

    form = client.post(f"{at}renew/", {"first_day": first})
    assert form.status_code == 422
    assert "on some of these days already" in form.content.decode()
    following = credential.last_day + timedelta(days=1)
    assert client.post(f"{at}renew/", {"first_day": following}).status_code == 302
    renewed = Credential.objects.exclude(pk=credential.pk).get()
    assert (renewed.number, renewed.first_day) == ("1234567", following)

    form = client.get(f"{at}correct/")
    assert client.post(f"{at}correct/", filled_in(form, number="7654321", because="A slip.")).status_code == 302
    stale = client.post(f"{at}correct/", filled_in(form, number="7777777", because="Another."))
    assert stale.status_code == 409

    strike = f"/staff/credentials/{renewed.pk}/strike/"
    assert client.post(strike, filled_in(client.get(strike), because="Not paid.")).status_code == 302
    told = client.get(page).content.decode()
    assert "Struck by" in told
    assert "A slip." in told
    assert "before it was corrected" in told


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("?state=in_force", {"Brandt", "Petrov"}),
        ("?state=ending", {"Petrov"}),
        ("?state=lapsed", {"Marsh"}),
        ("?proof=confirmed", {"Brandt"}),
        ("?proof=open", {"Marsh", "Petrov"}),
    ],
)
def test_the_list_is_narrowed_by_what_matters(client, him, query, names):
    keeper = him.okafor.user
    make.verification(make.credential(him.brandt, by=keeper), by=keeper)
    make.credential(him.petrov, by=keeper, last_day=today() + timedelta(days=90))
    make.credential(him.marsh, by=keeper, last_day=today() - timedelta(days=1))
    client.force_login(him.marsh.user)
    assert seen(client, query) == names


def test_what_was_renewed_or_struck_stands_on_the_persons_page_alone(client, him):
    keeper = him.okafor.user
    old = make.credential(him.brandt, by=keeper, number="7777777", last_day=today() - timedelta(days=1))
    make.credential(him.brandt, by=keeper, number="7777777", first_day=today())
    make.credential(him.petrov, by=keeper, struck_by=keeper, struck_because="Nobody's.")
    client.force_login(him.marsh.user)
    assert [row.first_day for row in client.get("/staff/credentials/").context["page"]] == [today()]
    page = client.get(f"/staff/people/{old.employee_id}/credentials/").content.decode()
    assert "Renewed since" in page


def test_what_somebody_had_who_left_stands_on_their_own_page_alone(client, him, held):
    for person, days in ((him.brandt, -1), (him.petrov, 7)):
        stayed = make.span(make.OPENED, timezone.now() + timedelta(days=days))
        for spans in (Assignment, Employment):
            spans.objects.filter(employee=person).update(during=stayed)
    client.force_login(him.marsh.user)
    assert seen(client) == {"Marsh", "Petrov"}
    visible = clocks.named("credentials").visible(him.marsh.user)
    assert {row.employee.family_name for row in visible} == {"Marsh", "Petrov"}
    assert client.get(f"/staff/people/{him.brandt.pk}/credentials/").status_code == 200


def test_who_has_renewed_early_is_in_force_in_the_list(client, him):
    keeper = him.okafor.user
    make.credential(him.brandt, by=keeper, number="7777777", last_day=today())
    make.credential(him.brandt, by=keeper, number="7777777", first_day=today() + timedelta(days=1))
    make.credential(him.petrov, by=keeper, first_day=today() + timedelta(days=1))
    client.force_login(him.marsh.user)
    assert seen(client, "?state=in_force") == {"Brandt"}
    assert seen(client, "?state=to_come") == {"Petrov"}
    assert client.get("/staff/credentials/").content.decode().count("To come") == 2  # of Petrov, and in the filter


def test_no_address_and_no_title_names_a_person(client, him, held):
    client.force_login(him.marsh.user)
    page = client.get(f"/staff/people/{him.brandt.pk}/credentials/")
    assert "Brandt" not in page.content.decode().partition("<title>")[2].partition("</title>")[0]
    more = client.get("/staff/credentials/?sort=name").content.decode()
    assert "sort=name" in more
    assert "at=brandt" not in more.casefold()


def test_a_page_of_credentials_costs_a_bounded_number_of_queries(client, him, held):
    client.force_login(him.okafor.user)
    client.get("/staff/credentials/")
    with counted("credential_list"):
        client.get("/staff/credentials/")
    make.verification(held["brandt"], by=him.okafor.user)
    with counted("person_credentials"):
        client.get(f"/staff/people/{him.brandt.pk}/credentials/")
