"""From what was measured to rows: which figure is held against which, and to what budget."""

from statistics import median

from bench import nights as nightly
from bench.nights import NIGHTS, Pair, typical
from bench.rows import Row
from records.models import AuditRun
from staff.models import Facility

# A full re-audit, through Celery and all its bookkeeping, against SQL written by hand.
BUDGETS = {nightly.FIRST: 2.0, nightly.FULL: 2.0}


def nights(facility: Facility, rounds: int, say) -> tuple[list[Row], dict]:
    """The rows of the nights, and how many occasions one that judges everything has."""
    alone: list[float] = []
    pairs: list[Pair] = list(nightly.rounds(facility, rounds, say=say, alone=alone.append))
    rows = []
    for night in NIGHTS:
        pair = typical(pairs, night)
        memory = f"worker {pair.ours.worker:.0f}, database {pair.ours.database:.0f}, by hand {pair.theirs.database:.0f}"
        rows.append(
            Row(night.name, pair.ours.seconds, pair.theirs.seconds, "by hand", "s", BUDGETS.get(night), memory=memory)
        )
        if night == nightly.CHANGED:
            rows.append(Row(f"{night.name}, of all", pair.ours.seconds, median(alone), "these alone", most=3))
    return rows, {"occasions": AuditRun.objects.filter(full=True).latest("pk").occasions}
