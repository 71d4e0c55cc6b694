"""What publishing refuses: rules that nobody could be held to, each with the field that is wrong."""

import pytest

from himdept.common.errors import DomainError
from records.completeness import requirements
from records.completeness.models import Requirement
from tests import factories as make

pytestmark = pytest.mark.django_db

SOUND = {
    "code": "RULE",
    "topic": "topic",
    "title": "A rule",
    "basis": "bylaws",
    "trigger": "admission",
    "document_types": ["18842-5"],
    "due_after_hours": 24,
}
DAILY = {"due_after_hours": None, "every_days": 1}
ENTRY = {"trigger": "document", "authentication_required": True}


@pytest.fixture
def profile(db):
    make.document_type()
    return make.requirement(code="OTHER", topic="other").profile


def test_a_sound_series_is_published(profile):
    weekly = {"due_after_hours": None, "every_days": 7, "at_least": 3, "begins_after_days": 1, "ends_after_days": 60}
    assert requirements.publish(profile, **SOUND | weekly).recurs
    renewed = {"code": "R2", "trigger": "restraint_start", "due_after_hours": None, "every_hours": 4}
    assert requirements.publish(profile, **SOUND | renewed).recurs


def test_a_sound_rule_is_published(profile):
    exception = {"exempts": ["other"], "age_from_years": 9, "age_below_years": 18, "stay_at_least_hours": 24}
    assert requirements.publish(profile, **SOUND | exception | {"stay_less_than_hours": 48}).version == 1


@pytest.mark.parametrize(
    ("terms", "field", "sentence"),
    [
        ({"document_types": ["18842-5", "x"]}, "document_types", "The catalogue has no document type 'x'."),
        (ENTRY | {"entry_must_have": ["hour"]}, "entry_must_have", "An entry cannot be asked for 'hour'."),
        ({"entry_must_have": ["date"]}, "entry_must_have", "Only a rule on entries asks what an entry carries."),
        ({"only_if_met": "x"}, "only_if_met", "No other rule has the topic 'x'."),
        ({"only_if_met": "topic"}, "only_if_met", "No other rule has the topic 'topic'."),
        ({"exempts": ["other", "x"]}, "exempts", "No other rule has the topic 'x'."),
        ({"exempts": ["topic"]}, "exempts", "No other rule has the topic 'topic'."),
        ({"not_before_hours": 25}, "not_before_hours", "The window ends before it begins."),
        (
            {"not_before_hours": 51, "due_after_hours": None, "due_after_days": 1},
            "not_before_hours",
            "The window ends before it begins.",
        ),
        (
            {"stay_at_least_hours": 48, "stay_less_than_hours": 48},
            "stay_less_than_hours",
            "No stay is at least as long and shorter.",
        ),
        ({"age_from_years": 9, "age_below_years": 9}, "age_below_years", "Nobody is at least as old and younger."),
        ({"due_after_hours": None, "every_hours": 0}, "every_hours", "A series goes on by more than no time."),
        ({"due_after_hours": None, "every_days": 0}, "every_days", "A block has a day at least."),
        (DAILY | {"at_least": 0}, "at_least", "A block asks for one document at least."),
        (
            DAILY | {"begins_after_days": 60, "ends_after_days": 60},
            "ends_after_days",
            "The series ends before it begins.",
        ),
        (
            DAILY | {"trigger": "discharge"},
            "trigger",
            "A series begins with an admission, a birth, a procedure or a restraint.",
        ),
        ({"begins_after_days": 1}, "begins_after_days", "Only for a series by days."),
        (
            DAILY | {"sections_required": ["plan"]},
            "sections_required",
            "Not for a series, which asks only that documents are written.",
        ),
        (
            DAILY | {"authentication_required": True},
            "authentication_required",
            "Not for a series: a rule on each document asks for its signature.",
        ),
        ({"dispositions": ["flown"]}, "dispositions", "Nobody leaves by 'flown'."),
        (
            {"dispositions": ["home"], "dispositions_excepted": ["home", "ama"]},
            "dispositions_excepted",
            "All that it is meant for are excepted.",
        ),
        (
            {"trigger": "birth", "encounter_classes": ["inpatient"]},
            "encounter_classes",
            "Only a newborn's own encounter begins with a birth.",
        ),
        ({"procedure_codes": ["27447"]}, "procedure_codes", "Only a rule on procedures can name some of them."),
    ],
)
def test_what_can_never_be_met_is_refused_with_its_field(profile, terms, field, sentence):
    with pytest.raises(DomainError) as refused:
        requirements.publish(profile, **SOUND | terms)
    assert (refused.value.field, refused.value.message) == (field, f"RULE: {sentence}")
    assert not Requirement.objects.filter(code="RULE").exists()


@pytest.mark.parametrize(
    ("terms", "sentence"),
    [
        (
            {"due_after_hours": None},
            "or every so many hours or days: exactly one of them.",
        ),
        (
            {"due_after_days": 1},
            "or every so many hours or days: exactly one of them.",
        ),
        (ENTRY | {"only_if_met": "other"}, "A rule on each entry has no window before it and no precondition"),
        (ENTRY | {"exempts": ["other"]}, "and is no exception."),
        ({"exempts": ["other"], "only_if_met": "other"}, "An exception holds wherever it applies"),
    ],
)
def test_what_the_database_forbids_is_refused_in_words(profile, terms, sentence):
    with pytest.raises(DomainError) as refused:
        requirements.publish(profile, **SOUND | terms)
    assert sentence in refused.value.message
