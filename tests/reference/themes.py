"""Rules and documents that bring one clause into play; drawn blindly, most clauses would be met once in a thousand."""

from dataclasses import replace

from .drawing import (
    DAY,
    MINUTE,
    SECTIONS,
    TYPES,
    Draw,
    around_occasions,
    due_dates,
    entry_limits,
    happenings,
    windows,
)
from .drawn_rules import any_limit, any_rule_on, any_series, triggers_of
from .model import ENTRY_ELEMENTS, ENTRY_TRIGGERS, SERIES_TRIGGERS, SUPERSEDED, Chart, Document, Moment, Rule

FOR_ALL = dict.fromkeys(("classes", "services", "dispositions", "dispositions_excepted"), ()) | dict.fromkeys(
    ("stay_at_least_hours", "stay_less_than_hours", "age_from_years", "age_below_years")
)
Theme = tuple[list[Rule], list[Document]]


def nothing_in_particular(d: Draw, chart: Chart) -> Theme:
    return [], []


def rule_for_all(d: Draw, chart: Chart, code: str, trigger: str, **terms) -> Rule:
    """A rule that is meant for this chart: that it might not be is not what a theme is about."""
    terms = FOR_ALL | terms
    if trigger not in ENTRY_TRIGGERS:
        terms["anesthesia_only"] = False
    return any_rule_on(d, chart, code, trigger, **terms)


def completed_about_the_limit(d: Draw, chart: Chart) -> Theme:
    """One document that is complete as the limit passes (clauses 5.1 to 5.4, 7.2, 7.5)."""
    trigger = d.one(*triggers_of(d, chart))
    rule = rule_for_all(d, chart, "R1", trigger, not_before_hours=None, document_types=TYPES[:1])
    due = due_dates(chart, [rule]) or happenings(chart, [])
    written = d.one(due, happenings(chart, [rule]))
    facts = {} if d.one(True, False) else {"signed": True}
    return [rule], [d.document(chart, TYPES[:1], written, due, sections=SECTIONS, **facts)]


def cosigned_about_the_limit(d: Draw, chart: Chart) -> Theme:
    """Documents that wait for a second signature, or got it as the limit passed (clauses 7.2, 7.3, 7.8, 8.3, 11.4)."""
    trigger = d.one(*triggers_of(d, chart), *ENTRY_TRIGGERS)
    terms = {"cosignature": d.one("named", "in_training", "always"), "document_types": TYPES[:1]}
    if trigger not in ENTRY_TRIGGERS:
        terms["not_before_hours"] = None
    rule = rule_for_all(d, chart, "R1", trigger, **terms)
    begun = happenings(chart, [rule])
    documents = []
    for _ in range(d.one(1, 2)):
        authored = d.moment(begun, "exact", "day")
        due = due_dates(chart, [rule]) or entry_limits(chart, [rule], Document("", TYPES[0], authored=authored))
        facts = {"authored": authored, "verbal": True, "sections": SECTIONS, "episode": None}
        facts |= d.one(
            {"signed": True}, {"signed": True}, {"signed": True, "signature": d.moment(due or begun, "exact")}, {}
        )
        facts |= d.one(
            {}, {"cosigned": False}, {"cosigned": True, "cosignature": d.moment(due or begun, "exact", "day")}
        )
        documents.append(d.document(chart, TYPES[:1], begun, due, **facts))
    return [rule], documents


def switched_off_by_an_exception(d: Draw, chart: Chart) -> Theme:
    """A rule, and an exception that takes its place on the record or on an episode (clauses 4.7 and 4.8)."""
    triggers = triggers_of(d, chart)
    rule = rule_for_all(d, chart, "R1", d.one(*triggers, *ENTRY_TRIGGERS), topic="T1", document_types=TYPES[:1])
    terms = {"topic": "T2", "exempts": ("T1",), "document_types": TYPES[:2], "procedure_codes": ()}
    scope = d.one({}, {}, {"age_from_years": 18}, {"stay_less_than_hours": 48}, {"services": ("surgery",)})
    trigger = d.one(*triggers)
    if trigger.startswith("procedure"):
        terms["procedure_codes"] = d.one((), ("27447",))
    exception = rule_for_all(d, chart, "R2", trigger, **terms | scope)
    around = happenings(chart, [rule])
    return [rule, exception], [d.document(chart, TYPES[:1], around) for _ in range(d.one(0, 1, 2))]


def again_and_again(d: Draw, chart: Chart) -> Theme:
    """A series, or two of one topic, with documents about the moments when it turns (clauses 14.1 to 14.9)."""
    trigger = d.one(*(name for name in triggers_of(d, chart) if name in SERIES_TRIGGERS))
    terms = {"topic": "T1", "document_types": TYPES[:1]}
    rules = [rule_for_all(d, chart, code, trigger, **terms, **any_series(d)) for code in d.one(("R1",), ("R1", "R2"))]
    documents = []
    for _ in range(d.one(0, 1, 2, 3, 4)):
        seen = replace(chart, documents=tuple(documents))
        around = due_dates(seen, rules) + happenings(chart, rules)
        documents.append(d.document(chart, TYPES[:1], around, authored=d.moment(around, "exact", "exact", "day")))
    return rules, documents


def written_as_the_window_opens(d: Draw, chart: Chart) -> Theme:
    """One document that is just early enough or too early (clause 6.3)."""
    terms = {"not_before_hours": d.one(0, -24, 2), "document_types": TYPES[:1]}
    rule = rule_for_all(d, chart, "R1", d.one(*triggers_of(d, chart)), **terms)
    opens = windows(chart, [rule]) or happenings(chart, [])
    day = d.one(*opens).astimezone(d.zone).date()
    authored = d.one(d.moment(opens, "exact"), *(Moment.sometime_on(day - back, d.zone) for back in (DAY, 0 * DAY)))
    return [rule], [d.document(chart, TYPES[:1], opens, sections=SECTIONS, authored=authored)]


def several_documents_for_one_occasion(d: Draw, chart: Chart) -> Theme:
    """Documents of which the best, or the first of equals, must be told (clauses 7.3, 7.4, 1.5)."""
    lacks = d.one("nothing", "signatures", "sections", "this and that")
    rule = rule_for_all(
        d,
        chart,
        "R1",
        d.one(*triggers_of(d, chart)),
        not_before_hours=None,
        document_types=TYPES[:1],
        sections_required=SECTIONS if lacks == "sections" else d.one((), SECTIONS[:2], SECTIONS),
        authentication_required=d.one(True, True, True, False),
    )
    begun = chart.start.first
    documents = []
    for _ in range(d.one(2, 3)):
        signature = None if lacks == "signatures" else d.one(begun, begun + MINUTE, None)
        facts = {
            "authored": Moment.at(begun + d.one(0, 1, 2) * MINUTE),
            "signed": signature is not None or (lacks != "signatures" and d.one(True, False)),
            "signature": Moment.at(signature) if signature else None,
            "sections": SECTIONS if lacks in ("nothing", "signatures") else d.one(SECTIONS[:1], (), SECTIONS[1:]),
            "episode": None,
        }
        status = "final" if d.plain else d.one("final", "final", "final", SUPERSEDED, "retracted")
        documents.append(d.document(chart, TYPES[:1], [begun], status=status, **facts))
    return [rule], documents


def met_before(d: Draw, chart: Chart) -> Theme:
    """A rule that applies only if another topic was met before (clauses 3.4 to 3.6)."""
    triggers = triggers_of(d, chart)
    trigger = d.one(*triggers, *(name for name in triggers if name.startswith(("procedure", "restraint"))))
    terms = {"topic": "R1", "document_types": TYPES[:1], "not_before_hours": d.one(None, None, -24)}
    terms["authentication_required"] = d.one(True, False)
    prior = rule_for_all(d, chart, "R1" if d.plain else d.one("R1", "R9"), d.one(trigger, trigger, *triggers), **terms)
    terms = {"topic": "R2", "document_types": TYPES[1:2], "not_before_hours": None, "only_if_met": "R1"}
    rule = rule_for_all(d, chart, "R2", trigger, **terms)
    begun = happenings(chart, [rule])[2:] or happenings(chart, [])
    documents = []
    for _ in range(d.one(1, 2)):
        instant = d.one(*begun)
        facts = {
            "authored": d.one(Moment.at(instant - MINUTE), d.moment(begun, "exact", "day")),
            "sections": d.one(SECTIONS, SECTIONS, ()),
            "episode": d.one(*(episode.id for episode in chart.episodes), None),
            **d.one({"signed": True}, {"signed": True, "signature": Moment.at(instant + MINUTE)}, {}),
        }
        documents.append(d.document(chart, TYPES[:1], begun, **facts))
    return [prior, rule], documents


def two_rules_of_one_topic(d: Draw, chart: Chart) -> Theme:
    """The same demand from two authorities (clauses 9.2, 10.3, 10.4, 12.4)."""
    one = rule_for_all(d, chart, "R1", d.one(*triggers_of(d, chart)), document_types=TYPES[:1], not_before_hours=None)
    other = replace(
        one,
        code=d.one("R2", "R0"),
        authentication_required=d.one(True, False),
        sections_required=d.one((), (), SECTIONS[:1]),
        profile_rank=d.one(one.profile_rank, 0, 1),
        counts_toward_delinquency=d.one(True, False),
        **({} if d.one(True, False) else any_limit(d)),
    )
    around = due_dates(chart, [one, other]) or happenings(chart, [])
    return [one, other], [d.document(chart, TYPES[:1], around) for _ in range(d.one(1, 0, 2))]


def met_late_for_one_and_open_for_another(d: Draw, chart: Chart) -> Theme:
    """A strict rule that is satisfied, if late, and a lax one that is not (clauses 9.2, 10.4)."""
    trigger = d.one(*triggers_of(d, chart))
    terms = {"topic": "T1", "document_types": TYPES[:1], "not_before_hours": None, "sections_required": ()}
    soon = {"due_after_hours": d.one(0, 0.25, 1), "due_after_days": None, "authentication_required": False}
    later = {"due_after_hours": None, "due_after_days": d.one(1, 2), "authentication_required": True}
    rules = [
        rule_for_all(d, chart, code, trigger, **terms, **limit)
        for code, limit in (("R1", soon), (d.one("R0", "R2"), later))
    ]
    due = due_dates(chart, rules[:1]) or happenings(chart, [])
    written = Moment.at(d.one(*due) + d.one(MINUTE, 0 * MINUTE))
    signed = d.one({"signed": False}, {"signed": False}, {})
    return rules, [d.document(chart, TYPES[:1], due, due_dates(chart, rules), authored=written, **signed)]


def two_rules_on_entries(d: Draw, chart: Chart) -> Theme:
    """The same demand on entries from two authorities (clauses 9.1 to 9.3, 10.2 to 10.4)."""
    trigger = d.one("order", "document")
    codes = ("R1", d.one("R2", "R0"))
    rules = [rule_for_all(d, chart, code, trigger, topic="T1", document_types=TYPES[:1]) for code in codes]
    return rules, [_entry(d, chart, rules[0], TYPES[:1]) for _ in range(d.one(1, 2))]


def entries_about_their_limit(d: Draw, chart: Chart) -> Theme:
    """Entries that are blank, replaced, or signed as their limit passes (clauses 8.1 to 8.5)."""
    rule = rule_for_all(d, chart, "R1", d.one("document", "order"), document_types=TYPES[2:3])
    return [rule], [_entry(d, chart, rule, TYPES[2:3]) for _ in range(d.one(1, 2))]


def mended_by_an_addendum(d: Draw, chart: Chart) -> Theme:
    """An undated entry, and an addendum that may or may not mend it (clause 8.6)."""
    terms = {"document_types": TYPES[2:3], "entry_must_have": d.one(ENTRY_ELEMENTS, ("date",), ("time",))}
    rule = rule_for_all(d, chart, "R1", d.one("document", "order"), **terms)
    around = happenings(chart, [])
    entries = [
        d.document(chart, TYPES[2:3], around, authored=d.moment(around, "day", None), verbal=True)
        for _ in range(d.one(1, 2))
    ]
    facts = {
        # Its target is named by place: identifiers are given when the chart is put together.
        "addendum_to": "#0",
        "authored": d.moment(around, "exact", "exact", "day"),
        "status": d.one("final", "final", "final", "retracted", SUPERSEDED),
        **d.one({"signed": True}, {"signed": True}, {"signed": False}, {}),
    }
    return [rule], [*entries, d.document(chart, TYPES[1:2], around, **facts)]


def _entry(d: Draw, chart: Chart, rule: Rule, types) -> Document:
    around = happenings(chart, [])
    authored = d.moment(around, "exact", None, "day")
    due = entry_limits(chart, [rule], Document("", types[0], authored=authored)) or around
    facts = {"authored": authored, "verbal": not d.chance(one_in=6)}
    if not d.plain:
        facts["status"] = d.one("final", "final", "final", "final", SUPERSEDED, "entered_in_error")
    return d.document(chart, types, around, due, **facts)


THEMES = (
    nothing_in_particular,
    completed_about_the_limit,
    written_as_the_window_opens,
    several_documents_for_one_occasion,
    met_before,
    entries_about_their_limit,
)
ALL_THEMES = (
    *THEMES,
    cosigned_about_the_limit,
    switched_off_by_an_exception,
    again_and_again,
    again_and_again,
    two_rules_of_one_topic,
    met_late_for_one_and_open_for_another,
    two_rules_on_entries,
    mended_by_an_addendum,
)


def anything(d: Draw, chart: Chart, rules) -> Document:
    """A document around the limits of one of the rules."""
    rule = d.one(*rules)
    around = around_occasions(chart, [rule])
    document = d.document(chart, rule.document_types if not d.chance(one_in=20) else TYPES, around)
    if rule.judges_entries and document.signature and d.one(True, False):
        limits = entry_limits(chart, [rule], document) or around
        return replace(document, signature=d.moment(limits, "exact", "exact", "day"))
    return document
