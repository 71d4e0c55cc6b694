"""The reporting line at any moment: who reports to whom, as the database's own function `reporting_lines` says it.

Somebody reports to whom an act named (a Supervision whose supervisor is seated), else to whoever sits in the head seat
of their unit; where that is vacant, or is they themselves, to the nearest one above.
"""

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
ABOVE = """
    WITH RECURSIVE line AS MATERIALIZED (SELECT * FROM reporting_lines(%s)),
    above (employee_id, step) AS (
        SELECT supervisor_id, 1 FROM line WHERE employee_id = %s AND supervisor_id IS NOT NULL
        UNION ALL
        SELECT line.supervisor_id, step + 1 FROM line JOIN above ON line.employee_id = above.employee_id
        WHERE line.supervisor_id IS NOT NULL AND step < 100
    )
    SELECT employee_id FROM above ORDER BY step
"""


def below(employee: int, at: datetime) -> RawSQL:
    """The numbers of all who report to an employee, straight or through others; for `pk__in`."""
    return RawSQL(BELOW, [at, employee])  # noqa: S611 - values are parameters


def above(employee: int, at: datetime) -> list[int]:
    """The numbers of those whom an employee reports to, the nearest first."""
    with connection.cursor() as cursor:
        cursor.execute(ABOVE, [at, employee])
        return [number for (number,) in cursor.fetchall()]


def supervisor_of(employee: int, at: datetime) -> int | None:
    return next(iter(above(employee, at)), None)
