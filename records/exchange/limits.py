"""How often a client may ask: so many requests a minute over all web processes together (docs/adr/0018).

Counted in the broker's Valkey. Where that does not answer each process counts for itself until it does: a client may
then make as many times more requests as there are processes, but nobody is shut out because a server is gone.
"""

import logging
import time
from datetime import datetime

from django.core.cache import BaseCache, cache, caches
from django.utils import timezone
from redis.exceptions import RedisError
from rest_framework.throttling import BaseThrottle

from records.exchange.models import Client

KEPT = 120  # seconds: longer than the minute that is counted, so that no count ends between two looks at it
PAUSE = 10  # seconds in which a counter that did not answer is left alone: a frozen one would cost every request

logger = logging.getLogger(__name__)


class Away:
    """Until when this process leaves the shared counter alone (of the clock that only goes forward)."""

    until = 0.0


class PerMinute(BaseThrottle):
    """So many requests a client and minute, 429 with Retry-After beyond: before the body is looked at."""

    def allow_request(self, request, view):
        if not isinstance(request.auth, Client):
            return True
        self.left = wait(request.auth)
        return self.left is None

    def wait(self):
        return self.left


def wait(client: Client) -> int | None:
    """Count a request of a client. None: it may go on; else the seconds after which it may come again."""
    now = timezone.now()
    if requests_of(client, now) <= client.limit:
        return None
    return 60 - now.second


def requests_of(client: Client, now: datetime) -> int:
    """How many requests a client has made in this minute, with the one that is being made."""
    key = f"requests-{client.pk}-{now:%H%M}"
    if time.monotonic() >= Away.until:
        try:
            return one_more(caches["shared"], key)
        except (RedisError, OSError) as problem:
            Away.until = time.monotonic() + PAUSE
            logger.warning(
                "Requests are counted by each process: the broker does not answer (%s).", type(problem).__name__
            )
    return one_more(cache, key)


def one_more(shelf: BaseCache, key: str) -> int:
    try:
        return shelf.incr(key)
    except ValueError:  # the first of the minute, perhaps one of several that are
        shelf.add(key, 0, timeout=KEPT)
        return shelf.incr(key)
