"""What the OpenAPI document shows of rules and profiles: a summary in 15 days instead of 30, and a file brought in.

The people and the bylaws are invented.
"""

from typing import Any

REQUIREMENT = {
    "id": 3,
    "code": "DISCHARGE-SUMMARY",
    "version": 1,
    "profile": "federal",
    "topic": "discharge-summary",
    "title": "Discharge summary within 30 days of discharge",
    "basis": "42 CFR 482.24(c)(4)(vii)",
    "tag": "A-0468",
    "effective_from": None,
    "effective_until": None,
    "trigger": "discharge",
    "document_types": ["18842-5"],
    "encounter_classes": ["inpatient", "psychiatric", "rehabilitation", "swing_bed"],
    "services": [],
    "dispositions": [],
    "dispositions_excepted": [],
    "stay_at_least_hours": 48,
    "stay_less_than_hours": None,
    "age_from_years": None,
    "age_below_years": None,
    "procedure_codes": [],
    "anesthesia_only": False,
    "not_before_hours": None,
    "due_after_hours": None,
    "due_after_days": 30,
    "every_hours": None,
    "every_days": None,
    "at_least": 1,
    "begins_after_days": 0,
    "ends_after_days": None,
    "only_if_met": "",
    "exempts": [],
    "authentication_required": True,
    "cosignature": "",
    "entry_must_have": [],
    "sections_required": ["outcome", "disposition", "follow_up"],
    "responsible": "attending",
    "counts_toward_delinquency": True,
    "severity": "standard",
    "published_at": "2026-01-01T05:00:00Z",
}
RULES = {"id": 31, "display": "Rules in version control"}
DAY = "2027-01-01"
VOTED = "Voted by the medical staff on 8 December 2026."
WORD = "eyJvZiI6IjdlNGEiLCJieSI6MzF9:1vRk2B:3mZ8v1n0Jt1xUQ"
SEAL = "9c56cc51b374c3ba189210d5b6d4bf57"
NEWER = REQUIREMENT | {
    "id": 41,
    "version": 2,
    "effective_from": DAY,
    "due_after_days": 15,
    "published_at": "2026-12-09T14:20:00Z",
}
IN_15_DAYS = {"field": "due_after_days", "before": "30", "after": "15"}
TITLE_SAYS_30 = [{"field": "title", "message": "The title says “30 days”; the rule does not."}]
NEW = {
    "profile": "bylaws",
    "code": "DS-15D",
    "topic": "discharge-summary",
    "title": "Discharge summary within 15 days of discharge",
    "basis": "Bylaws of the medical staff, 4.2",
    "trigger": "discharge",
    "document_types": ["18842-5"],
    "due_after_days": 15,
    "authentication_required": True,
    "effective_from": DAY,
}
OF_NEW = {
    name: NEW.get(name, value)
    for name, value in REQUIREMENT.items()
    if name not in ("encounter_classes", "sections_required", "tag", "stay_at_least_hours")
}
PUBLISHED = OF_NEW | {
    "id": 42,
    "tag": "",
    "encounter_classes": [],
    "sections_required": [],
    "stay_at_least_hours": None,
    "published_at": NEWER["published_at"],
}
SAYS_NEW = [
    "Discharge summary must be on the record within 15 calendar days after discharge.",
    "It must be signed by then.",
]
SAYS = {
    days: [
        f"Discharge summary must be on the record within {days} calendar days after discharge.",
        "It must be signed by then.",
        "It must tell the outcome, the disposition and the follow-up.",
    ]
    for days in (30, 15)
}


def effect(number: int, *examples: int, hidden: int = 0) -> dict:
    return {"number": number, "examples": list(examples), "hidden": hidden}


TRIAL = {
    "facility": "MAIN",
    "as_of": "2026-12-09T07:00:00Z",
    "since": "2026-09-10",
    "records": 412,
    "opened": effect(388, 48213, 48190, 47902, hidden=2),
    "closed": effect(0),
    "delinquent": effect(0),
    "delinquent_no_more": effect(0),
    "tried": WORD,
}
ENDING = TRIAL | {"opened": effect(0), "closed": effect(388, 48213, 48190, hidden=3)}
VERSION = NEWER | {
    "published_by": RULES,
    "published_because": VOTED,
    "dry_run": {
        "facility": "MAIN",
        "as_of": "2026-12-09T07:00:00+00:00",
        "since": "2026-09-10",
        "records": 412,
        "opened": 388,
        "closed": 0,
        "delinquent": 0,
        "delinquent_no_more": 0,
    },
    "not_tried_because": "",
    "ended_at": None,
    "ended_by": None,
    "ended_because": "",
    "changes": [IN_15_DAYS],
}
PROFILE = {
    "id": 5,
    "code": "bylaws",
    "title": "Bylaws of the medical staff",
    "kind": "bylaws",
    "rank": 50,
    "facilities": ["MAIN"],
}
TEXT = """\
code = "bylaws"
title = "Bylaws of the medical staff"
kind = "bylaws"
rank = 50

[[requirement]]
code = "DS-15D"
topic = "discharge-summary"
title = "Discharge summary within 15 days of discharge"
basis = "Bylaws of the medical staff, 4.2"
trigger = "discharge"
document_types = ["18842-5"]
due_after_days = 15
authentication_required = true
"""
PLAN = {
    "profile": "bylaws",
    "is_new": False,
    "of_profile": [],
    "steps": [
        {
            "kind": "changed",
            "code": "DS-15D",
            "begins": DAY,
            "ends": None,
            "changes": [{"field": "due_after_days", "before": "20", "after": "15"}],
        }
    ],
    "same": 0,
    "as_read": SEAL,
}
KEY = {"Idempotency-Key": "rules-2026-12-09"}
TAG = {"If-Match": '"0f343b0931126a20f133d67c2b018a3b"'}
WHY = {"because": VOTED, "tried": WORD}
CHANGED = {"due_after_days": 15, "effective_from": DAY}
FILE = {"text": TEXT, "day": DAY}

EXAMPLES: dict[str, dict[str, Any]] = {
    "requirements_retrieve": {"id": REQUIREMENT["id"], "answer": REQUIREMENT},
    "requirements_compare_retrieve": {
        "id": NEWER["id"],
        "answer": {
            "before": REQUIREMENT | {"effective_until": DAY},
            "after": NEWER,
            "changes": [IN_15_DAYS],
            "says_before": SAYS[30],
            "says_after": SAYS[15],
        },
    },
    "requirements_create": {"headers": KEY, "body": NEW | WHY, "answer": PUBLISHED},
    "requirements_try_create": {
        "body": NEW | {"facility": "MAIN"},
        "answer": TRIAL | {"says": SAYS_NEW, "changes": [], "warnings": []},
    },
    "requirements_change_create": {
        "id": REQUIREMENT["id"],
        "headers": TAG | KEY,
        "body": CHANGED | WHY,
        "answer": NEWER,
    },
    "requirements_change_try_create": {
        "id": REQUIREMENT["id"],
        "body": CHANGED | {"facility": "MAIN"},
        "answer": TRIAL | {"says": SAYS[15], "changes": [IN_15_DAYS], "warnings": TITLE_SAYS_30},
    },
    "requirements_end_create": {
        "id": REQUIREMENT["id"],
        "headers": TAG | KEY,
        "body": {"on": DAY} | WHY,
        "answer": REQUIREMENT | {"effective_until": DAY},
    },
    "requirements_end_try_create": {
        "id": REQUIREMENT["id"],
        "body": {"on": DAY, "facility": "MAIN", "since": "2026-10-01"},
        "answer": ENDING | {"since": "2026-10-01"},
    },
    "profiles_retrieve": {"id": PROFILE["id"], "answer": PROFILE},
    "profiles_file_retrieve": {"id": PROFILE["id"], "answer": {"name": "bylaws.toml", "text": TEXT}},
    "profiles_import_preview_create": {"body": FILE, "answer": PLAN},
    "profiles_import_try_create": {"body": FILE | {"as_read": SEAL, "facility": "MAIN"}, "answer": TRIAL},
    "profiles_import_create": {"headers": KEY, "body": FILE | {"as_read": SEAL} | WHY, "answer": PLAN},
}
