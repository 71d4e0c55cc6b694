"""The audit engine, held to every test that cites a clause of docs/completeness.md, and these tests to the engine."""

import pytest
from django.db import transaction

from tests.records.completeness import altered
from tests.records.completeness.altered import Mutant
from tests.records.completeness.by_engine import Engine, house
from tests.records.completeness.mutants import MUTANTS
from tests.reference import clauses, test_examples
from tests.reference.clauses import Case

ZONES = ("America/New_York", "America/Chicago", "America/Havana")
CITING = clauses.citing()
NARROWEST_FIRST = sorted(CITING, key=lambda case: len(case.clauses))  # the likeliest to notice
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


def test_every_clause_has_a_mutant():
    assert {mutant.clause for mutant in MUTANTS} == set(clauses.written())
    assert len({mutant.name for mutant in MUTANTS}) == len(MUTANTS)


@pytest.mark.parametrize("mutant", MUTANTS, ids=str)
def test_a_test_that_cites_the_clause_kills_the_mutant(facilities, mutant: Mutant):
    engine = Engine(facilities, altered.engine(mutant))
    assert any(fails(case, engine) for case in NARROWEST_FIRST if mutant.clause in case.clauses)


def fails(case: Case, engine: Engine) -> bool:
    try:
        case.hold(engine)
    except AssertionError:
        return True
    return False
