"""Addresses of lists with any filter, in any order, at any depth; and words to search for.

Drawn by chance, but the same each time.
"""

from collections.abc import Iterator
from random import Random

from django.db.models import Count
from django.http import QueryDict
from django.test import RequestFactory

from himdept.common.lists import Listing
from himdept.common.paging import Walk, order_named
from records.completeness.listings import DEFICIENCIES
from records.inventory.listings import RECORDS
from records.models import Deficiency, DocumentType, Patient, PatientIdentifier, Service
from staff.models import User

SEED = 1
DEPTHS = (0, 0.5, 0.98)  # the first page, the middle, and near the end
ORDERS = 2  # of each filter
SEARCHES = 60


def worklist(user: User) -> list[str]:
    """Of the deficiencies: what is open by default, and everything that they can be narrowed by."""
    practitioner = Deficiency.objects.open().values("owed_by").annotate(n=Count("pk")).order_by("-n", "pk").first()
    report, service = DocumentType.objects.get(code="11504-8").pk, _service()
    filters = [
        {},
        {"kind": "missing"},
        {"kind": "unsigned"},
        {"kind": "undated"},
        {"age": "0"},
        {"age": "90"},
        {"record": "delinquent"},
        {"who": "S"},
        {"service": service},
        {"document_type": report},
        {"rule": "OPERATIVE-REPORT"},
        {"owed_by": practitioner["owed_by"] if practitioner else "nobody"},
        {"status": "any"},
        {"status": "resolved"},
        {"status": "resolved", "kind": "late", "service": service},
        {"status": "resolved", "document_type": report, "who": "M"},
    ]
    return list(_addresses(DEFICIENCIES, user, filters))


def inventory(user: User) -> list[str]:
    """Of the records: all of them, and everything that they can be narrowed by."""
    service = _service()
    filters = [
        {},
        {"status": "in_progress"},
        {"status": "incomplete"},
        {"status": "delinquent"},
        {"status": "unfinished"},
        {"status": "complete"},
        {"encounter_class": "inpatient"},
        {"encounter_class": "psychiatric"},
        {"service": service},
        {"discharged": "7"},
        {"discharged": "90"},
        {"admitted_from": "2025-03-01", "admitted_to": "2025-03-31"},
        {"discharged_from": "2025-03-01", "discharged_to": "2025-03-07"},
        {"attending": "a", "status": "unfinished"},
        {"marks": "restricted"},
        {"marks": "hold"},
        {"lacks": "OPERATIVE-REPORT"},
        {"status": "complete", "service": service},
        {"status": "delinquent", "encounter_class": "inpatient", "discharged": "90"},
    ]
    return list(_addresses(RECORDS, user, filters))


def numbers() -> list[str]:
    """Medical record numbers."""
    return [found.value for found in _some(PatientIdentifier.objects.filter(kind="MR"))]


def names() -> list[str]:
    """Names as people type them: a family name, the beginning of one, or both names."""
    found = [(patient.family_name, patient.given_name) for patient in _some(Patient.objects.all())]
    forms = (lambda family, given: family, lambda family, given: family[:3], lambda family, given: f"{family}, {given}")
    return [forms[n % 3](*names) for n, names in enumerate(found)]


def _addresses(listing: Listing, user: User, filters: list[dict]) -> Iterator[str]:
    draw = Random(SEED)
    orders = [sign + sort.name for sort in listing.sorts for sign in ("", "-")]
    for query in filters:
        for order in draw.sample(orders, ORDERS):
            for at in _positions(listing, user, query, order):
                asked = QueryDict(mutable=True)
                asked.update({**query, "sort": order} | ({"at": at} if at else {}))
                yield f"{listing.url}?{asked.urlencode()}"


def _positions(listing: Listing, user: User, query: dict, order: str) -> Iterator[str]:
    """The first page, and the places of rows further down: found the slow way, as no page ever does."""
    request = RequestFactory().get(listing.url, query)
    request.user = user
    walk = Walk(listing.filters_of(request).narrowed(), *order_named(listing.sorts, order))
    rows = walk.stretch(False, None)
    length = rows.count()
    for depth in DEPTHS:
        if not depth:
            yield ""
        elif length:
            yield walk.position(rows[int(length * depth)], backwards=False)


def _some(rows) -> list:
    """Some rows from everywhere in a table."""
    draw, last = Random(SEED), rows.order_by("pk").last().pk
    found = [rows.filter(pk__gte=draw.randint(1, last)).order_by("pk").first() for _ in range(SEARCHES)]
    return [row for row in found if row]


def _service() -> int:
    return Service.objects.annotate(n=Count("encounters")).order_by("-n").first().pk
