from datetime import date

import pytest

from himdept.simulator import loading
from records.completeness import requirements
from records.inventory import catalogue
from records.models import Document
from staff.models import Facility
from staff.people.facilities import open_facility
from tests.workers import kept_worker, no_worker, worker  # noqa: F401

UNTIL = date(2025, 11, 12)


@pytest.fixture
def twins():
    """Makes facilities of equal charts, under the federal rules: what is done to one can be compared with another."""

    def make(*codes: str, encounters: int = 120) -> list[Facility]:
        catalogue.load()
        made = [open_facility(code, name=code, time_zone="America/New_York") for code in codes]
        for facility in made:
            loading.fill(loading.Wish(facility, encounters, 5, UNTIL))
            neglect(facility)
        requirements.load_profiles()
        return made

    return make


def neglect(facility: Facility):
    """Every fifth document was never signed: the simulated hospital is too good for a night to have much to do."""
    documents = Document.objects.filter(record__facility=facility).order_by("pk").values_list("pk", flat=True)
    Document.objects.filter(pk__in=documents[::5]).update(signed=False, signed_first=None, signed_last=None)
