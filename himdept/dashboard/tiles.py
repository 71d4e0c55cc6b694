"""The tiles of the huddle: a number of now, its night before, its target, and the fortnight behind it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from himdept.common import pictures, spoken
from himdept.common.pictures import Picture
from records.completeness import nights
from records.completeness.figures import Figure
from records.completeness.nights import RATIO_LIMIT, Night, Past
from staff.models import Facility, Target

FORTNIGHT = 14
Measure = Target.Measure


@dataclass(frozen=True)
class Tile:
    """One number with all that is said of it. `value` is None where it cannot be known yet."""

    label: str
    value: float | None
    unit: str
    address: str
    as_of: datetime | None
    change: float | None
    since: str
    target: int | None
    tone: str = ""
    word: str = ""
    percent: bool = False
    spark: Picture | None = None
    help: str = ""

    @property
    def moves(self) -> str:
        """How it stands against the night before: better, worse or the same. All of these numbers are to be small."""
        change = round(self.change or 0, 1)
        return "" if not change else "worse" if change > 0 else "better"


LABELS = {
    Measure.DELINQUENT: gettext_lazy("Delinquent records"),
    Measure.RATIO: gettext_lazy("Delinquency ratio"),
    Measure.DUE_TODAY: gettext_lazy("Due before midnight"),
    Measure.PAST_DUE: gettext_lazy("Past due"),
    Measure.INCOMPLETE: gettext_lazy("Incomplete records"),
    Measure.UNDATED: gettext_lazy("Undated entries"),
}
HELP = {
    Measure.DELINQUENT: gettext_lazy(
        "Incomplete records whose stay ended longer ago than the medical staff's bylaws allow: 30 days unless the "
        "facility says otherwise (42 CFR 482.24(c)(4)(vii))."
    ),
    Measure.RATIO: gettext_lazy(
        "Delinquent records in percent of the average monthly discharges of the last year. An accreditation survey of "
        "the Joint Commission's kind accepts at most 50 (RC.01.04.01)."
    ),
    Measure.DUE_TODAY: gettext_lazy("Documents and signatures that are still open and late after this midnight."),
    Measure.PAST_DUE: gettext_lazy(
        "Open deficiencies whose due time has passed, whether or not the record counts as delinquent."
    ),
    Measure.INCOMPLETE: gettext_lazy(
        "Records of which something past due is still owed, the delinquent ones among them."
    ),
    Measure.UNDATED: gettext_lazy(
        "Entries without the date or time that they must carry (42 CFR 482.24(c)(1)). That is asked of them from the "
        "first moment on, so that there is no time by which it is due, and they never become past due."
    ),
}


@dataclass(frozen=True)
class Standing:
    """What the tiles are made of: the counts of now, the nights behind them, the aims and the day it is."""

    figures: dict[str, Figure]
    past: Past
    targets: dict[tuple[int, str], int]
    facilities: list[Facility]
    as_of: datetime | None
    now: datetime
    reaches_more: bool  # records opened by name: they are counted now and were not in what was kept

    def today(self) -> date:
        return min((self.now.astimezone(f.zone).date() for f in self.facilities), default=self.now.date())


def tiles(standing: Standing) -> list[Tile]:
    """All tiles of a person, over all of their facilities."""
    together = standing.past.together()
    return [tile(standing, measure, together) for measure in LABELS]


def tile(standing: Standing, measure: Measure, together: list[Night]) -> Tile:
    value = value_of(standing, measure)
    earlier = nights.before(together, standing.today())
    then = of_night(earlier, measure) if earlier else None
    compared = of_night(together[-1], measure) if standing.reaches_more and together else value
    target = common_target(standing, measure)
    tone, word = judged(measure, value, target)
    figure = standing.figures["delinquent" if measure == Measure.RATIO else measure.value]
    return Tile(
        label=str(LABELS[measure]),
        value=value,
        unit=unit_of(standing, measure),
        address=figure.address,
        as_of=standing.as_of,
        change=None if then is None or compared is None else compared - then,
        since=since(earlier, standing.today()) if earlier else "",
        target=target,
        tone=tone,
        word=word,
        percent=measure == Measure.RATIO,
        spark=spark(together, measure),
        help=str(HELP[measure]),
    )


def value_of(standing: Standing, measure: Measure, facility: int | None = None) -> float | None:
    if measure == Measure.RATIO:
        delinquent = part(standing.figures["delinquent"], facility).number
        return nights.ratio(delinquent, standing.past.discharges_a_month(facility))
    return part(standing.figures[measure.value], facility).number


def part(figure: Figure, facility: int | None) -> Figure:
    return figure if facility is None else figure.by_facility[facility]


def of_night(night: Night, measure: Measure) -> float | None:
    return getattr(night, measure.value)


def unit_of(standing: Standing, measure: Measure) -> str:
    figures = standing.figures
    if measure == Measure.RATIO:
        a_month = standing.past.discharges_a_month()
        return _("of %(n)s discharges a month") % {"n": f"{round(a_month):,}"} if a_month else _("no discharges yet")
    if measure == Measure.DELINQUENT:
        return _("of %(n)s incomplete") % {"n": f"{figures['incomplete'].number:,}"}
    if measure == Measure.PAST_DUE:
        return _("of %(n)s open") % {"n": f"{figures['open'].number:,}"}
    if measure == Measure.DUE_TODAY:
        return ngettext("document", "documents", figures["due_today"].number)
    if measure == Measure.UNDATED:
        return _("with no due time")
    return ngettext("record", "records", figures["incomplete"].number)


def judged(measure: Measure, value: float | None, target: int | None) -> tuple[str, str]:
    """The badge of a tile: a tone and a word, none where there is nothing to judge it by."""
    if value is None:
        return "", ""
    if measure == Measure.RATIO and value > RATIO_LIMIT:
        return "bad", _("over %(limit)d") % {"limit": RATIO_LIMIT}
    if target is not None:
        if value > target:
            over = _("over %(target)s") % {"target": f"{target:,}"}
            return ("watch" if measure == Measure.RATIO else "bad"), over
        return "good", _("on target")
    if measure == Measure.RATIO:
        return "good", _("within limit")
    if measure == Measure.DELINQUENT and not value:
        return "good", _("none")
    return ("info", _("today")) if measure == Measure.DUE_TODAY and value else ("", "")


def since(night: Night, today: date) -> str:
    if night.day == today - timedelta(days=1):
        return _("since yesterday")
    return _("since %(day)s") % {"day": spoken.date_of(night.day)}


def spark(together: list[Night], measure: Measure) -> Picture | None:
    """The nights of the last fortnight that has any."""
    days = series(together, lambda night: of_night(night, measure))
    if not days:
        return None
    days = [(day, value) for day, value in days if (days[-1][0] - day).days < FORTNIGHT]
    first, last = days[0], days[-1]
    words = _("%(n)d nights: from %(first)s on %(since)s to %(last)s on %(until)s") % {
        "n": len(days),
        "first": f"{first[1]:,.0f}",
        "since": spoken.date_of(first[0]),
        "last": f"{last[1]:,.0f}",
        "until": spoken.date_of(last[0]),
    }
    return pictures.drawn(days, width=90, height=26, words=words)


def series(chosen: Iterable[Night], value: Callable[[Night], float | None]) -> list[tuple[date, float]]:
    return [(night.day, number) for night in chosen if (number := value(night)) is not None]


def targets_of(facilities: list[Facility], now: datetime) -> dict[tuple[int, str], int]:
    """The target in force today of each facility and measure. One query."""
    today = {facility.pk: now.astimezone(facility.zone).date() for facility in facilities}
    rows = Target.objects.filter(facility__in=today).order_by("from_day")
    return {(row.facility_id, row.measure): row.at_most for row in rows if row.from_day <= today[row.facility_id]}


def common_target(standing: Standing, measure: Measure) -> int | None:
    """The target of all facilities together: their sum, of the ratio the strictest; none unless each has one."""
    aims = [standing.targets.get((facility.pk, measure.value)) for facility in standing.facilities]
    if not aims or None in aims:
        return None
    return min(aims) if measure == Measure.RATIO else sum(aims)


@dataclass(frozen=True)
class Row:
    """One facility among several: its name, its numbers with their addresses, and when it was last audited."""

    facility: Facility
    cells: list["Cell"]
    as_of: datetime | None


@dataclass(frozen=True)
class Cell:
    label: str
    value: float | None
    address: str
    target: int | None
    tone: str
    percent: bool


def by_facility(standing: Standing, as_of: dict[int, datetime | None]) -> list[Row]:
    """Each facility by itself, where there are several."""
    if len(standing.facilities) < 2:
        return []
    return [
        Row(facility, [cell(standing, measure, facility.pk) for measure in LABELS], as_of.get(facility.pk))
        for facility in standing.facilities
    ]


def cell(standing: Standing, measure: Measure, facility: int) -> Cell:
    value, target = value_of(standing, measure, facility), standing.targets.get((facility, measure.value))
    figure = standing.figures["delinquent" if measure == Measure.RATIO else measure.value]
    tone, _word = judged(measure, value, target)
    return Cell(
        str(LABELS[measure]), value, figure.by_facility[facility].address, target, tone, measure == Measure.RATIO
    )
