"""Who was there before there were personnel actions was taken over: their timeline is folded from that.

A taking over says the seat, or that there was none; so somebody whose seat is younger than their hire, or was abolished
under them, has more than one. Who left, or will on a day that was said, has a separation besides, which the clock
brings into effect as any other: so their account is closed, and their open work waits to be handed over.
"""

from django.db import migrations

TAKE_OVER = """
WITH spans AS (
    SELECT m.employee_id, m.during AS employed, a.during AS seated, a.position_id, a.fte
    FROM staff_employment m LEFT JOIN staff_assignment a ON a.employee_id = m.employee_id AND a.during <@ m.during
    WHERE NOT EXISTS (SELECT FROM staff_personnelaction p WHERE p.employee_id = m.employee_id)
),
acts (employee_id, kind, effective, position_id, fte, reason) AS (
    SELECT employee_id, 'taken_over', lower(employed), NULL, NULL, '' FROM spans
        WHERE seated IS NULL OR lower(seated) > lower(employed)
    UNION ALL
    SELECT employee_id, 'taken_over', lower(seated), position_id, fte, '' FROM spans WHERE seated IS NOT NULL
    UNION ALL
    SELECT employee_id, 'taken_over', upper(seated), NULL, NULL, '' FROM spans
        WHERE upper(seated) < coalesce(upper(employed), 'infinity')
    UNION ALL
    SELECT employee_id, 'separation', upper(employed), NULL, NULL, 'not_kept' FROM spans WHERE NOT upper_inf(employed)
),
taken AS (
    INSERT INTO staff_personnelaction (employee_id, kind, state, effective, position_id, fte, basis, reason, because,
        backdated)
    SELECT employee_id, kind, CASE WHEN kind = 'separation' OR effective > now() THEN 'approved' ELSE 'recorded' END,
        effective, position_id::bigint, fte, '', reason, 'Was so before.', ''
    FROM acts ORDER BY employee_id, effective
    RETURNING id, state
)
INSERT INTO staff_personnelstep (action_id, move, state, at, because, digest, done)
SELECT id, 'take_over', state, now(), 'Was so before.', '', '[]' FROM taken;
"""
# As access.keep_end says it: who is employed until the end of that, who is not (yet) until now.
END_ACCESS = """
UPDATE staff_user account SET access_ends_at = said.ends
FROM (
    SELECT e.user_id, CASE WHEN m.id IS NULL OR lower(m.during) > now() THEN now() ELSE upper(m.during) END AS ends
    FROM staff_employee e LEFT JOIN staff_employment m ON m.employee_id = e.id
    WHERE NOT EXISTS (SELECT FROM staff_personnelaction p WHERE p.employee_id = e.id)
) said WHERE said.user_id = account.id AND account.access_ends_at IS NULL;
"""


class Migration(migrations.Migration):
    dependencies = [("staff", "0026_taken_over_without_a_seat")]
    operations = [migrations.RunSQL(END_ACCESS), migrations.RunSQL(TAKE_OVER)]
