"""Signing in: nobody signs themselves up, and a one-time password is changed before anything else."""

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, resolve_url
from django.utils.translation import gettext_lazy as _

OPEN_TO_ONE_TIME_PASSWORDS = {"account_change_password", "account_logout", "account_reauthenticate", "appearance"}


class AccountAdapter(DefaultAccountAdapter):
    """allauth with the door closed: an account is made by an administrator, with a one-time password."""

    def is_open_for_signup(self, request) -> bool:
        return False

    def clean_password(self, password, user=None):
        """Raises ValidationError also when a one-time password is kept as the new one."""
        password = super().clean_password(password, user=user)
        if user and user.must_change_password and user.check_password(password):
            raise ValidationError(_("This is the one-time password. Choose one of your own."), code="one_time_password")
        return password

    def get_password_change_redirect_url(self, request) -> str:
        return resolve_url(settings.LOGIN_REDIRECT_URL)

    def set_password(self, user, password):
        user.must_change_password = False
        super().set_password(user, password)


class OneTimePassword:
    """Lead a person who signed in with a one-time password to the page that changes it, wherever they wanted to go."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        is_new = request.user.is_authenticated and request.user.must_change_password
        if is_new and request.resolver_match.view_name not in OPEN_TO_ONE_TIME_PASSWORDS:
            return redirect("account_change_password")
        return None
