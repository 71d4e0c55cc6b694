"""Signing in: nobody signs themselves up; a one-time password is changed, and a second step set up, before all else."""

from base64 import urlsafe_b64encode

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.utils import is_mfa_enabled
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.contrib import messages
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, resolve_url
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from staff.people.roles import asks_for_second_step

ALWAYS_OPEN = {
    "account_change_password",
    "account_logout",
    "account_reauthenticate",
    "account_session",
    "account_set_password",
    "appearance",
}
OPEN_WITHOUT_SECOND_STEP = ALWAYS_OPEN | {"mfa_activate_totp", "mfa_reauthenticate"}
BELIEVED_FOR = 60  # seconds until the second step is looked for again


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


class MFAAdapter(DefaultMFAAdapter):
    """allauth's second step: its secrets are sealed, and those whose role asks for it cannot put it down."""

    def encrypt(self, text: str) -> str:
        """Seal a secret with the installation's key, so that a copy of the database makes no codes."""
        return seals().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return seals().decrypt(encrypted_text.encode()).decode()

    def can_delete_authenticator(self, authenticator) -> bool:
        """The last authenticator stays where the role asks for one; its recovery codes may be made anew."""
        is_last = authenticator.type == authenticator.Type.TOTP
        return not (is_last and settings.SECOND_STEP and asks_for_second_step(authenticator.user))


def seals() -> MultiFernet:
    """Seals with the newest signing key, opens with that and with those kept as SECRET_KEY_FALLBACKS."""
    made = [
        salted_hmac("staff.people.accounts.seals", "", secret=key, algorithm="sha256").digest()
        for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    ]
    return MultiFernet(Fernet(urlsafe_b64encode(key)) for key in made)


class Threshold:
    """Lead a person to what is to be done before anything else, wherever they wanted to go.

    Who signed in with a one-time password changes it; then who has a role that asks for it sets up a second step.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        if not request.user.is_authenticated:
            return None
        name = request.resolver_match.view_name
        if request.user.must_change_password:
            return None if name in ALWAYS_OPEN else redirect("account_change_password")
        if name not in OPEN_WITHOUT_SECOND_STEP and lacks_second_step(request.user):
            messages.warning(request, _("Your role asks for a second step at sign-in. Set it up now; then go on."))
            return redirect("mfa_activate_totp")
        return None


def lacks_second_step(user) -> bool:
    """Whether a person still has to set up the second step that their role asks for.

    That nothing is lacking is believed for a minute, so that it is not asked of the database at each page.
    """
    if not settings.SECOND_STEP or cache.get(key := f"second-step-{user.pk}"):
        return False
    lacking = asks_for_second_step(user) and not is_mfa_enabled(user)
    if not lacking:
        cache.set(key, True, BELIEVED_FOR)
    return lacking
