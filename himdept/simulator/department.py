"""What happened in the demonstration's department: who learnt and showed what, was warned, goes on leave, lives where.

So that none of its screens is an empty room. All of it is a fixed number of days before or after the day on which it
is made, and each part is made once: what is there stays.
"""

from datetime import timedelta
from io import BytesIO

from django.db import transaction
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone

from himdept.common import lists
from staff.continuing import actions as continuing
from staff.discipline import actions as discipline
from staff.exclusions import actions as exclusions
from staff.fitness import actions as fitness
from staff.home import actions as homes
from staff.models import (
    Assessment,
    CaseFile,
    Competency,
    Course,
    Employee,
    ExclusionList,
    Facility,
    Home,
    Job,
    Learning,
    PersonnelAction,
    Position,
    SavedView,
    User,
)
from staff.personnel import actions as personnel
from staff.personnel import timeline
from staff.personnel.kinds import Kind
from staff.saved import actions as saved
from staff.training import actions as training

DAY = timedelta(days=1)
DOWNTIME = {"title": "Working on paper when the network is down", "basis": "45 CFR 164.308(a)(7)", "every_months": 12}
LATE = "HIM-012"  # took the course of last year, and not yet that of this one

# Code, title, whose job asks it, how it is shown. Then who showed it or not, so many days ago: the manager assesses the
# first of each, who then holds it. Of coding nobody has assessed HIM-011.
COMPETENCIES = (
    ("chart-analysis", "Analysis of a chart against the by-laws", "medical-records-technician", "review"),
    ("inpatient-coding", "Coding of an inpatient stay", "coding-technician", "test"),
)
SHOWN = (
    ("chart-analysis", "HIM-008", 100, True),
    ("chart-analysis", "HIM-009", 10, False),
    ("inpatient-coding", "HIM-010", 345, True),
)
LEARNT = (
    ("HIM-010", "Coding update of the year", 200, 6),
    ("HIM-010", "Audit of sepsis coding", 40, 4),
    ("HIM-008", "Legal health record, two days", 120, 12),
)

# Staff number, offence, days ago, what was seen, what is expected; then how far it went.
CASES = (
    (
        "HIM-003",
        "attendance",
        40,
        "Came after nine on three days; the door log shows it.",
        "At the desk at eight.",
        "closed",
    ),
    (
        "HIM-010",
        "careless",
        12,
        "Left a chart open at the window desk over lunch.",
        "Screen locked when away.",
        "given",
    ),
    (
        "HIM-009",
        "work",
        6,
        "Eleven of forty charts of the week lacked a finding.",
        "At most two of forty.",
        "submitted",
    ),
    ("HIM-011", "attendance", 2, "Left at three without a word.", "Tells whoever leads the shift.", "draft"),
)
LOOKED_AT = {
    "volume": "No: it was as much as usual.",
    "staffing": "Yes: nobody was away.",
    "training": "Yes, at the hire, and the rule is known.",
    "system": "No: all of them worked.",
}

VIEWS = (  # list, name, what it shows, whether the team has it
    ("record_list", "Delinquent", "status=delinquent", True),
    ("deficiency_list", "Unsigned", "kind=unsigned", True),
    ("credential_list", "Lapsed or ending", "state=lapsed", False),
    ("training_list", "Overdue training", "state=overdue", False),
    ("competence_list", "Failed", "state=failed", False),
)
OIG = (
    "LASTNAME,FIRSTNAME,MIDNAME,BUSNAME,GENERAL,SPECIALTY,UPIN,NPI,DOB,ADDRESS,CITY,STATE,ZIP,EXCLTYPE,EXCLDATE,REINDATE,"
    "WAIVERDATE,WVRSTATE\n"
    "YARROWBY,BASIL,,,IND- LIC HC SERV PRO,NURSE,,0000000000,19610402,1 MAIN,DAYTON,OH,45402,1128b4,20180320,00000000,"
    "00000000,\n"
    "MERRIWICK,TOBIAS,,,IND- LIC HC SERV PRO,AIDE,,0000000000,19730911,9 ELM,AKRON,OH,44301,1128a1,20200120,00000000,"
    "00000000,\n"
)


@transaction.atomic
def bring_to_life(facility: Facility):
    """Make what is missing of it for the demonstration's people, who are there: most of it as the records manager."""
    reverse("huddle")  # the lists make themselves known with their addresses
    manager = User.objects.get(username="manager")
    train(by=manager)
    assess(by=manager)
    learn(by=manager)
    warn(by=manager)
    decide(by=manager)
    screen(by=manager)
    live()
    save_views(facility, by=manager)


def train(*, by: User):
    """A course of everybody but the manager, whom nobody above could mark: taken by all, by one too long ago."""
    today, people = timezone.localdate(), Employee.objects.seated().exclude(user=by)
    course, is_new = Course.objects.get_or_create(code="downtime", defaults=DOWNTIME | {"from_day": today - 420 * DAY})
    if not is_new:
        return
    course.jobs.add(*Job.objects.filter(positions__assignments__employee__in=people))
    on, before = today - 60 * DAY, today - 410 * DAY
    training.attend(course, people.filter(number=LATE), done_on=before, proof="List of who was there", by=by)
    training.attend(course, people.exclude(number=LATE), done_on=on, proof="List of who was there", by=by)


def assess(*, by: User):
    """Two competencies: shown, failed, due soon, and never assessed."""
    today = timezone.localdate()
    for code, title, job, method in COMPETENCIES:
        about = {"title": title, "method": method, "every_months": 12, "from_day": today - 400 * DAY}
        competency, is_new = Competency.objects.get_or_create(code=code, defaults=about)
        if is_new:
            competency.jobs.add(Job.objects.get(code=job))
    if Assessment.objects.exists():
        return
    first = Employee.objects.get(user=by)
    for code, number, days, passed in SHOWN:
        competency, person = Competency.objects.get(code=code), Employee.objects.get(number=number)
        held = fitness.holders(competency)
        assessor = Employee.objects.get(pk=min(held)) if held else first
        said = {"method": competency.method, "passed": passed, "proof": "Sheet of the assessment"}
        fitness.assess(person, competency, assessor=assessor, assessed_on=today - days * DAY, by=by, **said)


def learn(*, by: User):
    """Units toward the cycles of credentials."""
    if Learning.objects.exists():
        return
    today = timezone.localdate()
    for number, title, days, units in LEARNT:
        credential = Employee.objects.get(number=number).credentials.order_by("-first_day").first()
        said = {"title": title, "units": units, "domain": "", "from_issuer": False, "proof": "Certificate"}
        continuing.learn(credential, done_on=today - days * DAY, by=by, **said)


def warn(*, by: User):
    """A corrective action in each state that a case goes through of itself."""
    if CaseFile.objects.exists():
        return
    today = timezone.localdate()
    for number, offence, days, facts, expectation, far in CASES:
        person = Employee.objects.get(number=number)
        said = {"offence": offence, "facts": facts, "expectation": expectation, "policy": "House rules, 4.2"}
        case = CaseFile(employee=person, happened_on=today - days * DAY, **said, **LOOKED_AT)
        case = discipline.write(case, by=by, follow_ups=[(today + 30 * DAY, "What has changed since")])
        if far == "draft":
            continue
        case = discipline.submit(case, by=by)
        if far == "submitted":
            continue
        case = discipline.approve(case, by=by, digest=discipline.digest(case))
        case = discipline.give(case, by=by)
        if far == "closed":
            case = discipline.sign(case, by=person.user)
            case = discipline.follow_up(case, case.follow_ups.get(), by=by, found="On time each day since.")
            discipline.close(case, by=by)


def decide(*, by: User):
    """A seat waits for somebody; two technicians report to the supervisor, who asks for the leave of one of them."""
    if PersonnelAction.objects.exclude(kind=Kind.TAKEN_OVER).exists():
        return
    here = Employee.objects.get(number="HIM-011").position()
    Position.objects.create(number="HIM-013", unit=here.unit, job=here.job, valid=here.valid)
    now, supervisor = timezone.now().replace(second=0, microsecond=0), Employee.objects.get(number="HIM-002")
    for number in ("HIM-008", "HIM-009"):
        led = {"employee": Employee.objects.get(number=number), "supervisor": supervisor, "effective": now}
        action = PersonnelAction(kind=Kind.SUPERVISOR, because="The technicians are a team of their own.", **led)
        action = personnel.submit(personnel.write(action, by=by), by=by)
        personnel.approve(action, by=by, digest=timeline.preview(action).digest)
    leave = PersonnelAction(
        employee=Employee.objects.get(number="HIM-008"),
        kind=Kind.LEAVE,
        reason="family",
        effective=now + 21 * DAY,
        until=now + 81 * DAY,
        because="Asked for in writing; the seat stays theirs.",
    )
    personnel.submit(personnel.write(leave, by=supervisor.user), by=supervisor.user)


def screen(*, by: User):
    """This month's list of OIG, with an entry that could be one of the people, until somebody says that it is not."""
    oig, today = ExclusionList.objects.get(code="oig"), timezone.localdate()
    if oig.loads.exists() or oig.from_day is not None:
        return
    oig.from_day = today.replace(day=1)
    oig.save(update_fields=["from_day"])
    exclusions.load(oig, BytesIO(OIG.encode()), month=today, by=by)


def live():
    """Where the clerk lives and whom to call, as she wrote it down."""
    clerk = Employee.objects.get(number="HIM-003")
    if clerk.user is None or Home.objects.filter(employee=clerk).exists():
        return
    homes.keep(
        clerk,
        by=clerk.user,
        as_read="",
        address="17 Larch Lane\nMaplewood, OH 45999",
        telephone="555 0107",
        contact="Robin Tarnbrook",
        relation="brother",
        contact_telephone="555 0199",
    )


def save_views(facility: Facility, *, by: User):
    """Views that the manager keeps, and those that the team has."""
    if SavedView.objects.exists():
        return
    for name, title, query, is_teams in VIEWS:
        of = facility if is_teams else None
        saved.save(lists.named(name), name=title, query=QueryDict(query), by=by, facility=of)
