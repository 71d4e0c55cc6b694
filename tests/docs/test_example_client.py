"""The program that the documents show, run as whoever reads them runs it: against a server, a worker and a database."""

import os
import re
import subprocess

import pytest

from himdept.runtime import places
from records.completeness import requirements
from records.exchange import clients, credentials
from tests import factories as make
from tests.served import served
from tests.workers import kept_worker, worker  # noqa: F401

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(scope="module")
def web(django_db_setup, tmp_path_factory):
    """One server for all tests here: to start it takes seconds, and what it knows is in the database."""
    with served(tmp_path_factory.mktemp("web")) as address:
        yield address


@pytest.fixture
def site(worker, web):  # noqa: F811
    requirements.load_profiles()  # as `up` does
    return web


@pytest.fixture
def run(site):
    """Runs the program as a client, with nothing but what a document tells it to have."""
    engineer = make.person("engineer", role="Interface engineer")
    client = clients.admit("ehr", scope="system/*.read system/*.write")
    _secret, word = credentials.new_secret(client, by=engineer, because="go-live")
    identity = {"HIMDEPT": site, "CLIENT_ID": client.application.client_id, "CLIENT_SECRET": word}

    def run(**otherwise: str) -> subprocess.CompletedProcess:
        command = [os.environ["UV"], "run", "--no-project", "docs/example_client.py"]
        return subprocess.run(
            command,
            cwd=places.CHECKOUT,
            env=os.environ | identity | otherwise,
            capture_output=True,
            text=True,
            timeout=180,
        )

    return run


def test_it_sends_a_stay_has_it_audited_and_prints_who_owes_what(run):
    done = run()
    assert done.returncode == 0, done.stderr
    *sent, audit, summary, history = done.stdout.splitlines()
    of = ("Patient/example-patient", "Practitioner/example-practitioner", "Encounter/example-stay")
    assert sent == [f"201 Created {one}/_history/1" for one in (*of, "DocumentReference/example-history")]
    assert re.fullmatch(r"Audit \d+ finished: 1 records, 2 open deficiencies", audit)
    assert summary.startswith("Vance, Theodora owes V-778102: Discharge summary is missing.")
    assert history.startswith("Vance, Theodora owes V-778102: History and physical of 5 Jan 2026 15:20 is unsigned.")


def test_it_says_why_it_is_refused(run):
    done = run(CLIENT_SECRET="another")
    assert (done.returncode, done.stdout) == (1, "")
    assert "/oauth/token/: 401" in done.stderr
    assert "invalid_client" in done.stderr
