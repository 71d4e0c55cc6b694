"""The order of candidates, by the database: what `check` says of one person, said of everybody at once.

A test holds it to `check`. Days are those of the installation's time zone, as there. What schools and years come to
stands in `Served` (docs/adr/0053), and is found out anew of those whose row holds no longer.
"""

from dataclasses import dataclass
from datetime import date

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from staff.employment.models import Employee
from staff.qualifications.check import A_YEAR, SOON, Kind, Terms

RANK = """
WITH who (id) AS ({people}),
kept AS (
    SELECT * FROM staff_served
    WHERE zone = %(zone)s AND from_day <= %(on)s AND (until_day IS NULL OR until_day > %(on)s)
        AND employee_id NOT IN (SELECT employee_id FROM staff_servedchange WHERE employee_id IS NOT NULL)
        AND NOT EXISTS (SELECT FROM staff_servedchange WHERE employee_id IS NULL)
),
found AS MATERIALIZED (SELECT who.id, kept.* FROM who LEFT JOIN kept ON kept.employee_id = who.id),
served AS (
    SELECT employee_id AS id, education, field_days, field_since, field_goes_on, led_days, led_since, led_goes_on
    FROM found WHERE employee_id IS NOT NULL
    UNION ALL
    SELECT anew.employee_id, education, field_days, field_since, field_goes_on, led_days, led_since, led_goes_on
    FROM (SELECT array_agg(id) AS people FROM found WHERE employee_id IS NULL HAVING count(*) > 0) missing
        CROSS JOIN LATERAL served(people, %(zone)s, %(on)s) anew
),
holding AS (
    SELECT c.employee_id, kind.code, c.last_day,
        c.first_day <= %(on)s AND (c.last_day IS NULL OR c.last_day >= %(on)s) AS current,
        CASE seen.found WHEN 'confirmed' THEN true WHEN 'no_answer' THEN NULL ELSE
            CASE WHEN seen.found IS NULL THEN NULL ELSE false END END AS proved
    FROM staff_credential c JOIN staff_certification kind
        ON kind.id = c.certification_id AND (kind.code = ANY(%(codes)s) OR kind.code = ANY(%(preferred)s))
        LEFT JOIN LATERAL (
            SELECT v.found FROM staff_verification v WHERE v.credential_id = c.id AND v.written_at >= c.changed_at
            ORDER BY v.written_at DESC, v.id DESC LIMIT 1
        ) seen ON true
    WHERE c.struck_because = ''
),
held AS (
    SELECT employee_id,
        max(coalesce(last_day, 'infinity')) FILTER (WHERE asked AND current AND proved) AS until,
        bool_or(asked AND current AND proved IS NULL) AS to_verify,
        bool_or(asked AND proved IS NOT false AND last_day < %(on)s) AS to_renew,
        count(DISTINCT code) FILTER (WHERE code = ANY(%(preferred)s) AND current AND proved) AS preferred
    FROM (SELECT *, code = ANY(%(codes)s) AS asked FROM holding) holding GROUP BY employee_id
),
standing AS (
    SELECT id, education < %(education)s AS unschooled,
        cardinality(%(codes)s::text[]) > 0 AND held.until IS NULL AS uncertified,
        cardinality(%(codes)s::text[]) > 0 AND held.until <= %(soon)s AS expires,
        CASE WHEN held.to_verify THEN %(verify)s WHEN held.to_renew THEN %(renew)s ELSE %(earn)s END AS certified_by,
        field_days + coalesce(%(on)s - field_since + 1, 0) AS in_field,
        led_days + coalesce(%(on)s - led_since + 1, 0) AS led,
        CASE WHEN field_goes_on THEN %(wait)s ELSE %(serve)s END AS served_by,
        CASE WHEN led_goes_on THEN %(wait)s ELSE %(serve)s END AS led_by,
        coalesce(held.preferred, 0) AS preferred
    FROM served LEFT JOIN held ON held.employee_id = id
),
ranked AS (
    SELECT id, unschooled::int + uncertified::int + (in_field < %(in_field)s)::int + (led < %(led)s)::int AS missing,
        unschooled::int * %(study)s + uncertified::int * certified_by + (in_field < %(in_field)s)::int * served_by
            + (led < %(led)s)::int * led_by AS ways,
        coalesce(expires, false) AS expires, preferred,
        ((in_field + 1) * 1000 + %(century)s - 1) / %(century)s AS tenths -- of a year, rounded up
    FROM standing
)
SELECT ranked.id, counted.number, counted.met
FROM ranked JOIN staff_employee e ON e.id = ranked.id
    CROSS JOIN (SELECT count(*) AS number, count(*) FILTER (WHERE missing = 0) AS met FROM ranked) counted
ORDER BY missing, ways, expires, preferred DESC, tenths DESC, lower(e.family_name || ', ' || e.given_name), e.id
LIMIT %(most)s
"""


@dataclass(frozen=True)
class Order:
    """The first of them by number, and how many there are in all and who meet all that is asked."""

    first: list[int]
    number: int = 0
    met: int = 0


def order(people: QuerySet[Employee], terms: Terms, on: date, *, most: int) -> Order:
    """These people in the order of `Check.rank`, then by name."""
    try:
        asked, values = people.order_by().values("pk").query.sql_with_params()
    except EmptyResultSet:
        return Order([])
    # One question within the other: thousands of numbers need not come and go. Its values get names, as RANK's have.
    asked = asked.replace("%%", "%%%%") % tuple(f"%(who_{n})s" for n in range(len(values)))
    with connection.cursor() as cursor:
        cursor.execute(
            RANK.format(people=asked),
            {
                "zone": timezone.get_current_timezone_name(),
                "on": on,
                "soon": on + SOON,
                "education": terms.education,
                "codes": sorted(terms.certifications),
                "preferred": sorted(terms.preferred),
                "in_field": int(terms.years_in_field * A_YEAR),
                "led": int(terms.years_supervising * A_YEAR),
                "century": int(100 * A_YEAR),
                "most": most,
            }
            | {kind.name.lower(): int(kind) for kind in Kind}
            | {f"who_{n}": value for n, value in enumerate(values)},
        )
        rows = cursor.fetchall()
    return Order([row[0] for row in rows], *rows[0][1:]) if rows else Order([])
