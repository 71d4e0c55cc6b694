"""The order of candidates, by the database: what `check` says of one person, said of everybody at once.

A test holds it to `check`. Days are those of the installation's time zone, as there.
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
WITH who (id) AS MATERIALIZED ({people}),
-- What people did is gathered of everybody: a choice of most of them would only be joined once more.
spells (employee_id, during, in_field, led) AS (
    SELECT employee_id, during, true, false FROM staff_assignment
    UNION ALL
    SELECT seated.employee_id, seated.during * p.during, false, true
    FROM staff_place p JOIN staff_assignment seated ON p.head_id = seated.position_id AND p.during && seated.during
    UNION ALL
    SELECT supervisor_id, during, false, true FROM staff_supervision
),
worked (employee_id, first, last, in_field, led) AS (
    SELECT employee_id, coalesce((lower(during) AT TIME ZONE %(zone)s)::date, '1950-01-01'),
        ((upper(during) - interval '1 microsecond') AT TIME ZONE %(zone)s)::date, in_field, led FROM spells
    UNION ALL
    SELECT employee_id, first_day, last_day, in_field, supervising FROM staff_experience WHERE struck_because = ''
),
served AS (
    SELECT employee_id, sum(days) FILTER (WHERE in_field) AS in_field, sum(days) FILTER (WHERE led) AS led,
        count(*) FILTER (WHERE in_field) > 1 OR count(*) FILTER (WHERE led) > 1 AS in_spells,
        coalesce(bool_or(goes_on) FILTER (WHERE in_field), false) AS field_goes_on,
        coalesce(bool_or(goes_on) FILTER (WHERE led), false) AS led_goes_on
    FROM (
        SELECT *, greatest(least(last, %(on)s) - first + 1, 0) AS days, last IS NULL AND first <= %(on)s AS goes_on
        FROM worked
    ) each_spell GROUP BY employee_id
),
-- Spells that overlap count once. Most people have a single one, whose days are all.
once AS (
    SELECT employee_id,
        (SELECT sum(upper(d) - lower(d)) FROM unnest(range_agg(days) FILTER (WHERE in_field)) d) AS in_field,
        (SELECT sum(upper(d) - lower(d)) FROM unnest(range_agg(days) FILTER (WHERE led)) d) AS led
    FROM (
        SELECT *, daterange(first, least(last, %(on)s), '[]') AS days FROM worked
        WHERE first <= %(on)s AND employee_id IN (SELECT employee_id FROM served WHERE in_spells)
    ) each_spell GROUP BY employee_id
),
holding AS (
    SELECT c.employee_id, kind.code, c.last_day,
        c.first_day <= %(on)s AND (c.last_day IS NULL OR c.last_day >= %(on)s) AS current,
        CASE seen.found WHEN 'confirmed' THEN true WHEN 'no_answer' THEN NULL ELSE
            CASE WHEN seen.found IS NULL THEN NULL ELSE false END END AS proved
    FROM staff_credential c JOIN who ON who.id = c.employee_id JOIN staff_certification kind
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
school AS (
    SELECT employee_id, max(level) AS level FROM staff_schooling WHERE struck_because = '' GROUP BY employee_id
),
standing AS (
    SELECT who.id,
        coalesce(school.level, 0) < %(education)s AS unschooled,
        cardinality(%(codes)s::text[]) > 0 AND held.until IS NULL AS uncertified,
        cardinality(%(codes)s::text[]) > 0 AND held.until <= %(soon)s AS expires,
        CASE WHEN held.to_verify THEN %(verify)s WHEN held.to_renew THEN %(renew)s ELSE %(earn)s END AS certified_by,
        coalesce(once.in_field, served.in_field, 0) AS in_field,
        coalesce(once.in_field, served.in_field, 0) < %(in_field)s AS too_new,
        coalesce(once.led, served.led, 0) < %(led)s AS has_not_led,
        CASE WHEN served.field_goes_on THEN %(wait)s ELSE %(serve)s END AS served_by,
        CASE WHEN served.led_goes_on THEN %(wait)s ELSE %(serve)s END AS led_by,
        coalesce(held.preferred, 0) AS preferred
    FROM who LEFT JOIN school ON school.employee_id = who.id LEFT JOIN held ON held.employee_id = who.id
        LEFT JOIN served ON served.employee_id = who.id LEFT JOIN once ON once.employee_id = who.id
),
ranked AS (
    SELECT id, unschooled::int + uncertified::int + too_new::int + has_not_led::int AS missing,
        unschooled::int * %(study)s + uncertified::int * certified_by + too_new::int * served_by
            + has_not_led::int * led_by AS ways,
        coalesce(expires, false) AS expires, preferred, ceil((in_field + 1) * 10 / %(a_year)s) AS tenths
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
                "a_year": A_YEAR,
                "most": most,
            }
            | {kind.name.lower(): int(kind) for kind in Kind}
            | {f"who_{n}": value for n, value in enumerate(values)},
        )
        rows = cursor.fetchall()
    return Order([row[0] for row in rows], *rows[0][1:]) if rows else Order([])
