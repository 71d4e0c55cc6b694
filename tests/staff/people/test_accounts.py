import pytest
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.contrib.auth.models import Group
from django.core.cache import cache
from django.urls import reverse

from staff.models import User

PASSWORD = "the-quiet-archive-7"
LOGIN = "/account/login/"
CHANGE = "/account/password/"


@pytest.fixture(autouse=True)
def nobody_has_tried_yet():
    cache.clear()  # allauth counts tries there


@pytest.fixture
def clerk(db):
    return User.objects.create_user("mpeters", password=PASSWORD, first_name="Mary", last_name="Peters")


def sign_in(client, username="mpeters", password=PASSWORD, **extra):
    return client.post(LOGIN, {"login": username, "password": password}, **extra)


def is_signed_in(client):
    return "_auth_user_id" in client.session


def test_a_person_signs_in_and_lands_on_the_huddle(client, clerk):
    response = sign_in(client)
    assert response.status_code == 302
    assert response.url == reverse("huddle")
    assert is_signed_in(client)


def test_a_person_comes_back_to_the_page_they_asked_for(client, clerk):
    asked = client.get(CHANGE)
    assert asked.url == f"{LOGIN}?next={CHANGE}"
    form = client.get(asked.url).content.decode()
    assert f'<input type="hidden" name="next" value="{CHANGE}"' in form
    response = client.post(LOGIN, {"login": "mpeters", "password": PASSWORD, "next": CHANGE})
    assert response.url == CHANGE


def test_a_wrong_password_is_refused_without_saying_whether_the_name_exists(client, clerk):
    wrong = sign_in(client, password="not this one").content.decode()
    unknown = sign_in(client, username="nobody").content.decode()
    sentence = "The username and/or password you specified are not correct."
    assert sentence in wrong
    assert sentence in unknown
    assert not is_signed_in(client)


def test_five_wrong_passwords_lock_the_name_and_say_so(client, clerk):
    for _ in range(4):
        assert sign_in(client, password="wrong").status_code == 200
    locked = sign_in(client, password="wrong")
    assert locked.status_code == 429
    assert "is locked at this workstation for 15 minutes" in locked.content.decode()

    even_the_right_one = sign_in(client)
    assert even_the_right_one.status_code == 429
    assert not is_signed_in(client)


def test_a_locked_name_does_not_lock_out_a_colleague_at_the_same_workstation(client, clerk):
    User.objects.create_user("colleague", password=PASSWORD)
    for _ in range(5):
        sign_in(client, password="wrong")
    sign_in(client, username="colleague")
    assert is_signed_in(client)


def test_somebody_who_left_cannot_sign_in(client, clerk):
    clerk.is_active = False
    clerk.save()
    sign_in(client)
    assert not is_signed_in(client)


@pytest.mark.parametrize(
    "address", ["/account/signup/", "/accounts/signup/", "/account/password/reset/", "/account/email/"]
)
def test_there_is_no_way_to_make_an_account_or_to_reset_a_password_from_outside(client, db, address):
    response = client.get(address)
    assert response.status_code == 404


def test_the_adapter_too_keeps_the_door_closed():
    from allauth.account.adapter import get_adapter as account_adapter

    assert account_adapter().is_open_for_signup(None) is False


class TestOneTimePassword:
    @pytest.fixture
    def newcomer(self, clerk):
        clerk.must_change_password = True
        clerk.save()
        return clerk

    def change(self, client, new, old=PASSWORD):
        return client.post(CHANGE, {"oldpassword": old, "password1": new, "password2": new})

    def test_it_opens_nothing_but_the_page_that_changes_it(self, client, newcomer):
        sign_in(client)
        for address in (reverse("huddle"), "/admin/", reverse("mfa_index"), "/no/such/page/"):
            response = client.get(address)
            assert response.status_code in {302, 404}, address
            if response.status_code == 302:
                assert response.url == CHANGE, address
        assert "Choose your own password" in client.get(CHANGE).content.decode()

    def test_a_person_can_still_sign_out(self, client, newcomer):
        sign_in(client)
        client.post(reverse("account_logout"))
        assert not is_signed_in(client)

    def test_after_the_change_everything_opens_and_the_new_one_signs_in(self, client, newcomer):
        sign_in(client)
        response = self.change(client, "a-new-and-longer-one")
        assert response.url == reverse("huddle")
        assert client.get("/").status_code == 200
        newcomer.refresh_from_db()
        assert newcomer.must_change_password is False
        client.logout()
        sign_in(client, password="a-new-and-longer-one")
        assert is_signed_in(client)

    def test_it_cannot_be_kept_as_the_new_one(self, client, newcomer):
        sign_in(client)
        response = self.change(client, PASSWORD)
        assert "This is the one-time password. Choose one of your own." in response.content.decode()
        newcomer.refresh_from_db()
        assert newcomer.must_change_password is True

    def test_the_new_one_must_be_long_enough(self, client, newcomer):
        sign_in(client)
        response = self.change(client, "short-one")
        assert "at least 12 characters" in response.content.decode()

    def test_a_fragment_is_led_there_as_a_whole_page(self, client, newcomer):
        sign_in(client)
        response = client.get("/", headers={"HX-Request": "true", "HX-Request-Type": "partial"})
        assert response.status_code == 204
        assert response.headers["HX-Redirect"].startswith(CHANGE)


class TestSecondStep:
    @pytest.fixture
    def secret(self, clerk):
        secret = generate_totp_secret()
        TOTP.activate(clerk, secret)
        return secret

    def code(self, secret):
        counter = next(iter(yield_hotp_counters_from_time()))
        return format_hotp_value(hotp_value(secret, counter))

    def test_the_password_alone_does_not_sign_in(self, client, clerk, secret):
        response = sign_in(client)
        assert response.url == reverse("mfa_authenticate")
        assert not is_signed_in(client)
        assert client.get(reverse("huddle")).status_code == 302

    def test_the_six_digits_do(self, client, clerk, secret):
        sign_in(client)
        page = client.get(reverse("mfa_authenticate")).content.decode()
        assert "six digits" in page
        response = client.post(reverse("mfa_authenticate"), {"code": self.code(secret)})
        assert response.url == reverse("huddle")
        assert is_signed_in(client)

    def test_wrong_digits_are_refused_in_words(self, client, clerk, secret):
        sign_in(client)
        response = client.post(reverse("mfa_authenticate"), {"code": "000000"})
        assert "Incorrect code." in response.content.decode()
        assert not is_signed_in(client)

    def test_digits_cannot_be_guessed_at_leisure(self, client, clerk, secret):
        sign_in(client)
        for _ in range(10):
            client.post(reverse("mfa_authenticate"), {"code": "000000"})
        response = client.post(reverse("mfa_authenticate"), {"code": self.code(secret)})
        assert "Too many failed login attempts." in response.content.decode()
        assert not is_signed_in(client)

    def confirm(self, client):
        """Give the password once more, as every change of the second step asks."""
        response = client.post(reverse("account_reauthenticate"), {"password": PASSWORD, "next": "/"})
        assert response.status_code == 302

    def test_it_is_set_up_and_given_up_from_the_corner_of_the_screen(self, client, clerk):
        sign_in(client)
        self.confirm(client)
        page = client.get(reverse("mfa_activate_totp"))
        secret = page.context["form"].secret
        assert "data:image/svg+xml" in page.content.decode()
        done = client.post(reverse("mfa_activate_totp"), {"code": self.code(secret)})
        assert done.url == reverse("mfa_view_recovery_codes")
        assert Authenticator.objects.filter(user=clerk, type="totp").exists()

        codes = client.get(done.url).context["unused_codes"]
        assert len(codes) == 10
        assert codes[0] in client.get(done.url).content.decode()
        assert client.get(reverse("mfa_generate_recovery_codes")).status_code == 200

        assert "Stop using the authenticator?" in client.get(reverse("mfa_deactivate_totp")).content.decode()
        client.post(reverse("mfa_deactivate_totp"))
        assert not Authenticator.objects.filter(user=clerk).exists()

    def test_a_recovery_code_works_once(self, client, clerk):
        sign_in(client)
        self.confirm(client)
        secret = client.get(reverse("mfa_activate_totp")).context["form"].secret
        client.post(reverse("mfa_activate_totp"), {"code": self.code(secret)})
        code = client.get(reverse("mfa_view_recovery_codes")).context["unused_codes"][0]
        for signs_in in (True, False):
            client.logout()
            sign_in(client)
            client.post(reverse("mfa_authenticate"), {"code": code})
            assert is_signed_in(client) is signs_in

    def test_setting_it_up_asks_for_the_password_again(self, client, clerk):
        sign_in(client)
        response = client.get(reverse("mfa_activate_totp"), follow=True)
        assert "Confirm it is you" in response.content.decode()
        wrong = client.post(reverse("account_reauthenticate"), {"password": "wrong"})
        assert "Incorrect password." in wrong.content.decode()

    def test_the_telephone_shows_whose_account_it_is(self, clerk):
        assert "himdept" in get_adapter().build_totp_url(clerk, "SECRET")

    def test_its_secret_is_sealed_in_the_database_and_opens_with_an_older_key(self, clerk, secret, settings):
        kept = Authenticator.objects.get(user=clerk).data["secret"]
        assert secret not in kept
        settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "a-newer-key" * 5
        assert get_adapter().decrypt(kept) == secret


class TestSecondStepOfARole:
    @pytest.fixture(autouse=True)
    def asked_for(self, settings):
        settings.SECOND_STEP = True
        cache.clear()

    @pytest.fixture
    def manager(self, clerk):
        clerk.groups.add(Group.objects.get(name="Records manager"))
        return clerk

    def test_everything_leads_to_setting_it_up(self, client, manager):
        sign_in(client)
        response = client.get(reverse("huddle"))
        assert response.url == reverse("mfa_activate_totp")
        page = client.get(reverse("huddle"), follow=True).content.decode()
        assert "Your role asks for a second step at sign-in." in page
        assert client.get("/admin/").url == reverse("mfa_activate_totp")

    def test_after_it_everything_opens_and_it_cannot_be_put_down(self, client, manager):
        TOTP.activate(manager, generate_totp_secret())
        client.force_login(manager)
        assert client.get(reverse("huddle")).status_code == 200
        client.post(reverse("account_reauthenticate"), {"password": PASSWORD, "next": "/"})
        client.post(reverse("mfa_deactivate_totp"))
        assert Authenticator.objects.filter(user=manager, type="totp").exists()

    def test_a_role_that_does_not_ask_goes_on_without(self, client, clerk):
        clerk.groups.add(Group.objects.get(name="Records clerk"))
        sign_in(client)
        assert client.get(reverse("huddle")).status_code == 200

    def test_an_administrator_of_the_software_is_asked_too(self, client, clerk):
        clerk.is_superuser = True
        clerk.save()
        sign_in(client)
        assert client.get(reverse("huddle")).url == reverse("mfa_activate_totp")

    def test_where_the_installation_does_not_ask_nobody_is(self, client, manager, settings):
        settings.SECOND_STEP = False
        sign_in(client)
        assert client.get(reverse("huddle")).status_code == 200


@pytest.mark.parametrize("one_time", [False, True])
def test_who_has_no_password_is_told_so_where_it_would_be_changed(client, clerk, one_time):
    clerk.set_unusable_password()
    clerk.must_change_password = one_time
    clerk.save()
    client.force_login(clerk)
    page = client.get(CHANGE, follow=True)
    assert page.status_code == 200
    assert "This account has no password" in page.content.decode()


def test_the_admin_site_has_no_door_of_its_own(client, clerk):
    response = client.get("/admin/login/?next=/admin/")
    assert response.url == f"{LOGIN}?next=%2Fadmin%2F"
    client.force_login(clerk)
    assert client.get("/admin/login/").status_code == 403


def test_signing_out_asks_first_and_then_does(client, clerk):
    client.force_login(clerk)
    assert "Sign out?" in client.get(reverse("account_logout")).content.decode()
    assert is_signed_in(client)
    response = client.post(reverse("account_logout"))
    assert response.url == LOGIN
    assert not is_signed_in(client)
