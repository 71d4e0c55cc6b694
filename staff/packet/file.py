"""All that a personnel file says of somebody today. Neither pay nor discipline is asked for anywhere here."""

from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import Prefetch
from django.utils import timezone

from staff.catalogue.models import Job
from staff.continuing import actions as continuing
from staff.continuing.progress import Line as Progress
from staff.credentials.models import Credential, Verification
from staff.employment.models import Employee
from staff.exclusions.models import ExclusionCheck, ExclusionList, ExclusionMatch
from staff.fitness.check import Reason, may_work
from staff.fitness.facts import competences_of
from staff.fitness.facts import facts_of as facts_of_work
from staff.fitness.models import Assessment, Competence, Queue
from staff.organisation.models import Position
from staff.qualifications import told
from staff.qualifications.standing import standing
from staff.training.models import Attendance, Training


@dataclass(frozen=True)
class File:
    """A person and what is known of them, for `gaps` and for paper."""

    person: Employee
    seat: Position | None
    supervisor: Employee | None
    hired_at: datetime | None
    job: Job | None
    qualification: list[told.Line]
    credentials: list[Credential]
    learning: list[tuple[Credential, list[Progress]]]
    trainings: list[Training]
    attendances: list[Attendance]
    competences: list[Competence]
    assessments: list[Assessment]
    lists: list[ExclusionList]
    checks: list[ExclusionCheck]
    matches: list[ExclusionMatch]
    against: list[Reason] = field(default_factory=list)

    @property
    def last_credentials(self) -> list[Credential]:
        """Of each certification the last cycle."""
        last: dict[int, Credential] = {}
        for credential in self.credentials:  # the latest comes first
            last.setdefault(credential.certification_id, credential)
        return list(last.values())

    def unchecked(self, of: ExclusionList) -> list[date]:
        """The first days of the months, from the hire or since the list is in use, of which no check is there; the
        month that is not over is still to be checked."""
        if self.hired_at is None or of.from_day is None:
            return []
        done = {check.load.month for check in self.checks if check.load.list_id == of.pk}
        month = max(of.from_day, timezone.localdate(self.hired_at)).replace(day=1)
        months, this = [], timezone.localdate().replace(day=1)
        while month < this:
            if month not in done:
                months.append(month)
            month = (month.replace(day=28) + (date(2000, 1, 5) - date(2000, 1, 1))).replace(day=1)
        return months


def file_of(person: Employee) -> File:
    """The file of somebody, as of today."""
    today, seat = timezone.localdate(), person.position()
    looks = Prefetch("verifications", Verification.objects.select_related("by"))
    credentials = person.credentials.standing().in_list().prefetch_related(looks, "learnings", "progress")
    credentials = list(credentials.order_by("-first_day", "-pk"))
    employment = person.employments.at().first()
    rules = [(credential, continuing.rule_of(credential)) for credential in credentials if credential.progress.asked]
    competences = competences_of(person)
    facts = facts_of_work(person, competences)
    of_job = may_work(facts, today)
    of_queues = [reason for queue in Queue for reason in may_work(facts, today, queue) if reason not in of_job]
    return File(
        person=person,
        seat=seat,
        supervisor=person.supervisor(),
        hired_at=employment.during.lower if employment else None,
        job=seat.job if seat else None,
        qualification=told.lines(standing(person, seat.job, today)) if seat else [],
        credentials=credentials,
        learning=[(one, continuing.lines_of(rule, one.learnings.all())) for one, rule in rules],
        trainings=list(person.trainings.select_related("course")),
        attendances=list(person.attendances.standing().select_related("course")),
        competences=competences,
        assessments=list(person.assessments.standing().select_related("competency", "assessor")),
        lists=list(ExclusionList.objects.in_use()),
        checks=list(person.exclusion_checks.select_related("load__list")),
        matches=list(person.exclusion_matches.select_related("list", "decided_by")),
        against=[*of_job, *of_queues],
    )
