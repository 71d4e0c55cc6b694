"""Charts in the form of the survey-finding cases, read into the model and written back for another evaluator."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from .model import NEWBORN, Chart, Document, Episode, Finding, Moment, Rule

CLASSES = {
    "IMP": "inpatient",
    "OBSENC": "observation",
    "EMER": "emergency",
    "AMB": "ambulatory",
    "SWB": "swing_bed",
    "PSY": "psychiatric",
    "NEWB": NEWBORN,
}
CODES = {name: code for code, name in CLASSES.items()}
EPISODES = ("procedure", "restraint")
DAY = re.compile(r"\d{4}-\d\d-\d\d")
SAME_NAME = (
    "trigger",
    "not_before_hours",
    "due_after_hours",
    "due_after_days",
    "authentication_required",
    "anesthesia_only",
)
LISTS = ("document_types", "sections_required", "dispositions", "entry_must_have")


@dataclass(frozen=True, slots=True)
class Case:
    """A chart, the rules that are in force for it, and the moment at which it is looked at."""

    chart: Chart
    rules: tuple[Rule, ...]
    as_of: datetime
    delinquent_after_days: int = 30

    def looked_at(self, as_of: datetime) -> "Case":
        return replace(self, as_of=as_of)


def read(case: dict) -> Case:
    """The model of a case; documents keep the order of the file, and each policy is a topic of its own."""
    zone = ZoneInfo(case["facility"]["timezone"])
    encounter = case["encounter"]
    chart = Chart(
        zone=zone.key,
        klass=CLASSES[encounter["class"]],
        start=read_moment(encounter["start"], zone),
        end=read_moment(encounter.get("end"), zone),
        disposition=encounter.get("disposition"),
        episodes=tuple(
            Episode(
                id=row["id"],
                kind=kind,
                start=read_moment(row.get("start"), zone),
                end=read_moment(row.get("end"), zone),
                anesthesia=bool(row.get("anesthesia")),
            )
            for kind in EPISODES
            for row in case.get(kind + "s", ())
        ),
        documents=tuple(
            Document(
                id=row["id"],
                type=row["type"],
                ordinal=ordinal,
                episode=row.get("procedure") or row.get("restraint"),
                authored=read_moment(row.get("authored_at"), zone),
                signed=bool(row.get("signed") or row.get("signed_at")),
                signature=read_moment(row.get("signed_at"), zone),
                verbal=bool(row.get("verbal_order")),
                sections=tuple(row.get("sections", ())),
            )
            for ordinal, row in enumerate(case["documents"])
        ),
    )
    return Case(chart, tuple(read_rule(policy) for policy in case["policy"]), datetime.fromisoformat(case["as_of"]))


def read_rule(policy: dict) -> Rule:
    return Rule(
        code=policy["code"],
        classes=tuple(CLASSES[code] for code in policy.get("encounter_classes", ())),
        only_if_met=policy.get("only_if_met_before_trigger"),
        **{name: policy[name] for name in SAME_NAME if name in policy},
        **{name: tuple(policy[name]) for name in LISTS if name in policy},
    )


def read_moment(text: str | None, zone: ZoneInfo) -> Moment | None:
    if not text:
        return None
    if DAY.fullmatch(text):
        return Moment.sometime_on(date.fromisoformat(text), zone)
    return Moment.at(datetime.fromisoformat(text))


def write(case: Case) -> dict:
    """The same chart in the form of a case, without its expected findings."""
    chart, zone = case.chart, case.chart.tz
    kinds = {episode.id: episode.kind for episode in chart.episodes}
    episodes = {
        kind: [
            {
                "id": episode.id,
                "start": write_moment(episode.start, zone),
                "end": write_moment(episode.end, zone),
                **({"anesthesia": episode.anesthesia} if kind == "procedure" else {}),
            }
            for episode in chart.episodes
            if episode.kind == kind
        ]
        for kind in EPISODES
    }
    return {
        "id": "chart",
        "facility": {"type": "hospital", "state": "XX", "timezone": chart.zone},
        "as_of": case.as_of.isoformat(),
        "policy": [write_rule(rule) for rule in case.rules],
        "encounter": {
            "class": CODES[chart.klass],
            "start": write_moment(chart.start, zone),
            "end": write_moment(chart.end, zone),
            "disposition": chart.disposition,
        },
        "procedures": episodes["procedure"],
        "restraints": episodes["restraint"],
        "documents": [
            {
                "id": document.id,
                "type": document.type,
                **{kind: document.episode if kinds.get(document.episode) == kind else None for kind in episodes},
                "authored_at": write_moment(document.authored, zone),
                "signed_at": write_moment(document.signature, zone),
                "signed": document.signed,
                "verbal_order": document.verbal,
                "sections": list(document.sections),
            }
            for document in sorted(chart.documents, key=lambda document: document.place)
        ],
    }


def write_rule(rule: Rule) -> dict:
    form = {name: getattr(rule, name) for name in SAME_NAME if getattr(rule, name) is not None}
    form |= {name: list(getattr(rule, name)) for name in LISTS}
    form |= {"code": rule.code, "label": rule.code, "encounter_classes": [CODES[name] for name in rule.classes]}
    return form | ({"only_if_met_before_trigger": rule.only_if_met} if rule.only_if_met else {})


def write_moment(moment: Moment | None, zone: ZoneInfo) -> str | None:
    if moment is None:
        return None
    return moment.first.isoformat() if moment.exact else moment.day(zone).isoformat()


def write_findings(findings: Iterable[Finding], chart: Chart) -> list[dict]:
    """What is to be found, in the form of a case."""
    kinds = {episode.id: episode.kind for episode in chart.episodes}
    return [
        {
            "policy": finding.rule,
            "document": finding.document,
            **{kind: finding.episode if kinds.get(finding.episode) == kind else None for kind in EPISODES},
            "kind": finding.kind,
            "due_at": finding.due_at and finding.due_at.isoformat(),
            "resolved_at": finding.resolved_at and finding.resolved_at.isoformat(),
            "element": finding.element,
        }
        for finding in findings
    ]


def answers(findings: Iterable[Finding], chart: Chart) -> list[tuple]:
    """What is compared of our findings, in the order of `expected_answers`."""
    kinds = {episode.id: episode.kind for episode in chart.episodes}
    return sorted(
        (
            finding.rule,
            finding.document or "",
            finding.episode or "",
            kinds.get(finding.episode, ""),
            finding.kind,
            finding.element or "",
            to_the_minute(finding.due_at),
            to_the_minute(finding.resolved_at),
        )
        for finding in findings
    )


def expected_answers(expected: Iterable[dict]) -> list[tuple]:
    return sorted(
        (
            row["policy"],
            row["document"] or "",
            row["procedure"] or row["restraint"] or "",
            "procedure" if row["procedure"] else "restraint" if row["restraint"] else "",
            row["kind"],
            row["element"] or "",
            to_the_minute(row["due_at"] and datetime.fromisoformat(row["due_at"])),
            to_the_minute(row["resolved_at"] and datetime.fromisoformat(row["resolved_at"])),
        )
        for row in expected
    )


def to_the_minute(instant: datetime | None) -> str:
    return f"{int(instant.timestamp() // 60)}" if instant else ""
