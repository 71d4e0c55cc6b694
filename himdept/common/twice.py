"""A form that is sent twice, by a double click or because the answer was lost: the second leads to what the first made.

Each room says what the same is; here is who sent it, and how long ago.
"""

from datetime import datetime, timedelta

from django.utils import timezone

MOMENTS = timedelta(minutes=10)


def since() -> datetime:
    """From when on something was made just now."""
    return timezone.now() - MOMENTS


def just_made(by, *, maker, at: datetime) -> bool:
    """Whether `by` themselves made it just now, so that the same once more is the same form."""
    return maker == by and at >= since()
