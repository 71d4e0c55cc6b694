"""What supports an element on a day, folded from what was laid down: pure functions, held to a plain re-computation."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.evidence.held import Held, held
from compliance.evidence.models import EvidenceRevision
from compliance.evidence.periods import Period, refuse
from himdept.common.errors import DomainError

START = datetime(2026, 1, 1, tzinfo=UTC)
NOON = timedelta(hours=12)
TODAY = date(2026, 11, 27)
DAY = timedelta(days=1)


def row(evidence=1, number=1, *, at=0, element=1, covers_from=0, expires_on=None, withdrawn=None, supported=0):
    """A revision as the query gives it, all at noon of days that are counted from the first of January."""
    made = EvidenceRevision(
        evidence_id=evidence,
        number=number,
        at=START + at * DAY + NOON,
        covers_from=(START + covers_from * DAY).date(),
        expires_on=None if expires_on is None else (START + expires_on * DAY).date(),
    )
    made.element_id, made.supported_at = element, START + supported * DAY + NOON
    made.withdrawn_at = None if withdrawn is None else START + withdrawn * DAY + NOON
    return made


def on(rows, day: int) -> dict[int, Held]:
    return held(rows, day=(START + day * DAY).date(), until=START + (day + 1) * DAY)


def test_the_last_revision_counts_from_its_moment_and_the_one_before_it_until_then():
    rows = [row(at=0, expires_on=10), row(number=2, at=20, expires_on=40)]
    assert [one.number for one in on(rows, 10)[1].in_force] == [1]
    assert [one.number for one in on(rows, 15)[1].expired] == [1]
    assert [one.number for one in on(rows, 20)[1].in_force] == [2]
    assert [one.number for one in on(rows, 41)[1].expired] == [2]


def test_the_last_good_day_still_counts_and_a_period_that_has_not_begun_does_not():
    assert on([row(expires_on=10)], 10)[1].in_force
    assert on([row(expires_on=10)], 11)[1].expired
    assert not on([row(covers_from=5)], 4)[1].in_force
    assert on([row(covers_from=5)], 5)[1].in_force


def test_what_is_withdrawn_or_supports_later_does_not_reach_back():
    rows = [row(withdrawn=10), row(2, element=2, supported=5)]
    assert on(rows, 9)[1].in_force
    assert on(rows, 10)[1].withdrawn_at == [START + 10 * DAY + NOON]
    assert 2 not in on(rows, 3)
    assert on(rows, 5)[2].in_force


@pytest.mark.parametrize(
    ("rows", "lapsed"),
    [
        ([], False),
        ([row()], False),
        ([row(expires_on=30)], True),
        ([row(expires_on=30), row(2)], False),  # other evidence is in force
        ([row(expires_on=5)], True),  # it had expired before the judgement
        ([row(withdrawn=30)], True),
        ([row(withdrawn=5)], False),  # whoever judged knew of it
    ],
)
def test_a_judgement_of_day_ten_has_lost_what_it_rested_on_by_day_fifty(rows, lapsed):
    assert on(rows, 50).get(1, Held()).has_lapsed_since(START + 10 * DAY + NOON) is lapsed


EVENTS = st.lists(
    st.builds(
        dict,
        evidence=st.integers(1, 3),
        at=st.integers(0, 30),
        covers_from=st.integers(0, 30),
        expires_on=st.none() | st.integers(0, 40),
    ),
    max_size=8,
)


@given(EVENTS, st.dictionaries(st.integers(1, 3), st.integers(0, 40)), st.integers(0, 45))
def test_the_fold_is_the_same_as_asking_of_each_piece_by_itself(events, withdrawn, day):
    numbers: dict[int, int] = {}
    rows = []
    for event in sorted(events, key=lambda one: one["at"]):
        numbers[event["evidence"]] = numbers.get(event["evidence"], 0) + 1
        number = numbers[event["evidence"]]
        rows.append(row(**event, number=number, withdrawn=withdrawn.get(event["evidence"])))
    found = on(rows, day).get(1, Held())
    good = set()
    for evidence in numbers:
        said = [one for one in events if one["evidence"] == evidence and one["at"] <= day]
        if not said or withdrawn.get(evidence, 99) <= day:
            continue
        *_earlier, last = sorted(said, key=lambda one: one["at"])
        if last["covers_from"] <= day and (last["expires_on"] is None or last["expires_on"] >= day):
            good.add(evidence)
    assert {one.evidence_id for one in found.in_force} == good


# -- Periods -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("period", "field"),
    [
        (Period(TODAY, TODAY - DAY), "covers_until"),
        (Period(TODAY - DAY, None), "covers_until"),
        (Period(TODAY + DAY, TODAY + 2 * DAY), "covers_from"),
        (Period(TODAY - DAY, TODAY + DAY), "covers_until"),
        (Period(TODAY - 9 * DAY, TODAY - 5 * DAY, claimed_for=TODAY), "claimed_for"),
        (Period(TODAY - 9 * DAY, TODAY, claimed_for=TODAY - 10 * DAY), "claimed_for"),
        (Period(TODAY - 9 * DAY, TODAY, expires_on=TODAY - DAY), "expires_on"),
        (Period(TODAY - 9 * DAY, TODAY, review_by=TODAY - DAY), "review_by"),
    ],
)
def test_a_period_that_cannot_be_is_refused_with_its_field(period, field):
    with pytest.raises(DomainError) as refusal:
        refuse(period, today=TODAY)
    assert refusal.value.field == field


def test_a_period_that_can_be_is_taken():
    refuse(Period(TODAY, TODAY, claimed_for=TODAY, review_by=TODAY, expires_on=TODAY), today=TODAY)
    refuse(Period(TODAY - DAY), today=TODAY, may_go_on=True)
    refuse(Period(TODAY - DAY, TODAY + 90 * DAY), today=TODAY, may_go_on=True)
