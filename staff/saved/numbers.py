"""How many rows the views of a list have, for its tabs: counted up to a limit, and given up when it takes too long.

A tab's number is a look ahead and never worth waiting for. It is asked for after the page has come.
"""

from collections.abc import Iterable

from django.core.exceptions import EmptyResultSet
from django.db import OperationalError, connection, transaction
from django.http import HttpRequest, QueryDict

from himdept.common.errors import Unreadable
from himdept.common.lists import Listing
from staff.saved.models import SavedView

MOST = 999
MOST_MILLISECONDS = 1_000  # for all of them; what a list of a million rows takes longer for stays without a number


def numbers(listing: Listing, views: Iterable[SavedView], request: HttpRequest) -> dict[int, str]:
    """The number of rows of each of these views, in words ("999+"), as this person would see them. One query."""
    parts, parameters, counted = [], [], {}
    for view in views:
        try:
            rows = listing.filters(QueryDict(view.query), listing.rows(request), request=request).narrowed()
            sql, values = rows.order_by().values(listing.key)[: MOST + 1].query.sql_with_params()
        except EmptyResultSet:
            counted[view.pk] = "0"
        except Unreadable:
            continue  # opened, it says what the list no longer knows
        else:
            parts.append(f"SELECT %s, count(*) FROM ({sql}) rows")
            parameters += [view.pk, *values]
    return counted | {pk: in_words(n) for pk, n in told(" UNION ALL ".join(parts), parameters)}


def told(sql: str, parameters: list) -> list[tuple[int, int]]:
    if not sql:
        return []
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL statement_timeout = {MOST_MILLISECONDS}")
            cursor.execute(sql, parameters)
            return cursor.fetchall()
    except OperationalError:
        return []


def in_words(number: int) -> str:
    return f"{MOST}+" if number > MOST else f"{number}"
