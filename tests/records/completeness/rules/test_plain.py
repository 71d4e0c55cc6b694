"""What is said of a rule in plain language, and that every term of it is said."""

from copy import copy
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange
from hypothesis import given, settings
from hypothesis import strategies as st

from records.completeness.models import Requirement
from records.completeness.rules import fields, plain
from tests.records.completeness.rules import plain_cases

FILE = Path(__file__).with_name("plain.txt")
ORDINARY = plain_cases.rule(trigger="procedure_end", due_after_hours=24, due_after_days=None)
SERIES = plain_cases.rule(trigger="admission", every_days=3)
# Another value of each field, and the field beside it that it needs.
OTHERWISE = {
    "basis": "article 9",
    "tag": "A-0001",
    "severity": "serious",
    "trigger": "procedure_start",
    "due_after_hours": Decimal(48),
    "due_after_days": 3,
    "not_before_hours": Decimal(-24),
    "every_hours": Decimal(4),
    "every_days": 7,
    "at_least": 3,
    "begins_after_days": 1,
    "ends_after_days": 60,
    "only_if_met": "history-and-physical",
    "encounter_classes": ["inpatient"],
    "services": ["surgery"],
    "dispositions": ["home"],
    "dispositions_excepted": ["expired"],
    "stay_at_least_hours": Decimal(48),
    "stay_less_than_hours": Decimal(24),
    "age_from_years": 18,
    "age_below_years": 18,
    "anesthesia_only": True,
    "procedure_codes": ["47562"],
    "exempts": ["history-and-physical"],
    "document_types": ["11504-8"],
    "authentication_required": True,
    "cosignature": "always",
    "sections_required": ["findings"],
    "entry_must_have": ["date"],
    "responsible": "surgeon",
    "counts_toward_delinquency": False,
}
ONLY_IN_BLOCKS = {"at_least", "begins_after_days", "ends_after_days"}
# They stand elsewhere on the page: as its heading, and in its facts.
UNSAID = {"title", "topic"}


def test_the_sentences_are_those_that_were_reviewed():
    assert "".join(plain_cases.told()) == FILE.read_text()


def test_every_trigger_was_reviewed():
    cases = [*plain_cases.CASES.values(), *dict(plain_cases.that_come_along()).values()]
    assert {case.trigger for case in cases} == set(Requirement.Trigger)
    assert {case.cosignature for case in cases} == {*Requirement.Cosignature, ""}


@pytest.mark.parametrize("name", [name for name in fields.EDITED if name not in UNSAID])
def test_every_term_of_a_rule_is_said(name):
    one = SERIES if name in ONLY_IN_BLOCKS else ORDINARY
    other = copy(one)
    setattr(other, name, OTHERWISE[name])
    assert plain.sentences(other, plain_cases.NAMES) != plain.sentences(one, plain_cases.NAMES)
    assert [label for label, _was, _now in fields.difference(one, other, plain_cases.NAMES)] == [fields.label(name)]


def test_every_field_of_a_rule_is_edited_or_named_as_not_edited():
    every = {field.name for field in Requirement._meta.get_fields() if not field.auto_created or field.concrete}
    assert set(fields.EDITED) | set(fields.NOT_EDITED) == every
    assert not set(fields.EDITED) & set(fields.NOT_EDITED)
    assert len(fields.EDITED) == len(set(fields.EDITED))


def test_every_field_that_is_edited_has_a_label_of_its_own():
    assert set(fields.LABELS) == set(fields.EDITED)


@pytest.mark.parametrize(
    ("effective", "words"),
    [
        ((None, None), "on any day"),
        ((date(2026, 3, 1), None), "from 1 Mar 2026 on"),
        ((None, date(2026, 3, 1)), "before 1 Mar 2026"),
        ((date(2026, 3, 1), date(2026, 4, 1)), "up to but not on 1 Apr 2026"),
    ],
)
def test_the_days_on_which_a_rule_is_in_force_are_said(effective, words):
    assert words in plain.in_force(plain_cases.rule(effective=DateRange(*effective)))


@given(
    st.builds(
        plain_cases.rule,
        trigger=st.sampled_from(Requirement.Trigger.values),
        due_after_hours=st.none() | st.decimals(-9999, 9999, places=2),
        due_after_days=st.none() | st.integers(0, 999),
        not_before_hours=st.none() | st.decimals(-9999, 9999, places=2),
        only_if_met=st.text(max_size=9),
        sections_required=st.lists(st.text(max_size=9)),
        document_types=st.lists(st.text(max_size=9), min_size=1),
        authentication_required=st.booleans(),
    )
)
@settings(deadline=None)
def test_whatever_the_rule_there_are_words_for_it(rule):
    assert all(isinstance(sentence, str) and sentence for sentence in plain.sentences(rule, plain_cases.NAMES))
