"""The reporting line at any moment: who reports to whom, as the database's own function `reporting_lines` says it.

Somebody reports to whom an act named (a Supervision whose supervisor is seated), else to whoever sits in the head seat
of their unit; where that is vacant, or is they themselves, to the nearest one above.
"""

from collections.abc import Callable, Iterable
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime

from django.db import connection
from django.db.models.expressions import RawSQL
from django.utils import timezone


@dataclass
class _Page:
    """What a page that only reads has asked so far, and since when it reads."""

    began: datetime
    answers: dict[tuple, object] = field(default_factory=dict)


_page: ContextVar[_Page | None] = ContextVar("page", default=None)


@contextmanager
def asked_once():
    """Within this block each line as of now is looked for once, for whoever asks: nothing in it may move anybody."""
    before = _page.set(_Page(timezone.now()))
    try:
        yield
    finally:
        _page.reset(before)


def once_a_page(get_response):
    """Middleware: a request that only reads asks for each line once, whatever its page is made of."""

    def answer(request):
        with asked_once() if request.method in ("GET", "HEAD") else nullcontext():
            return get_response(request)

    return answer


def _reading(at: datetime) -> _Page | None:
    """The page that is being read, for a question about now."""
    page = _page.get()
    return page if page and page.began <= at <= timezone.now() else None


def once[Answer](question: tuple, at: datetime, find: Callable[[], Answer]) -> Answer:
    """What `find` finds; on a page, a question about now is answered as it was the first time."""
    page = _reading(at)
    if page is None:
        return find()
    if question not in page.answers:
        page.answers[question] = find()
    return page.answers[question]


def _of_head(what: str, words: str, parameters: list, employee: int, at: datetime) -> RawSQL:
    """For `pk__in`: the question itself or, on a page, the numbers that were its answer.

    These as one text: thousands of numbers as so many Python objects would be looked at one by one in each query.
    """
    if _reading(at) is None:
        return RawSQL(words, parameters)  # noqa: S611 - values are parameters
    told = once(("below", employee), at, lambda: _all_below(employee, at))
    return RawSQL("SELECT unnest(%s::bigint[])", [told[what]])


def _all_below(employee: int, at: datetime) -> dict[str, str]:
    with connection.cursor() as cursor:
        cursor.execute(ALL_BELOW, [at, employee, at, employee, at, at, employee])
        return {"people": "{}", "seats": "{}", "below": "{}"} | dict(cursor.fetchall())


BELOW = """
    WITH RECURSIVE line AS MATERIALIZED (SELECT * FROM reporting_lines(%s)),
    below (employee_id) AS (
        SELECT employee_id FROM line WHERE supervisor_id = %s
        UNION
        SELECT line.employee_id FROM line JOIN below ON line.supervisor_id = below.employee_id
    )
    SELECT employee_id FROM below
"""
ABOVE = "SELECT employee_id FROM line_above(%s, %s) ORDER BY step"


def below(employee: int, at: datetime) -> RawSQL:
    """The numbers of all who report to an employee, straight or through others; for `pk__in`."""
    return _of_head("below", BELOW, [at, employee], employee, at)


def above(employee: int, at: datetime) -> list[int]:
    """The numbers of those whom an employee reports to, the nearest first."""
    return once(("above", employee), at, lambda: _above(employee, at))


def _above(employee: int, at: datetime) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(ABOVE, [employee, at])
        return [number for (number,) in cursor.fetchall()]


def supervisor_of(employee: int, at: datetime) -> int | None:
    return next(iter(above(employee, at)), None)


UNDER = """
    WITH RECURSIVE line AS MATERIALIZED (SELECT * FROM reporting_lines(%s)),
    under (employee_id) AS (
        SELECT %s::bigint
        UNION
        SELECT line.employee_id FROM line JOIN under ON line.supervisor_id = under.employee_id
    ),
    seats (id) AS MATERIALIZED (
        SELECT seat.id FROM staff_position seat JOIN unit_heads(%s) heads ON heads.unit_id = seat.unit_id
        WHERE CASE WHEN seat.id = heads.head_seat THEN heads.above ELSE heads.own END IN (SELECT employee_id FROM under)
    )
"""


def supervisors_of(employees: Iterable[int], at: datetime) -> dict[int, int]:
    """To whom each of these employees reports, by number; who reports to nobody is left out."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT employee_id, supervisor_id FROM reporting_lines(%s) "
            "WHERE employee_id = ANY(%s) AND supervisor_id IS NOT NULL",
            [at, list(employees)],
        )
        return dict(cursor.fetchall())


SEATS_BELOW = UNDER + "SELECT id FROM seats"
BELOW_AND_GONE = """
    SELECT employee_id FROM under WHERE employee_id <> %s
    UNION ALL
    SELECT e.id FROM staff_employee e CROSS JOIN LATERAL (
        SELECT position_id FROM staff_assignment a WHERE a.employee_id = e.id
        ORDER BY (lower(during) <= %s) DESC, CASE WHEN lower(during) <= %s THEN lower(during) END DESC, lower(during)
        LIMIT 1
    ) last WHERE e.id NOT IN (SELECT employee_id FROM line) AND last.position_id IN (SELECT id FROM seats)
"""
PEOPLE_BELOW = UNDER + BELOW_AND_GONE
# All three at once, each as the text of an array: most pages ask for two of them.
ALL_BELOW = f"""{UNDER}, people (id) AS MATERIALIZED ({BELOW_AND_GONE})
    SELECT 'people', array_agg(id)::text FROM people HAVING count(*) > 0
    UNION ALL SELECT 'seats', array_agg(id)::text FROM seats HAVING count(*) > 0
    UNION ALL SELECT 'below', array_agg(employee_id)::text FROM under WHERE employee_id <> %s HAVING count(*) > 0
"""
HEAD_OVER_SEAT = """
    SELECT CASE WHEN seat.id = heads.head_seat THEN heads.above ELSE heads.own END
    FROM staff_position seat JOIN unit_heads(%s) heads ON heads.unit_id = seat.unit_id WHERE seat.id = %s
"""


def seats_below(employee: int, at: datetime) -> RawSQL:
    """The numbers of all seats whose sitters would report to an employee, straight or through others; for `pk__in`."""
    return _of_head("seats", SEATS_BELOW, [at, employee, at], employee, at)


def people_below(employee: int, at: datetime) -> RawSQL:
    """As `below`, and those who sit nowhere at that moment and sat last, or will sit first, in a seat below."""
    return _of_head("people", PEOPLE_BELOW, [at, employee, at, employee, at, at], employee, at)


def over_seat(position: int, at: datetime) -> list[int]:
    """The numbers of those to whom whoever comes to a seat will report, the nearest first."""
    with connection.cursor() as cursor:
        cursor.execute(HEAD_OVER_SEAT, [at, position])
        head = next((number for (number,) in cursor.fetchall() if number), None)
    return [head, *above(head, at)] if head else []
