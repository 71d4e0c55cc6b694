"""What was done about a client, by whom and why: from the trail of the client, of its service user and its secrets."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from auditlog.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from himdept.common import spoken
from himdept.common.confidentiality import Confidentiality
from records.exchange.models import Client, ClientSecret
from staff.models import User

MOST = 50
ONE_ACT = timedelta(seconds=2)  # an act is one transaction; what it wrote bears nearly one time


@dataclass(frozen=True)
class Event:
    """One act: everything that was written by it, in words."""

    at: datetime
    who: str
    because: str
    words: tuple[str, ...]


def of(client: Client, secrets: Iterable[ClientSecret]) -> list[Event]:
    """The latest acts, latest first. What one act changed in several places is one event."""
    places = {Client: [client.pk], User: [client.user_id], ClientSecret: [secret.pk for secret in secrets]}
    kinds = ContentType.objects.get_for_models(*places)
    wanted = Q()
    for model, keys in places.items():
        wanted |= Q(content_type=kinds[model], object_pk__in=map(str, keys))
    entries = LogEntry.objects.filter(wanted).select_related("actor", "content_type").order_by("-pk")[:MOST]
    events: list[Event] = []
    for entry in entries:
        words = tuple(told(entry))
        if not words:
            continue
        event = Event(entry.timestamp, str(entry.actor or ""), (entry.additional_data or {}).get("because", ""), words)
        if events and is_part(event, events[-1]):
            events[-1] = replace(events[-1], words=words + events[-1].words)
        else:
            events.append(event)
    return events


def is_part(event: Event, later: Event) -> bool:
    return (event.who, event.because) == (later.who, later.because) and later.at - event.at < ONE_ACT


def told(entry: LogEntry) -> Iterator[str]:
    """What one entry of the trail says, in words."""
    made = entry.action == LogEntry.Action.CREATE
    match entry.content_type.model_class():
        case model if model is Client:
            yield from of_client(entry.changes, made)
        case model if model is User and not made:
            yield from of_user(entry.changes)
        case model if model is ClientSecret:
            yield from of_secret(entry, made)


def of_client(changes: dict, made: bool) -> Iterator[str]:
    if made:
        yield _("let in")
        return
    for name, values in changes.items():
        old, new = values
        match name:
            case "scopes":
                yield _("may: %(new)s (before: %(old)s)") % {"new": new or _("nothing"), "old": old or _("nothing")}
            case "purpose":
                yield _("reads records for: %(new)s") % {"new": dict(Client.Purpose.choices).get(new, new)}
            case "requests_per_minute":
                yield _("requests a minute: %(new)s") % {"new": _("as all others") if new == "None" else new}
            case "jwks":
                yield _("its keys: %(names)s") % {"names": kids(new) or _("none")}
            case "jwks_url":
                yield _("its keys at %(url)s") % {"url": new} if new else _("its keys no longer at an address")
            case "token":
                yield _("a token made by hand: %(what)s") % {"what": new}
            case "tokens":
                yield _("its tokens revoked: %(n)s") % {"n": old}


def kids(value: str) -> str:
    try:
        return ", ".join(key["kid"] for key in json.loads(value))
    except (ValueError, TypeError, KeyError):
        return ""


def of_user(changes: dict) -> Iterator[str]:
    for name, values in changes.items():
        match name:
            case "facilities":
                words = (
                    _("reaches also %(names)s") if values["operation"] == "add" else _("no longer reaches %(names)s")
                )
                yield words % {"names": ", ".join(values["objects"])}
            case "clearance":
                yield _("clearance: %(new)s (before: %(old)s)") % {"new": rank(values[1]), "old": rank(values[0])}
            case "is_active":
                yield _("switched on") if values[1] == "True" else _("switched off")


def of_secret(entry: LogEntry, made: bool) -> Iterator[str]:
    if made:
        yield _("the secret %(secret)s made") % {"secret": entry.object_repr}
    elif "ends_at" in entry.changes:
        at = datetime.fromisoformat(entry.changes["ends_at"][1]).replace(tzinfo=UTC)
        yield _("the secret %(secret)s ends %(at)s") % {
            "secret": entry.object_repr,
            "at": spoken.minute(at, timezone.get_current_timezone()),
        }


def rank(value: str) -> str:
    return str(Confidentiality(int(value)).label) if value.isdecimal() else value
