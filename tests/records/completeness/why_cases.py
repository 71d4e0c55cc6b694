"""Deficiencies of every kind and trigger, as unsaved rows, and what is said of them.

`why.txt` is what a clerk and a physician were shown. After a change of the words, look at the difference:

    python -m tests.records.completeness.why_cases > tests/records/completeness/why.txt
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from records.completeness import asking, why
from records.completeness.models import Deficiency, Expected, Profile, Requirement
from records.inventory.models import Document, DocumentType, Encounter, Episode, Practitioner, Record
from staff.models import Facility, User

ZONE = ZoneInfo("America/New_York")
Kind, Status, Cause, Trigger = Deficiency.Kind, Deficiency.Status, Deficiency.Cause, Requirement.Trigger
FEDERAL = Profile(title="Federal baseline (42 CFR part 482)", kind=Profile.Kind.FEDERAL)
BYLAWS = Profile(title="Medical staff bylaws", kind=Profile.Kind.BYLAWS)
VANCE = Practitioner(pk=1, family_name="Vance", given_name="T.")


def local(day: int, hour: int = 0, minute: int = 0, *, month: int = 10) -> datetime:
    """A moment of autumn 2026 by the clock of New York, in UTC."""
    return datetime(2026, month, day, hour, minute, tzinfo=ZONE).astimezone(UTC)


def exactly(name: str, at: datetime) -> dict:
    return {f"{name}_first": at, f"{name}_last": at}


def on_day(name: str, day: int, *, month: int = 10) -> dict:
    return {f"{name}_first": local(day, month=month), f"{name}_last": local(day + 1, month=month)}


ADMITTED, DISCHARGED = exactly("start", local(8, 14, 10)), exactly("end", local(12, 14, 30))


def record(**stay) -> Record:
    facility = Facility(name="Main", time_zone_id="America/New_York")
    return Record(encounter=Encounter(pk=1, facility=facility, **ADMITTED | DISCHARGED | stay), facility=facility)


def rule(trigger: Trigger, *, of: Profile = FEDERAL, **fields) -> Requirement:
    return Requirement(profile=of, trigger=trigger, **{"document_types": ["any"]} | fields)


def document(title: str = "", **facts) -> Document:
    return Document(pk=1, document_type=DocumentType(title=title), **facts)


def deficiency(title: str, requirement: Requirement | None, kind: Kind = Kind.MISSING, **fields) -> Deficiency:
    slots = {Kind.UNDATED: "undated", Kind.MISSING_ELEMENT: f"element:{fields.get('element')}"}
    return Deficiency(
        document_type=DocumentType(title=title),
        requirement=requirement,
        kind=kind,
        slot=slots.get(kind, "verdict"),
        **{"record": record(), "status": Status.OPEN, "owed_by": VANCE} | fields,
    )


def late(title: str, requirement: Requirement, at: datetime, **fields) -> Deficiency:
    return deficiency(
        title, requirement, Kind.LATE, status=Status.RESOLVED, cause=Cause.MET_LATE, resolved_at=at, **fields
    )


def gap(title: str, requirement: Requirement, *, at: datetime, **fields) -> Deficiency:
    return deficiency(
        title, requirement, status=Status.RESOLVED, cause=Cause.GAP, mendable=False, resolved_at=at, **fields
    )


RENEWED = rule(Trigger.RESTRAINT_START, basis="42 CFR 482.13(e)(8)", tag="A-0171", every_hours=Decimal(4))
DAILY = rule(Trigger.ADMISSION, of=BYLAWS, basis="article 10", every_days=1)
THRICE = rule(Trigger.ADMISSION, of=BYLAWS, basis="article 11", every_days=7, at_least=3)
HISTORY = rule(
    Trigger.ADMISSION,
    basis="42 CFR 482.24(c)(4)(i)(A)",
    tag="A-0458",
    not_before_hours=Decimal(-720),
    due_after_hours=Decimal(24),
)
UPDATE = rule(
    Trigger.ADMISSION,
    basis="42 CFR 482.24(c)(4)(i)(B)",
    tag="A-0461",
    only_if_met="history-and-physical",
    not_before_hours=Decimal(0),
    due_after_hours=Decimal(24),
)
SUMMARY = rule(
    Trigger.DISCHARGE,
    basis="42 CFR 482.24(c)(4)(vii)",
    tag="A-0468",
    due_after_days=30,
    authentication_required=True,
    sections_required=["outcome", "disposition", "follow_up"],
)
SHORT_STAY = rule(
    Trigger.DISCHARGE,
    of=BYLAWS,
    basis="article 7",
    due_after_days=15,
    authentication_required=True,
    document_types=["18842-5", "final-progress-note"],
)
SAME_DAY = rule(Trigger.DISCHARGE, of=BYLAWS, basis="article 8", due_after_days=0)
OPERATIVE = rule(
    Trigger.PROCEDURE_END,
    basis="42 CFR 482.51(b)(6)",
    tag="A-0959",
    due_after_hours=Decimal(24),
    authentication_required=True,
    sections_required=["findings", "technique", "specimens"],
)
CONSENT = rule(Trigger.PROCEDURE_START, basis="42 CFR 482.51(b)(2)", tag="A-0955", due_after_hours=Decimal(0))
BEFORE_ANESTHESIA = rule(
    Trigger.PROCEDURE_START,
    basis="42 CFR 482.52(b)(1)",
    tag="A-1003",
    not_before_hours=Decimal(-48),
    due_after_hours=Decimal(0),
)
TIME_OUT = rule(Trigger.PROCEDURE_START, of=BYLAWS, basis="article 9", due_after_hours=Decimal("-0.50"))
FACE_TO_FACE = rule(
    Trigger.RESTRAINT_START,
    basis="42 CFR 482.13(e)(12)",
    tag="A-0178",
    not_before_hours=Decimal(0),
    due_after_hours=Decimal(1),
)
NEWBORN = rule(Trigger.BIRTH, of=BYLAWS, basis="article 12", due_after_hours=Decimal("1.50"))
ELEMENTS = ["date", "time", "signature_date", "signature_time"]
ORDER = rule(
    Trigger.ORDER,
    basis="42 CFR 482.24(c)(2)",
    tag="A-0454",
    due_after_hours=Decimal(48),
    authentication_required=True,
    entry_must_have=ELEMENTS,
)
ENTRY = rule(
    Trigger.DOCUMENT,
    basis="42 CFR 482.24(c)(1)",
    tag="A-0450",
    due_after_days=30,
    authentication_required=True,
    entry_must_have=ELEMENTS,
)
COSIGNED = rule(
    Trigger.DOCUMENT,
    of=BYLAWS,
    basis="article 5",
    due_after_days=7,
    authentication_required=True,
    cosignature=Requirement.Cosignature.NAMED,
)
OF_RESIDENTS = rule(
    Trigger.DISCHARGE,
    of=BYLAWS,
    basis="article 6",
    due_after_days=30,
    authentication_required=True,
    cosignature=Requirement.Cosignature.IN_TRAINING,
)
NOTE = rule(Trigger.DOCUMENT, of=BYLAWS, basis="article 4", due_after_days=7, sections_required=["assessment_and_plan"])

HIP = Episode(
    pk=1, kind=Episode.Kind.PROCEDURE, **exactly("start", local(9, 10, 5)), **exactly("end", local(9, 12, 40))
)
HIP_DAY = Episode(pk=2, kind=Episode.Kind.PROCEDURE, **on_day("start", 9), **on_day("end", 9))
RESTRAINT = Episode(pk=3, kind=Episode.Kind.RESTRAINT, **exactly("start", local(9, 23, 0)))
END_OF_SUMMARY = {"due_at": local(12, month=11)}  # the midnight that ends 11 November


def phoned(**facts) -> Document:
    return document(**{"verbal": True} | exactly("authored", local(9, 16, 5)) | facts)


def noted(**facts) -> Document:
    return document(**exactly("authored", local(9, 16, 5)) | facts)


CASES: dict[str, Deficiency] = {
    # Occasions of the stay
    "missing, admission, with a window": deficiency("History and physical", HISTORY, due_at=local(9, 14, 10)),
    "missing, admission known to the day": deficiency(
        "History and physical", HISTORY, due_at=local(10), record=record(**on_day("start", 8))
    ),
    "missing, where the admission was corrected since the audit": deficiency(
        "History and physical", HISTORY, due_at=local(9, 18, 10), record=record(**on_day("start", 8))
    ),
    "missing, only if another topic was met": deficiency(
        "Update of the history and physical", UPDATE, due_at=local(9, 14, 10)
    ),
    "missing, discharge, in days": deficiency("Discharge summary", SUMMARY, **END_OF_SUMMARY),
    "missing, one of several types will do, bylaws": deficiency(
        "Discharge summary", SHORT_STAY, due_at=local(28), owed_by=None
    ),
    "missing, on the very day": deficiency("Discharge instructions", SAME_DAY, due_at=local(13)),
    "missing, birth, hours and minutes": deficiency("Newborn examination", NEWBORN, due_at=local(8, 15, 40)),
    "missing, due in the hour that happens twice": deficiency(
        "Newborn examination",
        NEWBORN,
        due_at=datetime(2026, 11, 1, 6, 30, tzinfo=UTC),
        record=record(**exactly("start", datetime(2026, 11, 1, 5, 0, tzinfo=UTC))),
    ),
    "unsigned, discharge": deficiency(
        "Discharge summary",
        SUMMARY,
        Kind.UNSIGNED,
        served_by=document(**exactly("authored", local(20, 9, 0))),
        **END_OF_SUMMARY,
    ),
    "unsigned, written on a day": deficiency(
        "Discharge summary", SUMMARY, Kind.UNSIGNED, served_by=document(**on_day("authored", 20)), **END_OF_SUMMARY
    ),
    "not co-signed": deficiency(
        "Discharge summary",
        SUMMARY,
        Kind.UNCOSIGNED,
        served_by=document(**exactly("authored", local(20, 9, 0))),
        **END_OF_SUMMARY,
    ),
    "not co-signed, entry": deficiency(
        "Consultation",
        COSIGNED,
        Kind.UNCOSIGNED,
        document=noted(signed=True, cosigner=VANCE, **exactly("signed", local(10, 12, 0))),
        due_at=local(17),
    ),
    "late, co-signed": late(
        "Consultation",
        COSIGNED,
        local(12, 8, 0, month=11),
        document=noted(
            signed=True,
            cosigned=True,
            cosigner=VANCE,
            **exactly("signed", local(10, 12, 0)),
            **exactly("cosigned", local(12, 8, 0, month=11)),
        ),
        due_at=local(17),
    ),
    "missing, to be co-signed": deficiency("Discharge summary", OF_RESIDENTS, **END_OF_SUMMARY),
    "element missing, discharge": deficiency(
        "Discharge summary",
        SUMMARY,
        Kind.MISSING_ELEMENT,
        element="follow_up",
        served_by=document(**exactly("authored", local(20, 9, 0))),
        **END_OF_SUMMARY,
    ),
    "late, in days": late(
        "Discharge summary",
        SUMMARY,
        local(14, 9, 0, month=11),
        served_by=document(
            signed=True, **exactly("authored", local(20, 9, 0)), **exactly("signed", local(14, 9, 0, month=11))
        ),
        **END_OF_SUMMARY,
    ),
    "late, at the midnight itself": late("Discharge summary", SUMMARY, local(12, month=11), **END_OF_SUMMARY),
    "late, signed on a day": late(
        "Discharge summary",
        SUMMARY,
        local(14, month=11),
        served_by=document(signed=True, **exactly("authored", local(20, 9, 0)), **on_day("signed", 14, month=11)),
        **END_OF_SUMMARY,
    ),
    # Procedures and restraints
    "missing, end of a procedure": deficiency("Operative report", OPERATIVE, due_at=local(10, 12, 40), episode=HIP),
    "missing, end of a procedure known to the day": deficiency(
        "Operative report", OPERATIVE, due_at=local(11), episode=HIP_DAY
    ),
    "missing, before a procedure": deficiency("Procedure consent", CONSENT, due_at=local(9, 10, 5), episode=HIP),
    "missing, before a procedure known to the day": deficiency(
        "Procedure consent", CONSENT, due_at=local(10), episode=HIP_DAY
    ),
    "missing, before a procedure, with a window": deficiency(
        "Pre-anesthesia evaluation", BEFORE_ANESTHESIA, due_at=local(9, 10, 5), episode=HIP
    ),
    "missing, half an hour before a procedure": deficiency("Time-out", TIME_OUT, due_at=local(9, 9, 35), episode=HIP),
    "missing, restraint": deficiency(
        "Restraint face-to-face evaluation", FACE_TO_FACE, due_at=local(10, 0, 0), episode=RESTRAINT
    ),
    "element missing, procedure": deficiency(
        "Operative report",
        OPERATIVE,
        Kind.MISSING_ELEMENT,
        element="specimens",
        episode=HIP,
        due_at=local(10, 12, 40),
        served_by=document(**exactly("authored", local(9, 13, 0))),
    ),
    "late by hours, procedure": late(
        "Operative report",
        OPERATIVE,
        local(11, 13, 42),
        episode=HIP,
        due_at=local(10, 12, 40),
        served_by=document(
            signed=True, **exactly("authored", local(11, 13, 42)), **exactly("signed", local(11, 13, 42))
        ),
    ),
    "late by minutes, signed at an unknown time": late(
        "Operative report",
        OPERATIVE,
        local(10, 12, 45),
        episode=HIP,
        due_at=local(10, 12, 40),
        served_by=document(signed=True, **exactly("authored", local(10, 12, 45))),
    ),
    "late, known to the day, against a limit in hours": late(
        "Operative report",
        OPERATIVE,
        local(11),
        episode=HIP,
        due_at=local(10, 12, 40),
        served_by=document(signed=True, **on_day("authored", 11), **on_day("signed", 11)),
    ),
    # Entries
    "unsigned, verbal order": deficiency(
        "Order", ORDER, Kind.UNSIGNED, due_at=local(11, 16, 5), document=phoned(), served_by=phoned()
    ),
    "unsigned, verbal order without a date": deficiency(
        "Restraint order",
        ORDER,
        Kind.UNSIGNED,
        due_at=local(10, 14, 10),
        document=phoned(**dict.fromkeys(["authored_first", "authored_last"])),
        owed_by=None,
    ),
    "unsigned, entry": deficiency(
        "Consultation", ENTRY, Kind.UNSIGNED, due_at=local(9, month=11), document=noted(), served_by=noted()
    ),
    "undated: the date": deficiency(
        "Order",
        ORDER,
        Kind.UNDATED,
        element="date",
        document=phoned(**dict.fromkeys(["authored_first", "authored_last"])),
    ),
    "undated: the time": deficiency(
        "Consultation", ENTRY, Kind.UNDATED, element="time", document=noted(**on_day("authored", 9))
    ),
    "undated: the day of the signature": deficiency(
        "Consultation", ENTRY, Kind.UNDATED, element="signature_date", document=noted(signed=True)
    ),
    "undated: the time of the signature": deficiency(
        "Consultation",
        ENTRY,
        Kind.UNDATED,
        element="signature_time",
        document=noted(signed=True, **on_day("signed", 10)),
    ),
    "element missing, entry": deficiency(
        "Progress note",
        NOTE,
        Kind.MISSING_ELEMENT,
        element="assessment_and_plan",
        due_at=local(17),
        document=noted(),
        served_by=noted(),
    ),
    "late, verbal order": late(
        "Order",
        ORDER,
        local(12, 8, 0),
        due_at=local(11, 16, 5),
        document=phoned(signed=True, **exactly("signed", local(12, 8, 0))),
    ),
    # What became of them
    "resolved: a late arrival shows that it was in time": deficiency(
        "History and physical",
        HISTORY,
        status=Status.RESOLVED,
        cause=Cause.MET,
        due_at=local(9, 14, 10),
        resolved_at=local(8, 23, 0),
        served_by=document(**exactly("authored", local(8, 23, 0))),
    ),
    "resolved: an addendum has mended it": deficiency(
        "Consultation",
        ENTRY,
        Kind.UNDATED,
        element="time",
        document=noted(**on_day("authored", 9)),
        status=Status.RESOLVED,
        cause=Cause.MET,
        resolved_at=local(9),
    ),
    "void: not due after all": deficiency(
        "Discharge summary", SUMMARY, status=Status.VOID, cause=Cause.NOT_DUE, **END_OF_SUMMARY
    ),
    "void: withdrawn": deficiency(
        "Operative report", OPERATIVE, status=Status.VOID, cause=Cause.WITHDRAWN, due_at=local(10, 12, 40), episode=HIP
    ),
    "void: late no more": deficiency(
        "Operative report",
        OPERATIVE,
        Kind.LATE,
        status=Status.VOID,
        cause=Cause.MET,
        due_at=local(10, 12, 40),
        episode=HIP,
    ),
    "waived": deficiency(
        "Order",
        ORDER,
        Kind.UNSIGNED,
        due_at=local(11, 16, 5),
        document=phoned(),
        status=Status.WAIVED,
        cause=Cause.WAIVED,
        waived_at=local(23, 8, 0, month=11),
        waived_by=User(pk=1, first_name="Rose", last_name="Okafor"),
        waived_because="Dr Alder left the staff on 1 November; the chief of medicine accepts the order.",
    ),
    "reassigned": deficiency(
        "Order",
        ORDER,
        Kind.UNSIGNED,
        due_at=local(11, 16, 5),
        document=phoned(),
        owed_by=Practitioner(pk=3, family_name="Dahl", given_name="R."),
        reassigned_at=local(23, 8, 0, month=11),
        reassigned_by=User(pk=1, first_name="Rose", last_name="Okafor"),
        reassigned_because="Dr Vance is on leave until January.",
        reassigned_from=VANCE,
    ),
    # Special
    "a gap by hours, open": deficiency(
        "Restraint order", RENEWED, due_at=local(10, 3, 30), episode=RESTRAINT, block=60
    ),
    "a gap by hours, that a document ended": late(
        "Restraint order",
        RENEWED,
        local(10, 5, 0),
        due_at=local(10, 3, 30),
        episode=RESTRAINT,
        block=60,
        served_by=document(**exactly("authored", local(10, 5, 0))),
    ),
    "a gap by hours, past mending": gap(
        "Restraint order", RENEWED, due_at=local(10, 3, 30), at=local(10, 6, 0), episode=RESTRAINT, block=60
    ),
    "a gap of a day": gap("Progress note", DAILY, due_at=local(11), at=local(11), block=2),
    "a gap in a week": gap("Progress note", THRICE, due_at=local(15), at=local(15), block=0),
    "no gap after all": deficiency(
        "Progress note", DAILY, due_at=local(11), block=2, status=Status.VOID, cause=Cause.NO_GAP
    ),
    "added by hand": deficiency("Consultation", None, due_at=local(20, 12, 0)),
    "added by hand, without a limit": deficiency("Consultation", None),
}

EXPECTED: dict[str, Expected] = {
    "expected, with a window": Expected(
        requirement=HISTORY, record=record(), document_type=DocumentType(title=""), due_at=local(9, 14, 10)
    ),
    "expected, in days": Expected(
        requirement=SUMMARY, record=record(), document_type=DocumentType(title=""), **END_OF_SUMMARY
    ),
    "expected, the next of a series": Expected(
        requirement=RENEWED,
        record=record(),
        document_type=DocumentType(title=""),
        episode=RESTRAINT,
        due_at=local(10, 3, 30),
        block=60,
    ),
    "expected, a note of a block of days": Expected(
        requirement=THRICE, record=record(), document_type=DocumentType(title=""), due_at=local(15), block=0
    ),
    "expected, an entry to be signed": Expected(
        requirement=ORDER,
        record=record(),
        document_type=DocumentType(title=""),
        document=phoned(),
        due_at=local(11, 16, 5),
    ),
    "expected, an entry to be co-signed": Expected(
        requirement=COSIGNED,
        record=record(),
        document_type=DocumentType(title=""),
        document=noted(signed=True),
        due_at=local(17),
    ),
    "expected, a signed entry without a section": Expected(
        requirement=NOTE,
        record=record(),
        document_type=DocumentType(title=""),
        document=noted(signed=True),
        due_at=local(17),
    ),
}


def told() -> Iterator[str]:
    for title, row in CASES.items():
        yield f"== {title}\n{why.headline(row)}\n{why.sentence(row)}\n"
        if satisfied := why.would_satisfy(row):
            yield f"Would be satisfied by: {satisfied}\n"
        yield "\n"
    for title, row in EXPECTED.items():
        yield f"== {title}\n{asking.awaited(row)}\n\n"


if __name__ == "__main__":
    print("".join(told()), end="")
