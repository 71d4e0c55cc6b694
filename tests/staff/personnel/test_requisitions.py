"""A seat is asked for and granted by two people of the line above it; then somebody can be put into it."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from himdept.common.errors import Conflict, DomainError
from staff.models import Assignment, Employment, Job, Position, Requisition, User
from staff.personnel import actions, requisitions
from staff.personnel.actions import NotYours
from tests import factories as make
from tests.factories import span
from tests.staff.personnel.acting import draft

pytestmark = pytest.mark.django_db
LIST, ADD = "admin:staff_requisition_changelist", "admin:staff_requisition_add"


def replacement(him, seat="coding", by="marsh") -> Requisition:
    row = Requisition(kind="replacement", position=him.vacant[seat], because="A coder left.")
    return requisitions.ask(row, by=getattr(him, by).user)


def new_seat(him, kind="new", by="marsh", **fields) -> Requisition:
    seat = Position(
        **{"number": "N-1", "unit": him.marsh.position().unit, "job": Job.objects.first(), "valid": span()} | fields
    )
    return requisitions.ask(Requisition(kind=kind, position=seat, because="More work."), by=getattr(him, by).user)


def test_a_new_seat_is_proposed_and_takes_nobody_until_it_is_granted(him):
    row = new_seat(him)
    transfer = draft(him.brandt, "transfer", by=him.okafor, position=row.position)
    with pytest.raises(DomainError, match="The seat is not approved"):
        actions.look_ahead(transfer)
    row = requisitions.decide(row, by=him.okafor.user, granted=True)
    assert Position.objects.get(number="N-1").standing == "approved"
    assert actions.look_ahead(transfer).after


def test_what_is_refused_leaves_the_seat_proposed(him):
    requisitions.decide(new_seat(him), by=him.okafor.user, granted=False)
    assert Position.objects.get(number="N-1").standing == "proposed"


@pytest.mark.parametrize("who", ["marsh", "ruiz", "brandt"])
def test_who_asked_is_of_another_line_or_does_not_decide_is_refused(him, who):
    row = replacement(him)
    with pytest.raises(NotYours):
        requisitions.decide(row, by=getattr(him, who).user, granted=True)


def test_who_asked_does_not_grant_it_even_with_the_role(him):
    row = replacement(him, by="okafor")
    with pytest.raises(NotYours, match="Somebody else than who asked"):
        requisitions.decide(row, by=him.okafor.user, granted=True)
    assert requisitions.decide(row, by=him.chief.user, granted=True).granted


def test_it_is_decided_once(him):
    row = requisitions.decide(replacement(him), by=him.okafor.user, granted=True)
    with pytest.raises(Conflict):
        requisitions.decide(row, by=him.chief.user, granted=False)


def test_nobody_asks_for_a_seat_of_another_line_and_nothing_of_it_is_kept(him):
    with pytest.raises(NotYours):
        new_seat(him, by="ruiz")
    assert not Position.objects.filter(number="N-1").exists()


@pytest.mark.parametrize(
    ("kind", "fields", "why"),
    [
        ("replacement", {}, "A replacement is for a seat that is there"),
        ("reclassified", {}, "Just a reclassified seat says which one it replaces"),
        ("temporary", {}, "A seat for a time has an end"),
    ],
)
def test_each_kind_is_about_a_seat_that_fits(him, kind, fields, why):
    with pytest.raises(DomainError, match=why):
        new_seat(him, kind, **fields)


def test_the_days_to_fill_are_from_asking_to_the_first_who_comes(him):
    row = replacement(him)
    assert Requisition.objects.with_filled_at().get(pk=row.pk).filled_at is None
    asked = timezone.now() - timedelta(days=20)
    Requisition.objects.filter(pk=row.pk).update(asked_at=asked)
    newcomer = make.somebody("Kim")
    during = span(asked + timedelta(days=12))
    Employment.objects.create(employee=newcomer, during=during)
    Assignment.objects.create(employee=newcomer, position=row.position, during=during)
    row = Requisition.objects.with_filled_at().get(pk=row.pk)
    assert (row.filled_at - row.asked_at).days == 12


@pytest.fixture
def signed_in(him, client):
    def as_(name):
        User.objects.filter(pk=getattr(him, name).user_id).update(is_staff=True)
        client.force_login(User.objects.get(pk=getattr(him, name).user_id))
        return client

    return as_


def test_from_the_form_to_the_grant_in_the_admin_site(him, signed_in):
    supervisor = signed_in("marsh")
    said = {"kind": "new", "number": "N-1", "unit": him.marsh.position().unit.pk, "job": Job.objects.first().pk}
    said |= {"authorised_fte": "0.5", "since": "2026-01-01", "because": "More work."}
    told = supervisor.post(reverse(ADD), said)
    row = Requisition.objects.get()
    assert told.url == reverse("admin:staff_requisition_change", args=[row.pk])
    assert b"Grant" not in supervisor.get(told.url).content
    manager = signed_in("okafor")
    assert b"Grant" in manager.get(told.url).content
    decide = reverse("admin:staff_requisition_decide", args=[row.pk])
    assert manager.get(decide).url == told.url
    manager.post(decide, {"answer": "grant"})
    page = manager.get(reverse(LIST)).content.decode()
    assert "Granted" in page
    assert "0 so far" in page


def test_a_requisition_says_for_whom_it_waits_and_when_nobody_can_decide(him, signed_in):
    row = new_seat(him)
    address = reverse("admin:staff_requisition_change", args=[row.pk])
    assert f"It waits for {him.okafor.user}." in signed_in("marsh").get(address).content.decode()
    for name in ("okafor", "chief"):
        getattr(him, name).user.groups.clear()
    assert "Nobody can decide on it" in signed_in("marsh").get(address).content.decode()


def test_what_is_missing_is_named_beside_its_field(him, signed_in):
    told = signed_in("marsh").post(
        reverse(ADD), {"kind": "new", "because": "x", "until": "2020-01-01", "since": "2026-01-01"}
    )
    assert told.status_code == 422
    assert set(told.context["form"].errors) == {"number", "unit", "job", "authorised_fte", "until"}


def test_lists_and_pages_hold_to_the_line(him, signed_in):
    row = replacement(him)
    page = reverse("admin:staff_requisition_change", args=[row.pk])
    other = signed_in("ruiz")
    assert other.get(page).status_code == 404
    assert other.post(reverse("admin:staff_requisition_decide", args=[row.pk]), {"answer": "grant"}).status_code == 404
    assert other.get(reverse(LIST)).context["cl"].result_count == 0
    assert signed_in("brandt").get(reverse(LIST)).status_code == 403
    assert signed_in("chief").get(page).status_code == 200
