"""Whether what the interfaces refused was seen to within a day."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone

from himdept.common import metrics
from himdept.common.metrics import Measured, Scope
from records.exchange import clients, digest, messages
from records.models import InboundMessage, MessageReplay, Source
from tests import factories as make

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def read(known_at=None, at="MAIN") -> Measured:
    scope = Scope(make.facility(at), timezone.now() + DAY / 24, known_at)
    return metrics.read(scope, ["messages-repaired"])["messages-repaired"]


@pytest.fixture
def lab():
    return clients.admit("lab", scope="system/*.write", facilities=[make.facility()])


def came(client, outcome="applied", days=2) -> InboundMessage:
    message = messages.prepared(
        b"{}", form="fhir_bundle", outcome=outcome, client=client, source=client.source, place="", problems=()
    )
    message.received_at = timezone.now() - days * DAY
    message.save(force_insert=True)
    return message


def applied(message, outcome="applied") -> MessageReplay:
    about = {"message_at": message.received_at, "message_id": message.id, "because": "Mended."}
    return MessageReplay.objects.create(by=make.person(), outcome=outcome, **about)


def test_a_source_whose_refused_message_lies_for_more_than_a_day_is_named_until_it_is_applied(lab):
    assert read() == Measured(0)
    came(lab)
    assert read() == Measured(1)
    came(lab, "refused", days=0.5)
    assert read() == Measured(1)
    lying = came(lab, "refused")
    assert read() == Measured(1, (lab.source_id,))
    applied(lying, "refused")
    assert read() == Measured(1, (lab.source_id,))
    known_at = timezone.now()
    applied(lying)
    assert read() == Measured(1)
    assert read(known_at) == Measured(1, (lab.source_id,))


def test_the_digest_counts_what_is_refused_still(lab):
    night = SimpleNamespace(facility_id=make.facility().pk, as_of=timezone.now() + DAY / 24)
    refused = came(lab, "refused", days=0.2)
    came(lab, "partly", days=0.3)
    assert digest.read(night) == {"messages-refused": 2}
    applied(refused, "refused")
    assert digest.read(night) == {"messages-refused": 2}
    applied(refused)
    assert digest.read(night) == {"messages-refused": 1}


def test_what_was_refused_before_the_window_is_over_and_a_source_is_of_the_facilities_that_its_client_reaches(lab):
    came(lab, "refused", days=31)
    assert read() == Measured(0)
    came(lab)
    assert read(at="OTHER") == Measured(0)


def test_only_who_sees_what_came_in_reads_which_source_it_is(lab):
    metric = metrics.named("messages-repaired")
    (one,) = metric.name(make.person(role="Interface engineer"), [lab.source_id])
    assert (one.number, one.name) == (lab.source_id, Source.objects.get(pk=lab.source_id).name)
    assert metric.name(make.person(role="Surveyor"), [lab.source_id]) == []
