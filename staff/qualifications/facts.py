"""What is known of people and asked by jobs, as the check wants it: one query for all people, and one for all jobs."""

from datetime import date, datetime, timedelta

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet
from django.db.models.functions import JSONObject
from django.utils import timezone

from staff.catalogue.models import Certification, Job
from staff.credentials.models import Verification
from staff.qualifications.check import Facts, Held, Spell, Terms
from staff.qualifications.models import Known


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


def facts_of(known: Known) -> Facts:
    """What is known of an employee, as days of the installation's time zone."""
    worked = [(Spell(_day(one["first"]), _day(one["last"])), one["field"], one["led"]) for one in known.worked]
    return Facts(
        education=known.education,
        held=tuple(map(_one_held, known.held)),
        in_field=(*map(_spell, known.seated), *(spell for spell, field, _led in worked if field)),
        supervising=(*map(_spell, known.leading), *(spell for spell, _field, led in worked if led)),
    )


def _one_held(one: dict) -> Held:
    said = {None: None, Verification.Found.NO_ANSWER: None, Verification.Found.CONFIRMED: True}
    return Held(one["code"], Spell(_day(one["first"]), _day(one["last"])), said.get(one["found"], False))


def _day(told: str | None) -> date | None:
    return date.fromisoformat(told) if told else None


def _spell(span: dict) -> Spell:
    """The local days of a span."""
    last = timezone.localdate(_at(span["until"]) - timedelta(microseconds=1)) if span["until"] else None
    return Spell(timezone.localdate(_at(span["from"])) if span["from"] else date(1950, 1, 1), last)


def _at(told: str) -> datetime:
    return datetime.fromisoformat(told)
