"""Bundles over HTTP, with tokens and the message log, against raw upserts of the rows that come of them."""

import json
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from http.client import HTTPConnection
from statistics import median
from urllib.parse import urlencode

import psycopg
from django.utils import timezone

from bench import bundles, raw, states, web
from himdept.runtime.places import Trouble
from himdept.simulator.hospital import Hospital
from records.exchange import clients, credentials
from records.models import Client, InboundMessage
from staff.models import Facility

SEED = 7
SCOPE = "system/*.write"
TIMES = ("first", "second")


@dataclass(frozen=True)
class Cost:
    """Seconds by the clock, and of the processors' time."""

    seconds: float
    busy: float


@dataclass(frozen=True)
class Taken:
    """What a resource costs over HTTP, and raw."""

    ours: Cost
    raw: Cost


def taken(facility: Facility, rounds: int, how_many: int, *, say: Callable[[str], None]) -> dict[str, Taken]:
    """Send so many bundles of 1,000 resources, twice, and upsert the same rows, twice; medians of some rounds."""
    today = datetime.now(facility.zone).date()
    hospital = Hospital(encounters=2000 * how_many, seed=SEED, zone=facility.zone, until=today)
    client = clients.admit("bench", scope=SCOPE, facilities=[facility])
    _made, secret = credentials.new_secret(client, by=clients.TERMINAL, old_until=timezone.now())
    charts = bundles.charts(hospital, how_many)
    costs = defaultdict(list)
    with (
        states.superuser() as connection,
        web.served() as site,
        Sender(site.port, client, secret) as sender,
    ):
        for bundle in bundles.practitioners(hospital):
            sender.send(bundle)
        before = raw.marks(connection)
        raw.take_out(connection, before)
        rows = rows_of(connection, sender, charts)
        for number in range(rounds):
            for side in ("ours", "raw") if number % 2 == 0 else ("raw", "ours"):
                raw.take_out(connection, before)
                for when in TIMES:
                    if side == "ours":
                        found = cost(site.spent, sender.send_all, charts)
                    else:
                        found = cost(raw.spent, raw.enter, rows[when])
                    costs[when, side].append(found)
                    say(f"round {number + 1}: intake for the {when} time, {side}: {found.seconds:.2f} s")
        raw.take_out(connection, before)
        _forget(connection, client)
    each = {key: typical(found, how_many * bundles.SIZE) for key, found in costs.items()}
    return {when: Taken(each[when, "ours"], each[when, "raw"]) for when in TIMES}


def rows_of(connection: psycopg.Connection, sender: "Sender", charts: list[bytes]) -> dict[str, list[raw.Batch]]:
    """The rows that come of each bundle; sent again they are the same, but for a due list that nobody is put on."""
    batches, since = [], raw.marks(connection)
    for bundle in charts:
        sender.send(bundle)
        until = raw.marks(connection)
        batches.append(raw.batch(connection, since, until))
        since = until
    return {"first": batches, "second": [raw.without_due(batch) for batch in batches]}


def cost(spent: Callable[[], float], act: Callable, of: list) -> Cost:
    """What an act costs, where `spent` tells the processors' time so far."""
    before, began = spent(), time.perf_counter()
    act(of)
    seconds = time.perf_counter() - began
    return Cost(seconds, spent() - before)


def typical(costs: list[Cost], resources: int) -> Cost:
    return Cost(median(c.seconds for c in costs) / resources, median(c.busy for c in costs) / resources)


class Sender:
    """An EHR that posts bundles with a token of its own, one after the other."""

    def __init__(self, port: int, client: Client, secret: str):
        self._connection = HTTPConnection(web.HOST, port, timeout=120)
        asked = {"grant_type": "client_credentials", "client_id": client.application.client_id, "scope": SCOPE}
        self._credentials = urlencode(asked | {"client_secret": secret})
        self._token, self._until = "", 0.0

    def __enter__(self):
        return self

    def __exit__(self, *problem):
        self._connection.close()

    def send_all(self, charts: list[bytes]):
        for bundle in charts:
            self.send(bundle)

    def send(self, bundle: bytes):
        """Raises Trouble if any entry was not taken."""
        self._see_a_token()
        headers = {"Authorization": f"Bearer {self._token}", "Content-Type": "application/fhir+json"}
        self._connection.request("POST", "/fhir/R4", bundle, headers)
        response = self._connection.getresponse()
        answer = response.read()
        # Every entry's status; to decode the whole answer would be the sender's cost, and not what is measured.
        if response.status != 200 or answer.count(b'"status":"20') != bundle.count(b'"method":"PUT"'):
            raise Trouble(f"A bundle was answered {response.status}: {answer[:300].decode()}")

    def _see_a_token(self):
        if time.monotonic() < self._until:
            return
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        self._connection.request("POST", "/oauth/token/", self._credentials, headers)
        told = json.loads(self._connection.getresponse().read())
        self._token, self._until = told["access_token"], time.monotonic() + told["expires_in"] - 60


def _forget(connection: psycopg.Connection, client: Client):
    """Take the bench's messages out of the log."""
    table = InboundMessage._meta.db_table
    connection.execute(
        f"DELETE FROM {table} WHERE client_id = %s AND received_at > now() - %s", [client.pk, timedelta(days=1)]
    )
