"""Who was employed and seated by columns of their own is so by spans from now on."""

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

INSERT INTO staff_assignment (employee_id, position_id, fte, during)
SELECT e.id, p.id, p.authorised_fte, during.both
FROM staff_employee e JOIN staff_position p ON p.id = e.position_id JOIN staff_employment m ON m.employee_id = e.id
CROSS JOIN LATERAL (SELECT m.during * p.valid AS both) during WHERE NOT isempty(during.both);

INSERT INTO staff_place (unit_id, under_id, head_id, during)
SELECT u.id, u.parent_id, CASE WHEN p.unit_id = u.id THEN p.id END, coalesce(p.valid, tstzrange(NULL, NULL))
FROM staff_unit u LEFT JOIN staff_employee e ON e.id = u.head_id LEFT JOIN staff_position p ON p.id = e.position_id;
"""


class Migration(migrations.Migration):
    dependencies = [("staff", "0007_seats_and_people")]
    operations = [migrations.RunSQL(CARRY)]
