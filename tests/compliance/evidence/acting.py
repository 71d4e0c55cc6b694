"""Evidence for tests: a policy of MAIN that its manager answers for, unless a test says otherwise."""

import io
import zipfile
from datetime import date, timedelta

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from compliance.evidence import actions
from compliance.evidence.models import EvidenceRevision, Kind
from compliance.evidence.periods import Period
from compliance.scoring.models import Reading
from compliance.standards.models import Chapter, Edition, Element, Framework
from staff.models import User
from tests import factories as make

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


def today() -> date:
    return timezone.localdate()  # that of MAIN


def day(days: int) -> date:
    return today() + timedelta(days=days)


def element(code: str = "H-1", **fields) -> Element:
    """An element of the house rules, which people judge."""
    framework, _ = Framework.objects.get_or_create(code="house", defaults={"title": "House rules"})
    about = {"effective_from": date(2020, 1, 1), "source": "https://example.org/", "kinds": ["hospital"]}
    edition, _ = Edition.objects.get_or_create(framework=framework, code="1", defaults=about)
    chapter, _ = Chapter.objects.get_or_create(edition=edition, code="1", defaults={"title": "All", "ordinal": 0})
    found = Element.objects.filter(edition=edition, code=code).first()
    about = {"asks": "It is so", "basis": "bylaws", "ordinal": 0} | fields
    return found or Element.objects.create(edition=edition, chapter=chapter, code=code, **about)


def owner() -> User:
    return User.objects.filter(username="owner").first() or make.manager("owner")


def reading(metric: str = "entries") -> Reading:
    now = timezone.now()
    return Reading.objects.create(
        facility=make.facility(), metric=metric, day=today(), as_of=now, known_at=now, numerator=9, denominator=9,
        aim="0.9",
    )  # fmt: skip


def laid(*elements: Element, at=None, by: User | None = None, owner_is: User | None = None, **said) -> EvidenceRevision:
    """Evidence in force: a policy of last year, good for a year from now."""
    period = {name: said.pop(name) for name in list(said) if name in Period.__dataclass_fields__}
    about = {"covers_from": day(-300), "expires_on": day(365)} | period
    kind = said.pop("kind", Kind.POLICY)
    what = {"version": "3", "approved_on": day(-300)} if kind == Kind.POLICY else {"covers_until": day(-1)}
    if kind != Kind.POLICY:
        about = what | about
        what = {}
    return actions.add(
        at or make.facility(),
        list(elements) or [element()],
        kind=kind,
        title=said.pop("title", "Retention policy"),
        owner=owner_is or owner(),
        period=Period(**about),
        by=by or owner(),
        **(what | said),
    )


def revised(last: EvidenceRevision, **said) -> EvidenceRevision:
    """The same once more, with what a test changes; of a policy the next version."""
    period = Period(**{"covers_from": last.covers_from, "expires_on": last.expires_on} | said.pop("period", {}))
    about = {"title": last.title, "owner": last.owner, "because": "Yearly look.", "after": last.number}
    what = {"version": "4", "approved_on": day(-1)} if last.kind == Kind.POLICY else {}
    return actions.revise(last.evidence, period=period, by=owner(), **(about | what | said))


def upload(name: str = "report.pdf", content: bytes = PDF) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def office(*parts: str) -> bytes:
    """A document of an office program, made of these parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for part in ("[Content_Types].xml", *parts):
            made.writestr(part, "<x/>")
    return out.getvalue()
