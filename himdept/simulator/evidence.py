"""The demonstration's judgements, the evidence that they rest on, and what is done again and again: mostly in order."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.core.files.base import ContentFile
from django.db import transaction
from django.urls import reverse

from compliance.controls import actions as controls
from compliance.controls.models import Control
from compliance.controls.schedule import months_later
from compliance.controls.suggestions import SUGGESTIONS
from compliance.evidence import actions as evidence
from compliance.evidence.models import Evidence, Kind
from compliance.evidence.periods import Period
from compliance.scoring import actions as judging
from compliance.scoring import readings
from compliance.standards import library
from compliance.standards.models import Element
from staff.models import Facility, User

LOG = "Request,Received,Answered\r\nA-101,2026-07-06,2026-07-20\r\nA-102,2026-08-11,2026-09-02\r\n"


@dataclass(frozen=True)
class Judged:
    """What somebody judged of an element; without evidence of it the self-check says so."""

    code: str
    result: str
    because: str
    by: str = "supervisor"


JUDGED = (
    Judged("164.524", "met", "Log of requests of the last quarter: none took longer than 30 days."),
    Judged("164.526", "partly", "Two of nine requests had no written answer within 60 days."),
    Judged("164.528", "met", "Asked for a report of disclosures, and had it the same day."),
    Judged("164.530", "met", "Policy of privacy training, and the list of who took it."),
    Judged("164.308(a)(4)", "met", "Recertification of this quarter, signed by each head."),
    Judged("IM.01.01.01", "met", "Plan of information management, agreed by the heads."),
    Judged("164.312(b)", "met", "Looked up who opened a record, with the privacy officer."),
    Judged("164.402", "met", "Policy of breach assessment, with the four factors.", by="privacy"),
    Judged("A-0439", "met", "Retention policy, and a sample of ten records of 2020."),
    Judged("IM.02.02.01", "not_applicable", "n/a"),
)


@transaction.atomic
def lay_down(facility: Facility, *, today: date) -> int:
    """Judge, lay down evidence and plan controls, unless the facility has controls or is not held to these elements.

    Returns how much evidence was laid down.
    """
    elements = elements_of(facility, today)
    if not elements.keys() >= {one.code for one in JUDGED} or Control.objects.filter(facility=facility).exists():
        return 0
    people = {user.username: user for user in User.objects.filter(username__in=("manager", "supervisor", "privacy"))}
    lay_down_evidence(facility, elements, people, today)
    plan(facility, elements, people, today)
    for one in JUDGED:
        if not (asked := elements[one.code]).is_measured:
            judging.assess(asked, facility, result=one.result, because=one.because, by=people[one.by])
    return Evidence.objects.filter(facility=facility).count()


def elements_of(facility: Facility, today: date) -> dict[str, Element]:
    return {one.code: one for one in library.elements_of(library.in_force(facility, today))}


def lay_down_evidence(facility: Facility, elements: dict[str, Element], people: dict[str, User], today: date):
    """A piece of each kind; one expires today, one is to be looked at again soon, one was revised, one withdrawn."""
    day, ago = timedelta(days=1), months_later

    def lay(kind: Kind, title: str, codes: tuple[str, ...], period: Period, owner: str = "privacy", **what):
        of = [elements[code] for code in codes if code in elements]
        said = {"kind": kind, "title": title, "owner": people[owner], "period": period}
        return evidence.add(facility, of, by=people["supervisor"], **said, **what)

    quarter = Period(ago(today, -4), today - 30 * day, expires_on=ago(today, 2))
    upload = ContentFile(LOG.encode(), name="requests-last-quarter.csv")
    lay(Kind.FILE, "Log of requests for access", ("164.524",), quarter, upload=upload)
    year = Period(ago(today, -11), expires_on=ago(today, 1), review_by=today + 20 * day)
    training = lay(Kind.POLICY, "Privacy training", ("164.530",), year, version="4", approved_on=ago(today, -11))
    evidence.revise(
        training.evidence,
        title="Privacy training",
        owner=people["privacy"],
        period=Period(ago(today, -1), expires_on=ago(today, 11), review_by=ago(today, 10)),
        because="New rules for substance use records.",
        after=1,
        version="5",
        approved_on=ago(today, -1),
        by=people["privacy"],
    )
    lay(
        Kind.POLICY,
        "Breach assessment",
        ("164.402", "164.404"),
        Period(ago(today, -8), expires_on=ago(today, 4)),
        version="2.1",
        approved_on=ago(today, -8),
    )
    lay(
        Kind.LINK,
        "Plan of information management",
        ("IM.01.01.01",),
        Period(today.replace(month=1, day=1), today, expires_on=today),
        link="https://intranet.st-brendan.invalid/information/plan",
    )
    lay(
        Kind.POLICY,
        "Retention of records",
        ("A-0439", "RC.01.05.01"),
        Period(ago(today, -20), review_by=today + 40 * day),
        owner="manager",
        version="3",
        approved_on=ago(today, -20),
    )
    delinquent = f"{reverse('record_list')}?status=delinquent"
    month = Period(today - 30 * day, today, expires_on=ago(today, 3))
    lay(Kind.RECORDS, "Records that are delinquent", ("RC.01.03.01",), month, owner="manager", records=delinquent)
    if found := readings.latest(facility).get("nights-done"):
        pinned = Period(expires_on=ago(today, 1))
        lay(Kind.READING, "Nights of this month", ("164.308(a)(1)(ii)(D)",), pinned, owner="manager", reading=found)
    wrong = lay(Kind.LINK, "Audit log", ("164.312(b)",), month, link="https://intranet.st-brendan.invalid/audit")
    evidence.withdraw(
        wrong.evidence, because="The page was moved; a screenshot will take its place.", by=people["privacy"]
    )


def plan(facility: Facility, elements: dict[str, Element], people: dict[str, User], today: date):
    """Controls in every state: done, missed once, overdue, moved, to come."""
    first = today.replace(day=1)

    def planned(name: str, anchor: date, owner: str) -> list:
        one = SUGGESTIONS[name]
        of = [elements[code] for code in one.elements if code in elements]
        said = {"title": str(one.title), "basis": one.basis, "every_months": one.every_months, "anchor": anchor}
        said |= {"owner": people[owner], "on": min(anchor, today)}
        control = controls.add(facility, of, by=people["manager"], **said)
        controls.plan(control, today)
        controls.mark_missed(control, today)
        return list(control.occurrences.order_by("number"))

    def done(occurrence, title: str):
        link = "https://intranet.st-brendan.invalid/controls"
        controls.do(occurrence, kind=Kind.LINK, title=title, done_on=today, link=link, by=people["supervisor"])

    done(planned("access", months_later(first, -1), "privacy")[0], "Recertification, signed by each head")
    activity = planned("activity", months_later(first, -2), "privacy")
    done(next(one for one in activity if one.may_be_done(today)), "Review of sign-ins and exports")
    done(planned("exclusions", first, "manager")[0], "Everybody held against this month's list")
    restore = planned("restore", months_later(first, 1), "manager")[0]
    later = restore.scheduled_on + timedelta(days=14)
    controls.move(restore, due_on=later, because="The storage is being replaced in that week.", by=people["manager"])
    planned("contingency", months_later(first, 4), "manager")
    planned("risks", months_later(first, 2), "privacy")
    planned("policies", first, "privacy")
