"""A folder of cases held against the engine: what it was to find, what it missed, and what it found beside that."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import batched
from pathlib import Path

from django.db import transaction

from himdept.common.errors import DomainError, Unreadable
from records.completeness.engine import shard
from records.completeness.findings import cases, charts
from records.completeness.findings.cases import Case, Finding
from records.completeness.findings.charts import Group
from records.completeness.models import AuditRun
from staff.people import facilities

TOGETHER = 40  # groups whose charts are laid out by the same statements; each of their audits holds some locks
MOST = 500  # charts of one group
MINUTE = timedelta(minutes=1)


@dataclass
class Report:
    """What became of a folder. `wrong` are the cases that do not agree, `refused` the files that cannot be read."""

    cases: int = 0
    found: Counter = field(default_factory=Counter)
    missed: Counter = field(default_factory=Counter)
    false: Counter = field(default_factory=Counter)
    wrong: list["Difference"] = field(default_factory=list)
    refused: list[tuple[str, Unreadable]] = field(default_factory=list)

    @property
    def agrees(self) -> bool:
        return not (self.wrong or self.refused)

    def add(self, difference: "Difference"):
        self.cases += 1
        for name in ("found", "missed", "false"):
            getattr(self, name).update(finding.kind for finding in getattr(difference, name))
        if difference.missed or difference.false:
            self.wrong.append(difference)

    def as_json(self) -> dict:
        """As outside programs read it; all kinds are keys."""
        sums = {name: getattr(self, name) for name in ("found", "missed", "false")}
        kinds = [*shard.KINDS, *sorted(set().union(*sums.values()) - set(shard.KINDS))]
        return {
            "cases": self.cases,
            **{name: count.total() for name, count in sums.items()},
            "by_kind": {kind: {name: count[kind] for name, count in sums.items()} for kind in kinds},
        }


@dataclass(frozen=True)
class Difference:
    """One case: what agrees with the surveyor, what was missed, and what nobody expected."""

    case: str
    found: list[Finding]
    missed: list[Finding]
    false: list[Finding]


def replay(folder: Path, *, tell: Callable[[int, int], None] = lambda done, of: None) -> Report:
    """Replay every file of a folder; nothing of it stays in the database.

    `tell` hears how many charts of how many are done. Raises DomainError when there is no file.
    """
    paths = sorted(folder.glob("*.json"))
    if not paths:
        raise DomainError(f"There is no case in {folder}: a case is a file that ends in .json.", field="folder")
    report = Report()
    read = list(readable(paths, report))
    # Those of a zone together, because each transaction has to lay out its zones anew.
    groups = sorted(grouped(read), key=lambda group: group.zone)
    for n, some in enumerate(batched(groups, TOGETHER, strict=False)):
        for difference in differences(list(some), n * TOGETHER):
            report.add(difference)
        tell(report.cases, len(read))
    report.wrong.sort(key=lambda difference: difference.case)
    return report


def readable(paths: Iterable[Path], report: Report) -> Iterator[Case]:
    """The cases of the files; what cannot be read is noted, and the rest goes on."""
    for path in paths:
        try:
            yield cases.read(path)
        except Unreadable as problem:
            report.refused.append((path.name, problem))


def grouped(read: Iterable[Case]) -> Iterator[Group]:
    alike: dict[tuple, list[Case]] = {}
    for case in read:
        alike.setdefault((case.as_of, case.zone.key, case.terms), []).append(case)
    for together in alike.values():
        for some in batched(together, MOST, strict=False):
            yield Group(list(some))


def differences(groups: list[Group], serial: int) -> Iterator[Difference]:
    """Lay out the charts of these groups, audit each group as the night does, compare, and take all of it back."""
    with transaction.atomic():
        for zone in {group.zone for group in groups}:
            facilities.lay_out(zone)
        laid = charts.lay(groups, serial)
        for group in groups:
            audit(group)
        found: dict[str, list[Finding]] = {case.name: [] for case in laid.cases.values()}
        for case, finding in laid.findings():
            found[case.name].append(finding)
        transaction.set_rollback(True)
    for case in laid.cases.values():
        yield compare(case, found[case.name])


def audit(group: Group):
    """One shard of an audit that writes, of a facility that was never audited before."""
    run = AuditRun.objects.create(facility=group.facility, as_of=group.first.as_of, full=True)
    shard.audit(run, group.facility, min(group.records), max(group.records))


def compare(case: Case, found: list[Finding]) -> Difference:
    """Hold what was found against what was expected, each used once; the more exactly said is looked for first."""
    left, agreed, missed = list(found), [], []
    for wanted in sorted(case.expected, key=lambda one: (one.due_at is None) + (one.resolved_at is None)):
        if (match := next((one for one in left if agrees(one, wanted)), None)) is None:
            missed.append(wanted)
        else:
            left.remove(match)
            agreed.append(match)
    return Difference(case.name, agreed, missed, left)


def agrees(found: Finding, wanted: Finding) -> bool:
    """The same fault of the same thing, at the same times to the minute where they are given."""
    return (
        (found.policy, found.document, found.procedure, found.restraint, found.kind, found.element)
        == (wanted.policy, wanted.document, wanted.procedure, wanted.restraint, wanted.kind, wanted.element)
        and same_minute(found.due_at, wanted.due_at)
        and same_minute(found.resolved_at, wanted.resolved_at)
    )


def same_minute(found: datetime | None, wanted: datetime | None) -> bool:
    if wanted is None:
        return True
    return found is not None and found.replace(second=0, microsecond=0) == wanted.replace(second=0, microsecond=0)
