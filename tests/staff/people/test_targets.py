from datetime import date

import pytest
from auditlog.models import LogEntry

from staff.models import Target
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator(client):
    client.force_login(make.person("root", is_staff=True, is_superuser=True))
    return client


def add(administrator, **fields):
    told = {"facility": make.facility().pk, "measure": "delinquent", "at_most": 60, "from_day": "2026-01-01"} | fields
    return administrator.post("/admin/staff/target/add/", told)


def test_an_administrator_sets_a_target_and_the_trail_has_it(administrator):
    assert add(administrator).status_code == 302
    aim = Target.objects.get()
    assert (aim.measure, aim.at_most, aim.from_day) == ("delinquent", 60, date(2026, 1, 1))
    assert LogEntry.objects.get_for_object(aim).get().actor.username == "root"


def test_two_targets_of_a_measure_from_one_day_are_refused_in_words(administrator):
    add(administrator)
    page = add(administrator, at_most=50).content.decode()
    assert "This facility has a target of this measure from that day on." in page
    assert Target.objects.get().at_most == 60


def test_a_target_is_not_taken_away(administrator):
    add(administrator)
    assert administrator.post(f"/admin/staff/target/{Target.objects.get().pk}/delete/").status_code == 403
