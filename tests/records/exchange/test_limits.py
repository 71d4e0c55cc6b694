"""How often a client may ask, over all web processes, with the broker and without it."""

import logging
import time

import pytest
from django.core.cache import cache, caches
from django.core.cache.backends.redis import RedisCache
from django.utils import timezone
from redis.exceptions import ConnectionError as NoBroker

from records.exchange import clients, limits
from records.exchange.limits import Away
from records.models import InboundMessage, Patient
from tests import factories as make
from tests.brokers import OwnBroker
from tests.programs import Program
from tests.records.exchange import made

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fresh(monkeypatch):
    """Nothing counted yet, and always the same minute."""
    noon = timezone.now().replace(second=15)
    monkeypatch.setattr(limits.timezone, "now", lambda: noon)
    caches["shared"].clear()
    cache.clear()
    yield
    Away.until = 0.0


@pytest.fixture
def ehr():
    make.facility()
    return clients.admit("ehr", scope="system/*.read system/*.write")


@pytest.fixture
def broker(tmp_path, settings):
    """A broker of the test's own, in which requests are counted."""
    own = OwnBroker(tmp_path)
    own.start()
    settings.CACHES = settings.CACHES | {"shared": settings.CACHES["shared"] | {"LOCATION": f"unix://{own.socket}"}}
    yield own
    own.stop()


def may_ask(client, times: int) -> list[bool]:
    return [limits.wait(client) is None for _ in range(times)]


def test_a_client_has_its_own_limit_or_that_of_the_installation(ehr, settings):
    settings.CLIENT_REQUESTS_PER_MINUTE = 2
    assert may_ask(ehr, 3) == [True, True, False]
    ehr.requests_per_minute = 4
    assert may_ask(ehr, 2) == [True, False]
    assert limits.wait(ehr) == 45  # seconds until the minute turns


def test_one_client_does_not_use_up_what_another_has(ehr):
    ehr.requests_per_minute = 1
    lab = clients.admit("lab", scope="system/*.read")
    assert (may_ask(ehr, 2), may_ask(lab, 1)) == ([True, False], [True])


def test_all_web_processes_count_together(ehr):
    another = RedisCache(server=caches["shared"]._servers, params={"OPTIONS": {}})
    key = f"requests-{ehr.pk}-{timezone.now():%H%M}"
    may_ask(ehr, 2)
    assert limits.one_more(another, key) == 3
    ehr.requests_per_minute = 4
    assert may_ask(ehr, 2) == [True, False]


def test_a_count_ends_with_its_minute_and_leaves_nothing_behind(ehr):
    may_ask(ehr, 1)
    shared = caches["shared"]
    key = shared.make_key(f"requests-{ehr.pk}-{timezone.now():%H%M}")
    left = shared._cache.get_client(key).ttl(key)
    assert 60 < left <= limits.KEPT


def test_without_a_broker_each_process_still_counts(ehr, broker, caplog):
    ehr.requests_per_minute = 2
    broker.stop()
    with caplog.at_level(logging.WARNING):
        assert may_ask(ehr, 3) == [True, True, False]
    assert len(caplog.messages) == 1  # it is left alone for a while, and said once
    with pytest.raises(NoBroker):
        caches["shared"].get("x")


def test_a_frozen_broker_costs_one_request_a_moment_and_the_next_ones_nothing(ehr, broker):
    may_ask(ehr, 1)
    broker.freeze()
    try:
        begun = time.monotonic()
        may_ask(ehr, 1)
        first, begun = time.monotonic() - begun, time.monotonic()
        may_ask(ehr, 100)
        rest = time.monotonic() - begun
    finally:
        broker.thaw()
    assert rest < first


def test_a_whole_bundle_is_refused_before_anything_of_it_is_read(ehr):
    program = Program()
    program.client.requests_per_minute = 1
    program.client.save()
    bundle = made.bundle(made.put(made.patient()))
    program.post("/fhir/R4", "{", content_type="application/fhir+json")  # counts, whatever became of it
    before = InboundMessage.objects.count()
    response = program.post("/fhir/R4", bundle, content_type="application/fhir+json")
    assert response.status_code == 429
    assert response.json()["resourceType"] == "OperationOutcome"
    assert response.headers["Retry-After"] == "46"
    assert not Patient.objects.exists()
    assert InboundMessage.objects.count() == before
