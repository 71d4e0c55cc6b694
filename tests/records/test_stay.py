from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from records import stay
from records.inventory.models import Encounter, Service

ZONE = ZoneInfo("America/New_York")
START = datetime(2026, 10, 8, 18, 10, tzinfo=UTC)


def encounter(length: timedelta | None, **fields) -> Encounter:
    end = START + length if length is not None else None
    return Encounter(
        start_first=START,
        end_first=end,
        **{"encounter_class": Encounter.Class.INPATIENT, "status": Encounter.Status.FINISHED} | fields,
    )


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (0, "8 October 2026"),
        (4, "8 to 12 October 2026"),
        (30, "8 October to 7 November 2026"),
        (90, "8 October 2026 to 6 January 2027"),
        (None, "since 8 October 2026"),
    ],
)
def test_the_days_of_a_stay_say_what_they_share_only_once(days, words):
    length = timedelta(days=days) if days is not None else None
    assert stay.heading(encounter(length), ZONE) == f"Inpatient stay, {words}"


def test_a_day_is_that_of_the_facility():
    late = encounter(timedelta(hours=9))  # 23:10 in New York, the ninth in Greenwich
    assert stay.heading(late, ZONE).endswith("8 October 2026")


def test_the_service_and_what_did_not_take_place_are_named():
    planned = encounter(
        timedelta(), status=Encounter.Status.PLANNED, service=Service(title="Orthopedics"), encounter_class="emergency"
    )
    assert stay.heading(planned, ZONE) == "Emergency visit, Orthopedics, planned, 8 October 2026"


@pytest.mark.parametrize("kind", Encounter.Class.values)
def test_every_class_of_encounter_has_a_name(kind):
    assert stay.heading(encounter(timedelta(), encounter_class=kind), ZONE)
