"""The inbound log: what came in, as it came, and what became of it."""

import base64
import binascii
import hashlib
import re
import zlib
from collections.abc import Iterable

import msgspec

from records.exchange.models import Client, InboundMessage
from records.inventory.models import Source

LEVEL = 3  # of zlib: twice as fast as its default, a tenth larger

Form, Outcome = InboundMessage.Form, InboundMessage.Outcome


def keep(
    body: bytes,
    *,
    form: str,
    outcome: str,
    source: Source | None = None,
    client: Client | None = None,
    place: str = "",
    problems: Iterable[dict[str, str]] = (),
    sha256: str = "",
    **counts: int,
) -> InboundMessage:
    """Write a message down. `sha256` is of the body as it came, where `body` is cut already."""
    message = prepared(
        body,
        form=form,
        outcome=outcome,
        source=source,
        client=client,
        place=place,
        problems=problems,
        sha256=sha256,
        **counts,
    )
    message.save(force_insert=True)
    return message


def settle(message: InboundMessage, body: bytes, *, problems: Iterable[dict[str, str]], **counts: int) -> None:
    """Write down what became of a message that was kept when it came; `body` is cut where it was applied."""
    message.body = zlib.compress(body, LEVEL)
    message.problems = list(problems)
    message.outcome = settled(counts)
    for name, n in counts.items():
        setattr(message, name, n)
    message.save(update_fields=["body", "problems", "outcome", *counts])


def prepared(body: bytes, *, place: str, problems: Iterable[dict[str, str]], sha256: str = "", **fields):
    """A message that is not written yet, for many at once."""
    return InboundMessage(
        body=zlib.compress(body, LEVEL),
        sha256=sha256 or sha256_of(body),
        place=place[-300:],
        problems=list(problems),
        **fields,
    )


def sha256_of(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def keep_all(messages: list[InboundMessage]) -> None:
    InboundMessage.objects.bulk_create(messages, batch_size=200)


def body_of(message: InboundMessage) -> bytes:
    """The body as it was kept."""
    return zlib.decompress(bytes(message.body))


def settled(counts: dict[str, int]) -> str:
    """The outcome of a message of which these many facts were created, changed, unchanged and refused."""
    taken = counts["created"] + counts["changed"] + counts["unchanged"]
    if counts["refused"]:
        return Outcome.PARTLY if taken else Outcome.REFUSED
    if counts["created"] + counts["changed"]:
        return Outcome.APPLIED
    return Outcome.UNCHANGED if taken else Outcome.IGNORED


# A key and its text as JSON writes them. Within a text the quotes around such a key would be escaped.
TEXTS = re.compile(rb'"(data|div)"\s*:\s*"((?:[^"\\]++|\\.)*+)"')


def without_text(raw: bytes) -> bytes:
    """A FHIR resource without the text of documents: attachments are cut to their SHA-256, narratives are left out."""
    return TEXTS.sub(_without_text, raw)


def _without_text(match: re.Match[bytes]) -> bytes:
    if match[1] == b"div":
        return b'"div":""'
    text = msgspec.json.decode(b'"%s"' % match[2]) if b"\\" in match[2] else match[2].decode()
    return b'"data":"sha256:%s"' % fingerprint(text).encode()


def fingerprint(data: str) -> str:
    """The SHA-256 of an attachment's content; of its text as it stands, where that is not Base64."""
    try:
        content = base64.b64decode("".join(data.split()), validate=True)
    except (binascii.Error, ValueError):
        content = data.encode()
    return hashlib.sha256(content).hexdigest()
