from datetime import date
from zoneinfo import ZoneInfo

import pytest

from himdept.simulator.hospital import Hospital

UNTIL = date(2025, 11, 12)  # a Wednesday


@pytest.fixture
def hospital():
    """Makes hospitals; what a test does not name is small and in New York."""

    def make(encounters=800, *, seed=5, zone="America/New_York", until=UNTIL):
        return Hospital(encounters=encounters, seed=seed, zone=ZoneInfo(zone), until=until)

    return make


@pytest.fixture(scope="session")
def house():
    """One hospital of 4,000 encounters, for looking at its shape."""
    return Hospital(encounters=4000, seed=1, zone=ZoneInfo("America/New_York"), until=UNTIL)


@pytest.fixture(scope="session")
def stays(house):
    return list(house.stays())


@pytest.fixture(scope="session")
def large_house():
    """One large enough for what is rare."""
    return Hospital(encounters=12_000, seed=2, zone=ZoneInfo("America/New_York"), until=UNTIL)


@pytest.fixture(scope="session")
def wide_house(large_house):
    """Its stays."""
    return list(large_house.stays())
