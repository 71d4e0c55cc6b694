import os

import psycopg
import pytest
from django.db import OperationalError, connection

from himdept.common.db import partitions

pytestmark = pytest.mark.django_db


def months(log: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_inherits WHERE inhparent = %s::regclass", [log])
        return cursor.fetchone()[0]


def test_every_log_gets_the_months_that_it_lacks():
    before = months("records_accesslog")
    assert before == months("records_inboundmessage") == 26  # this month, 24 ahead, and one for all others
    assert partitions.lay_out(24) == 0
    assert partitions.lay_out(27) == 6
    assert months("records_accesslog") == months("records_inboundmessage") == before + 3


@pytest.mark.django_db(transaction=True)
def test_who_reads_a_log_is_not_kept_waiting(monkeypatch):
    monkeypatch.setattr(partitions, "PATIENCE", "50ms")
    with psycopg.connect(os.environ["DATABASE_URL"]) as reader:
        reader.execute("LOCK TABLE records_accesslog IN ACCESS SHARE MODE")
        with pytest.raises(OperationalError, match="lock timeout"):
            partitions.lay_out(60)
