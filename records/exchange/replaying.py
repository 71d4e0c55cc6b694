"""Applying a refused message again, by the code that refused it, once what stood in its way was mended.

Only what was refused whole is kept whole: of a message that was applied in part the rest has lost its text, and goes
in again from its source. What the source has said since must not be undone by what it said before: a message is
refused when anything that it tells of has been told anew.
"""

from collections.abc import Iterator
from pathlib import Path

from django.db import connection, transaction
from django.utils.translation import gettext as _

from himdept.common.errors import Conflict, DomainError
from records.exchange import messages
from records.exchange.fhir import importing, problems, reading
from records.exchange.fhir.bundles import Posted, Refusal
from records.exchange.fhir.files import File, Line
from records.exchange.fhir.problems import Problem
from records.exchange.fhir.reading import TYPES
from records.exchange.fhir.references import Surroundings, named
from records.exchange.models import InboundMessage, MessageReplay
from records.inventory.intake import KINDS, identity

Form, Outcome = InboundMessage.Form, InboundMessage.Outcome
REPLAYING = 0x48494D05  # the class of our advisory locks


def can_be_applied_again(message: InboundMessage) -> bool:
    """Whether it was refused whole, and so was kept whole."""
    return message.outcome == Outcome.REFUSED


def apply_again(message: InboundMessage, *, by, because: str) -> MessageReplay:
    """Apply a refused message again and write down who did it, why, and what became of it.

    It stands in the log a second time with its new outcome; the first stays as it was. Raises DomainError for one that
    was not refused whole, Conflict where it was applied meanwhile or what it tells has been told anew since.
    """
    because = because.strip()
    if not because:
        raise DomainError(_("Say what was mended: the reason stands in the trail."), field="because")
    if not can_be_applied_again(message):
        raise DomainError(_("Only a message that was refused whole can be applied again; this one was not."))
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [REPLAYING, str(message.id)])
        done = MessageReplay.objects.filter(message_id=message.id)
        if done.exclude(outcome=Outcome.REFUSED).exists():
            raise Conflict(_("Somebody has applied this message already."))
        body = messages.body_of(message)
        see_that_nothing_newer_came(message, body)
        outcome, found = send_bundle(message, body) if message.form == Form.FHIR_BUNDLE else send_lines(message, body)
        return MessageReplay.objects.create(
            message_at=message.received_at,
            message_id=message.id,
            by=by,
            because=because,
            outcome=outcome,
            problems=found,
        )


def send_bundle(message: InboundMessage, body: bytes) -> tuple[str, list[dict]]:
    """As its client had sent it now, with what the client may do now."""
    client = message.client
    if client is None or not client.user.is_active:
        raise DomainError(_("The program that sent this was switched off; nothing is taken in its name."))
    client.allowed = frozenset(client.scopes.split())
    try:
        with transaction.atomic():
            answer = Posted(body, client).process()
    except Refusal as refused:
        return Outcome.REFUSED, [problem.as_json() for problem in refused.problems]
    failed = [entry for entry in answer["entry"] if entry["response"]["status"][:1] in "45"]
    told = [issue["diagnostics"] for entry in failed for issue in entry["response"]["outcome"]["issue"]]
    outcome = Outcome.PARTLY if failed else Outcome.APPLIED
    return outcome, [{"place": "", "element": "", "problem": sentence} for sentence in told]


class Kept(File):
    """A line that was kept, as the file that it came from."""

    raw: bytes = b""

    def lines(self) -> Iterator[Line]:
        yield Line(str(self.path), self.raw)


class RefusedAgain(Exception):
    """Undoes what an attempt has written."""


def send_lines(message: InboundMessage, body: bytes) -> tuple[str, list[dict]]:
    """As a file of its source with this one line."""
    if message.source is None:
        raise DomainError(_("It is not known which source this came from."))
    again = importing.Import([], source=message.source)
    again.files = [Kept(Path(message.place or "again"), raw=body)]
    try:
        with transaction.atomic():
            report = again.run()
            if report.refused:
                raise RefusedAgain
    except RefusedAgain:  # the trail tells it; a second copy in the log would only be counted twice
        return Outcome.REFUSED, report.problems
    changed = report.created + report.changed
    return (Outcome.APPLIED if changed else Outcome.UNCHANGED if report.unchanged else Outcome.IGNORED), []


def see_that_nothing_newer_came(message: InboundMessage, body: bytes):
    """Raises Conflict where anything that a message tells of was changed, by whatever source, after it came."""
    around = Surroundings(message.source.name if message.source else "", stubs=False)
    with connection.cursor() as cursor:
        for raw in resources_of(body):
            try:
                kind = reading.kind_of(raw)
                of = TYPES.get(kind.resource_type)
                told = reading.read(raw, of, around) if of else None
            except Problem:
                continue  # what cannot be read will be refused again
            if told is None:
                continue
            noun = KINDS[of.noun]
            numbers = [(number.system, number.value) for number in told.facts.numbers]
            rows = set(identity.owners_of(cursor, noun, numbers).values()) if numbers else set()
            if changed_since(cursor, noun, message, named(of.name, told.id) if told.id else "", rows):
                raise Conflict(
                    _("The %(type)s that this message tells of has been told anew since. Applying it would undo that.")
                    % {"type": of.name}
                )


def resources_of(body: bytes) -> Iterator[bytes]:
    try:
        if reading.kind_of(body.strip()).resource_type == "Bundle":
            bundle = problems.decode(body, reading.BUNDLE, "Bundle")
            yield from (bytes(entry.resource) for entry in bundle.entry if bytes(entry.resource))
            return
    except Problem:
        return
    yield body.strip()


def changed_since(cursor, kind, message: InboundMessage, name: str, rows: set[int]) -> bool:
    """Whether a row of these numbers, or what the message's source calls by this name, was told after it came."""
    found = kind.keys.objects.filter(updated_at__gte=message.received_at)
    own = found.filter(source=message.source, external_id=name) if name and message.source else found.none()
    return own.exists() or (bool(rows) and found.filter(**{f"{kind.owner}__in": rows}).exists())
