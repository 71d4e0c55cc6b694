"""Controls that come back, their times, and what the database promises of them."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

STAYS = """
CREATE FUNCTION compliance_control_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.ends_on IS NOT NULL
        OR (OLD.facility_id, OLD.anchor, OLD.every_months) <> (NEW.facility_id, NEW.anchor, NEW.every_months) THEN
        RAISE EXCEPTION 'A control keeps its first time and its rhythm, and ends once.'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'control_keeps_its_rhythm';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER stays BEFORE UPDATE OR DELETE ON compliance_control FOR EACH ROW
    EXECUTE FUNCTION compliance_control_stays();

CREATE FUNCTION compliance_occurrence_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND OLD.state = 'open' AND EXISTS (
        SELECT FROM compliance_control WHERE id = OLD.control_id AND ends_on < OLD.scheduled_on) THEN
        RETURN OLD;
    END IF;
    IF TG_OP = 'DELETE' OR OLD.state <> 'open'
        OR (OLD.control_id, OLD.number, OLD.scheduled_on) <> (NEW.control_id, NEW.number, NEW.scheduled_on) THEN
        RAISE EXCEPTION 'The day for which it is scheduled does not move, and what is done or missed stays so.'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'occurrence_stays_where_it_is_scheduled';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER stays BEFORE UPDATE OR DELETE ON compliance_controloccurrence FOR EACH ROW
    EXECUTE FUNCTION compliance_occurrence_stays();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("compliance", "0009_survey_cycles"),
        ("staff", "0048_checklists"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Control",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title", models.CharField(max_length=160, verbose_name="What is done")),
                ("basis", models.CharField(blank=True, max_length=200, verbose_name="The rule that asks for it")),
                ("anchor", models.DateField(verbose_name="First time")),
                ("every_months", models.PositiveSmallIntegerField(verbose_name="Every so many months")),
                ("ends_on", models.DateField(null=True)),
                ("elements", models.ManyToManyField(related_name="controls", to="compliance.element")),
                (
                    "facility",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="controls", to="staff.facility"
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="controls_owned",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ControlOccurrence",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveSmallIntegerField()),
                ("scheduled_on", models.DateField()),
                ("due_on", models.DateField()),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "open"), ("done", "done"), ("missed", "missed")], default="open", max_length=6
                    ),
                ),
                ("done_on", models.DateField(null=True)),
                (
                    "control",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="occurrences", to="compliance.control"
                    ),
                ),
                (
                    "done_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "evidence",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="occurrence",
                        to="compliance.evidence",
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="control",
            constraint=models.CheckConstraint(
                condition=models.Q(("every_months__gte", 1), ("every_months__lte", 60)),
                name="control_comes_back",
                violation_error_message="Every 1 to 60 months.",
            ),
        ),
        migrations.AddConstraint(
            model_name="control",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ends_on", None)),
                fields=("facility", "title"),
                name="one_control_of_a_title",
                violation_error_message="There is a control of that title here.",
            ),
        ),
        migrations.AddIndex(
            model_name="controloccurrence",
            index=models.Index(condition=models.Q(("state", "open")), fields=["due_on"], name="occurrence_open_by_day"),
        ),
        migrations.AddConstraint(
            model_name="controloccurrence",
            constraint=models.UniqueConstraint(fields=("control", "number"), name="occurrence_once"),
        ),
        migrations.AddConstraint(
            model_name="controloccurrence",
            constraint=models.UniqueConstraint(fields=("control", "scheduled_on"), name="occurrence_of_a_day_once"),
        ),
        migrations.AddConstraint(
            model_name="controloccurrence",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("done_by__isnull", False),
                        ("done_on__isnull", False),
                        ("evidence__isnull", False),
                        ("state", "done"),
                    ),
                    models.Q(
                        ("done_by", None), ("done_on", None), ("evidence", None), ("state__in", ["open", "missed"])
                    ),
                    _connector="OR",
                ),
                name="occurrence_is_done_with_evidence",
                violation_error_message="It is done when there is evidence of it.",
            ),
        ),
        migrations.RunSQL(STAYS),
    ]
