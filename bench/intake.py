"""Bundles over HTTP, with tokens and the message log, against raw upserts of the rows that come of them."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from http.client import HTTPConnection
from statistics import median
from urllib.parse import urlencode

import psycopg

from bench import bundles, raw, states, web
from himdept.runtime.places import Trouble
from himdept.simulator.hospital import Hospital
from records.exchange import clients
from records.models import Client, InboundMessage
from staff.models import Facility

SEED = 7
SCOPE = "system/*.write"


@dataclass(frozen=True)
class Taken:
    """The seconds for one resource, of everything sent for the first time and for the second: over HTTP, and raw."""

    first: float
    second: float
    first_raw: float
    second_raw: float


def taken(facility: Facility, rounds: int, how_many: int, *, say: Callable[[str], None]) -> Taken:
    """Send so many bundles of 1,000 resources, twice, and upsert the same rows, twice; medians of some rounds."""
    hospital = Hospital(
        encounters=2000 * how_many, seed=SEED, zone=facility.zone, until=datetime.now(facility.zone).date()
    )
    client = clients.admit("bench", scope=SCOPE, facilities=[facility])
    secret = clients.new_secret(client)
    staff, charts = bundles.practitioners(hospital), bundles.charts(hospital, how_many)
    resources, found = how_many * bundles.SIZE, []
    with states.superuser() as connection, web.served() as port, Sender(port, client, secret) as sender:
        for bundle in staff:
            sender.send(bundle, {"201 Created", "200 OK"})
        before, batches = raw.marks(connection), []
        for number in range(rounds):
            took = {}
            sides = ("program", "raw") if number % 2 == 0 else ("raw", "program")
            for side in sides:
                raw.take_out(connection, before)
                if side == "program":
                    took["first"], batches = sender.first_time(connection, charts)
                    took["second"] = sender.second_time(charts)
                else:
                    took["first_raw"], took["second_raw"] = raw.enter(batches), raw.enter(batches, again=True)
            found.append({name: seconds / resources for name, seconds in took.items()})
            say("intake, µs a resource: " + ", ".join(f"{name} {each * 1e6:.0f}" for name, each in found[-1].items()))
        raw.take_out(connection, before)
        _forget(connection, client)
    return Taken(**{name: median(each[name] for each in found) for name in found[0]})


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

    def first_time(self, connection: psycopg.Connection, charts: list[bytes]) -> tuple[float, list[raw.Batch]]:
        """The seconds in which they were answered, and the rows that came of each."""
        seconds, batches, since = 0.0, [], raw.marks(connection)
        for bundle in charts:
            seconds += self.send(bundle, {"201 Created"})
            until = raw.marks(connection)
            batches.append(raw.batch(connection, since, until))
            since = until
        return seconds, batches

    def second_time(self, charts: list[bytes]) -> float:
        return sum(self.send(bundle, {"200 OK"}) for bundle in charts)

    def send(self, bundle: bytes, wanted: set[str]) -> float:
        """The seconds until the whole answer has come. Raises Trouble if any entry was answered otherwise."""
        self._see_a_token()
        headers = {"Authorization": f"Bearer {self._token}", "Content-Type": "application/fhir+json"}
        began = time.perf_counter()
        self._connection.request("POST", "/fhir/R4", bundle, headers)
        response = self._connection.getresponse()
        answer = response.read()
        seconds = time.perf_counter() - began
        told = json.loads(answer)
        if response.status != 200 or {entry["response"]["status"] for entry in told["entry"]} - wanted:
            raise Trouble(f"A bundle was answered {response.status}: {answer[:300].decode()}")
        return seconds

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
