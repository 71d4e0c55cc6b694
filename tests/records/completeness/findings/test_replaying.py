"""Cases of surveyors replayed by the engine: found, missed and false, and what becomes of files that are no cases."""

import json
from datetime import timedelta
from io import StringIO
from random import Random
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError, call_command

from himdept.runtime.places import CHECKOUT
from records.completeness.findings import replaying
from records.completeness.models import AuditRun, Deficiency, Profile, Requirement
from records.inventory.models import Document, DocumentType, Encounter, Episode, Patient, Record
from staff.models import Facility
from staff.people.models import OddMidnight, TimeZone
from tests.reference import survey
from tests.reference.charts import case_of, turning_points
from tests.reference.drawing import DAYS, Draw
from tests.reference.judge import judge

pytestmark = pytest.mark.django_db

SURVEY_FINDINGS = CHECKOUT.parent / "shared" / "data" / "survey-findings"
DRAWN, LOOKS = 150, 4  # charts, and moments at which each is looked at

SUMMARY = {
    "code": "SUMMARY-30-DAYS",
    "label": "Discharge summary within 30 days",
    "document_types": ["18842-5"],
    "trigger": "discharge",
    "due_after_days": 30,
    "authentication_required": True,
    "sections_required": ["outcome"],
}
REPORT = {
    "code": "REPORT-24H",
    "document_types": ["11504-8"],
    "trigger": "procedure_end",
    "due_after_hours": 24,
}
ORDERS = {
    "code": "ORDERS-48H",
    "document_types": ["order"],
    "trigger": "order",
    "due_after_hours": 48,
    "entry_must_have": ["date", "time"],
}


def a_case(**parts) -> dict:
    """A chart in New York, discharged on 4 June 2023 and looked at on 1 August, with nothing to be found."""
    signed = {"authored_at": "2023-06-05T09:00-04:00", "signed_at": "2023-06-05T09:05-04:00", "signed": True}
    summary = {"id": "ds-1", "type": "18842-5", "procedure": None, "restraint": None, "sections": ["outcome"]}
    return {
        "id": "chart",
        "source": {"report": "none"},
        "summary": "Nothing is wrong.",
        "facility": {"type": "hospital", "state": "NY", "timezone": "America/New_York"},
        "as_of": "2023-08-01T10:00-04:00",
        "policy": [SUMMARY],
        "encounter": {"class": "IMP", "start": "2023-06-02T18:40-04:00", "end": "2023-06-04", "disposition": "home"},
        "procedures": [],
        "documents": [summary | signed],
        "expected": [],
        "assumptions": [],
    } | parts


def an_expectation(**parts) -> dict:
    return {
        "policy": "SUMMARY-30-DAYS",
        "document_type": "18842-5",
        "document": None,
        "procedure": None,
        "restraint": None,
        "kind": "missing",
        "due_at": "2023-07-05T00:00-04:00",
        "resolved_at": None,
        "element": None,
    } | parts


def write(folder, **named):
    for name, content in named.items():
        text = content if isinstance(content, str) else json.dumps(content | {"id": name})
        (folder / f"{name}.json").write_text(text)


def run(folder) -> tuple[dict, str, str]:
    """The command's figures, what it complains of, and its last words where it fails."""
    out, err, end = StringIO(), StringIO(), ""
    try:
        call_command("replay_findings", str(folder), "--json", stdout=out, stderr=err)
    except CommandError as problem:
        end = str(problem)
    return json.loads(out.getvalue().splitlines()[-1]), err.getvalue(), end


def totals(figures: dict) -> tuple[int, int, int, int]:
    return tuple(figures[name] for name in ("cases", "found", "missed", "false"))


@pytest.mark.skipif(not SURVEY_FINDINGS.is_dir(), reason="../shared/data/survey-findings is not beside this checkout")
def test_the_engine_finds_what_the_surveyors_found_and_nothing_else():
    figures, complaints, end = run(SURVEY_FINDINGS)
    assert (complaints, end) == ("", "")
    number, found, missed, false = totals(figures)
    assert number >= 128
    assert found >= 227
    assert (missed, false) == (0, 0)


def test_charts_on_the_limits_are_found_wanting_where_the_reference_finds_them_so(tmp_path):
    drawn = Random(20230602)  # noqa: S311 - nothing here is a secret
    expected = 0
    for number in range(DRAWN):
        zone, day = drawn.choice(DAYS)
        case = case_of(Draw(drawn, ZoneInfo(zone), plain=True), day)
        looks = [case.as_of, *drawn.choices(turning_points(case), k=LOOKS - 1)]
        for look, as_of in enumerate(looks):
            form = survey.write(case) | {"as_of": as_of.isoformat()}
            form["expected"] = survey.write_findings(judge(case.chart, case.rules, as_of), case.chart)
            expected += len(form["expected"])
            write(tmp_path, **{f"chart-{number}-{look}": form})
    figures, complaints, end = run(tmp_path)
    assert (complaints, end) == ("", "")
    assert totals(figures) == (DRAWN * LOOKS, expected, 0, 0)
    found = {kind for kind, counts in figures["by_kind"].items() if counts["found"]}
    assert found == {"missing", "unsigned", "undated", "missing_element", "late"}


def test_what_is_expected_and_not_there_is_missed_and_what_nobody_expects_is_false(tmp_path):
    bare = a_case(documents=[])
    write(
        tmp_path,
        agrees=bare | {"expected": [an_expectation()]},
        unexpected=bare,
        in_vain=a_case(expected=[an_expectation()]),
        another_day=bare | {"expected": [an_expectation(due_at="2023-07-06T00:00-04:00")]},
        nothing=a_case(),
    )
    figures, _, end = run(tmp_path)
    assert totals(figures) == (5, 1, 2, 2)
    assert figures["by_kind"]["missing"] == {"found": 1, "missed": 2, "false": 2}
    assert end == "2 missed, 2 false, 0 files not read."


def test_without_json_each_difference_is_told_by_the_names_of_its_file(tmp_path):
    write(tmp_path, **{"late-summary": a_case(documents=[])})
    out = StringIO()
    with pytest.raises(CommandError):
        call_command("replay_findings", str(tmp_path), stdout=out)
    assert "late-summary.json: false SUMMARY-30-DAYS missing, due 2023-07-05T04:00Z" in out.getvalue()


def test_times_are_compared_to_the_minute_and_only_where_they_are_given(tmp_path):
    expected = an_expectation(due_at="2023-07-05T00:00:59-04:00")
    write(tmp_path, a=a_case(documents=[], expected=[expected]))
    write(tmp_path, b=a_case(documents=[], expected=[an_expectation(due_at=None)]))
    figures, _, end = run(tmp_path)
    assert (totals(figures), end) == ((2, 2, 0, 0), "")


def test_a_part_of_an_hour_is_counted_to_the_minute(tmp_path):
    procedure = {"id": "P1", "start": None, "end": "2023-06-03T09:00-04:00", "anesthesia": True}
    brief = REPORT | {"due_after_hours": 1 / 3}
    found = {"policy": "REPORT-24H", "kind": "missing", "procedure": "P1", "due_at": "2023-06-03T09:20-04:00"}
    write(tmp_path, a=a_case(policy=[brief], procedures=[procedure], expected=[an_expectation(**found)]))
    assert totals(run(tmp_path)[0]) == (1, 1, 0, 0)


def test_a_procedure_and_a_restraint_of_one_name_are_told_apart(tmp_path):
    one = {"id": "A", "start": "2023-06-03T08:00-04:00", "end": "2023-06-03T09:00-04:00", "anesthesia": True}
    face = {"code": "FACE", "document_types": ["restraint-face-to-face"], "trigger": "restraint_start"}
    order = {"id": "o", "type": "order", "restraint": "A", "verbal_order": True, "signed": False}
    expected = [
        an_expectation(policy="REPORT-24H", procedure="A", due_at=None),
        an_expectation(policy="FACE", restraint="A", due_at="2023-06-03T09:00-04:00"),
        an_expectation(policy="ORDERS-48H", document="o", restraint="A", kind="unsigned", due_at=None),
        an_expectation(policy="ORDERS-48H", document="o", restraint="A", kind="undated", due_at=None, element="date"),
    ]
    policy = [REPORT, face | {"due_after_hours": 1}, ORDERS]
    write(
        tmp_path,
        a=a_case(policy=policy, procedures=[one], restraints=[one], documents=[order], expected=expected),
    )
    assert totals(run(tmp_path)[0]) == (1, 4, 0, 0)


def changed(**parts):
    return a_case() | parts


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ('{"id": ', "bad.json: This is not JSON"),
        ({"policy": []}, "bad.json: policy: Expected `array` of length >= 1."),
        (changed(as_of="2023-08-01T10:00"), "bad.json: as_of: '2023-08-01T10:00' is a time without its offset."),
        (changed(as_of="2023-08-01"), "bad.json: as_of: The visit needs a date and a time with offset."),
        (
            changed(facility={"timezone": "Mars/Olympus"}),
            "bad.json: facility.timezone: This is not the name of a time zone.",
        ),
        (
            changed(encounter={"class": "IMP", "start": "yesterday"}),
            "bad.json: encounter.start: 'yesterday' is neither a date nor a date and time with offset.",
        ),
        (changed(encounter={"class": "IMP"}), "bad.json: encounter.start: This element is missing."),
        (changed(encounter={"class": "XXX", "start": "2023-06-02"}), "bad.json: encounter.class: Invalid enum value"),
        (
            changed(encounter={"class": "IMP", "start": "2023-06-02", "end": "2023-05-31"}),
            "bad.json: encounter.end: It ends before it begins.",
        ),
        (changed(policy=[SUMMARY | {"colour": "red"}]), "bad.json: policy[0]: Object contains unknown field `colour`."),
        (
            changed(policy=[SUMMARY | {"due_after_hours": 4}]),
            "bad.json: policy[0]: It needs one of due_after_hours and due_after_days.",
        ),
        (changed(policy=[SUMMARY, SUMMARY]), "bad.json: policy[0].code: There are several rules 'SUMMARY-30-DAYS'."),
        (
            changed(policy=[REPORT | {"not_before_hours": 25}]),
            "bad.json: policy[0].not_before_hours: The window ends before it begins.",
        ),
        (
            changed(policy=[SUMMARY | {"only_if_met_before_trigger": "HP"}]),
            "bad.json: policy[0].only_if_met_before_trigger: There is no rule 'HP'.",
        ),
        (
            changed(policy=[SUMMARY | {"only_if_met_before_trigger": "ORDERS-48H"}, ORDERS]),
            "bad.json: policy[0].only_if_met_before_trigger: A condition is for occasions only.",
        ),
        (
            changed(documents=[{"id": "d", "type": "order", "procedure": "P9"}]),
            "bad.json: documents[0].procedure: There is no procedure 'P9'.",
        ),
        (
            changed(documents=[{"id": "d", "type": "order"}, {"id": "d", "type": "order"}]),
            "bad.json: documents: There are several 'd'.",
        ),
        (
            changed(documents=[{"id": "d", "type": 3}]),
            "bad.json: documents[0].type: Here a text is expected, not a whole number.",
        ),
        (changed(documents=[{"id": "d\0", "type": "order"}]), "bad.json: A text may not contain the character NUL."),
        (
            changed(expected=[an_expectation(due_at="soon")]),
            "bad.json: expected[0].due_at: 'soon' is neither a date nor a date and time with offset.",
        ),
    ],
)
def test_a_bad_file_is_named_with_the_field_and_the_rest_goes_on(tmp_path, content, sentence):
    write(tmp_path, bad=content, good=a_case(documents=[], expected=[an_expectation()]))
    figures, complaints, end = run(tmp_path)
    assert complaints.startswith(sentence)
    assert totals(figures) == (1, 1, 0, 0)
    assert end == "0 missed, 0 false, 1 files not read."


def test_a_folder_without_cases_is_refused(tmp_path):
    with pytest.raises(CommandError, match="There is no case in"):
        call_command("replay_findings", str(tmp_path))


def test_a_replay_leaves_nothing_behind(tmp_path):
    tables = (AuditRun, Deficiency, Document, DocumentType, Encounter, Episode, Facility, OddMidnight, Patient, Profile)
    tables += (Record, Requirement, TimeZone)
    before = [table.objects.count() for table in tables]
    far = {"facility": {"timezone": "America/Havana"}}
    write(tmp_path, a=a_case(documents=[], expected=[an_expectation()]), b=a_case(**far))
    assert run(tmp_path)[0]["cases"] == 2
    assert [table.objects.count() for table in tables] == before


def test_charts_of_one_policy_moment_and_zone_are_audited_together_and_others_apart():
    def of(**parts):
        return replaying.cases.read_form(json.dumps(a_case(**parts)).encode(), "chart.json")

    alike = [of(), of(documents=[])]
    later = of(as_of="2023-08-01T10:01-04:00")
    other_policy = of(policy=[SUMMARY | {"due_after_days": 15}])
    elsewhere = of(facility={"timezone": "America/Chicago"})
    groups = list(replaying.grouped([*alike, later, other_policy, elsewhere]))
    assert [len(group.cases) for group in groups] == [2, 1, 1, 1]
    assert groups[1].first.as_of - groups[0].first.as_of == timedelta(minutes=1)
