"""A newcomer who may be let out of the search for circles first waits for whoever changes a line at that moment.

Of two changes that are a circle only together, one may be of somebody to whom nobody reports yet: with the other's row
still unseen they were let out (0041) before they waited for it, and both came to be.
"""

from django.db import migrations

LOCK_FIRST = """
DO $do$
DECLARE
    told text := pg_get_functiondef('staff_line_is_no_circle'::regproc);
    waits constant text := E'    -- Two changes that are a circle only together come one after the other.\\n'
        '    PERFORM pg_advisory_xact_lock(hashtext(''staff lines''));\\n';
    start constant text := E'BEGIN\\n    IF TG_TABLE_NAME <> ''staff_place'' AND TG_OP = ''INSERT'' THEN';
BEGIN
    IF strpos(told, waits) = 0 OR strpos(told, start) = 0 THEN
        RAISE EXCEPTION 'staff_line_is_no_circle does not say what it did.';
    END IF;
    told := replace(told, waits, '');
    EXECUTE replace(told, start, E'BEGIN\\n' || waits || substr(start, 7));
END $do$;
"""


class Migration(migrations.Migration):
    dependencies = [("staff", "0056_seats_looked_at_once")]
    operations = [migrations.RunSQL(LOCK_FIRST, migrations.RunSQL.noop)]
