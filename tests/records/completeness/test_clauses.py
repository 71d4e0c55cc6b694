"""The audit engine, held to every test that cites a clause of docs/completeness.md, and these tests to the engine."""

import pytest
from django.db import transaction

from tests.records.completeness.by_engine import Engine, house
from tests.reference import clauses, test_examples
from tests.reference.clauses import Case

ZONES = ("America/New_York", "America/Chicago", "America/Havana")
CITING = clauses.citing()
EXAMPLES = [case for case in clauses.cases(test_examples) if case.test.__name__.startswith("test_example_")]


@pytest.fixture(scope="module")
def facilities(django_db_setup, django_db_blocker):
    """A house in one transaction of the whole module, which is undone at its end."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield house(*ZONES)
        transaction.set_rollback(True)


@pytest.mark.parametrize("case", [*CITING, *EXAMPLES], ids=str)
def test_the_engine_says_what_the_tests_of_the_clauses_want(facilities, case: Case):
    engine = Engine(facilities)
    case.hold(engine)
    assert engine.asked, "The test asks no evaluator anything."
