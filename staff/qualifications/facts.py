"""What is known of people and asked by jobs, as the check wants it: one query for all people, and one for all jobs."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, Max, OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject
from django.utils import timezone

from staff.catalogue.models import Certification, Job
from staff.credentials.models import Credential, Verification
from staff.employment.models import Assignment, Supervision
from staff.qualifications.check import Facts, Held, Spell, Terms
from staff.qualifications.models import Experience, Schooling

ME = OuterRef("pk")


def with_terms(rows: QuerySet, job: str = "pk") -> QuerySet:
    """Rows with what the job at the end of `job` asks, for `terms_of`."""
    codes = Certification.objects.order_by("code")
    return rows.annotate(
        asked=ArraySubquery(codes.filter(required_by=OuterRef(job)).values(one=JSONObject(code="code", fee="fee"))),
        preferred_codes=ArraySubquery(codes.filter(preferred_by=OuterRef(job)).values("code")),
    )


def terms_of(row, job: Job) -> Terms:
    """What a job asks, by a row that `with_terms` gave."""
    return Terms(
        education=job.education,
        certifications=frozenset(one["code"] for one in row.asked),
        preferred=frozenset(row.preferred_codes),
        years_in_field=job.years_in_field,
        years_supervising=job.years_supervising,
        fees=tuple((one["code"], one["fee"]) for one in row.asked if one["fee"] is not None),
    )


def with_facts(people: QuerySet) -> QuerySet:
    """Employees with schooling, credentials and years, for `facts_of`.

    Every seat of this department is in the field. Who leads others sits in a seat while it heads a unit, or is the
    supervisor of somebody by name.
    """
    schools = Schooling.objects.standing().filter(employee=ME).order_by().values("employee")
    work = Experience.objects.standing().filter(employee=ME)
    heading = Assignment.objects.filter(employee=ME, position__heads__during__overlap=F("during"))
    return people.annotate(
        education=Subquery(schools.annotate(most=Max("level")).values("most")),
        held=ArraySubquery(_held(Credential.objects.standing().filter(employee=ME))),
        worked=ArraySubquery(
            work.values(one=JSONObject(first="first_day", last="last_day", field="in_field", led="supervising"))
        ),
        seated=ArraySubquery(_spans(Assignment.objects.filter(employee=ME), "during")),
        heading=ArraySubquery(_spans(heading, "during", "position__heads__during")),
        leading=ArraySubquery(_spans(Supervision.objects.filter(supervisor=ME), "during")),
    )


def _held(credentials: QuerySet) -> QuerySet:
    """The cycles that people hold, all of them: the one in force may have a successor that is still to come."""
    said = JSONObject(code="certification__code", first="first_day", last="last_day", found="found")
    return credentials.with_proof().order_by("pk").values(one=said)


def _spans(rows: QuerySet, *during: str) -> QuerySet:
    """Of each row the ends of these spans."""
    ends = {f"first_{i}": F(f"{name}__startswith") for i, name in enumerate(during)}
    ends |= {f"until_{i}": F(f"{name}__endswith") for i, name in enumerate(during)}
    return rows.order_by("pk").values(one=JSONObject(**ends))


def facts_of(person) -> Facts:
    """What is known of an employee that `with_facts` gave."""
    worked = [(Spell(_day(one["first"]), _day(one["last"])), one["field"], one["led"]) for one in person.worked]
    return Facts(
        education=person.education or 0,
        held=tuple(map(_one_held, person.held)),
        in_field=(*_common(person.seated), *(spell for spell, field, _led in worked if field)),
        supervising=(*_common(person.heading + person.leading), *(spell for spell, _field, led in worked if led)),
    )


def _one_held(one: dict) -> Held:
    said = {None: None, Verification.Found.NO_ANSWER: None, Verification.Found.CONFIRMED: True}
    return Held(one["code"], Spell(_day(one["first"]), _day(one["last"])), said.get(one["found"], False))


def _day(told: str | None) -> date | None:
    return date.fromisoformat(told) if told else None


def _common(rows: Iterable[dict]) -> Iterable[Spell]:
    """The local days of the time that is in all spans of each row."""
    for row in rows:
        first = max((end for name, end in row.items() if name.startswith("first") and end), key=_at, default=None)
        until = min((end for name, end in row.items() if name.startswith("until") and end), key=_at, default=None)
        last = timezone.localdate(_at(until) - timedelta(microseconds=1)) if until else None
        yield Spell(timezone.localdate(_at(first)) if first else date(1950, 1, 1), last)


def _at(told: str) -> datetime:
    return datetime.fromisoformat(told)
