"""Units, jobs and seats are kept in the admin site, and what cannot be is refused there in words."""

import pytest
from django.urls import reverse

from staff.models import Job, Place, Position, Unit
from tests import factories as make

pytestmark = pytest.mark.django_db

NO_INLINES = {"excesses-TOTAL_FORMS": 0, "excesses-INITIAL_FORMS": 0}


@pytest.fixture
def administrator(client):
    client.force_login(make.person(is_staff=True, is_superuser=True))
    return client


def seat(**fields):
    return (
        {
            "number": "C-1",
            "unit": make.unit().pk,
            "job": Job.objects.get(code="coding-technician").pk,
            "authorised_fte": "1",
            "standing": "approved",
            "valid_0": "2026-01-01 00:00",
            "valid_1": "",
        }
        | NO_INLINES
        | fields
    )


def test_a_seat_is_made_and_stands_in_the_list_with_its_state(administrator):
    told = administrator.post(reverse("admin:staff_position_add"), seat())
    assert told.status_code == 302
    page = administrator.get(reverse("admin:staff_position_changelist")).content.decode()
    assert "C-1" in page
    assert "Vacant" in page


def test_each_end_of_the_time_of_a_seat_has_its_name_and_takes_a_day_alone(administrator):
    page = administrator.get(reverse("admin:staff_position_add")).content.decode()
    for field, name in (("valid_0", "From"), ("valid_1", "Until")):
        box = page.partition(f'name="{field}"')[2].partition(">")[0]
        assert f'aria-label="{name}"' in box
    administrator.post(reverse("admin:staff_position_add"), seat(valid_0="2026-01-01", valid_1="2027-01-01"))
    assert Position.objects.filter(number="C-1").exists()


def test_a_seat_that_ends_under_whoever_sits_in_it_is_refused_in_words_and_stays(administrator):
    there = make.position()
    make.employee(sits_in=there)
    told = administrator.post(
        reverse("admin:staff_position_change", args=[there.pk]), seat(number=there.number, valid_1="2026-02-01 00:00")
    )
    assert told.status_code == 422
    assert "The seat does not exist all that time." in told.content.decode()
    assert Position.objects.get(pk=there.pk).valid.upper is None


def test_a_unit_below_itself_is_refused_in_words(administrator):
    top = make.unit("HIM")
    low = make.unit("Coding", under=top)
    place = top.places.get()
    form = {
        "facility": top.facility_id,
        "name": "HIM",
        "places-TOTAL_FORMS": 1,
        "places-INITIAL_FORMS": 1,
        "places-0-id": place.pk,
        "places-0-unit": top.pk,
        "places-0-under": low.pk,
        "places-0-head": "",
        "places-0-during_0": "2020-01-01 00:00",
        "places-0-during_1": "",
    }
    told = administrator.post(reverse("admin:staff_unit_change", args=[top.pk]), form)
    assert told.status_code == 422
    assert "A unit would be below itself." in told.content.decode()
    assert Place.objects.get(pk=place.pk).under is None


@pytest.mark.parametrize("of", ["unit", "job", "certification", "position"])
def test_every_list_and_form_opens(administrator, of):
    make.employee(sits_in=make.position(heads=True))
    assert administrator.get(reverse(f"admin:staff_{of}_changelist")).status_code == 200
    assert administrator.get(reverse(f"admin:staff_{of}_add")).status_code == 200
    row = {"unit": Unit, "position": Position, "job": Job}.get(of)
    if row:
        assert administrator.get(reverse(f"admin:staff_{of}_change", args=[row.objects.first().pk])).status_code == 200
