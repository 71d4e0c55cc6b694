"""What supports an element on a day, folded from all that was ever laid down: pure functions, nothing is asked."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from compliance.evidence.models import EvidenceRevision


@dataclass(frozen=True)
class Held:
    """The evidence of one element as of a day: what is in force, what has expired, and when some was withdrawn."""

    in_force: list[EvidenceRevision] = field(default_factory=list)
    expired: list[EvidenceRevision] = field(default_factory=list)
    withdrawn_at: list[datetime] = field(default_factory=list)

    def has_lapsed_since(self, judged_at: datetime) -> bool:
        """Whether a judgement has lost what it rested on: there was evidence, and none of it is in force any more.

        What was withdrawn before the judgement is not counted: whoever judged knew of it. What has expired is, whoever
        judged.
        """
        return not self.in_force and (bool(self.expired) or any(at > judged_at for at in self.withdrawn_at))


def held(rows: Iterable[EvidenceRevision], *, day: date, until: datetime) -> dict[int, Held]:
    """The evidence of each element on a local day, as far as it was laid down by a moment (UTC).

    `rows` are revisions, one for each element that they support, as `queries.history` gives them.
    """
    last: dict[tuple[int, int], EvidenceRevision] = {}
    for row in rows:
        key = row.element_id, row.evidence_id
        if max(row.at, row.supported_at) <= until and (key not in last or last[key].number < row.number):
            last[key] = row
    found: dict[int, Held] = {}
    for (element, _evidence), row in last.items():
        of = found.setdefault(element, Held())
        if row.withdrawn_at and row.withdrawn_at <= until:
            of.withdrawn_at.append(row.withdrawn_at)
        elif row.has_expired(day):
            of.expired.append(row)
        elif row.covers_from <= day:
            of.in_force.append(row)
    return found
