"""Charts made by hand for the picture: occasions that no database knows, in the states that a picture has to show."""

from datetime import UTC, datetime, timedelta
from itertools import count

from himdept.common.moments import Moment
from records.completeness.judgement import Flags, Judgement, Occasion, State, Verdict
from records.completeness.models import Deficiency, Profile, Requirement
from records.inventory.models import Document, DocumentType, Encounter, Episode, Patient, Practitioner, Record
from staff.models import Facility

ADMITTED = datetime(2026, 10, 8, 18, 10, tzinfo=UTC)
DISCHARGED = ADMITTED + timedelta(days=4)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
_number = count(1)


def record(*, start: datetime = ADMITTED, end: datetime | None = DISCHARGED, zone: str = "America/New_York", **fields):
    facility = Facility(pk=1, code="MAIN", name="St. Brendan", time_zone_id=zone, delinquent_after_days=30)
    encounter = Encounter(
        pk=1,
        facility=facility,
        patient=Patient(pk=1),
        start_first=start,
        start_last=start,
        end_first=end,
        end_last=end,
        **{"encounter_class": Encounter.Class.INPATIENT, "status": Encounter.Status.FINISHED} | fields,
    )
    return Record(encounter=encounter, facility=facility)


def requirement(**fields) -> Requirement:
    return Requirement(
        pk=next(_number),
        profile=Profile(title="Medical staff bylaws", kind=Profile.Kind.BYLAWS),
        **{
            "code": "R",
            "topic": "history-and-physical",
            "title": "History and physical within 24 hours of admission",
            "basis": "bylaws 3.1",
            "trigger": Requirement.Trigger.ADMISSION,
            "document_types": ["34117-2"],
            "due_after_hours": None if "due_after_days" in fields else 24,
        }
        | fields,
    )


def document(
    written: datetime | None, signed: datetime | None = None, *, to_the_day: bool = False, **fields
) -> Document:
    """One that was written (and signed) at a moment; `to_the_day` knows only the day after it began."""
    length = DAY if to_the_day else timedelta()
    return Document(
        pk=next(_number),
        document_type=DocumentType(pk=1, title=fields.pop("title", "History and physical")),
        author=Practitioner(pk=1, family_name="Alder"),
        status=Document.Status.FINAL,
        authored_first=written,
        authored_last=written + length if written else None,
        signed=signed is not None,
        signed_first=signed,
        signed_last=signed + length if signed else None,
        **fields,
    )


def occasion(
    of: Record,
    state: State,
    *,
    due_at: datetime | None = None,
    at: datetime | None = None,
    served_by: Document | None = None,
    entry: Document | None = None,
    episode: Episode | None = None,
    moment: Moment | None = None,
    opens: datetime | None = None,
    title: str = "History and physical",
    rule: Requirement | None = None,
    element: str = "",
) -> Occasion:
    slot = {State.UNDATED: "undated", State.MISSING_ELEMENT: f"element:{element}"}.get(state, "verdict")
    rule = rule or requirement()
    verdict = Verdict(
        state=state,
        slot=slot,
        kind="missing" if state == State.WAIVED else state,
        element=element,
        requirement=rule,
        document_type=DocumentType(pk=1, title=title),
        due_at=due_at,
        at=at,
        served_by=served_by or entry,
        owed_by=Practitioner(pk=1, family_name="Alder"),
        waiver=Deficiency(waived_at=due_at, waived_by=None, waived_because="gone") if state == State.WAIVED else None,
    )
    start = Moment(of.encounter.start_first, of.encounter.start_last)
    return Occasion(of, rule.topic, episode, entry, moment or start, opens, (verdict,))


def judgement(of: Record, as_of: datetime, *occasions: Occasion, delinquent_at: datetime | None = None) -> Judgement:
    still_open = sum(one.state.is_open for one in occasions)
    met = sum(one.state in (State.MET, State.LATE, State.WAIVED) for one in occasions)
    flags = Flags(
        Record.Status.INCOMPLETE if still_open else Record.Status.COMPLETE,
        len(occasions),
        met,
        still_open,
        delinquent_at=delinquent_at,
    )
    return Judgement(as_of, flags, tuple(occasions), ())
