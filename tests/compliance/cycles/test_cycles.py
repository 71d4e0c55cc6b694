"""A survey cycle from its start to its final score: who may do what when, and what counts."""

from datetime import timedelta

import pytest
from django.utils import timezone

from compliance.cycles import actions
from compliance.cycles.comparing import compared
from compliance.cycles.marking import AS_MEASURED, Said
from compliance.cycles.models import Cycle, CyclePart, Hand, Mark, State, who_can_score
from compliance.cycles.standing import bare, standing
from compliance.cycles.workflow import MOVES, Role, open_to
from compliance.scoring.models import Assessment
from compliance.scoring.standing import standing as readiness
from himdept.common.errors import Conflict, DomainError
from tests import factories as make
from tests.compliance.cycles.acting import (
    DAY,
    MET,
    SHORT,
    begun,
    closed,
    finish,
    give,
    house,
    part_of,
    read,
    review,
    row_of,
    score,
    score_rest,
)
from tests.compliance.evidence.acting import laid

pytestmark = pytest.mark.django_db


# -- Starting and assigning


def test_every_chapter_of_what_a_cycle_covers_is_a_part_in_draft(team):
    cycle = begun(team.rosa, [house(), house(name="other", chapters={"B": [{"code": "B-1"}]})])
    parts = list(cycle.parts.with_names().in_order())
    assert [part.chapter.code for part in parts] == ["A", "M", "B"]
    assert {(part.state, part.assignee, part.due) for part in parts} == {(State.DRAFT, None, cycle.due)}


def test_what_is_not_in_force_is_not_surveyed_and_a_title_stands_for_one_cycle(team):
    today = timezone.localdate()
    days = {"begins": today, "due": today + DAY}
    old = house("0", today - 60 * DAY)
    new = house("1", today - 30 * DAY)
    facility = make.facility()
    with pytest.raises(DomainError, match="not in force"):
        actions.start(facility, title="Spring", editions=[old], by=team.rosa, **days)
    with pytest.raises(DomainError, match="what the cycle covers"):
        actions.start(facility, title="Spring", editions=[], by=team.rosa, **days)
    with pytest.raises(DomainError, match="not due before"):
        actions.start(facility, title="Spring", editions=[new], begins=today, due=today - DAY, by=team.rosa)
    actions.start(facility, title="Spring", editions=[new], by=team.rosa, **days)
    with pytest.raises(DomainError, match="of that title"):
        actions.start(facility, title="Spring", editions=[new], begins=today, due=today + 2 * DAY, by=team.rosa)
    with pytest.raises(DomainError, match="of that title"):
        actions.start(facility, title="Spring", editions=[new], by=make.manager("other"), **days)
    assert Cycle.objects.count() == 1


def test_the_same_cycle_of_yesterday_is_another_one_whose_title_is_taken(team):
    cycle = begun(team.rosa)
    Cycle.objects.filter(pk=cycle.pk).update(started_at=timezone.now() - DAY)
    with pytest.raises(DomainError, match="of that title"):
        begun(team.rosa, [house()])


def test_a_part_goes_to_whoever_reaches_the_facility_and_may_score(team):
    elsewhere = make.person(role="Records supervisor", facilities=[make.facility("OTHER")])
    clerk, surveyor = make.person(role="Records clerk"), make.person(role="Surveyor")
    gone = make.person(role="Records supervisor", is_active=False)
    assert set(who_can_score(make.facility())) == {team.rosa, team.sam, team.vera}
    part = begun(team.rosa).parts.first()
    for nobody in (elsewhere, clerk, surveyor, gone):
        with pytest.raises(DomainError, match="may not score here"):
            give(part, nobody, by=team.rosa)
    assert give(part, team.sam, by=team.rosa).assignee == team.sam


def test_a_part_is_assigned_by_who_saw_how_it_was_and_only_by_who_coordinates(team):
    part = begun(team.rosa).parts.first()
    seen = (None, part.due)
    actions.assign(part, assignee=team.sam, due=part.due - DAY, seen=seen, by=team.rosa)
    with pytest.raises(Conflict, match="otherwise meanwhile"):
        actions.assign(part, assignee=team.vera, due=part.due, seen=seen, by=team.rosa)
    with pytest.raises(DomainError, match="not yours"):
        actions.assign(part, assignee=team.vera, due=part.due, seen=(team.sam.pk, part.due - DAY), by=team.sam)
    part.refresh_from_db()
    assert (part.assignee, part.due) == (team.sam, seen[1] - DAY)


def test_only_who_coordinates_at_the_facility_starts_and_closes_a_cycle(team):
    cycle = begun(team.rosa, scored_by=team.sam)
    for nobody in (team.sam, make.manager("elsewhere", facilities=[make.facility("OTHER")])):
        with pytest.raises(DomainError, match="coordinate no cycles"):
            begun(nobody, [part_of(cycle, "A").chapter.edition], title="Theirs")
        with pytest.raises(DomainError, match="coordinate no cycles"):
            actions.close(cycle, by=nobody)


# -- The table of moves


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize(("who", "roles"), [("rosa", {Role.COORDINATOR}), ("sam", {Role.ASSIGNEE}), ("vera", set())])
def test_who_may_do_what_with_a_part_in_which_state(team, who, roles, state):
    part = begun(team.rosa, scored_by=team.sam).parts.with_names().first()
    part.state = state
    may = {name for name, move in MOVES.items() if state in move.states and move.by in roles}
    assert open_to(getattr(team, who), part).keys() == may


def test_somebody_elses_part_is_not_scored_submitted_or_reviewed(team):
    cycle = begun(team.rosa, scored_by=team.sam)
    part = part_of(cycle, "A")
    for act in (
        lambda: score(part, "A-1", by=team.vera),
        lambda: score(part, "A-1", by=team.rosa),
        lambda: actions.submit(part, by=team.vera),
        lambda: review(part, "A-1", MET, by=team.sam),
        lambda: actions.accept(part, by=team.sam),
        lambda: actions.ask(part, because="More.", by=team.sam),
        lambda: actions.close_part(part, by=team.sam),
    ):
        with pytest.raises(DomainError, match="not yours"):
            act()
    assert not Mark.objects.exists()


def test_who_no_longer_reaches_the_facility_scores_nothing(team):
    part = part_of(begun(team.rosa, scored_by=team.sam), "A")
    team.sam.facilities.clear()
    sam = type(team.sam).objects.get(pk=team.sam.pk)
    with pytest.raises(DomainError, match="not yours"):
        score(part, "A-1", by=sam)


# -- Scoring


def test_the_first_mark_begins_a_part_and_it_is_submitted_when_each_element_has_a_result(team):
    part = part_of(begun(team.rosa, scored_by=team.sam), "A")
    score(part, "A-1")
    part.refresh_from_db()
    assert part.state == State.IN_PROGRESS
    with pytest.raises(DomainError, match="A-2 has no result yet"):
        actions.submit(part, by=team.sam)
    score(part, "A-2", SHORT)
    score(part, "A-2", Said("not_assessed"))
    with pytest.raises(DomainError, match="A-2 has no result yet"):
        actions.submit(part, by=team.sam)
    score(part, "A-2", Said("not_applicable", because="No such unit here."))
    assert actions.submit(part, by=team.sam).state == State.SUBMITTED
    with pytest.raises(Conflict, match="Submitted"):
        score(part, "A-1", by=team.sam)
    with pytest.raises(Conflict, match="Submitted"):
        actions.submit(part, by=team.sam)
    assert part.steps.filter(state=State.SUBMITTED).count() == 1


def test_a_mark_asks_for_a_reason_or_a_whole_grade_where_it_needs_one(team):
    read(4)
    cycle = begun(team.rosa, scored_by=team.sam)
    for code, said, field in (
        ("A-1", Said("not_applicable"), "because"),
        ("A-1", Said("not_met", "high", ""), "scope"),
        ("A-1", Said("not_met", "", "pattern"), "likelihood"),
        ("A-1", Said("splendid"), "result"),
        ("A-1", Said(AS_MEASURED), "result"),
        ("M-1", Said("met"), "because"),
    ):
        with pytest.raises(DomainError) as refusal:
            score(part_of(cycle, code[0]), code, said)
        assert refusal.value.field == field, said
    assert not Mark.objects.exists()


def test_a_grade_is_kept_of_what_falls_short_alone(team):
    part = part_of(begun(team.rosa, scored_by=team.sam), "A")
    assert score(part, "A-1", Said("met", "high", "widespread")).is_graded is False
    assert score(part, "A-1", Said("partly", "high", "widespread")).is_graded is True


def test_of_two_who_mark_the_same_the_second_is_told_and_the_same_twice_is_once(team):
    part = part_of(begun(team.rosa, scored_by=team.sam), "A")
    element = row_of(part, "A-1").element
    first = actions.score(part, element, MET, after=0, by=team.sam)
    assert actions.score(part, element, MET, after=0, by=team.sam) == first
    with pytest.raises(Conflict, match="Sam Ito has marked A-1 meanwhile: met"):
        actions.score(part, element, SHORT, after=0, by=team.sam)
    assert Mark.objects.count() == 1


# -- What is measured


def test_what_is_measured_follows_the_nights_until_it_is_submitted_and_is_then_kept(team):
    cycle = begun(team.rosa, scored_by=team.sam)
    part = part_of(cycle, "M")
    assert row_of(part, "M-1").score.result is None
    read(5, days=1)
    assert row_of(part, "M-1").score.result == "not_met"
    last = read(10)
    score(part, "M-2")
    actions.submit(part, by=team.sam)
    part.refresh_from_db()
    kept = row_of(part, "M-1")
    assert (kept.individual.reading, kept.individual.is_measured, kept.score.result) == (last, True, "met")
    read(0, days=-1)
    assert row_of(part, "M-1").score.result == "met"


def test_what_there_was_nothing_to_judge_of_does_not_hold_up_a_part_and_counts_nowhere(team):
    part = part_of(begun(team.rosa, scored_by=team.sam), "M")
    read(0, 0)
    score(part, "M-2")
    actions.submit(part, by=team.sam)
    part.refresh_from_db()
    assert row_of(part, "M-1").score.points is None
    actions.accept(part, by=team.rosa)
    assert actions.close_part(part, by=team.rosa).state == State.CLOSED


def test_what_is_measured_is_overruled_with_a_reason_and_told_as_overruled_until_it_is_taken_back(team):
    read(4)
    part = part_of(begun(team.rosa, scored_by=team.sam), "M")
    mark = score(part, "M-1", Said("met", because="The scanner lost the signatures; seen on paper."))
    assert (mark.overrules, mark.reading.numerator) == (True, 4)
    row = row_of(part, "M-1")
    assert (row.score.result, row.overruled) == ("met", mark)
    read(3, days=-1)
    assert row_of(part, "M-1").score.result == "met"
    score(part, "M-1", Said(AS_MEASURED))
    assert (row_of(part, "M-1").overruled, row_of(part, "M-1").score.result) == (None, "not_met")


def test_the_grade_of_what_is_measured_stays_when_the_reading_is_another_at_submission(team):
    read(4, days=1)
    part = part_of(begun(team.rosa, scored_by=team.sam), "M")
    score(part, "M-1", Said(AS_MEASURED, "high", "limited", "Two units only."))
    read(3)
    score(part, "M-2")
    actions.submit(part, by=team.sam)
    part.refresh_from_db()
    row = row_of(part, "M-1")
    assert (row.individual.reading.numerator, row.grade) == (3, ("high", "limited"))


# -- Reviewing


@pytest.fixture
def submitted(team):
    read(4)
    cycle = begun(team.rosa, scored_by=team.sam)
    for chapter in ("A", "M"):
        score_rest(part_of(cycle, chapter))
        actions.submit(part_of(cycle, chapter), by=team.sam)
    return cycle


def test_the_latest_mark_of_the_highest_hand_counts(team, submitted):
    part = part_of(submitted, "A")
    with pytest.raises(DomainError, match="why you differ"):
        review(part, "A-1", Said("not_met", "low", "limited"), by=team.rosa)
    review(part, "A-1", SHORT, by=team.rosa)
    row = row_of(part, "A-1")
    assert (row.individual.result, row.score.result, row.grade) == ("met", "not_met", ("moderate", "pattern"))
    actions.ask(part, because="Look at A-1 again.", by=team.rosa)
    score(part, "A-1", Said("partly", "low", "limited"))
    row = row_of(part, "A-1")
    assert (row.score.result, row.is_reviewed) == ("not_met", False)


def test_accepting_takes_over_what_the_coordinator_has_not_spoken_of_and_twice_does_nothing(team, submitted):
    part = part_of(submitted, "A")
    review(part, "A-1", SHORT, by=team.rosa)
    assert actions.accept(part, by=team.rosa) == 1
    assert actions.accept(part, by=team.rosa) == 0
    assert {code: row_of(part, code).score.result for code in ("A-1", "A-2")} == {"A-1": "not_met", "A-2": "met"}


def test_changes_are_asked_for_in_words_and_the_next_mark_goes_on(team, submitted):
    part = part_of(submitted, "A")
    with pytest.raises(DomainError, match="what is to be changed"):
        actions.ask(part, because=" ", by=team.rosa)
    actions.ask(part, because="Say on what A-1 rests.", by=team.rosa)
    part.refresh_from_db()
    assert (part.state, part.steps.last().because) == (State.CHANGES, "Say on what A-1 rests.")
    score(part, "A-1", Said("met", because="Log of March."))
    part.refresh_from_db()
    assert part.state == State.IN_PROGRESS
    assert actions.submit(part, by=team.sam).state == State.SUBMITTED


def test_a_part_closes_when_the_coordinator_has_spoken_of_all_and_what_falls_short_is_graded(team, submitted):
    part = part_of(submitted, "A")
    with pytest.raises(DomainError, match="A-1, A-2 have no preliminary score"):
        actions.close_part(part, by=team.rosa)
    actions.accept(part, by=team.rosa)
    review(part, "A-2", Said("partly", because="Half of them."), by=team.rosa)
    with pytest.raises(DomainError, match="A-2 falls short, and nobody has said how bad"):
        actions.close_part(part, by=team.rosa)
    review(part, "A-2", Said("partly", "low", "pattern", "Half of them."), by=team.rosa)
    assert actions.close_part(part, by=team.rosa).state == State.CLOSED
    with pytest.raises(Conflict, match="Closed"):
        actions.ask(part, because="Again.", by=team.rosa)


def test_the_coordinator_overrules_what_is_measured_with_a_reason_too(team, submitted):
    part = part_of(submitted, "M")
    mark = review(part, "M-1", Said("met", because="Seen on paper."), by=team.rosa)
    assert (mark.overrules, mark.reading) == (True, row_of(part, "M-1").individual.reading)
    back = review(part, "M-1", Said(AS_MEASURED, "low", "limited"), by=team.rosa)
    assert (back.overrules, back.is_measured, back.result) == (False, True, "not_met")


# -- Closing


def test_a_cycle_closes_when_every_part_is_closed_with_the_score_of_the_formula(team):
    read(4)
    cycle = begun(team.rosa, scored_by=team.sam)
    score(part_of(cycle, "A"), "A-2", Said("partly", "low", "limited"))
    finish(part_of(cycle, "A"), by=team.rosa)
    with pytest.raises(DomainError, match="each of its parts"):
        actions.close(cycle, by=team.rosa)
    finish(part_of(cycle, "M"), by=team.rosa)
    cycle = actions.close(cycle, by=team.rosa)
    # A-1 met, A-2 partly, M-1 not met by measure, M-2 met
    assert (cycle.points, cycle.judged, cycle.percent) == (2.5, 4, 62)
    assert standing(cycle).whole.percent == 62
    assert Mark.objects.filter(hand=Hand.FINAL).count() == 4
    with pytest.raises(Conflict, match="closed already"):
        actions.close(cycle, by=team.rosa)


def test_what_was_found_becomes_a_judgement_where_no_measure_judges_and_says_where_it_comes_from(team):
    read(4)
    said = {"A-2": SHORT, "M-1": Said("met", because="Seen on paper.")}
    closed(team.rosa, team.sam, said=said, title="Mock survey, spring")
    judged = {one.element.code: one for one in Assessment.objects.select_related("element")}
    assert {code: one.result for code, one in judged.items()} == {"A-1": "met", "A-2": "not_met", "M-2": "met"}
    assert judged["A-2"].because == "Survey cycle “Mock survey, spring”. The log of March lacks two."
    assert judged["A-2"].by == team.rosa
    now = {one.element.code: one for one in readiness(make.facility(), timezone.localdate(), now=timezone.now()).scores}
    assert (now["A-2"].result, now["M-1"].result) == ("not_met", "not_met")


def judgements() -> dict[str, str]:
    return {one.element.code: one.because for one in Assessment.objects.select_related("element")}


def test_a_judgement_says_that_one_person_scored_and_reviewed_it(team):
    cycle = begun(team.rosa, scored_by=team.sam)
    give(part_of(cycle, "A"), team.rosa, by=team.rosa)
    score(part_of(cycle, "A"), "A-2", SHORT)
    for chapter in ("A", "M"):
        finish(part_of(cycle, chapter), by=team.rosa)
    actions.close(cycle, by=team.rosa)
    assert judgements()["A-2"].endswith("The log of March lacks two. Scored and reviewed by one person.")
    assert "one person" not in judgements()["M-2"]
    assert [row.element.code for row in standing(cycle).of_one_hand] == ["A-1", "A-2"]
    assert standing(cycle).alone is None


def test_a_cycle_that_one_person_went_through_alone_is_known_as_such(team):
    read(10)  # what measures find is nobody's hand
    assert standing(closed(team.rosa, team.rosa)).alone == team.rosa
    assert standing(closed(team.rosa, team.sam, [house("2", timezone.localdate())], title="Two")).alone is None


def test_what_is_met_with_neither_words_nor_evidence_is_told_and_said_in_the_judgement(team):
    cycle = begun(team.rosa, scored_by=team.sam)
    laid(row_of(part_of(cycle, "A"), "A-1").element)
    score(part_of(cycle, "A"), "A-2", Said("met", because="The log of the year was read."))
    for chapter in ("A", "M"):
        finish(part_of(cycle, chapter), by=team.rosa)
    assert [row.element.code for row in bare(standing(cycle), timezone.localdate())] == ["M-2"]
    actions.close(cycle, by=team.rosa)
    assert {code for code, why in judgements().items() if "neither words nor evidence" in why} == {"M-2"}


def test_the_words_of_whoever_scored_go_into_the_judgement_where_the_review_found_the_same_and_said_nothing(team):
    cycle = begun(team.rosa, scored_by=team.sam)
    score(part_of(cycle, "A"), "A-1", Said("met", because="The log was read."))
    score(part_of(cycle, "A"), "A-2", Said("met", because="Seen."))
    score_rest(part_of(cycle, "A"))
    actions.submit(part_of(cycle, "A"), by=team.sam)
    review(part_of(cycle, "A"), "A-1", MET, by=team.rosa)
    review(part_of(cycle, "A"), "A-2", SHORT, by=team.rosa)
    actions.close_part(part_of(cycle, "A"), by=team.rosa)
    finish(part_of(cycle, "M"), by=team.rosa)
    actions.close(cycle, by=team.rosa)
    assert judgements()["A-1"].endswith("The log was read.")
    assert judgements()["A-2"].endswith("The log of March lacks two.")


def test_a_new_edition_over_a_finished_cycle_loses_no_verdict(team):
    first = house(since=timezone.localdate() - 30 * DAY)
    cycle = closed(team.rosa, team.sam, [first], said={"A-2": SHORT})
    before = [(row.element.code, row.score.result, row.grade) for row in standing(cycle).rows]
    house(
        "2",
        timezone.localdate(),
        chapters={"N": [{"code": "N-1", "follows": ["A-1"]}, {"code": "N-2", "follows": ["A-2", "M-2"]}]},
    )
    assert [(row.element.code, row.score.result, row.grade) for row in standing(cycle).rows] == before
    now = readiness(make.facility(), timezone.localdate(), now=timezone.now())
    assert {one.element.code: (one.result, one.is_carried) for one in now.scores} == {
        "N-1": ("met", True),
        "N-2": ("not_met", True),
    }


def test_who_overruled_is_named_also_after_others_have_taken_it_over(team):
    read(4)
    cycle = closed(team.rosa, team.sam, said={"M-1": Said("met", because="Seen on paper.")})
    (row,) = standing(cycle).overruled
    assert (row.overruled.by, row.overruled_by) == (team.rosa, team.sam)


def test_a_cycle_is_held_against_the_one_before_it_also_over_a_new_edition(team):
    first = house(since=timezone.localdate() - 30 * DAY)
    closed(team.rosa, team.sam, [first], said={"A-1": SHORT})
    same = closed(team.rosa, team.sam, [first], title="Again")
    told = compared(standing(same))
    assert [one.now.element.code for one in told.changed] == ["A-1"]
    assert (told.entered, told.left, told.previous.title) == ([], [], "Mock survey")
    second = house(
        "2",
        timezone.localdate(),
        chapters={"N": [{"code": "N-1", "follows": ["A-1", "A-2"]}, {"code": "N-9"}]},
    )
    third = closed(team.rosa, team.sam, [second], title="Third", said={"N-1": SHORT})
    told = compared(standing(third))
    assert [(one.before.mark.result, one.now.score.result) for one in told.changed] == [("met", "not_met")]
    assert [row.element.code for row in told.entered] == ["N-9"]
    assert [one.element.code for one in told.left] == ["M-1", "M-2"]


def test_what_nobody_has_found_yet_is_no_change(team):
    first = house()
    closed(team.rosa, team.sam, [first], said={"A-1": SHORT})
    cycle = begun(team.rosa, [first], title="Again", scored_by=team.sam)
    assert compared(standing(cycle)).is_same
    score(part_of(cycle, "A"), "A-1")
    assert [one.now.element.code for one in compared(standing(cycle)).changed] == ["A-1"]


def test_the_first_cycle_has_none_before_it(team):
    assert compared(standing(begun(team.rosa))) is None


def test_a_part_is_among_what_comes_due_for_who_scores_it_until_it_is_submitted(team):
    from himdept.common import clocks, handover

    clock = clocks.named("cycle_parts")
    cycle = begun(team.rosa, scored_by=team.sam)
    parts = clock.rows(make.facility().pk)
    assert {person for _part, person in clock.whom(parts)} == {team.sam.pk}
    assert set(clock.visible(team.sam)) == set(cycle.parts.all())
    assert not clock.visible(team.vera).exists()
    kind = next(kind for kind in handover.kinds() if kind.name == "cycle_parts")
    assert kind.rows(team.sam.pk).count() == 2
    score_rest(part_of(cycle, "A"))
    actions.submit(part_of(cycle, "A"), by=team.sam)
    assert set(clock.visible(team.sam)) == {part_of(cycle, "M")}


def test_who_scores_is_told_a_week_before_it_is_due(team):
    from compliance.clocks import reminders
    from compliance.models import Reminder

    part = give(begun(team.rosa).parts.first(), team.sam, by=team.rosa)
    day = part.due - timedelta(days=7)
    reminders.write(make.facility(), on=day - DAY)
    assert not Reminder.objects.filter(clock="cycle_parts").exists()
    reminders.write(make.facility(), on=day)
    assert [(one.person, one.rung) for one in Reminder.objects.filter(clock="cycle_parts")] == [(team.sam, 7)]


def test_who_did_what_and_why_is_in_the_trail(team):
    from auditlog.models import LogEntry

    part = part_of(begun(team.rosa, scored_by=team.sam), "A")
    entries = LogEntry.objects.get_for_object(part).order_by("pk")
    assert [entry.actor for entry in entries] == [team.rosa, team.rosa]
    score(part, "A-1", Said("met", because="Log of March."))
    last = LogEntry.objects.get_for_object(part).order_by("pk").last()
    assert (last.actor, last.changes["state"]) == (team.sam, ["draft", "in_progress"])


def test_only_those_of_the_facility_see_a_cycle(team):
    cycle = begun(team.rosa, scored_by=team.sam)
    other = make.manager("other", facilities=[make.facility("OTHER")])
    assert set(Cycle.objects.visible_to(make.person(role="Surveyor"))) == {cycle}
    assert not Cycle.objects.visible_to(other).exists()
    assert not CyclePart.objects.visible_to(other).exists()
