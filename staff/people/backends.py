"""Signing in, and staying signed in, for as long as somebody is employed."""

from django.contrib.auth.backends import ModelBackend
from django.utils import timezone


class AccountBackend(ModelBackend):
    """As Django's own; but from the minute of a separation on nothing opens, also to a session that is open.

    It is asked at each request, so it does not matter when the program gets to closing the account.
    """

    def user_can_authenticate(self, user) -> bool:
        is_over = user.access_ends_at is not None and user.access_ends_at <= timezone.now()
        return not is_over and super().user_can_authenticate(user)
