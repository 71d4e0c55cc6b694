"""A simulated hospital as the demonstration's, with a past, and with whatever else a screen can show."""

from datetime import timedelta
from types import SimpleNamespace

from django.contrib.auth.models import Group
from django.utils import timezone

import himdept.urls  # noqa: F401  where the screens add themselves
from himdept.common import navigation
from himdept.simulator import loading, nights
from records.completeness import audits, requirements
from records.exchange import clients, messages
from records.inventory import catalogue
from records.models import Source
from staff.exclusions import actions
from staff.exclusions.reading import Entry
from staff.models import (
    Credential,
    Employee,
    ExclusionList,
    ExclusionLoad,
    ExclusionMatch,
    Learning,
    PeopleFile,
    User,
)
from tests import factories as make


def hospital(encounters: int = 400):
    """The main facility, filled: its charts, its aims, and the audits of its past."""
    main = make.facility()
    main.refresh_from_db()
    catalogue.load()
    until = loading.today_in(main)
    loading.fill(loading.Wish(main, encounters, 1, until))
    requirements.load_profiles()
    nights.aim(main)
    nights.judge_the_past(main, until=until)
    assert audits.last_written(main)
    return main


def somebody_for_everything() -> User:
    """A person of every role who also runs the software: all screens are open to them."""
    person = make.person("everybody", facilities=[make.facility()], is_staff=True, is_superuser=True)
    person.groups.set(Group.objects.all())
    return person


def department_of(person: User) -> Credential:
    """A unit that the person heads, with people in it whose credentials stand in every way; returns one of them."""
    unit, today, keeper = make.unit("Coding"), timezone.localdate(), make.person("keeper")
    make.employee("Head", sits_in=make.position(unit, heads=True), user=person)
    brandt, petrov = (make.employee(name, sits_in=make.position(unit)) for name in ("Brandt", "Petrov"))
    make.credential(brandt, by=keeper, number="7777777", first_day=today - timedelta(days=900), last_day=today)
    last = make.credential(brandt, by=keeper, number="7777777", first_day=today + timedelta(days=1))
    make.credential(brandt, "CCS", by=keeper, last_day=today - timedelta(days=9))
    make.credential(brandt, "CCA", by=keeper, struck_by=keeper, struck_because="It is somebody else's.")
    make.credential(petrov, "CPC", by=keeper, last_day=today + timedelta(days=40))
    make.attendance(brandt, make.course(), by=keeper)
    make.course("once", every_months=None, from_day=today)
    make.schooling(brandt, by=keeper)
    make.experience(brandt, by=keeper, supervising=True)
    make.verification(last, by=keeper)
    make.verification(last, by=keeper, found="not_known", looked_on=today - timedelta(days=2))
    return last


def fitness_of(credential: Credential, *, by: User) -> SimpleNamespace:
    """Of the holder of a credential what was learnt, an assessment that failed, a match to decide; a file of people."""
    person, today = credential.employee, timezone.localdate()
    keeper = User.objects.get(username="keeper")
    learning = Learning.objects.create(
        employee=person,
        credential=credential,
        title="Coding clinic",
        done_on=credential.first_day,
        units=6,
        domain="Coding",
        proof="certificate",
        written_by=keeper,
    )
    competency = make.competency(queue="deficiencies")
    assessment = make.assessment(person, competency, assessor=by.employee, by=keeper, passed=False)
    ExclusionList.objects.update(from_day=today)
    oig = ExclusionList.objects.get(code="oig")
    entry = Entry("BRANDT", "S", None, "", {"LASTNAME": "BRANDT", "CITY": "DAYTON", "EXCLTYPE": "1128b4"})
    actions.keep(oig, [entry])
    load = ExclusionLoad.objects.create(list=oig, month=today.replace(day=1), digest="d", entries=1, by=keeper)
    actions.check(load, Employee.objects.employed())
    seat, taken = make.position(person.position().unit), person.position()
    cells = {"given_name": "Ada", "family_name": "Lund", "employed_since": "2024-03-01"}
    rows = [(2, cells | {"number": "N-1", "seat": seat.number}), (3, cells | {"number": "N-2", "seat": taken.number})]
    return SimpleNamespace(
        learning=learning,
        assessment=assessment,
        match=ExclusionMatch.objects.filter(employee=person).first(),
        file=PeopleFile.objects.create(by=by, rows=rows, unread=["shoe_size"]),
    )


def came_in():
    """Messages of two sources on several days, some of them refused; a program that sends; an unknown practitioner."""
    ehr, lab = (Source.objects.create(name=name) for name in ("ehr", "lab"))
    problem = {"place": "early.ndjson:1", "element": "Encounter", "problem": "It is not known."}
    for source, days, outcome in [(ehr, 0, "applied"), (ehr, 1, "refused"), (lab, 3, "partly"), (None, 2, "refused")]:
        refused = outcome in ("partly", "refused")
        messages.prepared(
            b'{"resourceType": "Encounter"}\n',
            form="fhir_lines",
            source=source,
            place="early.ndjson:1",
            problems=[problem] if refused else [],
            outcome=outcome,
            received_at=timezone.now() - timedelta(days=days),
            created=3,
            refused=int(refused),
        ).save(force_insert=True)
    client = clients.admit("lab", scope="system/*.write")
    clients.issue_token(client, scope="system/*.write", life=timedelta(hours=1))
    stub = make.practitioner("", "", is_stub=True)
    stub.identifiers.create(system="urn:npi", value="4711")
    stub.keys.create(source=ehr, external_id="dr-4711")


def audits_in_every_state():
    """One that waits, one under way, one that failed; of the last what the worker said."""
    now = timezone.now()
    make.audit_run(as_of=now, state="queued", started_at=None, finished_at=None)
    make.audit_run(as_of=now, state="running", finished_at=None)
    make.audit_run(as_of=now, state="failed", error="Shard 3 failed three times: out of memory.")


def screens_of(person: User) -> list[str]:
    """The address of every screen in the list of duties."""
    return [screen.url for duty in navigation.for_person(person) for screen in duty.screens]
