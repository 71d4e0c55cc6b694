"""Rules for a drawn chart: mostly such as have something to judge in it, with limits that are soon past."""

from dataclasses import replace

from .drawing import CLASSES, CODES, DAY, DISPOSITIONS, SECTIONS, SERVICES, TYPES, Draw
from .model import ENTRY_ELEMENTS, ENTRY_TRIGGERS, NEWBORN, OCCASION_TRIGGERS, SERIES_TRIGGERS, Chart, Rule

TOPICS = ("T1", "T2")
DUE_HOURS = (24, 0, 1, 0.25, 48, 4)
DUE_DAYS = (0, 1, 2, 30)
COSIGNATURES = ("named", "in_training", "always")
NOT_BEFORE_HOURS = (None, -24, -720, 0, 2)


def triggers_of(d: Draw, chart: Chart) -> list[str]:
    """The triggers for which this chart has occasions."""
    found = ["admission"]
    found += ["discharge"] if chart.end else []
    for episode in chart.episodes:
        if episode.kind == "restraint":
            found += ["restraint_start"] if episode.start else []
        else:
            found += ["procedure_start"] if episode.start else []
            found += ["procedure_end"] if episode.end else []
    return found + (["birth"] if chart.klass == NEWBORN and not d.plain else [])


def any_rule(d: Draw, chart: Chart, code: str) -> Rule:
    """A rule on occasions that this chart has, or does not have, or on entries."""
    has = triggers_of(d, chart) + list(ENTRY_TRIGGERS)
    others = [name for name in OCCASION_TRIGGERS if name not in has and not (d.plain and name == "birth")]
    return any_rule_on(d, chart, code, d.one(*has, *has, *has, *others))


def any_rule_on(d: Draw, chart: Chart, code: str, trigger: str, **terms) -> Rule:
    terms = {
        "code": code,
        "trigger": trigger,
        "topic": code if d.plain else d.one(*TOPICS),
        "profile_rank": 0 if d.plain else d.one(0, 1, 2),
        "document_types": tuple(dict.fromkeys((d.one(*TYPES), *d.some(TYPES[:2], most=1)))),
        "dispositions": d.some(DISPOSITIONS[1:]) if d.chance(one_in=10) else (),
        **({} if d.plain else any_scope(d)),
        "counts_toward_delinquency": d.plain or d.one(True, True, False),
        "responsible": "attending" if d.plain else d.one("attending", "surgeon", "author"),
        "classes": d.one((), (), (chart.klass, "swing_bed"), d.some(CLASSES)),
        **terms,
    }
    if {"every_hours", "every_days"} & terms.keys():
        return Rule(**terms)
    asks_otherwise = {"not_before_hours", "only_if_met", "exempts", "cosignature", "due_after_hours", "due_after_days"}
    asks_otherwise |= {"authentication_required", "sections_required"}
    if trigger in SERIES_TRIGGERS and not (d.plain or asks_otherwise & terms.keys()) and d.chance(one_in=8):
        return Rule(**any_series(d), **terms)
    if trigger in ENTRY_TRIGGERS:
        terms.setdefault("entry_must_have", d.some(ENTRY_ELEMENTS, most=4))
        if trigger == "document" and d.chance(one_in=4) and not terms.get("cosignature"):
            return Rule(**terms)
    else:
        terms.setdefault("not_before_hours", d.one(*NOT_BEFORE_HOURS))
        terms.setdefault("anesthesia_only", d.chance(one_in=4))
        if trigger.startswith("procedure") and not d.plain and d.chance(one_in=6):
            terms.setdefault("procedure_codes", d.some(CODES, most=1))
        if not (d.plain or terms.get("only_if_met")) and d.chance(one_in=8):
            terms.setdefault("exempts", tuple(topic for topic in TOPICS if topic != terms["topic"]))
    return Rule(
        **{
            "authentication_required": d.one(True, True, False),
            "cosignature": "" if d.plain or not d.chance(one_in=4) else d.one(*COSIGNATURES),
            "sections_required": d.some(SECTIONS, most=2) if d.chance(one_in=3) else (),
            **any_limit(d, terms.get("not_before_hours")),
            **terms,
        }
    )


def any_series(d: Draw) -> dict:
    """Every so many hours, or in each block of so many days, which may begin later and end by itself."""
    if d.one(True, False):
        return {"every_hours": d.one(1, 4, 24, 0.5)}
    every_days, begins = d.one(1, 1, 2, 3), d.one(0, 0, 1, 2)
    return {
        "every_days": every_days,
        "at_least": d.one(1, 1, 2),
        "begins_after_days": begins,
        "ends_after_days": d.one(None, None, begins + 1, begins + 5),
    }


def any_scope(d: Draw) -> dict:
    """Now and then a rule is for some services, stays or ages."""
    scope = {}
    if d.chance(one_in=10):
        scope["services"] = d.some(SERVICES, most=1)
    if d.chance(one_in=10):
        scope["dispositions_excepted"] = d.some(DISPOSITIONS[1:], most=1)
    if d.chance(one_in=10):
        scope |= d.one({"stay_at_least_hours": 24}, {"stay_less_than_hours": 24}, {"stay_less_than_hours": 48})
    if d.chance(one_in=8):
        scope |= d.one({"age_from_years": 18}, {"age_below_years": 18}, {"age_from_years": 9, "age_below_years": 18})
    return scope


def any_limit(d: Draw, not_before: float | None = None) -> dict:
    """Hours or days; a window does not close before it opens."""
    if d.one(True, False):
        hours = [hours for hours in DUE_HOURS if not_before is None or hours >= not_before]
        return {"due_after_hours": d.one(*hours), "due_after_days": None}
    return {"due_after_hours": None, "due_after_days": d.one(*DUE_DAYS)}


def conditioned(d: Draw, rule: Rule, settled) -> Rule:
    """The rule, now and then only where the topic of another was met."""
    others = [other.topic for other in settled if not (d.plain and other.judges_entries) and other.topic != rule.topic]
    if others and not (rule.judges_entries or rule.recurs or rule.only_if_met or rule.exempts) and d.chance(one_in=3):
        return replace(rule, only_if_met=d.one(*others))
    return rule


def versions(d: Draw, chart: Chart, rule: Rule) -> list[Rule]:
    """The rule as it is, or in versions that change on the day of something in the chart, or the day beside it."""
    if d.plain or not d.chance(one_in=4):
        return [rule]
    happened = [chart.start, chart.end, *(side for episode in chart.episodes for side in (episode.start, episode.end))]
    day = d.one(*(moment.day(d.zone) for moment in happened if moment)) + d.one(0, 0, 1, -1) * DAY
    halves = ((None, day), (day, None))
    spans = d.one(halves, halves, ((None, day), (day + DAY, None)), halves[:1], halves[1:])
    later = {}
    if rule.due_after_hours is not None or rule.due_after_days is not None:
        later = any_limit(d, rule.not_before_hours)
    return [replace(rule, effective=span, **(later if number else {})) for number, span in enumerate(spans)]
