"""An entry of the access log in words: which list, report, message or address it tells of.

The entry itself keeps what the program wrote then (`detail`); what no word is known for is shown as it is kept.
"""

import re

from django.utils.translation import gettext as _
from django_filters import ChoiceFilter, ModelChoiceFilter

from himdept.common import lists, reports, spoken
from himdept.common.lists import Listing
from records.confidentiality.models import AccessLog
from records.confidentiality.queries import Kind
from staff.models import User

AT_THE_TERMINAL = re.compile(r"(?P<what>.*?) · operator (?P<who>.*) at the terminal", re.DOTALL)
MESSAGE = re.compile(r"message [0-9a-f-]{36}: (?P<because>.*)", re.DOTALL)
LIST = re.compile(r"list (?P<name>\w+)(?P<asked>(?: .*)?) (?P<form>print|csv|xlsx)", re.DOTALL)
REPORT = re.compile(r"report (?P<name>[\w-]+)(?: (?P<section>[\w-]+))? (?P<form>page|pdf|html|csv|xlsx)")
KEPT = re.compile(r"kept report (?P<number>\d+) (?P<form>\w+)")
PEOPLE = re.compile(r"people (?P<form>\w+)")
SENT = re.compile(r"(?:api:)?(?P<address>[\w:-]+), (?P<purpose>\w+)")


def kind_of(entry: AccessLog) -> Kind:
    """What was done, by the same rule as `OF_KIND` tells the database."""
    match entry.act:
        case AccessLog.Act.SENT:
            return Kind.SENT
        case AccessLog.Act.READ:
            return Kind.OPENED if entry.record_id else Kind.MESSAGE
    if entry.detail.endswith(" print"):
        return Kind.PRINTED
    on_the_screen = entry.detail.startswith("report ") and entry.detail.endswith(" page")
    return Kind.REPORT if on_the_screen else Kind.EXPORTED


def did(entry: AccessLog) -> str:
    """What was done; of what went out as a file, as which."""
    form = form_of(entry.detail) if (kind := kind_of(entry)) == Kind.EXPORTED else ""
    return _("Exported as %(form)s") % {"form": form} if form else str(kind.label)


def who(entry: AccessLog) -> str:
    """The person or program; of an operator the name at the server's terminal."""
    if entry.user:
        return str(entry.user)
    found = AT_THE_TERMINAL.fullmatch(entry.detail)
    return _("operator %(name)s") % {"name": found["who"]} if found else _("an operator")


def account(entry: AccessLog) -> str:
    """The name by which a person signs in; what is no person says so."""
    if not entry.user:
        return _("at the server's terminal")
    return _("a program") if entry.user.kind == User.Kind.SERVICE else entry.user.username


def without_operator(detail: str) -> str:
    found = AT_THE_TERMINAL.fullmatch(detail)
    return found["what"] if found else detail


def form_of(detail: str) -> str:
    """PDF, XLSX and the like, of what went out as a file."""
    detail = without_operator(detail)
    found = next((found for shape in (LIST, REPORT, KEPT, PEOPLE) if (found := shape.fullmatch(detail))), None)
    return found["form"].upper() if found else ""


def of_what(entry: AccessLog) -> str:
    """Which list and how it was narrowed, which report, why a message was read, by which address a program came."""
    detail = without_operator(entry.detail)
    if found := LIST.fullmatch(detail):
        return of_list(found["name"], found["asked"].strip())
    if found := REPORT.fullmatch(detail):
        report = reports.named(found["name"])
        section = report and found["section"] and report.sections.get(found["section"])
        return ": ".join(str(part) for part in (report.title if report else found["name"], section) if part)
    if found := KEPT.fullmatch(detail):
        return _("Kept report %(number)s") % found.groupdict()
    if PEOPLE.fullmatch(detail):
        return _("The people of one's line")
    if entry.act == AccessLog.Act.SENT and (found := SENT.fullmatch(detail)):
        return _("%(address)s, for %(purpose)s") % {"address": found["address"], "purpose": purpose(found["purpose"])}
    if entry.act == AccessLog.Act.READ and (found := MESSAGE.fullmatch(detail)):
        return found["because"]
    return detail


def purpose(code: str) -> str:
    known = User.client.related.related_model.Purpose
    return spoken.choice(known, code) if code in known.values else code


def of_list(name: str, asked: str) -> str:
    listing = lists.named(name)
    if listing is None:
        return f"{name} {asked}".strip()
    told = narrowed_by(listing, asked)
    return f"{listing.title} · {told}" if told else str(listing.title)


def narrowed_by(listing: Listing, asked: str) -> str:
    """The filters of a list that were set, by the names that they have on the screen."""
    known = listing.filters.base_filters
    begins = re.compile(rf"(?:^|(?<= ))({'|'.join(map(re.escape, known))})=") if known else None
    if not begins or not begins.match(asked):
        return asked
    _before, *parts = begins.split(asked)
    pairs = zip(parts[::2], parts[1::2], strict=True)
    return ", ".join(f"{known[name].label}: {choice_of(known[name], value.strip())}" for name, value in pairs)


def choice_of(of, value: str) -> str:
    """The words for a value of a filter that has a list of choices; of a row by its number, the number."""
    if isinstance(of, ModelChoiceFilter) and value.isdecimal():
        return _("no. %(number)s") % {"number": value}
    if not isinstance(of, ChoiceFilter) or isinstance(of, ModelChoiceFilter):
        return value
    return next((str(label) for key, label in of.field.choices if str(key) == value), value)
