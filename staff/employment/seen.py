"""Whom somebody may know of, for pages that show many lists of them: who they are is looked up once a request."""

from django.db.models import QuerySet

from staff.employment.models import Employee


def people_seen_by(user) -> QuerySet[Employee]:
    """As `Employee.objects.visible_to`, kept with the user of the request."""
    if "_people_seen" not in user.__dict__:
        user.__dict__["_people_seen"] = Employee.objects.visible_to(user)
    return user.__dict__["_people_seen"]
