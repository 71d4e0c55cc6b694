"""Where each bar, shape and label of the picture goes: plain numbers, which the template writes as SVG attributes.

Units are those of the drawing, WIDTH of them across. Every label stands where nothing else of its row is: right of
what is drawn, else within a bar and on a ground of its own, else left.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from himdept.common.moments import Moment
from records.completeness import acts
from records.completeness.judgement import Judgement, Occasion, State
from records.completeness.timeline import around, letters, rows, scale
from records.completeness.timeline.around import LANE, Mark, Shade
from records.completeness.timeline.letters import AIR, SMALL, TITLE, WORDS, Text
from records.completeness.timeline.rows import Row
from records.completeness.timeline.scale import LEFT, RIGHT, WIDTH, Name, Scale, Stay
from records.inventory.models import Episode, Record

ROW, BAR = 36.0, 14.0  # the height of a row, and of a bar in it
SHAPE = 8.0  # half of a shape's width
MOST_ROWS = 200
ON_GROUND = ("past", "late", "link", "span")


@dataclass(frozen=True)
class Bar:
    """A length of time in a row: the window in which a document was wanted, or how long it was late or past due."""

    kind: str  # window, late, past, day, link, span
    x: float
    width: float

    @property
    def right(self) -> float:
        return self.x + self.width


@dataclass(frozen=True)
class Shape:
    kind: str
    tone: str
    x: float


@dataclass(frozen=True)
class Line:
    kind: str
    x: float
    top: float


@dataclass(frozen=True)
class DrawnRow:
    row: Row
    middle: float
    title: Text
    under: Text
    bars: tuple[Bar, ...]
    dots: tuple[float, ...]
    shape: Shape | None
    label: Text
    ground: Bar | None  # beneath a label that stands on what is hatched or crossed
    is_within: bool  # whether the label stands within a bar

    @property
    def bar_top(self) -> float:
        return self.middle - BAR / 2


@dataclass(frozen=True)
class Picture:
    height: float
    top: float
    bottom: float
    rows: tuple[DrawnRow, ...]
    lines: tuple[Line, ...]
    shades: tuple[Shade, ...]
    marks: tuple[Text, ...]
    ticks: tuple[tuple[float, bool], ...]
    tick_words: tuple[Text, ...]
    names: tuple[Text, ...]
    breaks: tuple[float, ...]
    width: float = WIDTH
    left: float = LEFT
    right: float = RIGHT


def draw(judgement: Judgement, told: Iterable[Row], episodes: list[Episode], *, is_now: bool) -> Picture | None:
    """The picture of a judgement, or nothing when nothing is asked. `told` are the rows to be drawn."""
    told = list(told)[:MOST_ROWS]
    if not told:
        return None
    record = told[0].occasion.record
    zone = record.facility.zone
    stay = stay_of(record, judgement.as_of)
    marks = [*around.of_stay(record, judgement, zone, is_now=is_now)]
    axis = axis_of(stay, told, marks)
    marks = [mark for mark in marks if axis.shows(mark.at)]
    happened = [one for one in episodes if around.began(one, judgement.as_of) and around.shown(one, axis)]
    shades = tuple(around.shade(episode, axis, judgement.as_of, zone) for episode in happened)
    words, lanes = around.in_lanes([*marks, *(around.of_episode(episode, zone) for episode in happened)], axis)
    top = lanes * LANE + 8.0
    bottom = top + ROW * len(told) + 4.0
    ticks = {stretch.name: list(scale.ticks(stretch, zone)) for stretch in axis.stretches}
    return Picture(
        height=bottom + 38.0,
        top=top,
        bottom=bottom,
        rows=tuple(row_at(row, top + ROW * (n + 0.5), axis, judgement.as_of) for n, row in enumerate(told)),
        lines=tuple(Line(mark.kind, axis.x(mark.at), words[mark].y + 4 if mark in words else top) for mark in marks),
        shades=shades,
        marks=tuple(words.values()),
        ticks=tuple((axis.x(tick.at), tick.is_midnight) for of in ticks.values() for tick in of),
        tick_words=tuple(around.along_axis(ticks, axis, bottom + 14.0)),
        names=tuple(around.names(axis, stay, bottom + 31.0)),
        breaks=tuple(of.left for of in axis.stretches if of.name == Name.LATER),
    )


def stay_of(record: Record, as_of: datetime) -> Stay:
    encounter = record.encounter
    end = encounter.end_first if encounter.end_first is not None and encounter.end_first <= as_of else None
    return Stay(encounter.start_first, max(end, encounter.start_first) if end else None, as_of)


def axis_of(stay: Stay, told: list[Row], marks: list[Mark]) -> Scale:
    """The scale for all that is told. A mark alone does not stretch it, but for the day of delinquency."""
    clock_limits, others = [], [mark.at for mark in marks if mark.kind == "delinquent"]
    for row in told:
        for occasion in row.occasions:
            others += [at for at in rows.moments_of(occasion) if not row.is_folded or at != occasion.due_at]
            if row.is_folded:
                continue
            if occasion.due_at is not None and occasion.head.requirement.due_after_hours is not None:
                clock_limits.append(occasion.due_at)
    return scale.lay_out(stay, clock_limits=clock_limits, others=others)


# -- Rows ------------------------------------------------------------------------------------------------------------


def row_at(row: Row, middle: float, axis: Scale, as_of: datetime) -> DrawnRow:
    title = Text(letters.cut(row.title, TITLE, LEFT - 10.0), 0.0, middle - 1.5, TITLE)
    under = Text(letters.cut(row.under, SMALL, LEFT - 10.0), 0.0, middle + 12.0, SMALL)
    if row.is_folded:
        bars, dots, shape = together(row.occasions, axis)
    else:
        bars, dots, shape = alone(row.occasion, axis, as_of)
    taken = [(bar.x, bar.right) for bar in bars] + [(x - 3.0, x + 3.0) for x in dots]
    if shape is not None:
        taken.append((shape.x - SHAPE, shape.x + SHAPE))
    held = [(x - 3.0, x + 3.0) for x in dots] + ([(shape.x - SHAPE, shape.x + SHAPE)] if shape else [])
    held += [(bar.x, bar.right) for bar in bars if bar.kind in ("link", "span")]
    label, reach, beside = label_for(row, taken, held, middle, has_shape=shape is not None)
    # On a plain window words can be read; on what is hatched or crossed they need a ground of their own.
    crossed = [bar for bar in bars if reach and bar.kind in ON_GROUND and bar.x < reach.right and bar.right > reach.x]
    ground = None
    if crossed:
        x = max(reach.x, crossed[0].x)
        ground = Bar(crossed[0].kind, x, reach.right - x)
    return DrawnRow(
        row, middle, title, under, tuple(bars), tuple(dots), shape or beside, label, ground, reach is not None
    )


def alone(occasion: Occasion, axis: Scale, as_of: datetime) -> tuple[list[Bar], list[float], Shape | None]:
    """The window of one occasion, how long it was or is past due, and the document where it was written or signed."""
    bars = []
    opens, due_at, head = opening(occasion, axis), occasion.due_at, occasion.head
    if due_at is not None:
        bars.append(between("window", opens, due_at, axis))
        if occasion.state == State.LATE and head.at is not None and head.at > due_at:
            bars.append(between("late", due_at, head.at, axis))
        if occasion.state.is_open and head.due_at is not None and as_of > due_at:
            bars.append(between("past", due_at, as_of, axis))
    done = act(occasion)
    if done is None:
        return bars, [], None
    dots = []
    if not done.exact:
        bars.append(between("day", done.first, done.last, axis))
    document = occasion.document
    if document.authored_first is not None and document.authored_first < done.first:
        bars.append(between("link", document.authored_first, done.first, axis))
        dots.append(axis.x(document.authored_first))
    x = axis.x(done.first) if done.exact else (axis.x(done.first) + axis.x(done.last)) / 2
    # A shape at the very edge is drawn whole.
    x = min(max(x, LEFT + SHAPE), RIGHT - SHAPE)
    return bars, dots, Shape(rows.SHAPES[occasion.state], rows.TONES[occasion.state], x)


def together(occasions: tuple[Occasion, ...], axis: Scale) -> tuple[list[Bar], list[float], Shape | None]:
    """A dot where each was met, and a line from the first to the last."""
    dots = sorted({axis.x(one.head.at) for one in occasions if one.head.at is not None})
    dots = [min(max(x, LEFT + 3.0), RIGHT - 3.0) for x in dots]
    return ([Bar("span", dots[0], max(dots[-1] - dots[0], 1.0))] if dots else []), dots, None


def opening(occasion: Occasion, axis: Scale) -> datetime:
    """Where the window begins: where the rule says so, else at what called for the document.

    What has to be there before something happens was wanted from the beginning of the stay.
    """
    start = occasion.moment.first if occasion.moment is not None else axis.start
    if occasion.opens is not None:
        start = max(occasion.opens, min(axis.start, start))
    stretch = axis.stretch(Name.STAY)
    if occasion.due_at is not None and start >= occasion.due_at:
        start = min(occasion.due_at, stretch.start)
    return start


def act(occasion: Occasion) -> Moment | None:
    """When the document was complete, or as far as it has come: where its shape stands."""
    document, at = occasion.document, occasion.head.at
    if document is None:
        return None
    if occasion.state in (State.MET, State.LATE) and at is not None:
        done = acts.at(document, at)
        return done.moment if done is not None else Moment(at, at)
    return rows.moment_of(document.authored_first, document.authored_last)


def between(kind: str, first: datetime, last: datetime, axis: Scale) -> Bar:
    """A bar between two moments; one of no length can still be seen."""
    x, end = axis.x(first), axis.x(last)
    width = max(end - x, 2.0)
    return Bar(kind, min(x, RIGHT - width), width)


def label_for(row: Row, taken, held, middle: float, *, has_shape: bool) -> tuple[Text, Bar | None, Shape | None]:
    """The verdict in words, where there is room; without a document its shape stands before the words."""
    lead = 0.0 if has_shape else 2 * SHAPE + 5.0
    leftmost = min([left for left, _right in taken], default=LEFT)
    rightmost = max([right for _left, right in taken], default=LEFT)
    for words in (row.words, row.short):
        wide = letters.width(words, WORDS) + lead
        if rightmost + AIR + wide <= RIGHT:
            x, within = rightmost + AIR, False
        elif (found := gap(leftmost, rightmost, held, wide + 2 * AIR)) is not None:
            x, within = found + AIR, True
        elif leftmost - AIR - wide >= LEFT:
            x, within = leftmost - AIR - wide, False
        else:
            continue
        break
    else:  # nothing fits beside what is drawn: the word goes over it
        words = letters.cut(row.short, WORDS, RIGHT - LEFT - 2 * AIR - lead)
        wide = letters.width(words, WORDS) + lead
        x, within = RIGHT - AIR - wide, True
    text = Text(words, x + lead, middle + 4.0, WORDS, "start", row.tone)
    ground = Bar("ground", x - AIR / 2, wide + AIR) if within else None
    return text, ground, Shape(row.shape, row.tone, x + SHAPE) if lead else None


def gap(left: float, right: float, held: list[tuple[float, float]], wide: float) -> float | None:
    """Where between two places something so wide fits beside what is held, as far to the right as can be."""
    end = right
    for start, stop in sorted(held, reverse=True):
        if end - stop >= wide:
            return end - wide
        end = min(end, start)
    return end - wide if end - left >= wide else None
