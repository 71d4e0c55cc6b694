"""The demonstration's people: who works in the medical-records department of St. Brendan Hospital."""

from dataclasses import dataclass
from datetime import UTC, datetime

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group
from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from himdept.common.confidentiality import Confidentiality as Rank
from himdept.common.errors import Conflict
from himdept.simulator import held
from staff.models import Employee, Facility, Job, Place, Position, Requisition, Unit, User
from staff.people.passwords import readable_password
from staff.personnel import actions as personnel
from staff.personnel import requisitions

HOSPITAL, UNNAMED = "St. Brendan Hospital", "Main hospital"
MAIL = "st-brendan.invalid"  # no such domain can be: it marks the accounts that are the demonstration's
DEPARTMENT = "Health Information Management"
DIRECTORATE = "Quality and Information"  # the unit above it
OPENED = datetime(2019, 1, 1, 5, tzinfo=UTC)
ADMINISTRATOR = "Administrator"
LEADING = {"Records manager", "Records supervisor"}  # whose personnel actions are in the admin site

NEIGHBOURS = {  # who sit in the department by jobs that its catalogue does not have
    "privacy-officer": "Privacy officer",
    "interface-engineer": "Interface engineer",
    "director-of-information": "Director of quality and information",
}


@dataclass(frozen=True, slots=True)
class Person:
    """`username` and `role` of those who sign in; `job` of those who have a seat in the department."""

    given_name: str
    family_name: str
    job: str = ""
    username: str = ""
    role: str = ""
    clearance: Rank = Rank.NORMAL


# The administrator of the software has no role: by that alone no chart is seen.
PEOPLE = (
    Person("Rosa", "Amberlin", "medical-records-manager", "manager", "Records manager", Rank.VERY_RESTRICTED),
    Person("Edgar", "Quillfeather", "medical-records-supervisor", "supervisor", "Records supervisor", Rank.RESTRICTED),
    Person("Mina", "Tarnbrook", "medical-records-clerk", "clerk", "Records clerk"),
    Person("Ines", "Marrowstone", "privacy-officer", "privacy", "Privacy officer", Rank.VERY_RESTRICTED),
    Person("Walter", "Lockridge", "", "surveyor", "Surveyor", Rank.RESTRICTED),
    Person("Samir", "Drakenholt", "interface-engineer", "interfaces", "Interface engineer"),
    Person("Software", "Administrator", "", "admin", "", Rank.UNRESTRICTED),
    Person("Olive", "Pennymoor", "medical-records-technician"),
    Person("Conrad", "Ottermill", "medical-records-technician"),
    Person("Uma", "Redfernly", "coding-technician"),
    Person("Basil", "Yarrowby", "coding-technician"),
    Person("Harriet", "Snowdrift", "transcriptionist"),
)
# Whom the manager reports to: gives the second approval of what takes two, and decides on what the manager asks for.
DIRECTOR = Person("Agnes", "Holloway", "director-of-information", "director", "Records manager")


def make(facility: Facility) -> list[tuple[str, str, str, str]]:
    """Make the demonstration's people in a facility and give each who signs in a new random password.

    Returns (name, user name, password, role), the records manager first and the director last. A password is told once,
    by who calls, and kept nowhere in words. Raises Conflict as `employ` does.
    """
    with transaction.atomic():
        told = []
        for user, role in employ(facility):
            password = readable_password()
            user.set_password(password)
            user.save(update_fields=["password"])
            told.append((str(user), user.username, password, role))
    return told


def employ(facility: Facility) -> list[tuple[User, str]]:
    """Make those of the demonstration's people, seats and units that are missing; nobody's password changes.

    Returns those who sign in, and their roles. Raises Conflict where other people sign in already: their hospital is
    no demonstration. A facility that has a name of its own keeps it.
    """
    with transaction.atomic():
        _see_that_it_is_ours()
        Facility.objects.filter(pk=facility.pk, name=UNNAMED).update(name=HOSPITAL)
        unit, _ = Unit.objects.get_or_create(facility=facility, name=DEPARTMENT)
        signing_in = []
        for number, person in enumerate(PEOPLE, 1):
            user = _user(person, facility) if person.username else None
            if user:
                signing_in.append((user, person.role or ADMINISTRATOR))
            if person.job:
                employee = _seat(person, user, unit, f"HIM-{number:03}")
                if person.role == "Records manager":
                    since = {"head": employee.position(), "during": DateTimeTZRange(OPENED)}
                    Place.objects.get_or_create(unit=unit, defaults=since)
        manager = next(user for user, role in signing_in if role == "Records manager")
        held.record(by=manager)
        signing_in.append((_put_above(unit), DIRECTOR.role))
        _ask_for_a_seat(unit, by=manager)
    return signing_in


def _see_that_it_is_ours():
    people = User.objects.filter(kind=User.Kind.PERSON)
    if people.exists() and not people.filter(email__endswith=f"@{MAIL}").exists():
        raise Conflict("This installation has people of its own: a demonstration belongs into an empty one.")


def _user(person: Person, facility: Facility) -> User:
    user, is_new = User.objects.get_or_create(
        username=person.username,
        defaults={
            "first_name": person.given_name,
            "last_name": person.family_name,
            "email": f"{person.username}@{MAIL}",
            "clearance": person.clearance,
            "password": make_password(None),
            "is_staff": not person.role or person.role in LEADING,
            "is_superuser": not person.role,
        },
    )
    if is_new and person.role:
        user.groups.add(Group.objects.get(name=person.role))
        user.facilities.add(facility)
    return user


def _put_above(unit: Unit) -> User:
    """Put the director into the unit above the department; last, for what is kept of people is kept by who is above."""
    above, _ = Unit.objects.get_or_create(facility=unit.facility, name=DIRECTORATE)
    user = _user(DIRECTOR, unit.facility)
    since = {"head": _seat(DIRECTOR, user, above, "DIR-001").position(), "during": DateTimeTZRange(OPENED)}
    Place.objects.get_or_create(unit=above, defaults=since)
    for place in unit.places.filter(under=None):
        place.under = above
        place.save(update_fields=["under"])
    return user


def _ask_for_a_seat(unit: Unit, *, by: User):
    """A new seat, which the manager asks for and the director has not decided on."""
    if Position.objects.filter(number="HIM-020").exists():
        return
    coder = Job.objects.get(code="coding-technician")
    seat = Position(number="HIM-020", unit=unit, job=coder, valid=DateTimeTZRange(OPENED))
    because = "Two coders code the stays of three wards; the oldest uncoded stay is nine days old."
    requisitions.ask(Requisition(kind=Requisition.Kind.NEW, position=seat, because=because), by=by)


def _seat(person: Person, user: User | None, unit: Unit, number: str) -> Employee:
    title = NEIGHBOURS.get(person.job, person.job)
    job, _ = Job.objects.get_or_create(code=person.job, defaults={"title": title})
    since = DateTimeTZRange(OPENED)
    position, _ = Position.objects.get_or_create(number=number, defaults={"unit": unit, "job": job, "valid": since})
    names = {"user": user, "given_name": person.given_name, "family_name": person.family_name}
    employee, is_new = Employee.objects.get_or_create(number=number, defaults=names)
    if is_new:
        personnel.take_over(employee, position=position, since=OPENED, because="Comes with the demonstration.")
    return employee
