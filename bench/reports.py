"""From what was measured to rows: which figure is held against which, and to what budget."""

from operator import attrgetter
from statistics import median

from bench import bundles
from bench import every_rule as every_rules
from bench import intake as exchange
from bench import nights as nightly
from bench import pages as read
from bench import people as staff_pages
from bench.nights import NIGHTS, Pair, typical
from bench.rows import Row
from records.models import AuditRun
from staff.models import Facility

INTAKE = 2.0  # half the rate of raw upserts
DRY_RUN = 5.0  # seconds
SCORES = 1.0  # of what auditing every record takes
PAGE = 0.1  # seconds that all but a twentieth of the pages may take
# A full re-audit, through Celery and all its bookkeeping, against SQL written by hand.
BUDGETS = {nightly.FIRST: 2.0, nightly.FULL: 2.0}


def nights(facility: Facility, rounds: int, say) -> tuple[list[Row], dict]:
    """The rows of the nights; how many occasions one that judges everything has, and the most memory of a worker."""
    alone: list[float] = []
    pairs: list[Pair] = list(nightly.rounds(facility, rounds, say=say, alone=alone.append))
    rows = []
    for night in NIGHTS:
        pair = typical(pairs, night)
        ours, theirs = pair.ours, pair.theirs
        memory = f"worker {ours.worker:.0f}, database {ours.database:.0f}, by hand {theirs.database:.0f}"
        rows.append(
            Row(
                *(night.name, ours.seconds, theirs.seconds, "by hand"),
                most=BUDGETS.get(night),
                processors=(ours.processor, theirs.processor),
                note=memory,
            )
        )
        if night == nightly.CHANGED:
            rows.append(Row(f"{night.name}, of all", pair.ours.seconds, median(alone), "these alone", most=3))
    worker = max(pair.ours.worker for pair in pairs)
    return rows, {"worker_mib": worker, "occasions": AuditRun.objects.filter(full=True).latest("pk").occasions}


def every_rule(facility: Facility, rounds: int, say) -> list[Row]:
    """The rows of every rule at once: an occasion against one of the frozen rules, the changed records against these
    alone, and a dry run."""
    frozen, every = zip(*every_rules.rounds(facility, rounds, say=say), strict=True)
    rules, than = every[0].rules, f"by {frozen[0].rules}"
    rows = [
        Row(
            f"{name} by {rules} rules, an occasion",
            *(median(cost(found).seconds / number(found) for found in side) for side in (every, frozen)),
            *(than, "us"),
            most=1.2,
            processors=tuple(
                median(cost(found).processor / number(found) for found in side) for side in (every, frozen)
            ),
            note=f"{number(every[0]):,} occasions, {median(cost(found).seconds for found in every):.2f} s",
        )
        for name, cost, number in (
            ("first night", attrgetter("first"), attrgetter("first_occasions")),
            ("full re-audit", attrgetter("full"), attrgetter("full_occasions")),
        )
    ]
    changed, alone = median(of.changed.seconds for of in every), median(of.alone for of in every)
    rows.append(Row(f"night with 2% changed by {rules} rules, of all", changed, alone, "these alone", most=3))
    dry, full = median(of.dry_run for of in every), median(of.full.seconds for of in every)
    rows.append(Row("dry run of one rule", dry, full, "full re-audit", most=DRY_RUN, absolute=True))
    busy = (median(of.scores.processor for of in every), median(of.full.processor for of in every))
    scores = median(of.scores.seconds for of in every)
    rows.append(Row("scores of a night", scores, full, "full re-audit", most=SCORES, processors=busy))
    return rows


def pages(facility: Facility, seconds: float, say) -> list[Row]:
    """The rows of the pages: what all but one in twenty wait at most, against a page by itself."""
    return [
        Row(
            *(of.what, of.p95, of.alone, "alone", "ms", PAGE),
            absolute=True,
            note=f"p50 {of.p50 * 1e3:.0f} ms, processors {of.busy * 1e3:.0f} ms",
        )
        for of in read.waited(facility, seconds=seconds, say=say)
    ]


def people(facility: Facility, say) -> list[Row]:
    """The rows of the pages of a department of 5,000: what all but one in twenty take, against half of them."""
    return [
        Row(
            *(f"{of.what}, of 5,000", of.p95, of.p50, "half of them", "ms", PAGE),
            absolute=True,
            note=f"processors {of.busy * 1e3:.0f} ms",
        )
        for of in staff_pages.opened(facility, say=say)
    ]


def intake(facility: Facility, rounds: int, how_many: int, say) -> list[Row]:
    """The rows of the intake: what a resource of a bundle takes, against the rows that it comes to."""
    note = f"bundles of {bundles.SIZE:,}: {how_many}"
    return [
        Row(
            *(f"intake, a resource sent the {when} time", of.ours.seconds, of.raw.seconds, "raw rows", "us", INTAKE),
            processors=(of.ours.busy, of.raw.busy),
            note=note,
        )
        for when, of in exchange.taken(facility, rounds, how_many, say=say).items()
    ]
