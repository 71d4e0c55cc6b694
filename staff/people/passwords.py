"""Passwords that the program makes for people."""

from django.utils.crypto import get_random_string

# Without the letters and digits that look alike on paper.
_READABLE = "abcdefghjkmnpqrstuvwxyz23456789"


def readable_password() -> str:
    """A new random password that can be read aloud and typed: four groups of four, about 79 bits."""
    return "-".join(get_random_string(4, _READABLE) for _ in range(4))
