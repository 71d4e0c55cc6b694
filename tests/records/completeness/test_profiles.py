"""The profiles that come with the program: each can be held to, the strictest wins and is named, an exception holds."""

from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from records.completeness import requirements
from records.completeness.models import Deficiency, Due, Profile, Requirement
from staff.people.facilities import open_facility
from tests.records.completeness import loading
from tests.reference.by_hand import at, chart, instant, note
from tests.reference.model import Episode

pytestmark = pytest.mark.django_db

LONG_AFTER = "2024-01-01 06:00"
ORDER, PROGRESS = "order", "11506-3"


@pytest.fixture(scope="session")
def rules_and_a_house(cast):
    return cast(open_house)


@pytest.fixture
def house(db, rules_and_a_house):
    return rules_and_a_house.lay()


def open_house():
    facility = open_facility("HOUSE", name="House", time_zone="America/New_York")
    requirements.load_profiles()
    return facility


def adopt(facility, *codes: str):
    for code in codes:
        requirements.adopt(Profile.objects.get(code=code), facility)


def stay(facility, *documents, **facts):
    facts = {"start": "2023-06-02 18:40", "end": at("2023-06-07 11:00"), **facts}
    return loading.load(chart(*documents, **facts), facility=facility)


def found(loaded, topic: str, as_of: str = LONG_AFTER) -> list[tuple]:
    loading.audit(loaded.facility, instant(as_of), full=True)
    rows = Deficiency.objects.filter(record=loaded.record, topic=topic).exclude(status="void")
    return sorted(rows.values_list("requirement__code", "kind", "mendable"))


def test_a_new_facility_is_held_to_the_federal_baseline_and_48_hours_for_verbal_orders(house):
    assert set(house.profiles.values_list("code", flat=True)) == {"federal", "verbal-orders-48h"}
    requirements.load_profiles()
    assert Requirement.objects.filter(version__gt=1).count() == 0


def test_every_profile_cites_what_it_rests_on(house):
    assert Profile.objects.count() == 8
    assert not Requirement.objects.filter(basis="").exists()
    federal = Requirement.objects.filter(profile__kind="federal")
    assert all(basis.startswith("42 CFR 48") for basis in federal.values_list("basis", flat=True))


@pytest.mark.parametrize(
    ("adopted", "named"),
    [
        ((), "VERBAL-ORDER-48H"),
        (("verbal-orders-24h",), "VERBAL-ORDER-24H"),
        (("verbal-orders-72h",), "VERBAL-ORDER-48H"),
        (("verbal-orders-24h", "bylaws-example"), "VERBAL-ORDER-24H"),  # as strict, and of the lower rank
        (("accreditation", "bylaws-example"), "BYLAWS-VERBAL-ORDER-24H"),
    ],
)
def test_the_strictest_limit_on_a_verbal_order_wins_and_is_named(house, adopted, named):
    adopt(house, *adopted)
    order = note("2023-06-03 10:00", type=ORDER, verbal=True)
    assert found(stay(house, order), "verbal-order") == [(named, "unsigned", True)]


def test_a_state_that_allows_more_takes_the_place_of_the_default(house):
    out = StringIO()
    call_command("adopt_profile", "verbal-orders-96h", facility="HOUSE", in_place_of="verbal-orders-48h", stdout=out)
    assert out.getvalue().startswith(
        "House: Federal baseline (42 CFR part 482), Verbal orders within 96 hours (state)."
    )
    assert Due.objects.filter(facility=house, record=None, requirement=None).exists()
    order = note("2023-06-03 10:00", type=ORDER, verbal=True)
    admitted = note("2023-06-02 19:00", id="D2", type="admission-order", verbal=True)
    loaded = stay(house, order, admitted)
    assert found(loaded, "verbal-order", "2023-06-07 09:59") == [("VERBAL-ADMISSION-ORDER-24H", "unsigned", True)]
    assert len(found(loaded, "verbal-order", "2023-06-07 10:01")) == 2


def test_a_profile_that_nobody_knows_is_refused_with_those_that_are_there(house):
    with pytest.raises(CommandError, match="There is no profile 'texas'; there are: accreditation, bylaws-example"):
        call_command("adopt_profile", "texas", facility="HOUSE")


@pytest.mark.parametrize(
    ("born", "renewed", "asked"),
    [
        (date(1980, 1, 1), ["11:55"], []),
        (date(2010, 1, 1), ["11:55"], [("RESTRAINT-RENEWAL-ADOLESCENT", "late", True)]),
        (date(2010, 1, 1), ["09:59", "11:55", "13:50"], []),
        (date(2016, 1, 1), ["09:00", "10:00", "11:00", "12:00"], [("RESTRAINT-RENEWAL-CHILD", "missing", False)]),
    ],
)
def test_a_restraint_is_renewed_by_age(house, born, renewed, asked):
    orders = [
        note(f"2023-06-03 {time}", id=time, type="restraint-order", episode="TIED", signed=f"2023-06-03 {time}")
        for time in renewed
    ]
    tied = Episode("TIED", "restraint", at("2023-06-03 08:00"), at("2023-06-03 13:30"))
    assert found(stay(house, *orders, episodes=(tied,), born=born), "restraint-renewal") == asked


def test_psychiatric_notes_are_asked_for_each_week_and_after_two_months_each_month(house):
    notes = [note(f"2023-06-{day:02} 10:00", id=f"N{day}", type=PROGRESS) for day in (5, 12, 19, 26)]
    loaded = stay(house, *notes, klass="psychiatric", start="2023-06-02 18:40", end=at("2023-09-05 10:00"))
    gaps = [code for code, _kind, mendable in found(loaded, "psychiatric-progress-note") if not mendable]
    assert gaps == ["PSYCHIATRIC-NOTE-MONTHLY", *["PSYCHIATRIC-NOTE-WEEKLY"] * 4]


def test_a_consultation_counts_as_the_note_of_its_day(house):
    adopt(house, "bylaws-example")
    days = {3: PROGRESS, 4: "11488-4", 6: PROGRESS}
    notes = [note(f"2023-06-0{day} 10:00", id=f"N{day}", type=kind) for day, kind in days.items()]
    loaded = stay(house, *notes)
    assert found(loaded, "progress-note") == [("BYLAWS-NOTE-EACH-DAY", "missing", False)]
    assert Deficiency.objects.get(topic="progress-note").due_at == instant("2023-06-06 00:00")


@pytest.mark.parametrize(
    ("code", "adopted", "owed"),
    [
        ("66984", (), {"history-and-physical-before-surgery"}),
        ("66984", ("bylaws-example",), {"presurgical-assessment"}),
        ("27447", ("bylaws-example",), {"history-and-physical-before-surgery"}),
    ],
)
def test_an_assessment_takes_the_place_of_the_history_and_physical_where_the_bylaws_name_the_procedure(
    house, code, adopted, owed
):
    adopt(house, *adopted)
    eye = Episode("EYE", "procedure", at("2023-06-02 19:40"), at("2023-06-02 20:10"), anesthesia=True, code=code)
    loaded = stay(house, klass="ambulatory", episodes=(eye,), end=at("2023-06-02 22:00"))
    loading.audit(house, instant(LONG_AFTER), full=True)
    topics = set(Deficiency.objects.filter(record=loaded.record).values_list("topic", flat=True))
    assert topics & {"history-and-physical-before-surgery", "presurgical-assessment"} == owed


def test_a_critical_access_hospital_adopts_its_own_baseline_in_place_of_the_other(house):
    call_command("adopt_profile", "critical-access", facility="HOUSE", in_place_of="federal", stdout=StringIO())
    assert found(stay(house), "history-and-physical") == [("CAH-HP-24H", "missing", True)]


def test_a_rule_that_rests_on_custom_says_that_the_hospital_has_to_confirm_it(house):
    said = Requirement.objects.get(code="OPERATIVE-REPORT").published_because
    assert said.startswith(
        "Comes with the program. To be confirmed by the hospital: 'immediately' is taken as 24 hours"
    )
    assert Requirement.objects.get(code="HP-24H").published_because == "Comes with the program."
