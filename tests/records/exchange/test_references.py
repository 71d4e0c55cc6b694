"""What references and times mean, held against anything that could be sent."""

from datetime import UTC, date, datetime, timedelta, timezone
from urllib.parse import quote
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from himdept.common.moments import read_moment
from records.exchange import mappings
from records.exchange.fhir import elements, references
from records.exchange.fhir.problems import Problem
from records.exchange.fhir.references import Surroundings, refer
from records.exchange.fhir.resources import Encounter, Reference
from records.inventory.intake import ByIdentifier, ByKey

AROUND = Surroundings("ehr", stubs=True)
NOTHING = Encounter("Encounter")


def meant(text: str, wanted: str = "Practitioner"):
    return refer(Reference(text), wanted, "Encounter.x", NOTHING, AROUND)


@pytest.mark.parametrize(
    "text",
    [
        "Patient/1",
        "Patient/1/_history/3",
        "https://ehr.example/fhir/Patient/1",
        "https://ehr.example/fhir/R4/Patient/1/_history/3",
    ],
)
def test_a_reference_names_an_id_of_the_source(text):
    assert meant(text, "Patient") == ByKey("1")


@pytest.mark.parametrize(
    "text", ["Patient", "1", "patient/1", "urn:uuid:1", "urn:oid:1.2", "#p", "Practitioner/1", "Patient/"]
)
def test_what_names_no_patient_is_refused_with_its_element(text):
    with pytest.raises(Problem) as refused:
        meant(text, "Patient")
    assert refused.value.element == "Encounter.x"


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@given(system=TEXT, value=TEXT.filter(bool))
def test_a_conditional_reference_survives_its_encoding(system, value):
    system = system.replace("|", "")
    found = meant(f"Practitioner?identifier={quote(system, safe='')}|{quote(value, safe='')}")
    assert found == ByIdentifier(system or "urn:himdept:source:ehr", value, stub=True)


@given(TEXT)
def test_no_text_is_more_than_refused(text):
    for form in (text, f"Practitioner?{text}", f"Practitioner/{text}"):
        try:
            found = meant(form)
        except Problem:
            continue
        assert found is None or isinstance(found, ByKey | ByIdentifier)


@given(
    st.datetimes(datetime.fromisoformat("1901-01-01"), datetime.fromisoformat("2098-01-01")),
    st.integers(-14 * 60, 14 * 60),
    st.sampled_from(["seconds", "milliseconds", "microseconds", "minutes"]),
)
def test_a_time_with_an_offset_is_one_instant_everywhere(local, minutes, precision):
    told = local.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    text = told.isoformat(timespec=precision)
    moment = read_moment(elements.time(text, "x"), ZoneInfo("America/New_York"))
    assert moment.first == moment.last == datetime.fromisoformat(text).astimezone(UTC)


@given(st.dates(date(1901, 1, 1), date(2098, 1, 1)))
def test_a_date_is_a_whole_day_of_the_facility(day):
    zone = ZoneInfo("America/New_York")
    moment = read_moment(elements.time(day.isoformat(), "x"), zone)
    assert {
        moment.first.astimezone(zone).date(),
        (moment.last - timedelta(microseconds=1)).astimezone(zone).date(),
    } == {day}
    assert elements.time(f"{day:%Y-%m}", "x") is elements.time(f"{day:%Y}", "x") is None


@given(TEXT.filter(lambda text: not elements.DATE_TIME.fullmatch(text)))
def test_what_is_no_time_is_refused(text):
    with pytest.raises(Problem) as refused:
        elements.time(text, "x")
    assert refused.value.element == "x"


@pytest.mark.parametrize(
    ("system", "kind", "kept"),
    [
        ("http://hospital.example/mrn", "MR", True),
        ("http://hospital.example/any", "", True),
        ("http://hl7.org/fhir/sid/us-ssn", "", False),
        ("urn:oid:2.16.840.1.113883.4.1", "", False),
        ("urn:oid:2.16.840.1.113883.4.10", "", True),
        ("urn:oid:2.16.840.1.113883.4.3.25", "", False),
        ("http://hl7.org/fhir/sid/passport-USA", "", False),
        ("urn:any", "SS", False),
        ("urn:any", "DL", False),
        ("urn:any", "PPN", False),
    ],
)
def test_numbers_of_the_state_are_kept_out(system, kind, kept):
    assert mappings.is_kept_out(system, kind) is not kept


def test_a_number_of_no_system_is_the_sources_own():
    found = refer(Reference("Patient?identifier=|7"), "Patient", "x", NOTHING, AROUND)
    assert found == ByIdentifier("urn:himdept:source:ehr", "7")
    assert references.conditional("identifier=7", "x") == (None, "7")
