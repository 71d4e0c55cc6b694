"""How a revision stands on a day: one word, for the list, the pages and the sheets."""

from datetime import date, timedelta

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from compliance.evidence.models import EvidenceRevision

SOON = timedelta(days=60)


class State(models.TextChoices):
    """Of several the first that holds."""

    WITHDRAWN = "withdrawn", _("withdrawn")
    EXPIRED = "expired", _("expired")
    REVIEW = "review", _("to be looked at again")
    EXPIRING = "expiring", _("expires soon")
    IN_FORCE = "in_force", _("in force")


def state_of(revision: EvidenceRevision, today: date) -> State:
    """Needs `with_withdrawn`."""
    if revision.withdrawn_at:
        return State.WITHDRAWN
    if revision.has_expired(today):
        return State.EXPIRED
    if revision.review_by and revision.review_by < today:
        return State.REVIEW
    soon = revision.expires_on and revision.expires_on <= today + SOON
    return State.EXPIRING if soon else State.IN_FORCE


def that_are(state: State, today: date) -> Q:
    """The same as a condition on rows."""
    gone, expired = Q(evidence__withdrawal__isnull=False), Q(expires_on__lt=today, expires_on__isnull=False)
    to_review = Q(review_by__lt=today, review_by__isnull=False)
    soon = Q(expires_on__lte=today + SOON, expires_on__isnull=False)
    return {
        State.WITHDRAWN: gone,
        State.EXPIRED: ~gone & expired,
        State.REVIEW: ~gone & ~expired & to_review,
        State.EXPIRING: ~gone & ~expired & ~to_review & soon,
        State.IN_FORCE: ~gone & ~expired & ~to_review & ~soon,
    }[state]
