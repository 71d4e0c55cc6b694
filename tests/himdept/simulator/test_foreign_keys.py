"""The owner checks an empty inventory's foreign keys at the end: nothing gets in by that which would not otherwise."""

import pytest
from django.db import IntegrityError, connection, connections

from himdept.simulator import foreign_keys, loading
from records.models import Document, Encounter, Practitioner
from tests import factories
from tests.himdept.simulator.conftest import UNTIL

pytestmark = pytest.mark.django_db(databases=["default", "owner"], transaction=True)

KEYS = """
SELECT conrelid::regclass::text, conname, conenforced, convalidated, condeferrable, condeferred FROM pg_constraint
WHERE contype = 'f' ORDER BY 1, 2
"""


def keys():
    with connections["owner"].cursor() as cursor:
        cursor.execute(KEYS)
        return cursor.fetchall()


@pytest.fixture
def fill():
    """Loads a hospital through the owner's connection; gives the numbers of keys that were off as each chunk came."""

    def run(facility, then=lambda: None, encounters=200):
        off = []

        def look(done):
            off.append(sum(not is_enforced for _, _, is_enforced, *_ in keys()))
            then()

        loading.fill(loading.Wish(facility, encounters, 5, UNTIL), progress=look, using="owner")
        return off

    return run


def test_they_are_off_while_an_empty_inventory_is_filled_and_then_as_before(fill):
    before = keys()
    assert min(fill(factories.facility())) > 20
    assert keys() == before
    assert Encounter.objects.count() == 200
    document = Document.objects.first()
    with pytest.raises(IntegrityError), connection.cursor() as cursor:
        cursor.execute("UPDATE records_document SET author_id = -1 WHERE id = %s", [document.pk])


def test_a_row_that_names_nobody_lets_nothing_in(fill):
    before = keys()

    def lose_the_clinicians():
        with connections["owner"].cursor() as cursor:
            cursor.execute("DELETE FROM records_practitioner")

    with pytest.raises(IntegrityError, match="is not present in table"):
        fill(factories.facility(), then=lose_the_clinicians)
    assert not Encounter.objects.exists()
    assert not Practitioner.objects.exists()
    assert keys() == before


def test_beside_the_records_of_others_they_stay_on(fill):
    factories.record()
    assert set(fill(factories.facility("TWO"))) == {0}
    assert Encounter.objects.count() == 201


def test_while_somebody_is_at_work_they_stay_on(fill, monkeypatch):
    monkeypatch.setattr(foreign_keys, "PATIENCE", "100ms")
    connection.set_autocommit(False)
    try:
        assert not Document.objects.exists()  # and so its table is ours to read until the end of this transaction
        assert set(fill(factories.facility())) == {0}
    finally:
        connection.rollback()
        connection.set_autocommit(True)
