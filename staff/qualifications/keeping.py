"""Writing down anew what somebody's schools and years come to."""

from django.db import connection
from django.utils import timezone


def keep() -> int:
    """Write `Served` anew of everybody whose row holds no longer; of how many people.

    Nothing waits for it: until it has run, the order of candidates finds out by itself what theirs come to. A second
    one at the same time does nothing.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT keep_served(now(), %s)", [timezone.get_default_timezone_name()])
        return cursor.fetchone()[0]
