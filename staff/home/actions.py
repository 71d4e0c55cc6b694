"""Writing down where somebody lives and whom to call, and forgetting it when they have left."""

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from himdept.common.audit import acting_as
from himdept.common.db import promises
from himdept.common.errors import Conflict
from staff.employment.models import Employee
from staff.home.models import Home
from staff.people.models import User

CONTACT_KEPT = timedelta(days=30)  # after the last day; who is called for somebody who has left?
KEPT = timedelta(days=400)  # the year's last papers go out by 31 January of the next (26 CFR 31.6051-1(d))


def keep(person: Employee, *, by: User, as_read: str, **said: str) -> Home:
    """Write it down. `as_read` is what was looked at (`Home.as_read`).

    Raises Conflict when somebody has changed it since, DomainError naming the field for what cannot be.
    """
    with acting_as(by), promises.kept():
        Employee.objects.select_for_update(no_key=True).get(pk=person.pk)
        home = Home.objects.filter(employee=person).first() or Home(employee=person)
        if home.as_read != as_read:
            raise Conflict(_("Somebody has changed this since you opened it. Look at it again."))
        for name, words in said.items():
            setattr(home, name, words)
        home.changed_at = timezone.now()
        promises.seen_to(home)
        home.save()
    return home


def forget_tonight(step) -> dict[str, int]:
    """Forget whom to call a month after somebody has left, and the rest when the year's last papers are out."""
    now, forgotten = timezone.now(), 0
    for home in Home.objects.left_before(now - KEPT):
        home.delete()
        forgotten += 1
    for home in Home.objects.left_before(now - CONTACT_KEPT).exclude(contact=""):
        home.contact = home.relation = home.contact_telephone = ""
        home.save(update_fields=["contact", "relation", "contact_telephone"])
        forgotten += 1
    return {"forgotten": forgotten}
