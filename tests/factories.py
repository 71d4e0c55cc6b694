"""Dull rows for tests: whatever a test does not name is ordinary and plausible.

Every function takes any field of its model as a keyword. Times are UTC; the facility MAIN is in New York.
"""

from datetime import UTC, date, datetime, timedelta
from itertools import count

from django.contrib.auth.models import Group
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils import timezone

from himdept.common.confidentiality import Confidentiality
from records.models import (
    AuditRun,
    Deficiency,
    Document,
    DocumentType,
    Encounter,
    EncounterIdentifier,
    Expected,
    Patient,
    PatientIdentifier,
    Practitioner,
    Profile,
    Record,
    Requirement,
    Service,
)
from staff.catalogue.models import Education
from staff.models import (
    Assessment,
    Assignment,
    Attendance,
    Certification,
    Competency,
    Course,
    Credential,
    Employee,
    Employment,
    Experience,
    Facility,
    Job,
    Place,
    Position,
    Schooling,
    Supervision,
    Unit,
    User,
    Verification,
)

PASSWORD = "the-quiet-archive-7"
ADMITTED = datetime(2026, 10, 8, 18, 10, tzinfo=UTC)
DISCHARGED = ADMITTED + timedelta(days=4)
OPENED = datetime(2020, 1, 1, 5, tzinfo=UTC)  # since when there are seats and people in them
_number = count(1)


def facility(code: str = "MAIN") -> Facility:
    """The facility of that code; MAIN is there from the start."""
    main = Facility.objects.get(code="MAIN")
    if code == main.code:
        return main
    return Facility.objects.get_or_create(code=code, defaults={"name": code, "time_zone_id": main.time_zone_id})[0]


def person(username: str = "", *, role: str = "", facilities=None, clearance=Confidentiality.NORMAL, **fields) -> User:
    """Somebody who signs in; with a role, they reach the ordinary records of MAIN."""
    user = User.objects.create_user(
        username or f"person-{next(_number)}", password=PASSWORD, clearance=clearance, **fields
    )
    if role:
        user.groups.add(Group.objects.get(name=role))
    user.facilities.set([facility()] if facilities is None else facilities)
    return user


def manager(username: str = "manager", **fields) -> User:
    return person(username, role="Records manager", **fields)


def patient(family_name: str = "Lindqvist", given_name: str = "Amara", *, mrn: str = "", **fields) -> Patient:
    row = Patient.objects.create(
        family_name=family_name,
        given_name=given_name,
        **{"birth_date": date(1961, 3, 14), "sex": Patient.Sex.FEMALE} | fields,
    )
    PatientIdentifier.objects.create(patient=row, kind="MR", system="urn:mrn", value=mrn or f"{next(_number):08}")
    return row


def practitioner(family_name: str = "Vance", given_name: str = "T.", **fields) -> Practitioner:
    return Practitioner.objects.create(family_name=family_name, given_name=given_name, **fields)


def service(code: str = "hospital-medicine", title: str = "Hospital medicine") -> Service:
    return Service.objects.get_or_create(code=code, defaults={"title": title})[0]


def record(*, of: Patient | None = None, at: Facility | None = None, visit: str = "", **fields) -> Record:
    """A record and its encounter: an inpatient stay of four days, over, with nothing open.

    Keywords go to the record where it has such a field, else to the encounter.
    """
    at = at or facility()
    names = {f.name for f in Record._meta.get_fields()} - {"status", "location", "service"}
    of_encounter = {name: value for name, value in fields.items() if name not in names and name != "status"}
    start = of_encounter.pop("start", ADMITTED)
    end = of_encounter.pop("end", DISCHARGED)
    encounter = Encounter.objects.create(
        facility=at,
        patient=of or patient(),
        start_first=start,
        start_last=start,
        end_first=end,
        end_last=end,
        **{
            "encounter_class": Encounter.Class.INPATIENT,
            "status": Encounter.Status.FINISHED if end else Encounter.Status.IN_PROGRESS,
        }
        | of_encounter,
    )
    EncounterIdentifier.objects.create(encounter=encounter, system="urn:visit", value=visit or f"V-{next(_number):06}")
    of_record = {name: value for name, value in fields.items() if name in names or name == "status"}
    if of_record.get("status") == Record.Status.COMPLETE:
        of_record.setdefault("completed_at", end)
    return Record.objects.create(
        encounter=encounter,
        facility=at,
        **{"status": Record.Status.DISCHARGED if end else Record.Status.IN_PROGRESS} | of_record,
    )


def document_type(code: str = "18842-5", title: str = "Discharge summary") -> DocumentType:
    return DocumentType.objects.get_or_create(code=code, defaults={"title": title})[0]


def document(
    of: Record, *, authored: datetime | None = DISCHARGED, signed: datetime | None = None, **fields
) -> Document:
    return Document.objects.create(
        record=of,
        **{
            "document_type": fields.pop("document_type", None) or document_type(),
            "status": Document.Status.FINAL,
            "authored_first": authored,
            "authored_last": authored,
            "signed": bool(signed),
            "signed_first": signed,
            "signed_last": signed,
        }
        | fields,
    )


def requirement(code: str = "DS-30D", **fields) -> Requirement:
    """Discharge summary within 30 days of discharge, of a profile of the tests' own."""
    if found := Requirement.objects.select_related("profile").filter(profile__code="tests", code=code).first():
        return found
    profile = Profile.objects.get_or_create(
        code="tests", defaults={"title": "Medical staff bylaws", "kind": Profile.Kind.BYLAWS, "rank": 90}
    )[0]
    return Requirement.objects.create(
        profile=profile,
        code=code,
        **{
            "effective": (None, None),
            "topic": "discharge-summary",
            "title": "Discharge summary within 30 days of discharge",
            "basis": "42 CFR 482.24(c)(4)(vii)",
            "trigger": Requirement.Trigger.DISCHARGE,
            "document_types": [document_type().code],
            "due_after_days": 30,
        }
        | ({"due_after_days": None} if "due_after_hours" in fields else {})
        | fields,
    )


def deficiency(of: Record | None = None, *, kind=Deficiency.Kind.MISSING, **fields) -> Deficiency:
    """An open deficiency: the discharge summary is missing."""
    rule = fields.pop("requirement", None) or requirement()
    slot = fields.pop("slot", None) or {
        Deficiency.Kind.UNDATED: "undated",
        Deficiency.Kind.MISSING_ELEMENT: f"element:{fields.get('element')}",
    }.get(kind, "verdict")
    return Deficiency.objects.create(
        record=of or record(),
        requirement=rule,
        kind=kind,
        slot=slot,
        **{
            "topic": rule.topic,
            "document_type": fields.pop("document_type", None) or document_type(),
            "status": Deficiency.Status.OPEN,
            "due_at": DISCHARGED + timedelta(days=30),
            "opened_at": DISCHARGED + timedelta(days=30),
        }
        | fields,
    )


def expected(of: Record | None = None, **fields) -> Expected:
    rule = fields.pop("requirement", None) or requirement()
    return Expected.objects.create(
        record=of or record(),
        requirement=rule,
        **{"topic": rule.topic, "document_type": document_type(), "due_at": DISCHARGED + timedelta(days=30)} | fields,
    )


def audit_run(**fields) -> AuditRun:
    """A finished, written audit of all facilities."""
    at = fields.get("as_of", DISCHARGED + timedelta(days=31))
    return AuditRun.objects.create(
        **{"as_of": at, "state": "finished", "started_at": at, "finished_at": at + timedelta(seconds=1), "seconds": 1.1}
        | fields,
    )


def span(first: datetime | None = OPENED, until: datetime | None = None) -> DateTimeTZRange:
    return DateTimeTZRange(first, until)


def unit(name: str = "Coding", *, under: Unit | None = None, during=None) -> Unit:
    """A unit that hangs in the chart; nobody heads it."""
    row, is_new = Unit.objects.get_or_create(facility=facility(), name=name)
    if is_new:
        Place.objects.create(unit=row, under=under, during=during or span())
    return row


def job(code: str = "coding-technician", **fields) -> Job:
    """A job of the catalogue."""
    return Job.objects.get_or_create(code=code, defaults={"title": code} | fields)[0]


def position(of: Unit | None = None, *, heads: bool = False, **fields) -> Position:
    """An approved seat of one full time."""
    of = of or unit()
    seat = Position.objects.create(
        unit=of,
        **{"number": f"S-{next(_number):05}", "job": fields.pop("job", None) or job(), "valid": span()} | fields,
    )
    if heads:
        Place.objects.filter(unit=of).update(head=seat)
    return seat


def somebody(family_name: str = "Brandt", **fields) -> Employee:
    """Somebody who is not employed, or not yet."""
    return Employee.objects.create(
        family_name=family_name, **{"number": f"E-{next(_number):05}", "given_name": "S."} | fields
    )


def employee(family_name: str = "Brandt", *, sits_in: Position | None = None, during=None, **fields) -> Employee:
    """Somebody employed; in a seat, when it is named."""
    row = somebody(family_name, **fields)
    Employment.objects.create(employee=row, during=during or span())
    if sits_in:
        Assignment.objects.create(employee=row, position=sits_in, during=during or span())
    return row


def supervision(of: Employee, by: Employee, *, during=None) -> Supervision:
    return Supervision.objects.create(employee=of, supervisor=by, during=during or span())


def credential(of: Employee, code: str = "RHIT", *, by: User, **fields) -> Credential:
    """A certification that somebody holds, from a year ago for two years; nobody has looked it up."""
    today = timezone.localdate()
    return Credential.objects.create(
        employee=of,
        certification=Certification.objects.get(code=code),
        written_by=by,
        **{
            "number": f"{next(_number):07}",
            "first_day": today - timedelta(days=365),
            "last_day": today + timedelta(days=365),
        }
        | fields,
    )


def verification(of: Credential, *, by: User, **fields) -> Verification:
    """A look at the primary source that confirmed a credential today."""
    return Verification.objects.create(
        credential=of,
        by=by,
        **{
            "source": "the issuer's register",
            "looked_on": timezone.localdate(),
            "found": "confirmed",
            "proof": "print 7",
        }
        | fields,
    )


def schooling(of: Employee, *, by: User, **fields) -> Schooling:
    return Schooling.objects.create(
        employee=of,
        written_by=by,
        **{
            "level": Education.ASSOCIATE,
            "subject": "Health information",
            "finished_on": OPENED.date(),
            "proof": "diploma",
        }
        | fields,
    )


def experience(of: Employee, *, by: User, **fields) -> Experience:
    """Two years of work elsewhere in the field, before there was this department."""
    return Experience.objects.create(
        employee=of,
        written_by=by,
        **{
            "title": "Coder",
            "employer": "St. Anne",
            "first_day": date(2010, 1, 1),
            "last_day": date(2011, 12, 31),
            "proof": "letter",
        }
        | fields,
    )


def course(code: str = "privacy", **fields) -> Course:
    """A course in force since there is the department: for everybody, within 30 days of the hire and each year."""
    return Course.objects.create(
        code=code, **{"title": code.title(), "from_day": OPENED.date(), "every_months": 12} | fields
    )


def attendance(of: Employee, course: Course, *, by: User, **fields) -> Attendance:
    return Attendance.objects.create(
        employee=of,
        course=course,
        written_by=by,
        **{"done_on": timezone.localdate(), "proof": "list of who was there"} | fields,
    )


def competency(code: str = "analysis", **fields) -> Competency:
    """A competency in force since there is the department: for everybody, within 30 days of the hire and each year."""
    return Competency.objects.create(
        code=code,
        **{"title": code.title(), "from_day": OPENED.date(), "every_months": 12, "method": "observed"} | fields,
    )


def assessment(of: Employee, competency: Competency, *, assessor: Employee, by: User, **fields) -> Assessment:
    return Assessment.objects.create(
        employee=of,
        competency=competency,
        assessor=assessor,
        written_by=by,
        **{"assessed_on": timezone.localdate(), "method": "observed", "passed": True, "proof": "sheet"} | fields,
    )
