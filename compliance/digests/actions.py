"""Switching one's own digest on and off."""

from compliance.digests.models import DigestChoice
from himdept.common.audit import acting_as
from staff.models import User


def choose(wanted: bool, *, by: User) -> DigestChoice:
    """From the next night on the person gets the digest, or does not."""
    with acting_as(by):
        return DigestChoice.objects.update_or_create(person=by, defaults={"wanted": wanted})[0]
