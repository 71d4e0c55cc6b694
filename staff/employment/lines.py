"""The reporting line at any moment: who reports to whom, as the database's own function `reporting_lines` says it.

Somebody reports to whom an act named (a Supervision whose supervisor is seated), else to whoever sits in the head seat
of their unit; where that is vacant, or is they themselves, to the nearest one above.
"""

from collections.abc import Iterable
from datetime import datetime

from django.db import connection
from django.db.models.expressions import RawSQL

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
    return RawSQL(BELOW, [at, employee])  # noqa: S611 - values are parameters


def above(employee: int, at: datetime) -> list[int]:
    """The numbers of those whom an employee reports to, the nearest first."""
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
PEOPLE_BELOW = (
    UNDER
    + """
    SELECT employee_id FROM under WHERE employee_id <> %s
    UNION ALL
    SELECT e.id FROM staff_employee e CROSS JOIN LATERAL (
        SELECT position_id FROM staff_assignment a WHERE a.employee_id = e.id
        ORDER BY (lower(during) <= %s) DESC, CASE WHEN lower(during) <= %s THEN lower(during) END DESC, lower(during)
        LIMIT 1
    ) last WHERE e.id NOT IN (SELECT employee_id FROM line) AND last.position_id IN (SELECT id FROM seats)
"""
)
HEAD_OVER_SEAT = """
    SELECT CASE WHEN seat.id = heads.head_seat THEN heads.above ELSE heads.own END
    FROM staff_position seat JOIN unit_heads(%s) heads ON heads.unit_id = seat.unit_id WHERE seat.id = %s
"""


def seats_below(employee: int, at: datetime) -> RawSQL:
    """The numbers of all seats whose sitters would report to an employee, straight or through others; for `pk__in`."""
    return RawSQL(SEATS_BELOW, [at, employee, at])  # noqa: S611 - values are parameters


def people_below(employee: int, at: datetime) -> RawSQL:
    """As `below`, and those who sit nowhere at that moment and sat last, or will sit first, in a seat below."""
    return RawSQL(PEOPLE_BELOW, [at, employee, at, employee, at, at])  # noqa: S611 - values are parameters


def over_seat(position: int, at: datetime) -> list[int]:
    """The numbers of those to whom whoever comes to a seat will report, the nearest first."""
    with connection.cursor() as cursor:
        cursor.execute(HEAD_OVER_SEAT, [at, position])
        head = next((number for (number,) in cursor.fetchall() if number), None)
    return [head, *above(head, at)] if head else []
