"""What is measured of a person and a thing together: a course, a competency, a list.

Such a pair has one number, as the views of what is due have it: the person's, shifted, and the thing's.
"""

from collections.abc import Iterable

from django.db import connection
from django.db.models import QuerySet
from django.urls import reverse

from himdept.common.metrics import Measured, Offender, Scope
from staff.employment.models import Employee

BITS = 20


def number_of(person: int, thing: int) -> int:
    return person << BITS | thing


def owed(scope: Scope, function: str, *, done: str, short: str) -> Measured:
    """Of the pairs that a function of the database tells of who sits in a seat of the facility, those that were done or
    were due to be; which of them fall short.

    `function` takes the moment and what was known; `done` is its column of the day on which it was done last, `short`
    an expression. What was struck as entered in error counts at no moment.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT DISTINCT id, coalesce({short}, false) FROM {function}(%(as_of)s, %(known_at)s)
            WHERE facility_id = %(facility)s AND ({done} IS NOT NULL OR due < %(today)s) ORDER BY id""",
            {
                "as_of": scope.as_of,
                "known_at": scope.known_at or "infinity",
                "facility": scope.facility.pk,
                "today": scope.today,
            },
        )
        rows = cursor.fetchall()
    return Measured(len(rows), tuple(number for number, falls_short in rows if falls_short))


def pairs_of(user, numbers: Iterable[int], things: QuerySet, screen: str) -> list[Offender]:
    """Those of these pairs whose person `user` may see; `screen` is the page of a person on which they are mended. Two
    queries."""
    wanted = sorted(set(numbers))
    people = Employee.objects.visible_to(user).in_bulk({number >> BITS for number in wanted})
    named = things.in_bulk({number & ((1 << BITS) - 1) for number in wanted})
    pairs = [(number, people.get(number >> BITS), named.get(number & ((1 << BITS) - 1))) for number in wanted]
    return [
        Offender(number, f"{person} · {thing}", reverse(screen, args=[person.pk]))
        for number, person, thing in pairs
        if person and thing
    ]
