"""Whom somebody may know of, for pages that show many lists of them: who they are is looked up once a request."""

from staff.employment.models import known_to


def people_seen_by(user):
    """As `known_to`, kept with the user of the request."""
    if "_people_seen" not in user.__dict__:
        user.__dict__["_people_seen"] = known_to(user)
    return user.__dict__["_people_seen"]
