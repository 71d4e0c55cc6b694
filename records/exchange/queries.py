"""Who sees what came in."""

from django.db import models
from django.db.models import Q

from records.inventory.models import Source


def sources_of(user) -> models.QuerySet[Source]:
    """The sources that serve a facility of `user`: one that a program of theirs reaches.

    A source that no program sends for, only files, may tell of any facility: everybody who has one sees it.
    """
    if not user.is_active or not user.facility_ids:  # AnonymousUser included
        return Source.objects.none()
    serves = Q(clients=None) | Q(clients__user__facilities__in=user.facility_ids)
    return Source.objects.filter(serves).distinct()


class InboundMessageQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Messages of the sources that serve a facility of `user`, and those of which nobody knows who sent them.

        Which facility a message tells of is known only once it is applied: of a source that serves several, who has
        one of them sees all that came.
        """
        if not user.is_active or not user.facility_ids:
            return self.none()
        return self.filter(Q(source=None) | Q(source__in=sources_of(user)))
