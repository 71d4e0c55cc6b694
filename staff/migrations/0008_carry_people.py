"""Who was employed and seated by columns of their own is so by spans from now on.

Several who shared a seat share what it is authorised for. A unit stands also while its head seat does not exist.
"""

from django.db import migrations

CARRY = """
INSERT INTO staff_employment (employee_id, during)
SELECT e.id, tstzrange(
    lower(e.employed)::timestamp AT TIME ZONE z.name, upper(e.employed)::timestamp AT TIME ZONE z.name
)
FROM staff_employee e LEFT JOIN staff_position p ON p.id = e.position_id LEFT JOIN staff_unit u ON u.id = p.unit_id
CROSS JOIN LATERAL (
    SELECT f.time_zone_id AS name FROM staff_facility f WHERE f.id = u.facility_id OR u.id IS NULL
    ORDER BY f.id LIMIT 1
) z WHERE NOT isempty(e.employed);

-- Since when somebody is employed was not always said: then since their seat exists or, without one, their account.
UPDATE staff_employment m SET during = tstzrange(least(said.since, upper(m.during) - interval '1 day'), upper(m.during))
FROM (
    SELECT e.id, coalesce(lower(p.valid), account.date_joined, now()) AS since
    FROM staff_employee e LEFT JOIN staff_position p ON p.id = e.position_id
    LEFT JOIN staff_user account ON account.id = e.user_id
) said WHERE said.id = m.employee_id AND lower_inf(m.during);

INSERT INTO staff_assignment (employee_id, position_id, fte, during)
SELECT e.id, p.id, greatest(trunc(p.authorised_fte / sharing.number, 2), 0.01), during.both
FROM staff_employee e JOIN staff_position p ON p.id = e.position_id JOIN staff_employment m ON m.employee_id = e.id
CROSS JOIN LATERAL (SELECT m.during * p.valid AS both) during
CROSS JOIN LATERAL (
    SELECT count(*) AS number FROM staff_employee other JOIN staff_employment theirs ON theirs.employee_id = other.id
    WHERE other.position_id = p.id AND theirs.during && during.both
) sharing WHERE NOT isempty(during.both);

WITH hung AS (
    SELECT u.id, u.parent_id, CASE WHEN p.unit_id = u.id THEN p.id END AS head, p.valid
    FROM staff_unit u LEFT JOIN staff_employee e ON e.id = u.head_id LEFT JOIN staff_position p ON p.id = e.position_id
)
INSERT INTO staff_place (unit_id, under_id, head_id, during)
SELECT id, parent_id, head, valid FROM hung WHERE head IS NOT NULL
UNION ALL SELECT id, parent_id, NULL, tstzrange(NULL, NULL) FROM hung WHERE head IS NULL
UNION ALL SELECT id, parent_id, NULL, tstzrange(NULL, lower(valid)) FROM hung
    WHERE head IS NOT NULL AND NOT lower_inf(valid)
UNION ALL SELECT id, parent_id, NULL, tstzrange(upper(valid), NULL) FROM hung
    WHERE head IS NOT NULL AND NOT upper_inf(valid);
"""


class Migration(migrations.Migration):
    dependencies = [("staff", "0007_seats_and_people")]
    operations = [migrations.RunSQL(CARRY)]
