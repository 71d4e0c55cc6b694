"""What is asked of evidence. Days are local days of the facility."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from compliance.evidence.held import held
from compliance.evidence.models import EvidenceRevision, EvidenceRevisionQuerySet
from compliance.standards.models import Element
from himdept.common.moments import midnight
from staff.models import Facility, User

DAY = timedelta(days=1)


def evidence_of(facility: Facility, elements: Iterable[Element | int], day: date) -> dict[int, list[EvidenceRevision]]:
    """What supports each of these elements (by their numbers) on a day: as it was laid down at the end of it, begun and
    neither expired nor withdrawn. One query."""
    numbers = [getattr(one, "pk", one) for one in elements]
    until = min(timezone.now(), midnight(day + DAY, facility.zone))
    found = held(history(facility, numbers, until), day=day, until=until)
    return {number: found[number].in_force if number in found else [] for number in numbers}


def history(facility: Facility, elements: Iterable[Element | int], until: datetime) -> EvidenceRevisionQuerySet:
    """All that was ever laid down for these elements up to a moment (UTC), to be folded by `held`: every revision, once
    for each element that its evidence supports, with whether its owner may still answer for it."""
    of = EvidenceRevision.objects.select_related("owner").filter(
        evidence__facility=facility, evidence__supports__element__in=elements, evidence__supports__at__lte=until
    )
    also = {
        "element_id": F("evidence__supports__element"),
        "supported_at": F("evidence__supports__at"),
        "is_answered_for": answers("owner", "evidence__facility"),
    }
    return of.filter(at__lte=until).with_withdrawn().annotate(**also).order_by("evidence", "number")


def with_those_before(element: Element) -> QuerySet[Element]:
    """An element and those of earlier editions that it took the place of."""
    framework = Q(edition__framework=element.edition.framework_id)
    before = framework & Q(edition__effective_from__lt=element.edition.effective_from, code__in=element.follows)
    return Element.objects.filter(Q(pk=element.pk) | before)


def to_reconfirm(element: Element, rows: list[EvidenceRevision], day: date, until: datetime) -> list[EvidenceRevision]:
    """Evidence in force on a day of what an element took the place of, and that never supported it: somebody is to say
    whether it still proves it. A pure function of the `history` of both, up to a moment (UTC)."""
    own = {one.evidence_id for one in rows if one.element_id == element.pk}
    found = {
        one.evidence_id: one
        for number, of in held(rows, day=day, until=until).items()
        for one in of.in_force
        if number != element.pk and one.evidence_id not in own
    }
    return list(found.values())


def owners(facility: Facility):
    """Who may answer for evidence and controls of a facility: people whose role says so, and who work there."""
    return _whose_role_says_so().filter(facilities=facility).distinct()


def owns_in(user: User) -> frozenset[int]:
    """The numbers of the facilities for whose evidence and controls a person may answer."""
    may = user.is_active and user.kind == User.Kind.PERSON and "compliance.own_evidence" in user.granted
    return frozenset(user.facility_ids if may else ())


def answers(owner: str, facility: str) -> Exists:
    """Whether who is named in a row (by the columns of the person and the facility) may still answer for it."""
    return Exists(_whose_role_says_so().filter(pk=OuterRef(owner), facilities=OuterRef(facility)))


def _whose_role_says_so():
    people = User.objects.filter(is_active=True, kind=User.Kind.PERSON)
    return people.filter(
        groups__permissions__codename="own_evidence", groups__permissions__content_type__app_label="compliance"
    )
