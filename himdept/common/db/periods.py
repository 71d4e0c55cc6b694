"""Time held by the database: spans that do not overlap, and rows that only exist while another does.

A span is `[from, until)`, an open end is infinite. PostgreSQL 18 has the words (`WITHOUT OVERLAPS`, `PERIOD`), Django
has not; so these are migration operations, and the constraints they make are not part of any model's Meta.
"""

from django.db.models import CheckConstraint, Q

from himdept.common.db.operations import DatabaseOnly


def is_some_time(name: str) -> CheckConstraint:
    """A span is not empty: what never was is not written down."""
    return CheckConstraint(name=f"%(class)s_{name}_is_some_time", condition=Q(**{f"{name}__isempty": False}))


class WithoutOverlaps(DatabaseOnly):
    """Of each `key`, the spans of `during` do not overlap: at any moment there is at most one row.

    Looked at when the transaction ends, so that a timeline may be written anew; `at_once` where a PeriodKey leads
    here, which takes nothing less.
    """

    def __init__(self, model: str, key: str, during: str, name: str, *, at_once: bool = False):
        self.model, self.key, self.during, self.name, self.at_once = model, key, during, name, at_once

    def deconstruct(self):
        return self.__class__.__name__, [self.model, self.key, self.during, self.name], {"at_once": self.at_once}

    def describe(self):
        return f"Let the spans of {self.model} not overlap"

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        model = to_state.apps.get_model(app_label, self.model)
        key, during = (model._meta.get_field(field).column for field in (self.key, self.during))
        self.run(
            schema_editor,
            f'ALTER TABLE "{model._meta.db_table}" ADD CONSTRAINT "{self.name}" '
            f'UNIQUE ("{key}", "{during}" WITHOUT OVERLAPS)'
            + ("" if self.at_once else " DEFERRABLE INITIALLY DEFERRED"),
        )


class PeriodKey(DatabaseOnly):
    """A row's whole span is covered by rows of another table: `PeriodKey("assignment", ("employee", "during"), ...)`.

    `to` is the other model with the key and the span that a WithoutOverlaps of it names. Looked at when the transaction
    ends. A row without a key is not held to anything.
    """

    def __init__(self, model: str, columns: tuple[str, str], to: tuple[str, str, str], name: str):
        self.model, self.columns, self.to, self.name = model, columns, to, name

    def deconstruct(self):
        return self.__class__.__name__, [self.model, self.columns, self.to, self.name], {}

    def describe(self):
        return f"Keep each {self.model} within its {self.to[0]}"

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        model, other = (to_state.apps.get_model(app_label, name) for name in (self.model, self.to[0]))
        key, during = (model._meta.get_field(field).column for field in self.columns)
        other_key, other_during = (other._meta.get_field(field).column for field in self.to[1:])
        self.run(
            schema_editor,
            f'ALTER TABLE "{model._meta.db_table}" ADD CONSTRAINT "{self.name}" '
            f'FOREIGN KEY ("{key}", PERIOD "{during}") '
            f'REFERENCES "{other._meta.db_table}" ("{other_key}", PERIOD "{other_during}") '
            "DEFERRABLE INITIALLY DEFERRED",
        )
