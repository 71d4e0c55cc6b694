"""From readings and judgements to results: pure functions."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from compliance.scoring import scores
from compliance.scoring.models import Assessment, Reading, Result
from compliance.standards.models import Chapter, Element

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)


def reading(numerator, denominator, *, metric="discharge-summary", aim="0.9", days=0) -> Reading:
    return Reading(
        metric=metric,
        numerator=numerator,
        denominator=denominator,
        aim=Decimal(aim),
        as_of=NOW - timedelta(days=days),
    )


def element(*metrics: str, pk=1, chapter=1) -> Element:
    one = Element(pk=pk, code=f"E-{pk}", ordinal=pk, chapter=Chapter(pk=chapter))
    one.metrics = list(metrics)
    return one


@pytest.mark.parametrize(
    ("numerator", "denominator", "result", "why"),
    [
        (100, 100, Result.MET, ""),
        (90, 100, Result.MET, ""),
        (899, 1000, Result.PARTLY, ""),
        (80, 100, Result.PARTLY, ""),
        (79, 100, Result.NOT_MET, ""),
        (0, 0, None, scores.NOTHING),
        (4, 4, None, scores.TOO_FEW),
        (0, 4, None, scores.TOO_FEW),
    ],
)
def test_a_reading_is_judged_by_its_aim_and_nothing_is_never_all(numerator, denominator, result, why):
    assert scores.by_measure(reading(numerator, denominator)) == (result, why)


def test_the_worst_measure_decides_and_one_with_nothing_to_judge_does_not():
    read = {
        "discharge-summary": reading(10, 10),
        "entries": reading(85, 100, metric="entries"),
        "verbal-orders": reading(0, 0, metric="verbal-orders"),
    }
    asked = element("discharge-summary", "entries", "verbal-orders")
    one = scores.measured(asked, read, NOW)
    assert (one.result, one.reading.metric, one.points) == (Result.PARTLY, "entries", 0.5)
    assert scores.measured(element("verbal-orders"), read, NOW).why == scores.NOTHING
    assert scores.measured(element("operative-report"), read, NOW).why == scores.NOT_READ


def test_what_was_met_and_is_out_of_date_counts_half():
    old = scores.measured(element("discharge-summary"), {"discharge-summary": reading(10, 10, days=3)}, NOW)
    assert (old.result, old.is_stale, old.points) == (Result.MET, True, 0.5)
    judged = Assessment(element_id=1, result="met", at=NOW - timedelta(days=366))
    assert scores.assessed(element(), judged, NOW).points == 0.5
    assert scores.assessed(element(), Assessment(element_id=1, result="met", at=NOW), NOW).points == 1.0
    before = scores.assessed(element(), Assessment(element_id=7, result="met", at=NOW), NOW)
    assert (before.is_carried, before.points) == (True, 0.5)


def test_the_share_leaves_out_what_does_not_apply_and_what_nobody_judged():
    given = {
        1: Assessment(element_id=1, result="met", at=NOW),
        2: Assessment(element_id=2, result="partly", at=NOW),
        3: Assessment(element_id=3, result="not_met", at=NOW),
        4: Assessment(element_id=4, result="not_applicable", at=NOW),
    }
    rows = scores.score([element(pk=n, chapter=1 + n // 3) for n in range(1, 6)], {}, given, now=NOW)
    whole = scores.summed(rows)
    assert (whole.elements, whole.judged, whole.share, whole.percent, whole.open) == (5, 3, 0.5, 50, 1)
    assert [(part.judged, part.share) for part in scores.by_chapter(rows)] == [(2, 0.75), (1, 0.0)]
    assert scores.summed([]).percent is None


def test_a_percentage_is_rounded_down():
    almost = [scores.Score(element(pk=n), Result.MET) for n in range(199)] + [scores.Score(element(), Result.PARTLY)]
    assert scores.summed(almost).percent == 99
