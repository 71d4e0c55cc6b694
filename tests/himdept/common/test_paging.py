from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from himdept.common.errors import Unreadable
from himdept.common.paging import Sort, count_up_to, page_of
from records.models import Record
from staff.models import User
from tests import factories as make

BY_SIGN_IN = Sort("sign-in", "last_login", nullable=True)
BY_NUMBER = Sort("number", "pk")
BY_JOINED = Sort("joined", "date_joined")
SORTS = [BY_SIGN_IN, BY_NUMBER, BY_JOINED]
MONDAY = datetime(2026, 11, 23, 8, tzinfo=UTC)


def people(days: list[int | None]) -> list[User]:
    """Users who last signed in on these days; equal days are ties, None never did."""
    return User.objects.bulk_create(
        User(
            username=f"paged-{i}",
            last_login=None if day is None else MONDAY + timedelta(days=day),
            date_joined=MONDAY + timedelta(days=i % 3),
        )
        for i, day in enumerate(days)
    )


def listed():
    return User.objects.filter(username__startswith="paged-")


def walk_forward(sort, size):
    page = page_of(listed(), SORTS, sort=sort, size=size)
    pages = [page]
    while page.next:
        page = page_of(listed(), SORTS, sort=sort, at=page.next, size=size)
        pages.append(page)
    return pages


def in_order(rows, sort):
    """What the pages must be, sorted in Python: rows without a value last, ties by number."""
    keys = {"sign-in": lambda u: u.last_login, "number": lambda u: u.pk, "joined": lambda u: u.date_joined}
    key = keys[sort.strip("-")]
    with_value = sorted((r for r in rows if key(r) is not None), key=lambda r: (key(r), r.pk), reverse=sort[0] == "-")
    without = sorted((r for r in rows if key(r) is None), key=lambda r: r.pk, reverse=sort[0] == "-")
    return [r.pk for r in with_value + without]


class WholeSet(TestCase):
    @settings(max_examples=60, deadline=None)
    @given(
        days=st.lists(st.one_of(st.none(), st.integers(0, 3)), max_size=11),
        size=st.integers(1, 4),
        sort=st.sampled_from(["sign-in", "-sign-in", "number", "-number", "joined", "-joined"]),
    )
    def test_the_pages_one_after_another_are_exactly_the_whole_list(self, days, size, sort):
        rows = people(days)
        pages = walk_forward(sort, size)
        assert [row.pk for page in pages for row in page] == in_order(rows, sort)

        # And the way back shows the same pages: what lies before a position is what was seen before it.
        at, back = pages[-1].previous, []
        while at:
            page = page_of(listed(), SORTS, sort=sort, at=at, size=size)
            back.append([row.pk for row in page])
            at = page.previous
        assert back == [[row.pk for row in page] for page in pages[-2::-1]]


@pytest.mark.django_db
def test_a_row_that_comes_before_the_position_shifts_nothing():
    people([1, 2, 3, 4])
    first = page_of(listed(), SORTS, sort="sign-in", size=2)
    User.objects.create(username="paged-early", last_login=MONDAY)
    second = page_of(listed(), SORTS, sort="sign-in", at=first.next, size=2)
    assert [row.username for row in second] == ["paged-2", "paged-3"]


@pytest.mark.django_db
def test_a_position_that_was_not_made_here_is_refused_in_a_sentence():
    people([1, 2, 3])
    at = page_of(listed(), SORTS, size=1).next
    for bad in (at[:-2] + "zz", "42", at.replace(":", ""), "\x00"):
        with pytest.raises(Unreadable, match="place in the list"):
            page_of(listed(), SORTS, at=bad)


@pytest.mark.django_db
def test_a_position_of_another_order_is_refused():
    people([1, 2, 3])
    at = page_of(listed(), SORTS, sort="number", size=1).next
    with pytest.raises(Unreadable, match="place in the list"):
        page_of(listed(), SORTS, sort="-number", at=at)


@pytest.mark.django_db
def test_an_unknown_order_is_refused_and_the_known_ones_are_named():
    with pytest.raises(Unreadable, match="sign-in, number, joined"):
        page_of(listed(), SORTS, sort="family_name")


@pytest.mark.django_db
def test_the_first_of_the_orders_is_taken_when_none_is_asked_for():
    people([3, 1, 2])
    assert [row.username for row in page_of(listed(), SORTS)] == ["paged-1", "paged-2", "paged-0"]


@pytest.mark.django_db
@pytest.mark.parametrize(("rows", "said"), [(3, "3"), (4, "4"), (5, "4+")])
def test_a_long_list_is_counted_up_to_a_limit(rows, said):
    people([0] * rows)
    assert count_up_to(listed(), most=4) == said


@pytest.mark.django_db
@pytest.mark.parametrize("sort", ["start", "-start"])
def test_a_short_list_is_paged_alike_and_not_looked_for_in_the_order_of_another_table(sort):
    for days in (3, 1, 1, 2):
        make.record(start=MONDAY + timedelta(days=days), end=None)
    orders = [Sort("start", "encounter__start_first")]

    def walked(*, is_short: bool) -> list:
        page, found = page_of(Record.objects.all(), orders, sort=sort, size=2, is_short=is_short), []
        while True:
            found.append([row.pk for row in page])
            if not page.next:
                back = page_of(Record.objects.all(), orders, sort=sort, size=2, is_short=is_short, at=page.previous)
                assert [row.pk for row in back] == found[-2]
                return found
            page = page_of(Record.objects.all(), orders, sort=sort, size=2, is_short=is_short, at=page.next)

    assert [len(rows) for rows in walked(is_short=True)] == [2, 2]
    assert walked(is_short=True) == walked(is_short=False)
    plans = []
    for is_short in (True, False):
        with connection.cursor() as cursor, CaptureQueriesContext(connection) as captured:
            page_of(Record.objects.all(), orders, sort=sort, is_short=is_short)
            cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_hashjoin = off")
            cursor.execute("EXPLAIN " + captured.captured_queries[0]["sql"])
            plans.append("\n".join(line for (line,) in cursor.fetchall()))
    assert ["encounter_by_start" in plan for plan in plans] == [False, True], plans


@pytest.mark.django_db
@pytest.mark.parametrize(("sort", "bound"), [("start", ">="), ("-start", "<=")])
def test_a_deep_page_in_the_order_of_a_joined_column_begins_where_it_is_and_does_not_read_past_what_lies_before(
    sort, bound
):
    for _twice in range(2):
        make.record()
    orders = [Sort("start", "encounter__start_first")]
    first = page_of(Record.objects.all(), orders, sort=sort, size=1)
    with connection.cursor() as cursor, CaptureQueriesContext(connection) as captured:
        assert len(page_of(Record.objects.all(), orders, sort=sort, at=first.next, size=1)) == 1
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("EXPLAIN " + captured.captured_queries[0]["sql"])
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert f"Index Cond: (start_first {bound}" in plan, plan


@pytest.mark.django_db
def test_what_is_printed_is_joined_to_the_rows_of_the_page_alone():
    make.record()
    with connection.cursor() as cursor, CaptureQueriesContext(connection) as captured:
        page_of(Record.objects.with_names(), [Sort("start", "encounter__start_first")])
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("EXPLAIN " + captured.captured_queries[0]["sql"])
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "Index Cond: (encounter_id = ANY ((InitPlan" in plan, plan
