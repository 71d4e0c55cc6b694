"""The audit engine as an evaluator of charts written by hand: tests/reference/by_hand.py, but in PostgreSQL."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from types import ModuleType

from django.utils import timezone

from himdept.common.errors import DomainError
from records.completeness import requirements
from records.completeness.engine import shard
from records.completeness.models import AuditRun, Deficiency, Profile
from records.completeness.models import Expected as ExpectedRow
from records.inventory.models import Record
from staff.models import Facility
from staff.people.facilities import open_facility
from tests.records.completeness import loading
from tests.records.completeness.loading import Loaded, key
from tests.records.completeness.test_engine import undone
from tests.reference.by_hand import NOTE
from tests.reference.model import Chart, Expected, Finding, Rule
from tests.reference.record import RecordState


class Engine:
    """Loads each chart, publishes the rules, audits, reads the rows back and undoes it all.

    Must be used within the transaction that opened the facilities, one for each time zone. `asked` counts the
    questions. `of` is the engine's module of a shard, or that of an altered copy.
    """

    def __init__(self, facilities: dict[str, Facility], of: ModuleType = shard):
        self.facilities = facilities
        self.of = of
        self.asked = 0

    def findings(self, chart: Chart, rules: tuple[Rule, ...], as_of: datetime) -> list[Finding]:
        with self.audited(chart, rules, as_of) as loaded:
            rows = Deficiency.objects.filter(record=loaded.record).exclude(status="void").select_related("requirement")
            return [finding(row, loaded) for row in rows]

    def expected(self, chart: Chart, rules: tuple[Rule, ...], as_of: datetime) -> list[Expected]:
        with self.audited(chart, rules, as_of) as loaded:
            rows = ExpectedRow.objects.filter(record=loaded.record).select_related("requirement")
            return [
                Expected(**about(row, loaded), due_at=row.due_at, owed_by=key(row.owed_by_id, loaded.people))
                for row in rows
            ]

    def state(self, chart: Chart, rules: tuple[Rule, ...], as_of: datetime, days: int) -> RecordState:
        with self.audited(chart, rules, as_of, days) as loaded:
            flags = Record.objects.get(pk=loaded.record.pk)
            return RecordState(**{name: getattr(flags, name) for name in RecordState.__slots__})

    def next_check_at(self, chart: Chart, rules: tuple[Rule, ...], as_of: datetime, days: int) -> datetime | None:
        with self.audited(chart, rules, as_of, days) as loaded:
            return Record.objects.get(pk=loaded.record.pk).next_check_at

    def fault(self, terms: dict) -> str:
        """Why a rule of these terms cannot be published, where the topics that it names are there."""
        self.asked += 1
        fields = {{"classes": "encounter_classes"}.get(name, name): plain(value) for name, value in terms.items()}
        named = {fields.get("only_if_met"), *fields.get("exempts", ())} - {None, terms["code"]}
        loading.catalogue([NOTE, *terms["document_types"]])
        with undone():
            profile = Profile.objects.create(code="house", title="House", kind="bylaws", rank=1)
            for other in named:
                publish(profile, code=other, trigger="admission", document_types=[NOTE], due_after_hours=24)
            try:
                publish(profile, **fields)
            except DomainError as problem:
                return str(problem)
        return ""

    @contextmanager
    def audited(self, chart: Chart, rules: tuple[Rule, ...], as_of: datetime, days: int = 30) -> Iterator[Loaded]:
        self.asked += 1
        facility = self.facilities[chart.zone]
        facility.delinquent_after_days = days
        with undone():
            loading.bind(rules, facility)
            loaded = loading.load(chart, facility=facility)
            audit(self.of, facility, as_of, loaded.record.pk, loaded.record.pk)
            yield loaded


def house(*zones: str) -> dict[str, Facility]:
    """A facility for each time zone; and the tables of an audit, which are dear to make, by auditing nothing."""
    facilities = {zone: open_facility(f"ZONE-{n}", name=zone, time_zone=zone) for n, zone in enumerate(zones)}
    audit(shard, facilities[zones[0]], timezone.now(), 1, 0)
    return facilities


def audit(engine: ModuleType, facility: Facility, as_of: datetime, first: int, last: int):
    engine.audit(AuditRun.objects.create(facility=facility, as_of=as_of, full=True), facility, first, last)


def publish(profile: Profile, **fields):
    requirements.publish(profile, **{"topic": fields["code"], "title": "A rule", "basis": "by hand", **fields})


def plain(value):
    return list(value) if isinstance(value, tuple) else value


def about(row: Deficiency | ExpectedRow, loaded: Loaded) -> dict:
    topic, rule, episode, entry = loading.occasion(row, loaded)
    return {"topic": topic, "rule": rule, "episode": episode, "entry": entry, "block": row.block}


def finding(row: Deficiency, loaded: Loaded) -> Finding:
    return Finding(
        **about(row, loaded),
        slot=row.slot,
        kind=row.kind,
        due_at=row.due_at,
        resolved_at=row.resolved_at,
        document=key(row.served_by_id, loaded.documents),
        element=row.element or None,
        owed_by=key(row.owed_by_id, loaded.people),
        counts_toward_delinquency=row.requirement.counts_toward_delinquency,
        mendable=row.mendable,
    )
