"""Passwords that the program makes for people, and what it says to who has none."""

from django.shortcuts import render
from django.utils.crypto import get_random_string
from django.views.decorators.http import require_safe

# Without the letters and digits that look alike on paper.
_READABLE = "abcdefghjkmnpqrstuvwxyz23456789"


def readable_password() -> str:
    """A new random password that can be read aloud and typed: four groups of four, about 79 bits."""
    return "-".join(get_random_string(4, _READABLE) for _ in range(4))


@require_safe
def none_to_change(request):
    """Where allauth leads somebody who wants to change a password that the account does not have."""
    return render(request, "account/no_password.html")
