"""The API against its own OpenAPI document, by a tester that we did not write: every operation, odd input and good."""

from functools import cache
from http.cookiejar import DefaultCookiePolicy

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, given
from hypothesis import settings as drawn
from schemathesis import GenerationMode
from schemathesis.config import SchemathesisConfig

from himdept.common.api import docs
from tests import factories as make
from tests.brokers import no_worker  # noqa: F401
from tests.programs import Program

OPERATIONS = [operation for resource in docs.resources() for operation in resource.operations]
CASES = [
    (operation.method, operation.path, mode)
    for operation in OPERATIONS
    for mode in GenerationMode
    if operation.parameters or operation.body or mode == GenerationMode.POSITIVE  # what takes nothing has nothing odd
]
EXAMPLES = -(-2_400 // len(CASES))  # of each: above 2,000 in all, also where an operation has fewer to draw
# A request that the document allows may still meet a rule of the department, or a state that is not as it was read.
REFUSALS = ["2xx", "401", "403", "404", "409", "412", "422"]
CONFIG = SchemathesisConfig.from_dict({"checks": {"positive_data_acceptance": {"expected-statuses": REFUSALS}}})


@pytest.fixture
def described(live_server, settings, no_worker):  # noqa: F811
    settings.CLIENT_REQUESTS_PER_MINUTE = 10**6
    make.deficiency(make.record(visit="V-778102"))
    return read(f"{live_server.url}/api/schema/?format=json")


@cache
def read(address: str):
    """The document, read once for all operations."""
    return schemathesis.openapi.from_url(address, config=CONFIG)


@pytest.fixture
def connected(live_server):
    """One connection for all requests of a test: for each new one the server would open another to the database."""
    with requests.Session() as session:
        session.trust_env = False
        session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        yield session


@pytest.mark.parametrize(("method", "path", "mode"), CASES)
def test_an_operation_does_what_the_document_says(described, connected, method, path, mode):
    headers = {"Authorization": f"Bearer {Program().token}"}

    @given(case=described[path][method].as_strategy(generation_mode=mode))
    @drawn(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
    def holds(case):
        case.call_and_validate(headers=headers, session=connected)

    holds()
