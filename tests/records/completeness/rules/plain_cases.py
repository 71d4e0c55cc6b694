"""Rules of every trigger, as unsaved rows, and what is said of them in plain language.

`plain.txt` is what a physician was shown. After a change of the words, look at the difference:

    python -m tests.records.completeness.rules.plain_cases > tests/records/completeness/rules/plain.txt
"""

import textwrap
import tomllib
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from django.db.backends.postgresql.psycopg_any import DateRange

from records.completeness.models import Profile, Requirement
from records.completeness.requirements import PROFILES
from records.completeness.rules import plain
from records.completeness.rules.fields import Names
from records.inventory.catalogue import DOCUMENT_TYPES

NAMES = Names(
    {code: title for titles in DOCUMENT_TYPES.values() for code, title in titles.items()},
    {"surgery": "Surgery", "ent": "ENT"},
)
BYLAWS = Profile(code="bylaws", title="Medical staff bylaws", kind=Profile.Kind.BYLAWS, rank=50)
DECIMALS = ("not_before_hours", "due_after_hours", "every_hours", "stay_at_least_hours", "stay_less_than_hours")


def rule(profile: Profile = BYLAWS, **fields) -> Requirement:
    """A discharge summary within 15 days, unless something else is said."""
    hours = {name: Decimal(str(fields.pop(name))) for name in DECIMALS if fields.get(name) is not None}
    limit = (
        {}
        if {"due_after_hours", "due_after_days", "every_hours", "every_days"} & {*fields, *hours}
        else {"due_after_days": 15}
    )
    ordinary = {
        "code": "R",
        "topic": "discharge-summary",
        "title": "A rule",
        "basis": "article 7",
        "trigger": Requirement.Trigger.DISCHARGE,
        "document_types": ["18842-5"],
        "effective": DateRange(None, None),
    }
    return Requirement(profile=profile, **ordinary | limit | hours | fields)


def that_come_along() -> Iterator[tuple[str, Requirement]]:
    """The rules of the profiles that come with the program."""
    for path in sorted(PROFILES.glob("*.toml")):
        content = tomllib.loads(path.read_text())
        profile = Profile(code=content["code"], title=content["title"], kind=content["kind"], rank=content["rank"])
        for row in content["requirement"]:
            fields = {name: value for name, value in row.items() if name != "confirm"}
            yield f"{profile.code}, {fields['code']}", rule(profile, **{"due_after_days": None} | fields)


CASES = {
    "one day, of newborns by birth": rule(
        trigger="birth", due_after_days=1, encounter_classes=["newborn"], document_types=["newborn-exam"]
    ),
    "the same day, on services": rule(due_after_days=0, services=["surgery", "ent"]),
    "before the trigger, of ages": rule(
        trigger="procedure_start", due_after_hours=-0.5, age_from_years=9, age_below_years=18, procedure_codes=["47562"]
    ),
    "a window that opens later": rule(trigger="admission", not_before_hours=12, due_after_hours=36, age_from_years=65),
    "an exception": rule(
        trigger="procedure_start",
        topic="assessment",
        document_types=["51847-2"],
        due_after_hours=0,
        encounter_classes=["ambulatory"],
        procedure_codes=["66984", "45378"],
        exempts=["history-and-physical", "history-and-physical-update"],
        age_below_years=80,
    ),
    "co-signed by a supervisor": rule(
        trigger="document",
        document_types=["11506-3"],
        due_after_days=3,
        authentication_required=True,
        cosignature="in_training",
    ),
    "co-signed where named": rule(cosignature="named", responsible="author"),
    "always co-signed": rule(trigger="document", document_types=["11506-3"], due_after_days=3, cosignature="always"),
    "only what entries carry": rule(
        trigger="document",
        document_types=["11506-3", "34111-5"],
        due_after_days=None,
        entry_must_have=["date", "time"],
        responsible="surgeon",
    ),
    "stays between two lengths": rule(
        stay_at_least_hours=24,
        stay_less_than_hours=48,
        dispositions_excepted=["expired", "ama"],
        counts_toward_delinquency=False,
        sections_required=["outcome"],
    ),
    "after restraint, of whoever died": rule(trigger="restraint_start", due_after_hours=1.5, dispositions=["expired"]),
    "again within hours": rule(
        trigger="restraint_start", document_types=["restraint-order"], every_hours=4, age_from_years=18
    ),
    "again each day": rule(
        trigger="admission", document_types=["11506-3", "11488-4"], every_days=1, begins_after_days=1
    ),
    "some in each week": rule(
        trigger="admission",
        document_types=["11506-3"],
        every_days=7,
        at_least=3,
        ends_after_days=60,
        responsible="author",
    ),
    "in force for a year": rule(effective=DateRange(date(2026, 1, 1), date(2027, 1, 1))),
    "in force from a day on": rule(effective=DateRange(date(2026, 1, 1), None)),
    "no longer in force": rule(effective=DateRange(None, date(2027, 1, 1))),
}


def told() -> Iterator[str]:
    for name, case in {**dict(that_come_along()), **CASES}.items():
        words = f"{plain.paragraph(case, NAMES)} {plain.in_force(case)}"
        yield f"{name}\n{textwrap.indent(textwrap.fill(words, 116), '    ')}\n\n"


if __name__ == "__main__":
    print("".join(told()), end="")
