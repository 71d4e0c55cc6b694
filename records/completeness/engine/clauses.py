"""The clauses that statements are composed of: which rules apply, what counts as an occasion, when something is due.

Each is a piece of SQL over the chart `c`, the episode `e` or the document `d`. Clause numbers are those of
docs/completeness.md.
"""

from django.db.backends.postgresql.psycopg_any import DateRange

from records.completeness.engine.binding import Rule
from records.completeness.engine.charts import MIDNIGHT, ODD_MIDNIGHT, Scope
from records.completeness.models import Requirement

Trigger = Requirement.Trigger
ADULT = 18

# Where each trigger looks: the rows, the bounds of the moment, and the columns that say which episode it is.
PLACES = {
    Trigger.ADMISSION: ("chart c", "c.start", None),
    Trigger.BIRTH: ("chart c", "c.start", None),
    Trigger.DISCHARGE: ("chart c", "c.end", None),
    Trigger.PROCEDURE_START: ("chart c JOIN {episodes} e USING (record_id)", "e.start", "procedure"),
    Trigger.PROCEDURE_END: ("chart c JOIN {episodes} e USING (record_id)", "e.end", "procedure"),
    Trigger.RESTRAINT_START: ("chart c JOIN {episodes} e USING (record_id)", "e.start", "restraint"),
}


def applies(requirement: Requirement, scope: Scope, day: str) -> str:
    """Sections 1 and 3: the conditions on the chart `c`, and on the occasion's local `day`.

    By literals, so that several rules fit one statement.
    """
    said = ["c.judged"]
    if requirement.encounter_classes:
        said.append(f"c.encounter_class = ANY({literal(requirement.encounter_classes)})")
    if requirement.services:
        said.append(f"c.service = ANY({literal(requirement.services)})")
    if requirement.dispositions:
        said.append(f"c.disposition = ANY({literal(requirement.dispositions)})")
    if requirement.dispositions_excepted:
        said.append(f"c.disposition <> ALL({literal(requirement.dispositions_excepted)})")
    stay = "c.end_last - c.start_first"  # not known, and so the rule not meant, while the stay lasts
    if requirement.stay_at_least_hours is not None:
        said.append(f"{stay} >= {requirement.stay_at_least_hours} * interval '1 hour'")
    if requirement.stay_less_than_hours is not None:
        said.append(f"{stay} < {requirement.stay_less_than_hours} * interval '1 hour'")
    return " AND ".join([*said, of_age(requirement, scope, day), in_force_on(requirement, day)])


def of_age(requirement: Requirement, scope: Scope, day: str) -> str:
    """Clause 3.9: the patient's age on a local day lies in the rule's band; one that is not known is an adult's."""
    least, below = requirement.age_from_years, requirement.age_below_years
    if least is None and below is None:
        return "true"
    born, said = "p.birth_date", []
    if least is not None:
        said.append(f"{day} >= ({born} + interval '{least} years')::date")
    if below is not None:
        said.append(f"{day} < ({born} + interval '{below} years')::date")
    adult = str((least is None or least <= ADULT) and (below is None or below > ADULT)).lower()
    patients = scope.table("records_patient")
    return f"coalesce((SELECT {' AND '.join(said)} FROM {patients} p WHERE p.id = c.patient_id), {adult})"


def in_force_on(requirement: Requirement, day: str) -> str:
    """Clause 3.2: that this version was in force on a local day."""
    effective: DateRange = requirement.effective
    said = ["true"]
    if effective.lower is not None:
        said.append(f"{day} >= '{effective.lower}'::date")
    if effective.upper is not None:
        said.append(f"{day} < '{effective.upper}'::date")
    return " AND ".join(said)


def local_day(moment: str) -> str:
    """The local date of a moment, by its column prefix; that of a stay is worked out once for all rules."""
    return {"c.start": "c.start_day", "c.end": "c.end_day"}.get(moment, f"({moment}_first AT TIME ZONE %(zone)s)::date")


def deadline(requirement: Requirement, first: str, last: str, day: str) -> tuple[str, str, str]:
    """Section 5: the due moment, the join that it needs, and whether it is past *at* its instant already.

    By the calendar a limit is the midnight that ends a day. By the clock it is elapsed time, counted from the end of
    a day known only as a day.
    """
    if requirement.due_after_days is not None:
        day = f"{day} + %(days)s + 1"
        return MIDNIGHT.format(day=day), ODD_MIDNIGHT.format(day=day), "true"
    if requirement.due_after_hours is not None:
        return f"{last} + %(hours)s * interval '1 hour'", "", f"{first} < {last}"
    return first, "", f"{first} < {last}"


def past(at: str, of: str = "o") -> str:
    """Whether a limit is past at an instant: a clock's limit only after it, a calendar's at it."""
    return f"({at} > {of}.due_at OR ({at} = {of}.due_at AND {of}.at_once))"


def order_of_source(of: str) -> str:
    """Of equals the first in the source's own order, never the first to arrive."""
    return f"{of}.ordinal NULLS LAST, {of}.identifier, {of}.id"


def moments(rule: Rule, scope: Scope) -> tuple[str, str, str, str]:
    """Section 4: where the occasions of a rule are: FROM, the column prefix of their moment, their episode, WHERE."""
    place, moment, kind = PLACES[rule.requirement.trigger]
    exists = [f"{moment}_first <= %(as_of)s"]  # an occasion after `as_of` does not exist yet
    if rule.requirement.trigger == Trigger.BIRTH:
        exists.append("c.encounter_class = 'newborn'")  # a newborn's own record begins at birth
    if kind:
        exists.append(f"e.kind = '{kind}'")
    if kind == "procedure" and rule.requirement.anesthesia_only:
        exists.append("e.anesthesia")
    if kind == "procedure" and rule.requirement.procedure_codes:
        exists.append(f"e.code = ANY({literal(rule.requirement.procedure_codes)})")
    return place.format(episodes=scope.episodes), moment, "e.id" if kind else "NULL::bigint", " AND ".join(exists)


def exempt(topic: str, rules: list[Rule], scope: Scope, *, record: str, episode: str) -> str:
    """Section 4, exceptions: whether an exception has taken the topic off this record, or off this episode of it.

    No rule is stricter than an exception. `record` and `episode` are columns of the statement that asks.
    """
    holds = []
    for exception in rules:
        of = exception.requirement
        if topic not in of.exempts:
            continue
        place, moment, its_episode, exists = moments(exception, scope)
        same = "true" if its_episode.startswith("NULL") else f"({episode} IS NULL OR {its_episode} = {episode})"
        holds.append(f"""EXISTS (SELECT FROM {place} WHERE c.record_id = {record} AND {same} AND {exists}
            AND {applies(of, scope, local_day(moment))})""")
    return f"({' OR '.join(holds) or 'false'})"


def of_episode(requirement: Requirement, episode: str) -> str:
    """Clause 6.2: of the same procedure or restraint, or of none of its kind."""
    kind = PLACES[requirement.trigger][2]
    if kind is None:
        return "true"
    others = f"SELECT FROM records_episode x WHERE x.id = d.episode_id AND x.kind = '{kind}'"
    return f"(d.episode_id IS NULL OR d.episode_id = {episode} OR NOT EXISTS ({others}))"


def window(requirement: Requirement, first: str, value: str = "%(not_before)s") -> str:
    """Clause 6.3: not earlier than the window opens; of a day the latest that it can have been."""
    if requirement.not_before_hours is None:
        return "true"
    opens = f"{first} + {value} * interval '1 hour'"
    return f"(d.authored_last > {opens} OR (d.authored_last = {opens} AND d.authored_first = d.authored_last))"


def literal(words: list[str]) -> str:
    """Words as an SQL array; they may hold anything, so quotes and percent signs are escaped."""
    quoted = ", ".join("'" + word.replace("'", "''").replace("%", "%%") + "'" for word in words)
    return f"ARRAY[{quoted}]::varchar[]"
