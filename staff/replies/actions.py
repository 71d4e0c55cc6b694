"""Doing once what is asked for twice (draft-ietf-httpapi-idempotency-key-header)."""

import hashlib
import json
from collections.abc import Callable
from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response

from himdept.common.errors import DomainError, Unreadable
from staff.replies.models import KeptReply

KEPT = timedelta(days=1)
LONGEST = 255
HEADER = OpenApiParameter(
    "Idempotency-Key",
    {"type": "string", "minLength": 1, "maxLength": LONGEST, "pattern": "^[ -~]+$"},
    location=OpenApiParameter.HEADER,
    description="A text of your own, at most 255 characters: the same key within a day does it once.",
)


def once(request, do: Callable[[], Response]) -> Response:
    """Do what a request asks for, unless its Idempotency-Key says that it has been done: then answer as before.

    The act and its kept answer are one transaction; a second request that comes meanwhile waits for the first. What
    was refused is not kept. Raises Unreadable for a key that cannot be one, and DomainError for a key that another
    request used.
    """
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return do()
    if not (0 < len(key) <= LONGEST and key.isascii() and key.isprintable()):
        raise Unreadable(f"An Idempotency-Key has 1 to {LONGEST} printable ASCII characters.", field="Idempotency-Key")
    fingerprint = fingerprint_of(request)
    with transaction.atomic():
        KeptReply.objects.bulk_create(
            [KeptReply(owner=request.user, key=key, fingerprint=fingerprint)], ignore_conflicts=True
        )
        reply = KeptReply.objects.select_for_update().get(owner=request.user, key=key)
        if bytes(reply.fingerprint) != fingerprint:
            raise DomainError("This Idempotency-Key was used for another request.", field="Idempotency-Key")
        if reply.status is not None:
            return Response(json.loads(reply.body), status=reply.status, headers=reply.headers)
        response = do()
        reply.status, reply.body = response.status_code, JSONRenderer().render(response.data).decode()
        reply.headers = {name: response.headers[name] for name in ("Location",) if name in response.headers}
        reply.save(update_fields=["status", "body", "headers"])
        return response


def fingerprint_of(request) -> bytes:
    body = json.dumps(request.data, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(f"{request.method} {request.path}\n{body}".encode()).digest()


def forget_old(step=None) -> dict:
    """Delete the answers that are older than a day."""
    deleted, _each = KeptReply.objects.filter(made_at__lt=timezone.now() - KEPT).delete()
    return {"deleted": deleted}
