"""Addresses that are evidence: of somebody else's page, or of one of our own lists."""

import re
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.http import QueryDict
from django.utils.translation import gettext as _

from compliance.evidence.models import EvidenceRevision
from himdept.common import lists
from himdept.common.errors import DomainError
from himdept.common.lists import BESIDE_FILTERS, Listing
from staff.saved.actions import keepable

# A host of the hospital's own network may have one name alone, such as intranet; whoever judges addresses wants a dot.
ONE_NAME = re.compile(r"^https://[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?=[:/?#]|\Z)", re.IGNORECASE)
LONGEST = EvidenceRevision._meta.get_field("link").max_length


def elsewhere(address: str) -> str:
    """A link, as it is kept. Raises DomainError for what is not https, is no address, or carries a password."""
    address = address.strip()
    if not address.lower().startswith("https://"):
        raise DomainError(_("Links begin with https://."), field="link")
    try:
        URLValidator(schemes=["https"])(ONE_NAME.sub("https://example.org", address))
        there = urlsplit(address)
    except (ValidationError, ValueError):
        raise DomainError(_("That is no address of a page."), field="link") from None
    if len(address) > LONGEST or there.username or there.password:
        raise DomainError(_("That address is too long, or holds a password."), field="link")
    return f"https{address[5:]}"


def of_list(address: str) -> str:
    """The address of one of our lists, as it is kept: without the server. Raises DomainError for what is no list, what
    the list does not know, and for a filter that would name a patient."""
    listing, query = _asked(address)
    if unknown := set(query) - {*listing.filters.base_filters, *BESIDE_FILTERS}:
        told = {"list": listing.title, "name": min(unknown)[:40]}
        raise DomainError(_("%(list)s has no filter %(name)s.") % told, field="records")
    try:
        words = keepable(listing, query)
    except DomainError as refusal:
        raise DomainError(refusal.message, field="records") from None
    return f"{listing.url}?{words}" if words else listing.url


def _asked(address: str) -> tuple[Listing, QueryDict]:
    try:
        there = urlsplit(address.strip())
        query = QueryDict(there.query)
    except ValueError:
        raise DomainError(_("That is no address of a list."), field="records") from None
    listing = next((one for one in lists.every() if one.url == there.path), None)
    if listing is None:
        raise DomainError(
            _("That is not the address of a list of this program: open the list and copy it."), field="records"
        )
    return listing, query
