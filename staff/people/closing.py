"""Closing an account: what was open to somebody is open no more."""

from django.apps import apps
from django.contrib.sessions.models import Session
from django.utils import timezone
from guardian.models import UserObjectPermissionBase
from oauth2_provider.models import AccessToken, Grant, RefreshToken

from staff.people.models import User


def close_account(user: User) -> list[tuple[str, int]]:
    """Close an account and all that it had open: sessions, tokens, grants to single rows. Says how many of each.

    Roles stay with the account: a closed one can do nothing with them, and who reads it later sees what it could do.
    """
    closed = [
        ("sessions", _close_sessions(user)),
        ("tokens", sum(model.objects.filter(user=user).delete()[0] for model in (AccessToken, RefreshToken, Grant))),
        ("grants", sum(model.objects.filter(user=user).delete()[0] for model in _grant_tables())),
    ]
    if user.is_active:
        user.is_active = False
        user.save(update_fields=["is_active"])
    return closed


def open_account(user: User) -> list[tuple[str, int]]:
    """Let somebody who is employed (again) sign in, unless an administrator says no. Says whether that was new."""
    if user.is_active or user.switched_off:
        return []
    user.is_active = True
    user.save(update_fields=["is_active"])
    return [("account", 1)]


def _close_sessions(user: User) -> int:
    # Whose a session is stands inside it. They live for half an hour, so there are never many.
    of_user = [
        session.pk
        for session in Session.objects.filter(expire_date__gt=timezone.now())
        if session.get_decoded().get("_auth_user_id") == str(user.pk)
    ]
    Session.objects.filter(pk__in=of_user).delete()
    return len(of_user)


def _grant_tables() -> list:
    """guardian's own table and each that a room keeps beside what it grants: whoever adds one need not tell us."""
    return [model for model in apps.get_models() if issubclass(model, UserObjectPermissionBase)]
