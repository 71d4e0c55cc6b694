"""What each person's schools and years come to is written down, for the order of candidates (docs/adr/0053)."""

from django.db import migrations, models

# Where in a row the number of the person stands whose years it changes; a table without it changes everybody's.
MARKS = """
CREATE FUNCTION staff_served_otherwise() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_NARGS = 0 THEN
        INSERT INTO staff_servedchange (employee_id) VALUES (NULL);
        RETURN NULL;
    END IF;
    IF TG_OP <> 'INSERT' THEN
        INSERT INTO staff_servedchange (employee_id) VALUES ((to_jsonb(OLD) ->> TG_ARGV[0])::bigint);
    END IF;
    IF TG_OP <> 'DELETE' THEN
        INSERT INTO staff_servedchange (employee_id) VALUES ((to_jsonb(NEW) ->> TG_ARGV[0])::bigint);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER served_otherwise AFTER INSERT OR UPDATE OR DELETE ON staff_assignment
    FOR EACH ROW EXECUTE FUNCTION staff_served_otherwise('employee_id');
CREATE TRIGGER served_otherwise AFTER INSERT OR UPDATE OR DELETE ON staff_schooling
    FOR EACH ROW EXECUTE FUNCTION staff_served_otherwise('employee_id');
CREATE TRIGGER served_otherwise AFTER INSERT OR UPDATE OR DELETE ON staff_experience
    FOR EACH ROW EXECUTE FUNCTION staff_served_otherwise('employee_id');
CREATE TRIGGER served_otherwise AFTER INSERT OR UPDATE OR DELETE ON staff_supervision
    FOR EACH ROW EXECUTE FUNCTION staff_served_otherwise('supervisor_id');
-- Whoever comes to the head seat meanwhile need not be seen here: of everybody it holds no longer.
CREATE TRIGGER everybody_served_otherwise AFTER INSERT OR UPDATE OR DELETE ON staff_place
    FOR EACH ROW EXECUTE FUNCTION staff_served_otherwise();
"""

# Spells that overlap count once. Of the spell that `day` lies in the first day is told, so that the sum holds for the
# days to come as well, until a spell begins or ends.
SERVED = """
CREATE FUNCTION served(people bigint[], zone text, day date) RETURNS TABLE (employee_id bigint, education smallint,
    field_days int, field_since date, field_goes_on boolean, led_days int, led_since date, led_goes_on boolean,
    until_day date) LANGUAGE sql STABLE AS $$
WITH spells (person, during, in_field, led) AS (
    SELECT employee_id, during, true, false FROM staff_assignment WHERE employee_id = ANY(people)
    UNION ALL
    SELECT sits.employee_id, sits.during * place.during, false, true
    FROM staff_assignment sits
        JOIN staff_place place ON place.head_id = sits.position_id AND place.during && sits.during
    WHERE sits.employee_id = ANY(people)
    UNION ALL
    SELECT supervisor_id, during, false, true FROM staff_supervision WHERE supervisor_id = ANY(people)
),
worked (person, days, in_field, led) AS (
    SELECT person, daterange(least(coalesce(first, '1950-01-01'), last), last, '[]'), in_field, led
    FROM (
        SELECT *, (lower(during) AT TIME ZONE zone)::date AS first,
            ((upper(during) - interval '1 microsecond') AT TIME ZONE zone)::date AS last
        FROM spells
    ) local_days
    UNION ALL
    SELECT employee_id, daterange(first_day, last_day, '[]'), in_field, supervising
    FROM staff_experience WHERE struck_because = '' AND employee_id = ANY(people)
),
gathered AS (
    SELECT person, range_agg(days) FILTER (WHERE in_field) AS in_field, range_agg(days) FILTER (WHERE led) AS led,
        bool_or(goes_on) FILTER (WHERE in_field) AS field_goes_on, bool_or(goes_on) FILTER (WHERE led) AS led_goes_on,
        least(
            min(lower(days)) FILTER (WHERE lower(days) > day), min(upper(days)) FILTER (WHERE upper(days) > day)
        ) AS until_day
    FROM (SELECT *, upper_inf(days) AND lower(days) <= day AS goes_on FROM worked) each_spell GROUP BY person
)
SELECT who.id,
    coalesce(
        (SELECT max(level) FROM staff_schooling WHERE staff_schooling.employee_id = who.id AND struck_because = ''), 0
    )::smallint,
    coalesce(field.over, 0)::int, field.since, coalesce(field_goes_on, false),
    coalesce(lead.over, 0)::int, lead.since, coalesce(led_goes_on, false), gathered.until_day
FROM unnest(people) who (id) LEFT JOIN gathered ON person = who.id
    CROSS JOIN LATERAL (
        SELECT sum(upper(d) - lower(d)) FILTER (WHERE upper(d) <= day) AS over,
            max(lower(d)) FILTER (WHERE d @> day) AS since
        FROM unnest(gathered.in_field) d
    ) field
    CROSS JOIN LATERAL (
        SELECT sum(upper(d) - lower(d)) FILTER (WHERE upper(d) <= day) AS over,
            max(lower(d)) FILTER (WHERE d @> day) AS since
        FROM unnest(gathered.led) d
    ) lead
$$;
"""

# The marks are taken first, as by keep_owed (0014): what left them is seen by all that comes after.
KEEP = """
CREATE FUNCTION keep_served(moment timestamptz, in_zone text) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    everybody boolean; people bigint[]; today date := (moment AT TIME ZONE in_zone)::date;
BEGIN
    IF NOT pg_try_advisory_xact_lock('staff_served'::regclass::integer, 0) THEN
        RETURN 0;
    END IF;
    WITH marks AS (DELETE FROM staff_servedchange RETURNING employee_id)
    SELECT count(*) > count(employee_id), array_agg(DISTINCT employee_id) FILTER (WHERE employee_id IS NOT NULL)
        INTO everybody, people FROM marks;
    people := ARRAY(
        SELECT id FROM staff_employee WHERE everybody OR id = ANY(people) OR id NOT IN (
            SELECT employee_id FROM staff_served
            WHERE zone = in_zone AND from_day <= today AND (until_day IS NULL OR until_day > today)
        )
    );
    DELETE FROM staff_served WHERE employee_id = ANY(people);
    INSERT INTO staff_served (employee_id, education, field_days, field_since, field_goes_on, led_days, led_since,
            led_goes_on, until_day, from_day, zone)
        SELECT served.*, today, in_zone FROM served(people, in_zone, today);
    RETURN cardinality(people);
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("staff", "0015_what_is_known"),
    ]

    operations = [
        migrations.CreateModel(
            name="Served",
            fields=[
                ("employee_id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("education", models.SmallIntegerField()),
                ("field_days", models.IntegerField()),
                ("field_since", models.DateField(null=True)),
                ("field_goes_on", models.BooleanField()),
                ("led_days", models.IntegerField()),
                ("led_since", models.DateField(null=True)),
                ("led_goes_on", models.BooleanField()),
                ("from_day", models.DateField()),
                ("until_day", models.DateField(null=True)),
                ("zone", models.TextField()),
            ],
        ),
        migrations.CreateModel(
            name="ServedChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("employee_id", models.BigIntegerField(null=True)),
            ],
        ),
        migrations.RunSQL(MARKS),
        migrations.RunSQL(SERVED),
        migrations.RunSQL(KEEP),
    ]
