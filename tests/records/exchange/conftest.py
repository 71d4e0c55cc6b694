import json
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client as Browser

from records.exchange import clients
from records.exchange.fhir.importing import Import
from records.inventory.models import Source

SYNTHEA = Path(__file__).resolve().parents[4] / "shared" / "data" / "fhir" / "synthea-us-core"


@pytest.fixture(scope="session")
def synthea() -> Path:
    """Made by others: 4,542 resources. Used where it lies, beside the checkout."""
    if not SYNTHEA.is_dir():
        pytest.skip("the Synthea sample does not lie beside the checkout (../shared/data/fhir/synthea-us-core)")
    return SYNTHEA


@pytest.fixture
def load(db):
    """Import files or folders, and give back the report."""

    def load(*paths, source: str = "files", **more):
        return Import([str(path) for path in paths], source=Source.objects.get_or_create(name=source)[0], **more).run()

    return load


class Sender:
    """A program that posts bundles, with a token of its own."""

    def __init__(self, name: str = "ehr", scope: str = "system/*.write", **more):
        self.client = clients.admit(name, scope=scope, **more)
        self.token = clients.issue_token(self.client, scope=scope, life=timedelta(hours=1))

    def post(self, body, *, content_type: str = "application/fhir+json", **headers):
        data = body if isinstance(body, str | bytes) else json.dumps(body)
        headers = {"Authorization": f"Bearer {self.token}"} | headers
        return Browser().post("/fhir/R4", data=data, content_type=content_type, headers=headers)


@pytest.fixture
def sender(db):
    return Sender()
