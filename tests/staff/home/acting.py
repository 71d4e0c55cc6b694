"""A home that is written down, for tests."""

from staff.home import actions
from staff.models import Home

SAID = {
    "address": "17 Larch Lane\nMaplewood",
    "telephone": "+1 555 0107",
    "email": "quinn@home.example",
    "contact": "Robin Quillfeather",
    "relation": "sister",
    "contact_telephone": "555-0199",
}


def kept(person, *, by=None, **said) -> Home:
    before = Home.objects.filter(employee=person).first()
    as_read = before.as_read if before else ""
    return actions.keep(person, by=(by or person).user, as_read=as_read, **SAID | said)
