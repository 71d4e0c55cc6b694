"""What a title says about the limits of its rule, and what the rule says itself."""

import pytest

from records.completeness import requirements
from records.completeness.rules import titles
from records.inventory import catalogue
from records.models import Requirement


@pytest.mark.parametrize(
    ("title", "terms", "doubted"),
    [
        ("Summary within 30 days of discharge", {"due_after_days": 30}, []),
        ("Summary within 30 days of discharge", {"due_after_days": 21}, ["30 days"]),
        ("Summary within 30-day limit", {"due_after_days": 21}, ["30-day"]),
        ("Summary within 4 weeks", {"due_after_days": 28}, []),
        ("Summary within 4 weeks", {"due_after_days": 30}, ["4 weeks"]),
        ("Examination, no more than 30 days old", {"not_before_hours": -720, "due_after_hours": 0}, []),
        ("Examination within 24 hours", {"due_after_hours": 24}, []),
        ("Examination within 24h", {"due_after_hours": 12}, ["24h"]),
        ("Examination within 24 hours", {"due_after_days": 1}, ["24 hours"]),  # a day ends at midnight
        ("Restraint renewed every 4 hours", {"every_hours": 4}, []),
        ("Summary of a stay of 48 hours within 30 days", {"stay_at_least_hours": 48, "due_after_days": 30}, []),
        ("Within 48 hours, at the latest in 7 days", {"due_after_days": 3}, ["48 hours", "7 days"]),
        ("30 days, no more than 30 days", {"due_after_days": 3}, ["30 days"]),  # told once
        ("A child from 9 to 17 years", {}, []),
        ("Order 482.24 days are not meant", {}, []),
        ("Every entry signed", {}, []),
    ],
)
def test_a_span_in_the_title_that_the_rule_does_not_say_is_doubted(title, terms, doubted):
    told = list(titles.doubts(Requirement(title=title, begins_after_days=0, **terms)))
    assert told == [f"The title says “{span}”; the rule does not." for span in doubted]


@pytest.mark.django_db
def test_the_titles_of_the_shipped_rules_say_what_the_rules_say():
    catalogue.load()
    requirements.load_profiles()
    rules = list(Requirement.objects.all())
    assert len(rules) > 30
    assert {rule.code: list(titles.doubts(rule)) for rule in rules if list(titles.doubts(rule))} == {}
