from datetime import timedelta
from itertools import combinations, pairwise

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from himdept.common.moments import Moment
from records.completeness.judgement import State
from records.completeness.timeline import drawing, letters, rows
from records.completeness.timeline.drawing import LEFT, RIGHT, ROW, WIDTH, Picture
from records.inventory.models import Encounter, Episode
from tests.records.completeness.timeline.hand_made import (
    ADMITTED,
    DAY,
    DISCHARGED,
    HOUR,
    document,
    judgement,
    occasion,
    record,
    requirement,
)

NOW = DISCHARGED + 42 * DAY


def picture(of, as_of, *occasions, episodes=(), is_now=True, **more) -> Picture:
    seen = judgement(of, as_of, *occasions, **more)
    return drawing.draw(seen, rows.lay_out(seen, of.facility.zone).drawn, list(episodes), is_now=is_now)


def bars(drawn, kind: str) -> list:
    return [bar for bar in drawn.bars if bar.kind == kind]


# -- Whatever the chart: nothing outside, nothing upon another -------------------------------------------------------

unhurried = settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
lengths = st.timedeltas(timedelta(minutes=1), timedelta(days=200))
around = st.timedeltas(timedelta(days=-40), timedelta(days=200))
titles = st.sampled_from(
    [
        "Order",
        "History and physical",
        "A document with a title much longer than any column has room for",
        "Ärztlicher Brief",
    ]
)


@st.composite
def charts(draw):
    start = ADMITTED
    end = draw(st.one_of(st.none(), lengths.map(lambda length: start + length)))
    of = record(
        start=start, end=end, zone=draw(st.sampled_from(["America/New_York", "America/Havana", "Asia/Kathmandu"]))
    )
    as_of = start + draw(st.timedeltas(timedelta(), timedelta(days=900)))
    occasions = []
    for _number in range(draw(st.integers(1, 8))):
        state = draw(st.sampled_from(list(State)))
        due_at = start + draw(around)
        written = draw(st.one_of(st.none(), around.map(lambda shift: min(start + shift, as_of))))
        length = draw(st.one_of(st.none(), lengths))
        signed = min((written or start) + length, as_of) if length else None
        served_by = document(written, signed, to_the_day=draw(st.booleans())) if written else None
        done = (signed or written) if served_by else None
        by_days = draw(st.booleans())
        occasions.append(
            occasion(
                of,
                state,
                due_at=None if state == State.UNDATED else due_at,
                at=done,
                served_by=served_by,
                title=draw(titles),
                opens=draw(st.one_of(st.none(), st.just(due_at - 2 * DAY))),
                moment=Moment(due_at - HOUR, due_at - HOUR),
                element="time" if state == State.UNDATED else "findings",
                rule=requirement(due_after_days=30) if by_days else None,
            )
        )
    times = draw(st.lists(st.timedeltas(timedelta(), timedelta(days=60)), max_size=5))
    episodes = [
        Episode(kind="procedure", anesthesia=True, start_first=start + at, start_last=start + at, end_first=None)
        for at in times
    ]
    return of, as_of, occasions, episodes


def box(text) -> tuple[float, float, float, float]:
    return text.left, text.y - text.size * 0.8, text.right, text.y + text.size * 0.25


def overlap(one, other) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


@given(charts())
@unhurried
def test_nothing_lies_outside_the_picture_and_no_words_upon_others(chart):
    of, as_of, occasions, episodes = chart
    drawn = picture(of, as_of, *occasions, episodes=episodes)
    texts = [*drawn.marks, *drawn.tick_words, *drawn.names]
    for row in drawn.rows:
        texts += [row.title, row.under, row.label]
        assert row.title.right <= LEFT
        assert row.under.right <= LEFT
        assert row.label.left >= LEFT - 0.01
        for bar in row.bars:
            assert LEFT - 0.01 <= bar.x <= bar.right <= RIGHT + 0.01, bar
        assert row.ground is None or row.ground.width > 0
        assert all(LEFT <= x <= RIGHT for x in row.dots)
        assert row.shape is None or LEFT <= row.shape.x - drawing.SHAPE <= row.shape.x + drawing.SHAPE <= RIGHT + 0.01
    for text in texts:
        left, top, right, bottom = box(text)
        assert 0 <= left <= right <= WIDTH, text
        assert 0 <= top <= bottom <= drawn.height, text
    for one, other in combinations(texts, 2):
        assert not overlap(box(one), box(other)), (one, other)
    assert all(LEFT <= shade.x <= shade.x + shade.width <= RIGHT + 0.01 for shade in drawn.shades)


@given(charts())
@unhurried
def test_the_verdict_never_stands_upon_the_shape_of_the_document(chart):
    of, as_of, occasions, episodes = chart
    for row in picture(of, as_of, *occasions, episodes=episodes).rows:
        if row.shape is not None:
            shape = (row.shape.x - drawing.SHAPE, row.middle - 6, row.shape.x + drawing.SHAPE, row.middle + 6)
            assert not overlap(box(row.label), shape)


@given(charts())
@unhurried
def test_what_is_past_due_begins_where_the_window_ends(chart):
    of, as_of, occasions, episodes = chart
    for row in picture(of, as_of, *occasions, episodes=episodes).rows:
        for later in [*bars(row, "past"), *bars(row, "late")]:
            (window,) = bars(row, "window")
            assert abs(window.right - later.x) <= 2.0 or window.x == later.x


# -- One thing after the other ---------------------------------------------------------------------------------------


def test_a_document_in_time_is_a_check_within_its_window():
    of = record()
    signed = document(ADMITTED + 8 * HOUR, ADMITTED + 9 * HOUR)
    drawn = picture(
        of, NOW, occasion(of, State.MET, due_at=ADMITTED + DAY, at=ADMITTED + 9 * HOUR, served_by=signed)
    ).rows[0]
    (window,) = bars(drawn, "window")
    assert window.x == LEFT
    assert window.x < drawn.dots[0] < drawn.shape.x < window.right
    assert (drawn.shape.kind, drawn.label.words) == ("check", "signed 9 h after admission")
    assert drawn.label.left > window.right


def test_what_is_missing_is_hatched_from_its_due_time_to_the_moment_of_looking():
    of = record()
    due_at = DISCHARGED + 30 * DAY
    rule = requirement(due_after_days=30, trigger="discharge")
    discharge = Moment(DISCHARGED, DISCHARGED)
    drawn = picture(
        of, NOW, occasion(of, State.MISSING, due_at=due_at, moment=discharge, rule=rule), delinquent_at=due_at
    )
    row = drawn.rows[0]
    (window,), (past,) = bars(row, "window"), bars(row, "past")
    assert window.right == past.x
    assert past.right == RIGHT
    assert row.label.words == "missing, 12 d past due"
    assert row.shape.kind == "cross"
    assert [line.kind for line in drawn.lines] == ["admitted", "discharged", "delinquent", "now"]
    assert "delinquent after 11 Nov" in [text.words for text in drawn.marks]


def test_a_document_that_was_late_has_a_bar_from_due_to_done():
    of = record()
    late = document(ADMITTED + 49 * HOUR, ADMITTED + 49 * HOUR)
    drawn = picture(
        of, NOW, occasion(of, State.LATE, due_at=ADMITTED + DAY, at=ADMITTED + 49 * HOUR, served_by=late)
    ).rows[0]
    assert bars(drawn, "late")[0].right == drawn.shape.x
    assert drawn.label.words == "signed 25 h late"


def test_words_beside_what_is_crossed_need_no_ground():
    of, done = record(), DISCHARGED + 25 * DAY
    paper = document(done, done + 5 * HOUR)
    met = occasion(
        of,
        State.MET,
        due_at=DISCHARGED + 30 * DAY,
        at=done + 5 * HOUR,
        served_by=paper,
        moment=Moment(DISCHARGED, DISCHARGED),
    )
    drawn = picture(of, DISCHARGED + 34 * DAY, met).rows[0]
    (link,) = bars(drawn, "link")
    assert drawn.label.right < link.x
    assert drawn.ground is None


def test_a_document_known_only_to_the_day_is_a_bar_across_the_day_and_says_so():
    of = record()
    day = ADMITTED.replace(hour=4) + DAY  # midnight in New York
    paper = document(day, to_the_day=True)
    drawn = picture(of, NOW, occasion(of, State.MET, due_at=ADMITTED + 3 * DAY, at=day, served_by=paper)).rows[0]
    (across,) = bars(drawn, "day")
    assert across.width > 20
    assert across.x < drawn.shape.x < across.right
    assert drawn.label.words == "written on 9 Oct 2026"
    assert "(the hour is not known)" in drawn.row.sentence


def test_a_document_from_before_admission_stands_left_of_it():
    of = record()
    early = document(ADMITTED - 12 * DAY)
    one = occasion(
        of, State.MET, due_at=ADMITTED + DAY, at=ADMITTED - 12 * DAY, served_by=early, opens=ADMITTED - 30 * DAY
    )
    drawn = picture(of, NOW, one)
    admitted = next(line.x for line in drawn.lines if line.kind == "admitted")
    assert LEFT < drawn.rows[0].shape.x < admitted
    assert drawn.rows[0].label.words == "written 12 d before admission"
    assert "before" in [text.words for text in drawn.names]


def test_many_met_ones_are_told_together_and_what_was_found_never():
    of = record()
    rule = requirement(topic="verbal-order", trigger="order", due_after_hours=48)
    orders = []
    for number in range(30):
        given_at = ADMITTED + number * HOUR
        entry = document(given_at, given_at + HOUR, title="Order", verbal=True)
        orders.append(
            occasion(
                of, State.MET, due_at=given_at + 2 * DAY, at=given_at + HOUR, entry=entry, title="Order", rule=rule
            )
        )
    lying = document(ADMITTED + 5 * HOUR, title="Order", verbal=True)
    found = occasion(of, State.UNSIGNED, due_at=ADMITTED + 2 * DAY, entry=lying, title="Order", rule=rule)
    drawn = picture(of, NOW, *orders, found)
    together, alone = drawn.rows
    assert (together.label.words, len(together.dots)) == ("all 30 in time", 30)
    assert alone.label.words == "unsigned, 44 d past due"
    seen = judgement(of, NOW, *orders, found)
    assert len(rows.lay_out(seen, of.facility.zone, fold=False).drawn) == 31


def test_so_many_found_ones_that_nobody_would_look_are_left_to_the_table():
    of = record()
    rule = requirement(topic="verbal-order", trigger="order", due_after_hours=48)
    seen = judgement(
        of,
        NOW,
        *(
            occasion(of, State.UNSIGNED, due_at=ADMITTED, entry=document(ADMITTED + n * HOUR), rule=rule)
            for n in range(50)
        ),
    )
    told = rows.lay_out(seen, of.facility.zone)
    assert (len(told.drawn), told.left_out, len(told.every)) == (rows.MANY, 50 - rows.MANY, 50)


def test_surgery_is_shaded_from_its_beginning_to_its_end_and_what_was_not_done_is_not():
    of = record()
    start, end = ADMITTED + 20 * HOUR, ADMITTED + 22 * HOUR
    times = {"start_first": start, "start_last": start, "end_first": end, "end_last": end}
    done = Episode(kind="procedure", anesthesia=True, **times)
    undone = Episode(kind="procedure", anesthesia=True, status=Episode.Status.NOT_DONE, **times)
    drawn = picture(of, NOW, occasion(of, State.MISSING, due_at=ADMITTED + DAY), episodes=[done, undone])
    (shade,) = drawn.shades
    assert shade.words == "surgery 9 Oct 10:10"
    assert shade.words in [text.words for text in drawn.marks]


def test_a_look_at_the_past_shows_nothing_that_had_not_happened():
    of = record()
    later = Episode(kind="procedure", start_first=ADMITTED + 2 * DAY, start_last=ADMITTED + 2 * DAY)
    one = occasion(of, State.EXPECTED, due_at=ADMITTED + DAY)
    drawn = picture(of, ADMITTED + HOUR, one, episodes=[later], is_now=False)
    assert [line.kind for line in drawn.lines] == ["admitted", "now"]
    assert drawn.shades == ()
    assert "8 Oct 15:10" in [text.words for text in drawn.marks]
    assert drawn.rows[0].label.words == "due by 9 Oct 2026 14:10"


def test_the_marks_say_how_a_stay_began_and_ended():
    died = record(encounter_class=Encounter.Class.INPATIENT, disposition=Encounter.Disposition.EXPIRED)
    left = record(encounter_class=Encounter.Class.EMERGENCY)
    words = [
        [text.words for text in picture(of, NOW, occasion(of, State.MISSING, due_at=ADMITTED)).marks]
        for of in (died, left)
    ]
    assert words[0][:2] == ["Admitted 8 Oct 14:10", "Died 12 Oct 14:10"]
    assert words[1][:2] == ["Arrived 8 Oct 14:10", "Left 12 Oct 14:10"]


def test_a_visit_of_five_minutes_can_be_read():
    of = record(end=ADMITTED + timedelta(minutes=5), encounter_class=Encounter.Class.AMBULATORY)
    drawn = picture(of, NOW, occasion(of, State.MISSING, due_at=ADMITTED + DAY))
    assert [text.words for text in drawn.marks][:2] == ["Began 8 Oct 14:10", "Ended 8 Oct 14:15"]


def test_where_nothing_is_asked_there_is_no_picture():
    of = record()
    assert drawing.draw(judgement(of, NOW), [], [], is_now=True) is None


def test_rows_stand_one_below_the_other():
    of = record()
    drawn = picture(of, NOW, *(occasion(of, State.MISSING, due_at=ADMITTED + n * HOUR) for n in range(3)))
    middles = [row.middle for row in drawn.rows]
    assert [b - a for a, b in pairwise(middles)] == [ROW, ROW]


def test_words_are_cut_where_there_is_no_room():
    assert letters.cut("Operative report", 12, 300) == "Operative report"
    cut = letters.cut("Operative report", 12, 60)
    assert cut.endswith("…")
    assert letters.width(cut, 12) <= 60
