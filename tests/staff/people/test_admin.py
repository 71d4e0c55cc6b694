"""The administrator's pages: people get in by them, and nobody gets to charts by running the software."""

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from auditlog.models import LogEntry
from django.contrib.admin.models import LogEntry as AdminLogEntry
from django.contrib.auth.models import Group, Permission
from django.urls import reverse

from records.models import Record
from staff.models import Facility, User
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator(client):
    user = User.objects.create_superuser("admin", password=factories.PASSWORD)
    client.force_login(user)
    return user


def test_a_new_person_gets_a_role_a_facility_and_a_one_time_password(client, administrator):
    role, main = Group.objects.get(name="Records clerk"), factories.facility()
    response = client.post(
        reverse("admin:staff_user_add"),
        {
            "username": "clerk",
            "usable_password": "true",
            "password1": "a-quiet-archive-8",
            "password2": "a-quiet-archive-8",
            "groups": role.pk,
            "facilities": main.pk,
            "clearance": 3,
        },
    )
    assert response.status_code == 302
    clerk = User.objects.get(username="clerk")
    assert clerk.must_change_password
    assert clerk.has_perm("records.view_record")
    assert clerk.facility_ids == (main.pk,)


def test_a_password_set_by_an_administrator_is_a_one_time_password(client, administrator):
    clerk = factories.person("clerk")
    client.post(
        reverse("admin:auth_user_password_change", args=[clerk.pk]),
        {"usable_password": "true", "password1": "a-quiet-archive-9", "password2": "a-quiet-archive-9"},
    )
    clerk.refresh_from_db()
    assert clerk.check_password("a-quiet-archive-9")
    assert clerk.must_change_password


def test_an_administrator_sees_no_chart_until_somebody_gives_them_a_role(administrator):
    factories.record()
    administrator.facilities.set(Facility.objects.all())
    assert not Record.objects.visible_to(administrator).exists()
    administrator.groups.add(Group.objects.get(name="Records manager"))
    assert Record.objects.visible_to(User.objects.get(pk=administrator.pk)).exists()


def test_a_facility_can_be_opened_in_a_time_zone_that_is_new_here(client, administrator):
    fields = {"name": "Havana", "kind": "hospital", "delinquent_after_days": 30, "night_begins_at": "02:00"}
    response = client.post(
        reverse("admin:staff_facility_add"), {"code": "HAV", "time_zone": "America/Havana", **fields}
    )
    assert response.status_code == 302
    assert Facility.objects.get(code="HAV").time_zone.odd_midnights.exists()


def test_nobody_is_deleted_because_the_trail_refers_to_them(client, administrator):
    clerk = factories.person("clerk")
    assert client.post(reverse("admin:staff_user_delete", args=[clerk.pk]), {"post": "yes"}).status_code == 403
    assert User.objects.filter(pk=clerk.pk).exists()


def test_who_gave_which_role_is_in_the_trail(client, administrator):
    factories.person("clerk", role="Records clerk")
    assert LogEntry.objects.get_for_model(User).filter(changes__has_key="groups").exists()


def test_what_is_kept_elsewhere_cannot_be_edited_here(client, administrator):
    page = client.get(reverse("admin:index")).content.decode()
    assert "/admin/staff/user/" in page or "/admin/staff/" in page
    for kept_elsewhere in ("auth/group", "oauth2_provider", "mfa/authenticator"):
        assert f"/admin/{kept_elsewhere}" not in page


def test_who_lost_the_telephone_sets_up_a_second_step_anew(client, administrator):
    clerk = factories.person("clerk")
    TOTP.activate(clerk, generate_totp_secret())
    client.post(
        reverse("admin:staff_user_changelist"), {"action": "take_away_second_step", "_selected_action": [clerk.pk]}
    )
    assert not Authenticator.objects.filter(user=clerk).exists()
    (entry,) = AdminLogEntry.objects.filter(object_id=str(clerk.pk))
    assert "second step" in entry.change_message


@pytest.mark.parametrize(
    ("active", "superuser", "opens"), [(True, False, True), (False, False, False), (True, True, True)]
)
def test_a_room_of_the_admin_site_is_open_to_who_holds_a_permission_in_it(active, superuser, opens):
    person = User.objects.create_user("holder", is_active=active, is_superuser=superuser)
    person.user_permissions.add(Permission.objects.get(content_type__app_label="staff", codename="view_chart"))
    person = User.objects.get(pk=person.pk)
    assert person.has_module_perms("staff") is opens
    assert person.has_module_perms("records") is superuser
