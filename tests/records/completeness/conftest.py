import os
from contextlib import contextmanager
from datetime import date

import psycopg
import pytest

from himdept.simulator import loading
from records.completeness import requirements
from records.inventory import catalogue
from records.models import Document, Record
from staff.models import Facility
from staff.people.facilities import open_facility
from tests.brokers import no_worker  # noqa: F401
from tests.workers import kept_worker, worker  # noqa: F401

UNTIL = date(2025, 11, 12)


@pytest.fixture
def twins():
    """Makes facilities of equal charts, under the federal rules: what is done to one can be compared with another."""

    def make(*codes: str, encounters: int = 120) -> list[Facility]:
        return [hospital(code, encounters=encounters) for code in codes]

    return make


def hospital(
    code: str, *, encounters: int = 120, until: date = UNTIL, time_zone: str = "America/New_York", **fields
) -> Facility:
    """A facility of charts that depend on nothing but what is asked for, under the federal rules."""
    catalogue.load()
    facility = open_facility(code, name=code, time_zone=time_zone, **fields)
    loading.fill(loading.Wish(facility, encounters, 5, until))
    neglect(facility)
    requirements.load_profiles()
    return Facility.objects.get(pk=facility.pk)


def neglect(facility: Facility):
    """Every fifth document was never signed: the simulated hospital is too good for a night to have much to do."""
    documents = Document.objects.filter(record__facility=facility).order_by("pk").values_list("pk", flat=True)
    Document.objects.filter(pk__in=documents[::5]).update(signed=False, signed_first=None, signed_last=None)


@contextmanager
def poison(record: Record):
    """Make it impossible to write one record's flags."""
    with psycopg.connect(os.environ["DATABASE_OWNER_URL"], autocommit=True) as owner:
        owner.execute(
            f"ALTER TABLE records_record ADD CONSTRAINT poison CHECK (encounter_id <> {record.pk} OR "
            "requirements_due = 0) NOT VALID"
        )
        try:
            yield
        finally:
            owner.execute("ALTER TABLE records_record DROP CONSTRAINT poison")
