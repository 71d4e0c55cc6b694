from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from himdept.common.errors import Unreadable
from himdept.common.paging import Sort, count_up_to, page_of
from staff.models import User

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
