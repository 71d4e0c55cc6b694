"""The adjectives of the access log: what was done, and who may read of it."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from records.inventory.models import Record
from staff.models import User


class Kind(models.TextChoices):
    """What somebody did, as a reviewer asks for it."""

    OPENED = "opened", _("Opened a record")
    MESSAGE = "message", _("Read a message as it came")
    REPORT = "report", _("Opened the list of a report")
    PRINTED = "printed", _("Printed a list")
    EXPORTED = "exported", _("Exported")
    SENT = "sent", _("Sent to a program")


_listed, _printed = Q(act="listed", record=None), Q(detail__endswith=" print")
_on_the_screen = Q(detail__startswith="report ", detail__endswith=" page")

# Each entry is of one kind and no other.
OF_KIND = {
    Kind.OPENED: Q(act="read", record__isnull=False),
    Kind.MESSAGE: Q(act="read", record=None),
    Kind.REPORT: _listed & _on_the_screen,
    Kind.PRINTED: _listed & _printed,
    Kind.EXPORTED: _listed & ~_printed & ~_on_the_screen,
    Kind.SENT: Q(act="sent"),
}


def colleagues_of(user: User) -> list[int]:
    """The accounts of who reaches a facility that `user` reaches, and of who reaches none any more: else nobody would
    review them.

    A list, asked for once a request: as a subquery of each row it would make the way by time look dear to the database,
    which then gathers and sorts the whole log.
    """
    if not hasattr(user, "colleagues"):
        found = User.objects.filter(Q(facilities__in=user.facility_ids) | Q(facilities=None))
        user.colleagues = list(found.distinct().values_list("pk", flat=True))
    return user.colleagues


class AccessLogQuerySet(models.QuerySet):
    def visible_to(self, user: User):
        """What was done with the records that `user` may open; and what tells of no one record, such as an export, if
        it was done by a colleague or by an operator at the server's terminal.

        Who has no facility is shown no exports.
        """
        if not user.is_active:  # AnonymousUser included
            return self.none()
        seen = Record.objects.all().seen_by(user, "record__")
        if user.facility_ids:
            seen |= Q(record=None) & (Q(user=None) | Q(user__in=colleagues_of(user)))
        return self.filter(seen)

    def of_kind(self, *kinds: str):
        either = Q()
        for kind in kinds:
            either |= OF_KIND[Kind(kind)]
        return self.filter(either)

    def in_list(self):
        """With everything that a list prints, in one query."""
        return self.select_related("user", "record__facility", "record__encounter__patient")
