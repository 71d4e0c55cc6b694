from datetime import timedelta

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange

from records.completeness import silence
from records.inventory.models import Encounter, Episode
from tests.records.completeness.timeline.hand_made import ADMITTED, DAY, DISCHARGED, HOUR, record, requirement

NOW = DISCHARGED + 10 * DAY


def because(*, of=None, as_of=NOW, episodes=(), **rule) -> str:
    rule = {"effective": DateRange(None, None)} | rule
    return silence.because(requirement(**rule), of or record(), list(episodes), as_of)


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ({"encounter_classes": ["psychiatric", "newborn"]}, "It is for psychiatric inpatient or newborn."),
        ({"services": ["orthopedics"]}, "It is for other services."),
        ({"dispositions": ["expired"]}, "It is for those who left otherwise: died."),
        ({"dispositions_excepted": ["home"]}, "It is not for those who left so: home."),
        ({"stay_at_least_hours": 120}, "It is for stays of at least 120 hours."),
        ({"stay_less_than_hours": 48}, "It is for stays of less than 48 hours."),
        ({"age_below_years": 9}, "It is for patients younger than 9."),
        ({"age_from_years": 9, "age_below_years": 18}, "It is for patients of 9 to 17."),
        ({"age_from_years": 18}, "It is for patients of 18 or older."),
        ({"trigger": "procedure_start", "procedure_codes": ["66984"]}, "No procedure that it names is recorded."),
        ({"trigger": "birth"}, "No birth is recorded here."),
        ({"trigger": "restraint_start"}, "No restraint is known to have begun."),
        ({"trigger": "procedure_end", "anesthesia_only": True}, "No surgery with anesthesia is recorded."),
        ({"trigger": "order"}, "There is no verbal order of its kind."),
        ({"only_if_met": "history-and-physical"}, "It is asked only where the history and physical is from before."),
        ({"effective": DateRange(None, ADMITTED.date())}, "It is not in force."),
    ],
)
def test_the_first_reason_is_told(rule, words):
    assert because(of=record(disposition=Encounter.Disposition.HOME), **rule) == words


def test_an_exception_is_named():
    rule = requirement(effective=DateRange(None, None), topic="history-and-physical")
    exception = requirement(title="Assessment before eye surgery")
    words = silence.because(rule, record(), [], NOW, {"history-and-physical": exception})
    assert words == "An exception takes its place: Assessment before eye surgery."


def test_the_length_of_a_stay_that_lasts_is_not_known():
    assert because(of=record(end=None), stay_at_least_hours=1) == "The patient is not discharged."


def test_of_a_stay_that_lasts_the_discharge_is_still_to_come():
    assert because(of=record(end=None), trigger="discharge") == "The patient is not discharged."
    assert because(as_of=DISCHARGED - HOUR, trigger="discharge") == "The patient is not discharged."


def test_of_a_stay_that_has_not_begun_nothing_is_asked():
    assert because(as_of=ADMITTED - HOUR) == "The stay had not begun."
    cancelled = record(status=Encounter.Status.CANCELLED)
    assert because(of=cancelled) == "Nothing is asked of a stay that did not take place here."


def test_a_procedure_without_anesthesia_is_no_surgery():
    at = ADMITTED + timedelta(hours=3)
    bedside = Episode(kind="procedure", start_first=at, start_last=at, anesthesia=False)
    assert because(episodes=[bedside], trigger="procedure_start", anesthesia_only=True).startswith("No surgery")
    assert not because(episodes=[bedside], trigger="procedure_start").startswith("No procedure")
