"""Laying down evidence, revising it, letting it support more, withdrawing it: nothing is ever overwritten."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, fields
from datetime import timedelta

from django.core.files import File
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from compliance.evidence import addresses, files, periods, queries
from compliance.evidence.models import Evidence, EvidenceRevision, EvidenceSupport, EvidenceWithdrawal, Kind
from compliance.evidence.periods import Period
from compliance.scoring.models import Reading
from compliance.standards.models import Element
from himdept.common import metrics, spoken, twice
from himdept.common.audit import acting_as
from himdept.common.errors import Conflict, DomainError
from staff.models import Facility, User

OF_A_KIND = ("sha256", "link", "records", "reading", "version", "approved_on")


def add(
    facility: Facility,
    elements: list[Element],
    *,
    kind: Kind,
    title: str,
    owner: User,
    period: Period,
    by: User,
    **what,
) -> EvidenceRevision:
    """Lay down evidence for one or more elements. `what` is what its kind has: `upload`, `link`, `reading`, `records`,
    or `version` and `approved_on`. The same sent twice by the same person is laid down once.

    Raises DomainError, naming the field: for a period that cannot be, a file that is not what its name says, a link
    that is not https, a list that is none or would name a patient, an owner who is none. Raises Conflict for a file
    that stands there already with that title, for these elements and of that time.
    """
    with transaction.atomic(), acting_as(by):
        Facility.objects.select_for_update(no_key=True).get(
            pk=facility.pk
        )  # of the same sent twice, one sees the other
        said = {"kind": kind, "title": title, "owner": owner, "period": period, "by": by}
        revision = _first(facility, elements, what=what, **said)
        return _there_already(revision, elements) or _laid_down(revision, elements)


def lay_down(facility: Facility, elements: list[Element], *, by: User, **said) -> EvidenceRevision:
    """As `add`, for evidence of an act of its own, which is another one each time. Raises DomainError as `add` does."""
    what = {name: said.pop(name) for name in set(said) - {"kind", "title", "owner", "period"}}
    with transaction.atomic(), acting_as(by):
        return _laid_down(_first(facility, elements, by=by, what=what, **said), elements)


def _first(facility: Facility, elements: list[Element], **said) -> EvidenceRevision:
    """The first revision of new evidence, not kept yet."""
    if not elements:
        raise DomainError(_("Evidence supports at least one element."), field="element")
    return _drawn(Evidence(facility=facility), 1, **said)


def _laid_down(revision: EvidenceRevision, elements: list[Element]) -> EvidenceRevision:
    revision.evidence.save()
    for element in elements:
        EvidenceSupport.objects.create(evidence=revision.evidence, element=element, by=revision.by)
    return _written(revision)


def _there_already(new: EvidenceRevision, elements: list[Element]) -> EvidenceRevision | None:
    """What stands for these elements and says the same: that of the same person, of just now."""
    names = ("kind", "title", "covers_from", "covers_until", *OF_A_KIND)
    rows = EvidenceRevision.objects.standing().filter(evidence__facility=new.evidence.facility)
    rows = rows.filter(**{name: getattr(new, name) for name in names}).select_related("owner", "by")
    for element in elements:
        rows = rows.filter(evidence__supports__element=element)
    found = rows.order_by("pk").last()
    others = ("owner", "claimed_for", "review_by", "expires_on")
    if found is None or (
        twice.just_made(new.by, maker=found.by, at=found.at)
        and all(getattr(found, name) == getattr(new, name) for name in others)
    ):
        return found
    if new.kind == Kind.FILE:
        told = {"who": found.by, "day": spoken.date_of(timezone.localdate(found.at, new.evidence.facility.zone))}
        raise Conflict(_("This file is here already: %(who)s brought it on %(day)s.") % told, field="file")
    return None


def revise(
    evidence: Evidence, *, title: str, owner: User, period: Period, because: str, after: int, by: User, **what
) -> EvidenceRevision:
    """Let evidence say something else from now on; what it said stays readable. A file that is not brought anew stays.

    Raises DomainError as `add` does, without a reason, and of what was withdrawn; Conflict where it was revised since
    the revision `after` that the person looked at.
    """
    if not because.strip():
        raise DomainError(_("Say what is revised, and why."), field="because")
    with transaction.atomic(), acting_as(by, because=because):
        last = _last_of(evidence)
        if last.number != after:
            raise Conflict(_("%(who)s has revised it meanwhile.") % {"who": last.by})
        if last.kind == Kind.FILE and not what.get("upload"):
            kept = {name: getattr(last, name) for name in ("filename", "media_type", "size", "sha256")}
            what = {"file": last.file.name, **kept}
        said = {"kind": last.kind, "title": title, "owner": owner, "period": period}
        return _written(_drawn(evidence, last.number + 1, because=because.strip(), by=by, what=what, **said))


def hand_over(last: EvidenceRevision, *, to: User, because: str, by: User) -> EvidenceRevision:
    """Let somebody else answer for evidence, in a revision that says the same otherwise.

    Raises DomainError as `revise` does: what has expired is renewed or withdrawn, not handed on.
    """
    kept = {
        Kind.READING: ("reading",),
        Kind.LINK: ("link",),
        Kind.RECORDS: ("records",),
        Kind.POLICY: ("version", "approved_on"),
    }
    what = {name: getattr(last, name) for name in kept.get(last.kind, ())}
    period = Period(**{field.name: getattr(last, field.name) for field in fields(Period)})
    said = {"title": last.title, "owner": to, "period": period}
    return revise(last.evidence, because=because, after=last.number, by=by, **said, **what)


def support(evidence: Evidence, element: Element, *, by: User) -> EvidenceSupport:
    """Let evidence support one more element. Raises Conflict where it does already."""
    with transaction.atomic(), acting_as(by):
        _last_of(evidence)
        if evidence.supports.filter(element=element).exists():
            raise Conflict(_("It supports that element already."), field="element")
        return EvidenceSupport.objects.create(evidence=evidence, element=element, by=by)


def withdraw(evidence: Evidence, *, because: str, by: User) -> EvidenceWithdrawal:
    """Take evidence back. It supports nothing from now on, and stays readable.

    Raises DomainError without a reason, Conflict where somebody was faster.
    """
    if not because.strip():
        raise DomainError(_("Give a reason."), field="because")
    with transaction.atomic(), acting_as(by, because=because):
        _last_of(evidence)
        return EvidenceWithdrawal.objects.create(evidence=evidence, because=because.strip(), by=by)


def _last_of(evidence: Evidence) -> EvidenceRevision:
    """The last revision of evidence that stands, its facility locked: one changes it at a time."""
    Facility.objects.select_for_update(no_key=True).get(pk=evidence.facility_id)
    if EvidenceWithdrawal.objects.filter(evidence=evidence).exists():
        raise Conflict(_("It was withdrawn."))
    return evidence.revisions.select_related("by").order_by("number").last()


def _drawn(
    evidence: Evidence, number: int, *, kind: Kind, period: Period, owner: User, by: User, what: dict, **said
) -> EvidenceRevision:
    """The revision as it would be kept; nothing is kept yet. Raises DomainError for what cannot be."""
    facility = evidence.facility
    if kind == Kind.READING:
        period = _of_reading(what.get("reading"), facility, period)
    today = timezone.localdate(timezone=facility.zone)
    periods.refuse(period, today=today, may_go_on=kind == Kind.POLICY)
    if kind == Kind.POLICY and what["approved_on"] > today:
        raise DomainError(_("That day is still to come."), field="approved_on")
    if not queries.owners(facility).filter(pk=owner.pk).exists():
        raise DomainError(_("%(who)s cannot answer for evidence of this facility.") % {"who": owner}, field="owner")
    return EvidenceRevision(
        evidence=evidence, number=number, kind=kind, owner=owner, by=by, **said, **asdict(period), **_told(kind, what)
    )


def _written(revision: EvidenceRevision) -> EvidenceRevision:
    with _file_goes_with_its_row(revision):
        revision.save()
    return revision


def _told(kind: Kind, what: dict) -> dict:
    """What a revision of a kind has of its own, as it is kept."""
    if kind == Kind.FILE and "upload" in what:
        taken = files.taken(what["upload"])
        return {"file": File(what["upload"].file, name=taken.filename), **asdict(taken)}
    if kind == Kind.LINK:
        return {"link": addresses.elsewhere(what["link"])}
    if kind == Kind.RECORDS:
        return {"records": addresses.of_list(what["records"])}
    return what


def _of_reading(reading: Reading | None, facility: Facility, period: Period) -> Period:
    """The period of a reading is the days that its measure looks at."""
    if reading is None or reading.facility_id != facility.pk:
        raise DomainError(_("There is no such reading of this facility."), field="reading")
    metric = metrics.named(reading.metric)
    begins = reading.day - timedelta(days=metric.window if metric else 0)
    return Period(begins, reading.day, period.claimed_for, period.review_by, period.expires_on)


@contextmanager
def _file_goes_with_its_row(revision: EvidenceRevision) -> Iterator[None]:
    """Where the row is refused, the file that was put in its place for it is taken away again."""
    is_new = bool(revision.file) and not revision.file._committed
    try:
        yield
    except BaseException:
        if is_new and revision.file._committed:
            revision.file.storage.delete(revision.file.name)
        raise
