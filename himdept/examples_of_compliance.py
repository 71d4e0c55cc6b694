"""What the OpenAPI document shows of survey readiness: what was measured, a cycle, evidence, a recurring control."""

from typing import Any

READING = {
    "id": 4711,
    "facility": "MAIN",
    "measure": "discharge-summary",
    "day": "2026-03-03",
    "as_of": "2026-03-03T07:00:00Z",
    "known_at": "2026-03-03T07:00:12Z",
    "numerator": 428,
    "denominator": 445,
    "share": 0.9618,
    "aim": 0.9,
}
CYCLE = {
    "id": 12,
    "facility": "MAIN",
    "title": "Mock survey, spring 2026",
    "begins": "2026-03-03",
    "due": "2026-04-30",
    "closed_at": "2026-04-28T15:02:11Z",
    "judged": 4,
    "points": 3.5,
    "share": 0.875,
    "parts": [
        {
            "id": 91,
            "framework": "hipaa",
            "edition": "2013",
            "chapter": "164 E",
            "state": "closed",
            "due": "2026-04-15",
        }
    ],
}
MARK = {
    "result": "partly",
    "likelihood": "low",
    "scope": "limited",
    "because": "Two of the requests of March were answered on day 34.",
    "measured": False,
    "overrules": False,
    "reading": None,
    "at": "2026-04-10T13:20:41Z",
}
OF_CYCLE = {
    "id": 402,
    "part": CYCLE["parts"][0]["id"],
    "framework": "hipaa",
    "edition": "2013",
    "chapter": "164 E",
    "element": "164.524",
    "state": "closed",
    "done": True,
    "result": MARK["result"],
    "counts": "final",
    "likelihood": MARK["likelihood"],
    "scope": MARK["scope"],
    "overruled": False,
    "individual": MARK,
    "preliminary": MARK | {"at": "2026-04-14T16:05:03Z"},
    "final": MARK | {"at": CYCLE["closed_at"]},
}
DRILL = {"framework": "hipaa", "edition": "2013", "element": "164.308(a)(7)(ii)(D)"}
CONTROL = {
    "id": 7,
    "facility": "MAIN",
    "title": "Restore drill",
    "basis": "45 CFR 164.308(a)(7)(ii)(D)",
    "first_on": "2025-06-03",
    "every_months": 3,
    "ends_on": None,
    "elements": [DRILL],
}
TIME = {
    "id": 64,
    "control": CONTROL["id"],
    "facility": "MAIN",
    "title": CONTROL["title"],
    "number": 3,
    "scheduled_on": "2026-03-03",
    "due_on": "2026-03-03",
    "open_from": "2025-12-04",
    "open_before": "2026-06-03",
    "state": "open",
    "done_on": None,
    "evidence": None,
}
EVIDENCE = {
    "id": 310,
    "facility": "MAIN",
    "revision": 1,
    "revised_at": "2026-03-03T09:12:40Z",
    "kind": "link",
    "title": "Restore drill, log of 3 March",
    "state": "in_force",
    "elements": [DRILL],
    "covers_from": TIME["open_from"],
    "covers_until": TIME["scheduled_on"],
    "claimed_for": None,
    "review_by": None,
    "expires_on": TIME["open_before"],
    "file": None,
    "link": "https://backups.example.org/drills/2026-03-03",
    "records": "",
    "reading": None,
    "version": "",
    "approved_on": None,
    "withdrawn_at": None,
}


def listed(row: dict) -> dict:
    """A page that is the whole of a list."""
    return {"results": [row], "next": None, "previous": None}


EXAMPLES: dict[str, dict[str, Any]] = {
    "compliance_readings_list": {
        "query": {"measure": "discharge-summary", "since": "2026-03-03"},
        "answer": listed(READING),
    },
    "compliance_readings_retrieve": {"id": READING["id"], "answer": READING},
    "compliance_cycles_list": {"query": {"facility": "MAIN", "since": "2026-01-01"}, "answer": listed(CYCLE)},
    "compliance_cycles_retrieve": {"id": CYCLE["id"], "answer": CYCLE},
    "compliance_cycles_elements_list": {
        "id": CYCLE["id"],
        "query": {"element": OF_CYCLE["element"]},
        "answer": listed(OF_CYCLE),
    },
    "compliance_evidence_list": {"query": {"facility": "MAIN", "state": "in_force"}, "answer": listed(EVIDENCE)},
    "compliance_evidence_retrieve": {"id": EVIDENCE["id"], "answer": EVIDENCE},
    "compliance_controls_list": {"query": {"facility": "MAIN", "ended": "false"}, "answer": listed(CONTROL)},
    "compliance_controls_retrieve": {"id": CONTROL["id"], "answer": CONTROL},
    "compliance_controls_times_list": {"query": {"state": "open", "until": "2026-03-31"}, "answer": listed(TIME)},
    "compliance_controls_times_retrieve": {"id": TIME["id"], "answer": TIME},
    "compliance_controls_times_done_create": {
        "id": TIME["id"],
        "headers": {"Idempotency-Key": "restore-drill-2026-03-03"},
        "body": {"title": EVIDENCE["title"], "link": EVIDENCE["link"]},
        "answer": TIME | {"state": "done", "done_on": "2026-03-03", "evidence": EVIDENCE["id"]},
    },
}
