"""What waits for who leaves passes to an author who stays: the rest of what was submitted stays as it is (ADR 0049)."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

from himdept.common.db.operations import AppendOnly

# As 0013 and 0031 made them, but for the author: of what is open, and in no other act than the one that only does that.
ACTION_STAYS = """
CREATE OR REPLACE FUNCTION staff_action_stays() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    free text[] := ARRAY['state'];
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'A personnel action is withdrawn or rescinded, never deleted.'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'action_is_kept';
    END IF;
    IF OLD.state IN ('submitted', 'agreed') AND OLD.state = NEW.state THEN
        free := free || 'written_by_id'::text;
    END IF;
    IF OLD.state NOT IN ('draft', 'returned') AND to_jsonb(OLD) - free IS DISTINCT FROM to_jsonb(NEW) - free THEN
        RAISE EXCEPTION 'What was submitted is not changed any more.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'action_stays_as_submitted';
    END IF;
    RETURN NEW;
END $$;
"""
CASE_STAYS = """
CREATE OR REPLACE FUNCTION staff_case_stays() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    free text[] := ARRAY['state', 'occurrence', 'suggested', 'given_at', 'reply', 'replied_at', 'answer', 'answered_at',
        'witness_id'];
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'A corrective action is withdrawn or rescinded, never deleted.'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'case_is_kept';
    END IF;
    IF OLD.state IN ('draft', 'returned') THEN
        RETURN NEW;
    END IF;
    IF OLD.state IN ('submitted', 'agreed', 'approved', 'given') AND OLD.state = NEW.state THEN
        free := free || 'written_by_id'::text;
    END IF;
    IF to_jsonb(OLD) - free IS DISTINCT FROM to_jsonb(NEW) - free
        OR (OLD.occurrence, OLD.suggested) IS DISTINCT FROM (NEW.occurrence, NEW.suggested) THEN
        RAISE EXCEPTION 'What was submitted is not changed any more.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'case_stays_as_submitted';
    END IF;
    IF OLD.given_at IS NOT NULL AND OLD.given_at IS DISTINCT FROM NEW.given_at
        OR OLD.reply <> '' AND OLD.reply <> NEW.reply OR OLD.answer <> '' AND OLD.answer <> NEW.answer THEN
        RAISE EXCEPTION 'What came of it is not changed any more.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'case_keeps_what_came_of_it';
    END IF;
    RETURN NEW;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("staff", "0051_lines_as_part_of_a_question"),
    ]

    operations = [
        migrations.AlterField(
            model_name="casestep",
            name="move",
            field=models.CharField(
                choices=[
                    ("submit", "Submitted"),
                    ("approve", "Approved"),
                    ("void", "First approval void: what it saw, or whose it is, has changed"),
                    ("return", "Returned"),
                    ("withdraw", "Withdrawn"),
                    ("give", "Given"),
                    ("reply", "Replied"),
                    ("sign", "Signed"),
                    ("decline", "Declined to sign"),
                    ("follow_up", "Followed up"),
                    ("close", "Closed"),
                    ("ask_rescind", "Asked to be rescinded, which takes two"),
                    ("rescind", "Rescinded"),
                    ("print", "Printed"),
                    ("hand_over", "Handed over to another author"),
                ],
                max_length=12,
            ),
        ),
        migrations.AlterField(
            model_name="personnelstep",
            name="move",
            field=models.CharField(
                choices=[
                    ("submit", "Submitted"),
                    ("approve", "Approved"),
                    ("void", "First approval void: what it saw, or whose it is, has changed"),
                    ("return", "Returned"),
                    ("withdraw", "Withdrawn"),
                    ("correct", "Corrected"),
                    ("ask_rescind", "Asked to be rescinded, which takes two"),
                    ("rescind", "Rescinded"),
                    ("take_effect", "Took effect"),
                    ("record", "Recorded"),
                    ("take_over", "Taken over"),
                    ("hand_over", "Handed over to another author"),
                ],
                max_length=12,
            ),
        ),
        migrations.CreateModel(
            name="HandedOver",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=30)),
                ("row", models.BigIntegerField()),
                ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                (
                    "action",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="handed_over",
                        to="staff.personnelaction",
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "to",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "ordering": ["action", "pk"],
                "default_permissions": (),
                "indexes": [models.Index(fields=["kind", "row"], name="handed_over_row")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind", ""), _negated=True), name="handed_over_names_its_kind"
                    )
                ],
            },
        ),
        AppendOnly("staff_handedover"),
        migrations.RunSQL(ACTION_STAYS),
        migrations.RunSQL(CASE_STAYS),
    ]
