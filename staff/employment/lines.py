"""The reporting line at any moment: who reports to whom, as the database's own function `reporting_lines` says it.

Somebody reports to whom an act named (a Supervision whose supervisor is seated), else to whoever sits in the head seat
of their unit; where that is vacant, or is they themselves, to the nearest one above.
"""

import re
from collections.abc import Callable, Iterable
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime

from django.db import connection
from django.db.models.expressions import RawSQL
from django.utils import timezone

from himdept.common.db.among import Asked

FEW = 100  # people by whom rows are found one by one

type Numbers = RawSQL | list[int] | Asked  # what `among` takes


@dataclass
class _Page:
    """What a page that only reads has asked so far, and since when it reads."""

    began: datetime
    answers: dict[tuple, object] = field(default_factory=dict)


_page: ContextVar[_Page | None] = ContextVar("page", default=None)
_of_one: ContextVar[bool] = ContextVar("of_one", default=False)


@contextmanager
def asked_once():
    """Within this block each line as of now is looked for once, for whoever asks: nothing in it may move anybody."""
    before = _page.set(_Page(timezone.now()))
    try:
        yield
    finally:
        _page.reset(before)


@contextmanager
def of_one():
    """Within this block it is asked whether one person, or one seat, is below a head: up from them, and not down from
    the head to everybody. What is asked of many takes longer so."""
    before = _of_one.set(True)
    try:
        yield
    finally:
        _of_one.reset(before)


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


def _asked(words: str, **values) -> RawSQL:
    """A question with its values by name, for `pk__among`."""
    names = re.findall(r"%\((\w+)\)s", words)
    return RawSQL(re.sub(r"%\(\w+\)s", "%s", words), [values[name] for name in names])  # noqa: S611 - parameters


def _of_head(what: str, words: str, head: int, at: datetime) -> Numbers:
    """For `pk__among`: the question itself or, on a page, the numbers that were its answer.

    Many of these as one text: as so many Python objects they would be looked at one by one in each query. Few as they
    are: rows are found by them, where of many it is asked of each row whether it is among them.
    """
    if _of_one.get() and what in UPWARDS:
        return Asked(UPWARDS[what], head, at)
    if _reading(at) is None:
        return _asked(words, head=head, at=at)
    numbers = _told(head, at)[what]
    if numbers.count(",") < FEW:
        return [int(number) for number in numbers.strip("{}").split(",") if number]
    return RawSQL("SELECT unnest(%s::bigint[])", [numbers])


def _told(head: int, at: datetime) -> dict[str, str]:
    return once(("line of", head), at, lambda: _line_of(head, at))


def _line_of(head: int, at: datetime) -> dict[str, str]:
    with connection.cursor() as cursor:
        cursor.execute(LINE_OF, {"head": head, "at": at})
        below, gone, under = cursor.fetchone()
    people = ",".join(filter(None, (below, gone)))
    told = {"below": below, "people": people, "known": ",".join(filter(None, (people, str(head)))), "under": under}
    return {what: f"{{{numbers}}}" for what, numbers in told.items()}


# The way down leads from chief to chief (the heads of units and whom an act named), who are few.
UNDER = """
    WITH RECURSIVE chiefs AS MATERIALIZED (
        SELECT * FROM reporting_lines(%(at)s) WHERE employee_id IN (
            SELECT unnest(ARRAY[own, above]) FROM unit_heads(%(at)s)
            UNION SELECT supervisor_id FROM staff_supervision WHERE during @> %(at)s
        )
    ),
    under (employee_id) AS (
        SELECT %(head)s::bigint
        UNION
        SELECT chiefs.employee_id FROM chiefs JOIN under ON chiefs.supervisor_id = under.employee_id
    )
"""
BELOW = """
    SELECT employee_id FROM reporting_lines(%(at)s)
    WHERE supervisor_id IN (SELECT employee_id FROM under) AND employee_id <> %(head)s
"""
# Who sits nowhere, with the seat that they sat in last or will sit in first, under whom its sitter would be.
GONE = """
    SELECT away.employee_id FROM (
        SELECT DISTINCT employee_id FROM staff_assignment a
        WHERE NOT during @> %(at)s AND NOT EXISTS (
            SELECT FROM staff_assignment b WHERE b.employee_id = a.employee_id AND b.during @> %(at)s
        )
    ) away CROSS JOIN LATERAL (
        SELECT position_id FROM staff_assignment a WHERE a.employee_id = away.employee_id
        ORDER BY (lower(during) <= %(at)s) DESC, CASE WHEN lower(during) <= %(at)s THEN lower(during) END DESC,
            lower(during)
        LIMIT 1
    ) last JOIN staff_position seat ON seat.id = last.position_id JOIN unit_heads(%(at)s) heads USING (unit_id)
    WHERE CASE WHEN seat.id = heads.head_seat THEN heads.above ELSE heads.own END IN (SELECT employee_id FROM under)
"""
SEATS = """
    SELECT seat.id FROM staff_position seat JOIN unit_heads(%(at)s) heads USING (unit_id)
    WHERE CASE WHEN seat.id = heads.head_seat THEN heads.above ELSE heads.own END IN
"""
SEATS_BELOW = f"{UNDER} {SEATS} (SELECT employee_id FROM under)"
SEATS_OF_CHIEFS = f"{SEATS} (SELECT unnest(%(under)s::bigint[]))"
PEOPLE_BELOW = f"{UNDER} {BELOW} UNION ALL {GONE}"
# What a page asks for at once, each as the text of its numbers: a list of thousands is one value.
LINE_OF = f"""{UNDER}
    SELECT array_to_string(ARRAY({BELOW}), ','), array_to_string(ARRAY({GONE}), ','),
        array_to_string(ARRAY(SELECT employee_id FROM under), ',')
"""
UPWARDS = {"people": "is_below", "known": "is_known_to"}  # the functions that say the same of one
ABOVE = "SELECT employee_id FROM line_above(%s, %s) ORDER BY step"


def below(employee: int, at: datetime) -> Numbers:
    """The numbers of all who report to an employee, straight or through others; for `pk__among`."""
    return _of_head("below", UNDER + BELOW, employee, at)


def above(employee: int, at: datetime) -> list[int]:
    """The numbers of those whom an employee reports to, the nearest first."""
    return once(("above", employee), at, lambda: _above(employee, at))


def _above(employee: int, at: datetime) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(ABOVE, [employee, at])
        return [number for (number,) in cursor.fetchall()]


def supervisor_of(employee: int, at: datetime) -> int | None:
    return next(iter(above(employee, at)), None)


def supervisors_of(employees: Iterable[int], at: datetime) -> dict[int, int]:
    """To whom each of these employees reports, by number; who reports to nobody is left out."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT employee_id, supervisor_id FROM reporting_lines(%s) "
            "WHERE employee_id = ANY(%s) AND supervisor_id IS NOT NULL",
            [at, list(employees)],
        )
        return dict(cursor.fetchall())


HEAD_OVER_SEAT = """
    SELECT CASE WHEN seat.id = heads.head_seat THEN heads.above ELSE heads.own END
    FROM staff_position seat JOIN unit_heads(%s) heads ON heads.unit_id = seat.unit_id WHERE seat.id = %s
"""


def seats_below(employee: int, at: datetime) -> RawSQL | Asked:
    """The numbers of the seats whose sitters would report to an employee, straight or through others; for `pk__in`, and
    for `pk__among`, which is all that can be asked within `of_one`."""
    if _of_one.get():
        return Asked("seat_is_below", employee, at)
    if _reading(at) is None:
        return _asked(SEATS_BELOW, head=employee, at=at)
    return _asked(SEATS_OF_CHIEFS, under=_told(employee, at)["under"], at=at)


def people_below(employee: int, at: datetime) -> Numbers:
    """As `below`, and those who sit nowhere at that moment and sat last, or will sit first, in a seat below."""
    return _of_head("people", PEOPLE_BELOW, employee, at)


def known_to(employee: int, at: datetime) -> Numbers:
    """The numbers of an employee and of `people_below` them; for `pk__among`."""
    return _of_head("known", PEOPLE_BELOW + " UNION ALL SELECT %(head)s::bigint", employee, at)


def over_seat(position: int, at: datetime) -> list[int]:
    """The numbers of those to whom whoever comes to a seat will report, the nearest first."""
    with connection.cursor() as cursor:
        cursor.execute(HEAD_OVER_SEAT, [at, position])
        head = next((number for (number,) in cursor.fetchall() if number), None)
    return [head, *above(head, at)] if head else []
