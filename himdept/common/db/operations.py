"""Migration operations: tables that come together, and promises that the database itself keeps."""

from django.db.migrations.operations import CreateModel
from django.db.migrations.operations.base import Operation


class CreateTogether(Operation):
    """Create several models, and render all models once for all of them.

    Django renders whatever is related to a model anew with each operation: for a new database that was most of the time
    (docs/adr/0054). As they come together they may refer to each other in any order.
    """

    def __init__(self, *creations: CreateModel):
        self.creations = creations

    def describe(self):
        return f"Create {', '.join(creation.name for creation in self.creations)}"

    def state_forwards(self, app_label, state):
        state.__dict__.pop("apps", None)  # made anew, all of them, when the first is asked for
        for creation in self.creations:
            creation.state_forwards(app_label, state)

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        for creation in self.creations:
            creation.database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        for creation in reversed(self.creations):
            creation.database_backwards(app_label, schema_editor, from_state, to_state)


class DatabaseOnly(Operation):
    """An operation that changes the database and no model."""

    reversible = True
    reduces_to_sql = True

    def state_forwards(self, app_label, state):
        pass

    def run(self, schema_editor, statement):
        schema_editor.execute(statement, params=None)  # None: a % in the statement is not a placeholder

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        raise NotImplementedError(f"{self.describe()} is not undone.")


class KeepVersions(DatabaseOnly):
    """Keep what was replaced: each UPDATE or DELETE of `model` writes the old rows to `<table>_version`.

    `known` is the span in which a row was what we knew, from its `known_from` to the replacing transaction. Run it
    again after the table has gained columns: the version table gains them too. The rows are copied by the same
    statement that replaces them, so no writer can forget it.
    """

    reversible = False

    def __init__(self, model: str):
        self.model = model

    def deconstruct(self):
        return self.__class__.__name__, [self.model], {}

    def describe(self):
        return f"Keep replaced rows of {self.model}"

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        model = to_state.apps.get_model(app_label, self.model)
        table = model._meta.db_table
        columns = [(field.column, field.db_type(schema_editor.connection)) for field in model._meta.local_fields]
        self.run(schema_editor, f'CREATE TABLE IF NOT EXISTS "{table}_version" (known tstzrange NOT NULL)')
        for column, kind in columns:
            self.run(schema_editor, f'ALTER TABLE "{table}_version" ADD COLUMN IF NOT EXISTS "{column}" {kind}')
        key = model._meta.pk.column
        names = ", ".join(f'"{column}"' for column, _ in columns)
        self.run(
            schema_editor, f'CREATE INDEX IF NOT EXISTS "{table}_version_key" ON "{table}_version" ("{key}", known)'
        )
        self.run(
            schema_editor,
            f"""
            CREATE OR REPLACE FUNCTION "{table}_keep"() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
                SET search_path = public AS $$
            BEGIN
                INSERT INTO "{table}_version" (known, {names})
                SELECT tstzrange(known_from, now()), {names} FROM replaced WHERE known_from < now();
                RETURN NULL;
            END $$""",
        )
        for event in ("UPDATE", "DELETE"):
            self.run(
                schema_editor,
                f'CREATE OR REPLACE TRIGGER keep_{event.lower()} AFTER {event} ON "{table}" '
                f'REFERENCING OLD TABLE AS replaced FOR EACH STATEMENT EXECUTE FUNCTION "{table}_keep"()',
            )
        self.run(
            schema_editor,
            f"""
            CREATE OR REPLACE FUNCTION "{table}_known"() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                NEW.known_from := now();
                RETURN NEW;
            END $$""",
        )
        self.run(
            schema_editor,
            f'CREATE OR REPLACE TRIGGER known_from BEFORE INSERT OR UPDATE ON "{table}" '
            f'FOR EACH ROW EXECUTE FUNCTION "{table}_known"()',
        )
        self.run(schema_editor, f'REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON "{table}_version" FROM PUBLIC')


class AppendOnly(DatabaseOnly):
    """No row of these tables is ever changed or removed, whoever asks (45 CFR 164.312(b), audit controls)."""

    reversible = False

    def __init__(self, *tables: str):
        self.tables = tables

    def deconstruct(self):
        return self.__class__.__name__, list(self.tables), {}

    def describe(self):
        return f"Forbid rewriting of {', '.join(self.tables)}"

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        self.run(
            schema_editor,
            """
            CREATE OR REPLACE FUNCTION forbid_rewriting() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
            END $$""",
        )
        for table in self.tables:
            self.run(
                schema_editor,
                f'CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON "{table}" '
                "FOR EACH ROW EXECUTE FUNCTION forbid_rewriting()",
            )


class PartitionByMonth(DatabaseOnly):
    """Lay a leaf log out in monthly partitions by `column`; run before the table has rows.

    The table is made anew with the same columns. `make_partitions(table, months)` lays out the months ahead; it runs
    as the owner, because the application's role may not make tables. What falls in no month goes to a default one.
    """

    reversible = False

    def __init__(self, model: str, column: str):
        self.model, self.column = model, column

    def deconstruct(self):
        return self.__class__.__name__, [self.model, self.column], {}

    def describe(self):
        return f"Partition {self.model} by month of {self.column}"

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        table = to_state.apps.get_model(app_label, self.model)._meta.db_table
        self.run(schema_editor, PARTITIONS)
        self.run(schema_editor, f'ALTER TABLE "{table}" RENAME TO "{table}_plain"')
        self.run(
            schema_editor,
            f'CREATE TABLE "{table}" (LIKE "{table}_plain" INCLUDING ALL) PARTITION BY RANGE ("{self.column}")',
        )
        self.run(schema_editor, f'DROP TABLE "{table}_plain"')
        self.run(schema_editor, f'CREATE TABLE "{table}_other" PARTITION OF "{table}" DEFAULT')
        self.run(schema_editor, f"SELECT make_partitions('{table}', 24)")


PARTITIONS = """
CREATE OR REPLACE FUNCTION make_partitions(parent text, months int) RETURNS int LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public AS $$
DECLARE
    month date; part text; made int := 0;
BEGIN
    FOR month IN
        SELECT generate_series(date_trunc('month', now()), now() + make_interval(months => months), '1 month')::date
    LOOP
        part := parent || to_char(month, '"_"YYYYMM');
        IF to_regclass(quote_ident(part)) IS NULL THEN
            EXECUTE format('CREATE TABLE %I PARTITION OF %I FOR VALUES FROM (%L) TO (%L)', part, parent,
                to_char(month, 'YYYY-MM-DD') || ' 00:00+00',
                to_char(month + interval '1 month', 'YYYY-MM-DD') || ' 00:00+00');
            made := made + 1;
        END IF;
    END LOOP;
    RETURN made;
END $$
"""
