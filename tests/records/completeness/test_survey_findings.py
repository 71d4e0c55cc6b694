"""Charts that federal surveyors cited, by path: the engine finds what they found, and nothing else."""

import json

import pytest

from himdept.runtime.places import CHECKOUT
from records.completeness.models import Deficiency
from staff.people import facilities
from tests.records.completeness import loading
from tests.records.completeness.test_engine import open_facility, undone
from tests.reference import survey

CASES = sorted((CHECKOUT.parent / "shared" / "data" / "survey-findings").glob("*.json"))


@pytest.mark.django_db
@pytest.mark.skipif(not CASES, reason="../shared/data/survey-findings is not beside this checkout")
def test_the_engine_finds_what_the_surveyors_found():
    read = {path.stem: json.loads(path.read_text()) for path in CASES}
    for zone in {content["facility"]["timezone"] for content in read.values()}:
        facilities.lay_out(zone)
    wrong = {}
    for name, content in read.items():
        with undone():
            found, expected = judged(content), survey.expected_answers(content["expected"])
        if found != expected:
            wrong[name] = {"missed": sorted(set(expected) - set(found)), "false": sorted(set(found) - set(expected))}
    assert wrong == {}
    assert len(read) >= 128


def judged(content: dict) -> list[tuple]:
    """What one chart shows after an audit as of the surveyor's visit, in the form of `expected_answers`."""
    case = survey.read(content)
    facility = open_facility(case)
    loaded = loading.load(case.chart, facility=facility)
    loading.audit(facility, case.as_of, full=True)
    kinds = {episode.id: episode.kind for episode in case.chart.episodes}
    rows = Deficiency.objects.filter(record=loaded.record).select_related("requirement")
    return sorted(answer(row, loaded, kinds) for row in rows)


def answer(row: Deficiency, loaded: loading.Loaded, kinds: dict[str, str]) -> tuple:
    episode = loading.key(row.episode_id, loaded.episodes) or ""
    return (
        row.requirement.code,
        loading.key(row.served_by_id, loaded.documents) or "",
        episode,
        kinds.get(episode, ""),
        row.kind,
        row.element,
        survey.to_the_minute(row.due_at),
        survey.to_the_minute(row.resolved_at),
    )
