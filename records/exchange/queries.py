"""Who sees what came in."""

from django.apps import apps
from django.db import models
from django.db.models import Exists, OuterRef, Q, Subquery

from records.inventory.models import Source


def sources_of(user) -> models.QuerySet[Source]:
    """The sources that serve a facility of `user`: one that a program of theirs reaches.

    A source that no program sends for, only files, may tell of any facility: everybody who has one sees it.
    """
    if not user.is_active or not user.facility_ids:  # AnonymousUser included
        return Source.objects.none()
    serves = Q(clients=None) | Q(clients__user__facilities__in=user.facility_ids)
    return Source.objects.filter(serves).distinct()


def applied_again() -> models.QuerySet:
    """The replay by which the message of the outer query went in after it was refused; there is one at most."""
    return apps.get_model("records.MessageReplay").objects.filter(message_id=OuterRef("id")).exclude(outcome="refused")


class InboundMessageQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Messages of the sources that serve a facility of `user`, and those of which nobody knows who sent them.

        Which facility a message tells of is known only once it is applied: of a source that serves several, who has
        one of them sees all that came.
        """
        if not user.is_active or not user.facility_ids:
            return self.none()
        return self.filter(Q(source=None) | Q(source__in=sources_of(user)))

    def with_replay(self):
        """With `applied_again`: what became of it when it was applied again, if it was and went in."""
        return self.annotate(applied_again=Subquery(applied_again().values("outcome")[:1]))


def standing(*outcomes: str) -> Q:
    """Messages of these outcomes that have no other since: what was refused and applied again is refused no more."""
    return Q(outcome__in=outcomes) & ~Exists(applied_again())
