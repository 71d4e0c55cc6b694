"""Who sat in a seat before there were personnel actions was taken over: their timeline is folded from that."""

from django.db import migrations

TAKE_OVER = """
WITH taken AS (
    INSERT INTO staff_personnelaction (employee_id, kind, state, effective, position_id, fte, basis, reason, because,
        backdated)
    SELECT employee_id, 'taken_over', 'recorded', lower(during), position_id, fte, '', '', 'Was there before.', ''
    FROM staff_assignment WHERE lower(during) IS NOT NULL
    RETURNING id
)
INSERT INTO staff_personnelstep (action_id, move, state, at, because, digest, done)
SELECT id, 'take_over', 'recorded', now(), 'Was there before.', '', '[]' FROM taken
"""


class Migration(migrations.Migration):
    dependencies = [("staff", "0011_personnel_actions")]
    operations = [migrations.RunSQL(TAKE_OVER)]
