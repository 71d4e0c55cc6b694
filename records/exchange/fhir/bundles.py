"""Bundles of type transaction and batch: the same reading and the same intake as an import of files.

A transaction is all or nothing, the inbound log included. In a batch each entry stands alone. Types are taken in the
order in which they refer to each other, whatever the order of the entries; the answer keeps that of the entries.
"""

from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from msgspec import Struct

from records.exchange import intake, messages, scopes
from records.exchange.fhir import faults, problems, reading
from records.exchange.fhir.elements import ID
from records.exchange.fhir.facilities import Facilities
from records.exchange.fhir.problems import Problem
from records.exchange.fhir.reading import TYPES, Told, Type
from records.exchange.fhir.references import Surroundings, conditional, named, space, split
from records.exchange.fhir.refusals import refusal
from records.exchange.fhir.resources import Entry
from records.exchange.messages import Form
from records.exchange.models import Client
from records.inventory.intake import KINDS, ByKey, Item, Named, Outcome, identity

COUNTED = {"created": "201 Created", "changed": "200 OK", "unchanged": "200 OK"}
CREATE, UPDATE = "POST", "PUT"
MOST_KEPT = 1_000  # faults that the inbound log holds of one bundle


class Sent(Struct):
    """One entry on its way: what it asks for, and what became of it."""

    n: int
    entry: Entry
    of: Type | None = None
    type_name: str = ""
    id: str = ""
    item: Item | None = None
    elements: dict[str, str] = {}
    problem: Problem | None = None
    further: list[Problem] = []  # what else is wrong with the resource
    done: str = ""  # created, changed or unchanged
    version: int = 0

    @property
    def label(self) -> str:
        return str(self.n)

    @property
    def problems(self) -> list[Problem]:
        return [problem.in_entry(self.n) for problem in (self.problem, *self.further) if problem]

    def refuse(self, problem: Problem, around: Surroundings) -> None:
        """Refuse what could not be read, with everything that is wrong with it."""
        self.problem = problem
        self.further = faults.further(self.entry.resource, self.of, around, problem)


class Refusal(Exception):
    """A transaction that is refused as a whole, with everything that is wrong in it."""

    def __init__(self, problems: list[Problem]):
        super().__init__(problems[0].sentence)
        self.problems = problems


class Posted:
    """A Bundle that a client posted."""

    def __init__(self, body: bytes, client: Client):
        self.body, self.client = body, client

    def process(self) -> dict[str, Any]:
        """The answering Bundle. Raises Refusal; whatever was refused is in the inbound log by then."""
        try:
            bundle = problems.decode(self.body, reading.BUNDLE, "Bundle")
            if bundle.resource_type != "Bundle":
                what = bundle.resource_type[:64] or "something without a resourceType"
                raise Problem(f"A Bundle is posted here, not {what}.", element="Bundle.resourceType")
            if bundle.type not in ("transaction", "batch"):
                raise Problem("A Bundle posted here is a transaction or a batch.", element="Bundle.type", code="value")
            self.entries = bundle.entry
            return self._transaction() if bundle.type == "transaction" else self._batch()
        except Problem as problem:
            self._keep_refused([problem])
            raise Refusal([problem]) from problem
        except Refusal as refused:
            self._keep_refused(refused.problems)
            raise

    # A transaction: one attempt is one database transaction, made again from the start when it collides.

    def _transaction(self) -> dict[str, Any]:
        try:
            return intake.again(self._attempt)
        except DatabaseError as error:
            if intake.sqlstate(error) not in intake.AGAIN:
                raise
            sentence = "Others send the same at this moment; nothing was stored, send it again."
            raise Problem(sentence, status=503) from error

    def _attempt(self) -> dict[str, Any]:
        self._begin()
        around = Surroundings(self.client.source.name, stubs=False, entries=_names(self.sent))
        self._stop_at_problems(around)
        for of in TYPES.values():
            mine = self._read(of, around)
            self._stop_at_problems(around)
            intake.take_all(of.noun, [sent.item for sent in mine], self.door)
            self._settle(of, mine)
            of_type = (sent for sent in self.sent if sent.of is of)
            _refuse_doubles(of_type, lambda sent: [sent.id] if sent.done else [])
            self._stop_at_problems(around)
        self._keep()
        return self._answer("transaction-response")

    def _stop_at_problems(self, around: Surroundings) -> None:
        """Raises Refusal with all that can be found wrong: what was not read yet is read for its faults alone."""
        if not any(sent.problem for sent in self.sent):
            return
        is_named = all(sent.of or not sent.problem for sent in self.sent)
        for sent in self.sent:
            if sent.of and not (sent.problem or sent.item or sent.done):
                try:
                    reading.read(sent.entry.resource, sent.of, around)
                except Problem as problem:
                    sent.refuse(problem, around)
        found = [problem for sent in self.sent for problem in sent.problems]
        # Of an entry that is none, others may speak: that they find nobody is no fault of theirs.
        raise Refusal([one for one in found if is_named or one.code != "not-found"] or found)

    # A batch: the message is safe before the first entry is taken in.

    def _batch(self) -> dict[str, Any]:
        self._begin()
        message = messages.keep(self.body, outcome=messages.Outcome.RECEIVED, **self._about())
        around = Surroundings(self.client.source.name, stubs=False)
        for of in TYPES.values():
            mine = self._read(of, around)
            intake.take_each(of.noun, [sent.item for sent in mine], self.door, lambda items: None)
            self._settle(of, mine)
        refused = [problem.as_json() for sent in self.sent for problem in sent.problems]
        messages.settle(message, self._cut(), problems=refused[:MOST_KEPT], **self._counts())
        return self._answer("batch-response")

    # What both do.

    def _begin(self) -> None:
        reached = frozenset(self.client.user.facility_ids)
        self.door = intake.door(self.client.source, reaches=reached)
        self.facilities = Facilities()
        self.sent = [Sent(n, entry) for n, entry in enumerate(self.entries)]
        for sent in self.sent:
            try:
                self._understand(sent)
            except Problem as problem:
                sent.problem = problem
        _refuse_doubles(self.sent, _addresses)

    def _understand(self, sent: Sent) -> None:
        """Method and type of an entry. Raises Problem where it asks for what is not done here."""
        here = f"Bundle.entry[{sent.n}]"
        request = sent.entry.request
        if request is None or not request.method:
            raise Problem("An entry needs a request with a method.", element=f"{here}.request.method", status=400)
        if request.method not in (CREATE, UPDATE):
            sentence = f"{request.method[:20]} is not done in a bundle here: POST creates, PUT updates."
            raise Problem(sentence, element=f"{here}.request.method", status=405)
        if not bytes(sent.entry.resource):
            raise Problem("An entry needs a resource.", element=f"{here}.resource", status=400)
        kind = reading.kind_of(sent.entry.resource)
        sent.type_name, sent.of = kind.resource_type, TYPES.get(kind.resource_type)
        if not scopes.allows(self.client.allowed, sent.type_name, "write"):
            sentence = f"The token does not allow to write {sent.type_name[:64]}."
            raise Problem(sentence, element=f"{here}.resource", status=403)
        path, _, query = request.url.partition("?")
        *_, type_name, name = ["", "", *path.strip("/").split("/"), *([""] if request.method == CREATE else [])]
        if type_name != sent.type_name or query:
            wanted = sent.type_name + ("/ID" if request.method == UPDATE else "")
            sentence = f"For this resource, {request.method} has the URL {wanted}."
            raise Problem(sentence, element=f"{here}.request.url", status=400)
        if request.method == UPDATE:
            if not ID.fullmatch(name):
                sentence = "An id has 1 to 64 letters, digits, hyphens and dots."
                raise Problem(sentence, element=f"{here}.request.url", status=400)
            if kind.id != name:
                sentence = "The id of an updated resource is that of its URL."
                raise Problem(sentence, element=f"{here}.resource.id", status=400)
        sent.id = kind.id

    def _read(self, of: Type, around: Surroundings) -> list[Sent]:
        """Read the entries of a type; those that ask for what is there already are settled here."""
        mine = [sent for sent in self.sent if sent.of is of and not sent.problem]
        for sent in mine:
            try:
                told = reading.read(sent.entry.resource, of, around)
                if told is None:
                    continue
                if of.noun == "encounter":
                    told.facts.facility = self.facilities.of(told.provider)
                sent.elements = told.elements
                sent.item = _item(sent, told)
                self._create_conditionally(sent, told)
            except Problem as problem:
                if sent.item:
                    sent.problem = problem
                else:
                    sent.refuse(problem, around)
        mine = [sent for sent in mine if sent.item]
        _refuse_doubles(mine, lambda sent: sent.item.facts.numbers)
        return [sent for sent in mine if not sent.problem and not sent.done]

    def _create_conditionally(self, sent: Sent, told: Told) -> None:
        """Settle an entry whose condition finds one already. Raises Problem where it finds several, or never would."""
        query = sent.entry.request.if_none_exist
        if sent.entry.request.method != CREATE or not query:
            return
        element = f"Bundle.entry[{sent.n}].request.ifNoneExist"
        system, value = conditional(query.rpartition("?")[2], element)
        kind = KINDS[sent.of.noun]
        if system == "":
            system = Surroundings(self.client.source.name, stubs=False).system("")
        if not any(number.value == value and system in (None, number.system) for number in told.facts.numbers):
            sentence = "The resource does not carry this identifier, or it is one that is not kept here."
            raise Problem(sentence, element=element)
        with connection.cursor() as cursor:
            if system is None:
                rows = identity.rows_numbered(cursor, kind, value)
            else:
                rows = list(identity.owners_of(cursor, kind, [(system, value)]).values())
            if len(rows) > 1:
                raise Problem(f"Several a {sent.type_name} have this identifier.", element=element, status=412)
            if rows:
                with transaction.atomic():
                    key = identity.key_for(cursor, kind, rows[0], self.door.source, space(sent.type_name))
                self.door.named[sent.of.noun, sent.label] = rows[0]
                sent.done, sent.version = Outcome.UNCHANGED.value, key.version
                sent.id = key.external_id.removeprefix(f"{sent.type_name}/")

    def _settle(self, of: Type, mine: list[Sent]) -> None:
        for sent in mine:
            item = sent.item
            if item.outcome in (Outcome.REFUSED, Outcome.WAITING):
                sent.problem = refusal(of, item, sent.elements)
            else:
                sent.done, sent.version = item.outcome.value, item.version
                sent.id = item.name.removeprefix(f"{sent.type_name}/")

    def _counts(self) -> dict[str, int]:
        counts = {name: sum(sent.done == name for sent in self.sent) for name in COUNTED}
        return counts | {"refused": sum(sent.problem is not None for sent in self.sent)}

    def _about(self) -> dict[str, Any]:
        return {"form": Form.FHIR_BUNDLE, "source": self.client.source, "client": self.client}

    def _keep(self) -> None:
        counts = self._counts()
        sha256 = messages.sha256_of(self.body)
        messages.keep(self._cut(), sha256=sha256, outcome=messages.settled(counts), **self._about(), **counts)

    def _keep_refused(self, found: list[Problem]) -> None:
        told = [problem.as_json() for problem in found[:MOST_KEPT]]
        refused = len({problem.place for problem in found})
        messages.keep(self.body, outcome=messages.Outcome.REFUSED, problems=told, refused=refused, **self._about())

    def _cut(self) -> bytes:
        """The body without the text of what was taken in; what was refused or is not stored stays as it came."""
        parts, at = [], 0
        for sent in self.sent:
            if sent.done:
                raw = bytes(sent.entry.resource)
                start = self.body.index(raw, at)
                parts += self.body[at:start], messages.without_text(raw)
                at = start + len(raw)
        return b"".join([*parts, self.body[at:]])

    def _answer(self, type_name: str) -> dict[str, Any]:
        now = timezone.now().isoformat(timespec="milliseconds")
        return {
            "resourceType": "Bundle",
            "type": type_name,
            "entry": [{"response": _response(sent, now)} for sent in self.sent],
        }


def _response(sent: Sent, now: str) -> dict[str, Any]:
    if sent.problem:
        status = HTTPStatus(sent.problem.status)
        return {"status": f"{status.value} {status.phrase}", "outcome": problems.outcome(sent.problem, *sent.further)}
    if not sent.done:
        return {"status": "202 Accepted", "outcome": problems.not_stored(sent.type_name)}
    response = {
        "status": COUNTED[sent.done],
        "location": f"{sent.type_name}/{sent.id}/_history/{sent.version}",
        "etag": f'W/"{sent.version}"',
    }
    return response if sent.done == Outcome.UNCHANGED else response | {"lastModified": now}


def _item(sent: Sent, told: Told) -> Item:
    request = sent.entry.request
    if request.method == CREATE:
        offered = named(sent.type_name, _offered(sent.entry.full_url) or told.id)
        return Item(told.facts, None, offered=offered, space=space(sent.type_name), names=(sent.label,))
    return Item(
        told.facts,
        named(sent.type_name, sent.id),
        space=space(sent.type_name),
        names=(sent.label,),
        only_if_version=_version(request.if_match, sent.n),
        only_if_new=request.if_none_match == "*",
    )


def _offered(full_url: str) -> str:
    """The id that a full URL suggests for what is created: its UUID, else the id at its end."""
    name = full_url.removeprefix("urn:uuid:") if full_url.startswith("urn:uuid:") else split(full_url)[1]
    return name if ID.fullmatch(name) else ""


def _version(etag: str, n: int) -> int | None:
    if not etag:
        return None
    text = etag.removeprefix("W/").strip('"')
    if not text.isdecimal():
        element = f"Bundle.entry[{n}].request.ifMatch"
        raise Problem('A version is asked for as W/"1".', element=element, status=400)
    return int(text)


def _names(sent: Iterable[Sent]) -> dict[str, tuple[str, Named]]:
    """What entries may call each other: by full URL, and by type and id; what is updated has its id for certain."""
    names: dict[str, tuple[str, Named]] = {}
    stored = [one for one in sent if one.of]
    for one in sorted(stored, key=lambda one: one.entry.request.method != UPDATE):
        told = (one.type_name, Named(one.label))
        _, of_url, _ = split(one.entry.full_url)
        for name in (one.entry.full_url, *(f"{one.type_name}/{known}" for known in (one.id, of_url) if known)):
            if name:
                names.setdefault(name, told)
    return names


def _addresses(sent: Sent) -> list[object]:
    full_url = sent.entry.full_url
    updated = sent.entry.request is not None and sent.entry.request.method == UPDATE
    return [*([full_url] if full_url else []), *([(sent.type_name, ByKey(sent.id))] if updated and sent.id else [])]


def _refuse_doubles(sent: Iterable[Sent], marks) -> None:
    """Refuse an entry that means the same as one before it: which of the two should stand?"""
    first: dict[object, Sent] = {}
    for one in sent:
        if one.problem:
            continue
        for mark in marks(one):
            if mark in first:
                sentence = f"This entry and entry {first[mark].n} are one and the same."
                one.problem = Problem(sentence, element=f"Bundle.entry[{one.n}]", code="duplicate")
                break
        else:
            for mark in marks(one):
                first[mark] = one
