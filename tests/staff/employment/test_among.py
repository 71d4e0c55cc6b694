"""What is asked of each row finds what a join finds."""

import pytest
from django.db import connection
from django.db.models.expressions import RawSQL
from django.test.utils import CaptureQueriesContext

from staff.models import Position, Unit
from tests import factories as make

pytestmark = pytest.mark.django_db


def units(numbers) -> RawSQL:
    return RawSQL("SELECT unnest(%s::bigint[])", [list(numbers)])


@pytest.mark.parametrize("of", [list, units], ids=["a list", "a question"])
def test_it_is_what_in_is(him, of):
    wanted = {him.coding.pk}
    assert set(Unit.objects.filter(pk__among=of(wanted))) == {him.coding}
    assert set(Unit.objects.exclude(pk__among=of(wanted))) == set(Unit.objects.exclude(pk=him.coding.pk))
    seats = Position.objects.filter(unit__among=of(wanted))
    assert seats.exists()
    assert set(seats) == set(Position.objects.filter(unit=him.coding))
    assert not Position.objects.filter(unit__among=of([])).exists()


def test_a_question_is_no_join_so_that_an_index_may_be_walked_in_order(him):
    make.position(him.coding)
    plans = []
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off")
        for lookup in ("among", "in"):
            with CaptureQueriesContext(connection) as asked:
                list(Position.objects.filter(**{f"unit__{lookup}": units([him.coding.pk])}).order_by("pk")[:2])
            cursor.execute("EXPLAIN " + asked.captured_queries[0]["sql"])
            plans.append("\n".join(line for (line,) in cursor.fetchall()))
    assert ["hashed SubPlan" in plan for plan in plans] == [True, False], plans
    assert "Sort" not in plans[0], plans[0]
