"""The five tiers of what is known of somebody, as a truth table over every page, list, export, file and print of staff.

A word of each tier is written down about one person; whoever looks is led through every address, and what they met with
of these words is what they know. So a page that a new room adds is held to the tiers from its first day.
"""

from io import BytesIO

import pytest
from django.test import Client
from django.urls import URLResolver, get_resolver, reverse
from openpyxl import load_workbook
from pypdf import PdfReader

import himdept.urls  # noqa: F401  where the lists make themselves known
from himdept.common import lists
from staff.discipline import actions as discipline
from staff.models import User
from tests import factories as make
from tests.staff.discipline import acting as cases
from tests.staff.home.acting import kept
from tests.staff.personnel.acting import approved, submitted

pytestmark = pytest.mark.django_db
LISTS = [listing for listing in lists.every() if listing.url.startswith("/staff/")]
ROOMS = ("/staff/", "/admin/staff/", "/lists/", "/views/")
NAME, WORK, PAY, DISCIPLINE, HOME = "name", "work", "pay", "discipline", "home"
WORDS = {
    NAME: ("Brandt",),
    WORK: ("7743190",),
    PAY: ("51,237", "51237"),
    DISCIPLINE: ("Three mornings at ten",),
    HOME: ("Larch Lane", "555 0107", "quinn@home.example", "Quillfeather", "555-0199"),
}
KNOWS = {
    "brandt": {NAME, WORK, DISCIPLINE, HOME},  # of their own; pay is told them by who decides on it
    "petrov": {NAME},  # a colleague
    "marsh": {NAME, WORK, PAY, DISCIPLINE},  # the supervisor
    "ruiz": {NAME},  # of another line
    "okafor": {NAME, WORK, PAY, DISCIPLINE, HOME},  # the manager
    "root": {NAME},  # an administrator of the software
    "nobody": set(),  # has an account, and no role
}


@pytest.fixture
def him(db, two_lines):
    him = two_lines.lay()
    make.credential(him.brandt, by=him.okafor.user, number="7743190")
    approved(him.brandt, "pay", by=him.okafor, pay=51_237)
    him.waiting = submitted(him.brandt, "pay", by=him.marsh, pay=51_237)
    case = cases.submitted(him.brandt, by=him.marsh, facts="Three mornings at ten.")
    him.case = discipline.give(cases.approve(case, by=him.okafor), by=him.marsh.user)
    kept(him.brandt)
    him.root = User.objects.create_superuser("root", password="x")
    him.nobody = User.objects.create_user("nobody")
    return him


def addresses(him) -> set[str]:
    """Every address that nothing, the person, an action or a case of theirs, or the name of a list fills in."""
    filled = {
        (): [()],
        ("number",): [(him.brandt.pk,), (him.waiting.pk,), (him.case.pk,), (him.brandt.credentials.get().pk,)],
        ("name",): [(listing.url_name,) for listing in LISTS],
        ("name", "form"): [(listing.url_name, form) for listing in LISTS for form in ("csv", "xlsx")],
    }
    found = set()

    def walk(patterns, names=(), under=""):
        for pattern in patterns:
            asked = (*names, *(pattern.pattern.converters or pattern.pattern.regex.groupindex))
            if isinstance(pattern, URLResolver):
                space = f"{under}{pattern.namespace}:" if pattern.namespace else under
                walk(pattern.url_patterns, asked, space)
            elif pattern.name and under in ("", "admin:"):
                for values in filled.get(asked, []):
                    found.add(reverse(under + pattern.name, args=values))

    walk(get_resolver().url_patterns)
    for model, row in (("employee", him.brandt), ("personnelaction", him.waiting), ("casefile", him.case)):
        found.add(reverse(f"admin:staff_{model}_change", args=[row.pk]))
        found.add(reverse(f"admin:staff_{model}_history", args=[row.pk]))
    return {"/", *(address for address in found if address.startswith(ROOMS))}


def words_of(answer) -> str:
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    kind = answer.headers.get("Content-Type", "")
    if "pdf" in kind:
        return " ".join(page.extract_text() for page in PdfReader(BytesIO(body)).pages)
    if "spreadsheet" in kind:
        return str([list(sheet.values) for sheet in load_workbook(BytesIO(body))])
    return body.decode(errors="replace")


def met_with(him, who: str) -> dict[str, set[str]]:
    """By tier, the addresses where the words of it stood."""
    user = getattr(getattr(him, who), "user", None) or getattr(him, who)
    User.objects.filter(pk=user.pk).update(is_staff=True)
    client = Client(raise_request_exception=False)
    client.force_login(User.objects.get(pk=user.pk))
    met: dict[str, set[str]] = {tier: set() for tier in WORDS}
    asked = [(client.get, address, {}) for address in sorted(addresses(him))]
    asked += [
        (client.get, f"{listing.url}", {"columns": ",".join(column.key for column in listing.columns)})
        for listing in LISTS
    ]
    asked += [
        (client.post, reverse("person_packet", args=[him.brandt.pk]), {}),
        (client.post, "/find/", {"words": "Brand"}),
        (client.post, "/find/", {"words": "Larch"}),
    ]
    for ask, address, said in asked:
        answer = ask(address, said)
        assert answer.status_code < 500, address
        words = words_of(answer)
        for tier, marks in WORDS.items():
            if any(mark in words for mark in marks):
                met[tier].add(address)
    return met


@pytest.mark.parametrize("who", KNOWS)
def test_who_knows_what_of_somebody_on_every_page_list_export_and_print(him, who):
    met = met_with(him, who)
    assert {tier for tier, where in met.items() if where} == KNOWS[who], met
    assert met[HOME] <= {reverse(name, args=[him.brandt.pk]) for name in ("person_home", "person_home_change")}
