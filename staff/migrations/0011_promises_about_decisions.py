"""What the database itself promises about personnel actions (docs/adr/0031) and corrective actions (docs/adr/0036)."""

from django.db import migrations

from himdept.common.db.operations import AppendOnly

from ._replaced import REPLACED

# What was submitted is what is approved; what was approved is what stays. But for the author: of what is open, and in
# no other act than the one that only does that (docs/adr/0049).
ACTION_STAYS = """
CREATE FUNCTION staff_action_stays() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE TRIGGER stays BEFORE UPDATE OR DELETE ON staff_personnelaction FOR EACH ROW
    EXECUTE FUNCTION staff_action_stays();
"""

ACTION_BY_SOMEBODY_ELSE = """
CREATE FUNCTION staff_nobody_decides_on_themselves() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM staff_personnelaction a JOIN staff_employee e ON e.id = a.employee_id
        WHERE a.id = NEW.action_id AND e.user_id = NEW.by_id) THEN
        RAISE EXCEPTION 'Nobody acts on themselves.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'nobody_decides_on_themselves';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER somebody_else BEFORE INSERT ON staff_personnelstep FOR EACH ROW WHEN (NEW.by_id IS NOT NULL)
    EXECUTE FUNCTION staff_nobody_decides_on_themselves();

CREATE FUNCTION staff_action_was_approved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM staff_personnelstep WHERE action_id = NEW.id AND move IN ('approve', 'take_over')) THEN
        RAISE EXCEPTION 'Nobody approved this action.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'action_was_approved';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER was_approved AFTER INSERT OR UPDATE OF state ON staff_personnelaction
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.state IN ('approved', 'effective', 'recorded'))
    EXECUTE FUNCTION staff_action_was_approved();
"""

# What was submitted is what is approved and given, but for the author; what came of it is written once.
CASE_STAYS = """
CREATE FUNCTION staff_case_stays() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE TRIGGER stays BEFORE UPDATE OR DELETE ON staff_casefile FOR EACH ROW EXECUTE FUNCTION staff_case_stays();

CREATE FUNCTION staff_follow_up_stays() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    done text[] := ARRAY['done_at', 'done_by_id', 'found'];
BEGIN
    IF (SELECT state FROM staff_casefile WHERE id = coalesce(NEW.case_id, OLD.case_id)) IN ('draft', 'returned') THEN
        RETURN coalesce(NEW, OLD);
    END IF;
    IF TG_OP <> 'UPDATE' OR OLD.done_at IS NOT NULL OR to_jsonb(OLD) - done IS DISTINCT FROM to_jsonb(NEW) - done THEN
        RAISE EXCEPTION 'What was submitted is not changed any more.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'follow_up_stays_as_submitted';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER stays BEFORE INSERT OR UPDATE OR DELETE ON staff_casefollowup FOR EACH ROW
    EXECUTE FUNCTION staff_follow_up_stays();
"""

CASE_BY_SOMEBODY_ELSE = """
CREATE FUNCTION staff_nobody_decides_on_their_case() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.move IN ('reply', 'sign')) <> EXISTS (SELECT FROM staff_casefile c JOIN staff_employee e
        ON e.id = c.employee_id WHERE c.id = NEW.case_id AND e.user_id = NEW.by_id) AND NEW.move <> 'print' THEN
        RAISE EXCEPTION 'Nobody decides on themselves, and nobody answers for another.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'nobody_decides_on_their_case';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER somebody_else BEFORE INSERT ON staff_casestep FOR EACH ROW WHEN (NEW.by_id IS NOT NULL)
    EXECUTE FUNCTION staff_nobody_decides_on_their_case();

CREATE FUNCTION staff_case_was_approved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM staff_casestep WHERE case_id = NEW.id AND move = 'approve') THEN
        RAISE EXCEPTION 'Nobody approved this case.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'case_was_approved';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER was_approved AFTER INSERT OR UPDATE OF state ON staff_casefile
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.state IN ('approved', 'given', 'closed'))
    EXECUTE FUNCTION staff_case_was_approved();

CREATE FUNCTION staff_separation_names_its_own_case() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM staff_casefile WHERE id = NEW.case_id AND employee_id = NEW.employee_id) THEN
        RAISE EXCEPTION 'That corrective action is about somebody else.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'separation_names_its_own_case';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER names_its_own_case BEFORE INSERT OR UPDATE ON staff_personnelaction FOR EACH ROW
    WHEN (NEW.case_id IS NOT NULL) EXECUTE FUNCTION staff_separation_names_its_own_case();
"""


class Migration(migrations.Migration):
    replaces = REPLACED["0011_promises_about_decisions"]
    dependencies = [("staff", "0010_promises_about_seats_and_lines")]

    operations = [
        migrations.RunSQL(ACTION_STAYS),
        migrations.RunSQL(ACTION_BY_SOMEBODY_ELSE),
        migrations.RunSQL(CASE_STAYS),
        migrations.RunSQL(CASE_BY_SOMEBODY_ELSE),
        AppendOnly("staff_personnelstep", "staff_casestep", "staff_decision", "staff_decisionline", "staff_handedover"),
    ]
