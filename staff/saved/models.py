"""Views of lists that people keep: a name for filters, order and columns."""

from auditlog.registry import auditlog
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from staff.people.models import Facility, User


class SavedViewQuerySet(models.QuerySet):
    def visible_to(self, user):
        """A person's own, and those of the teams of their facilities."""
        if not user.is_active:
            return self.none()
        return self.filter(Q(owner=user, facility=None) | Q(facility__in=user.facility_ids))

    def of(self, listing: str):
        """Those of one list, a person's own before the team's, by name."""
        return self.filter(listing=listing).order_by(F("facility").asc(nulls_first=True), Lower("name"), "pk")


class SavedView(models.Model):
    """What somebody wants to see of a list again: filters, order and columns, never anything that names a patient.

    It holds no rows: whoever opens it sees what their own role reaches. With a `facility` it is its team's.
    """

    name = models.CharField(max_length=60)
    listing = models.CharField(max_length=40, help_text=_("The list it is a view of, by the name of its address."))
    query = models.CharField(max_length=1000, blank=True, help_text=_("As in the address of the list."))
    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    facility = models.ForeignKey(Facility, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    is_home = models.BooleanField(default=False, help_text=_("The list opens with it, for its owner."))

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        permissions = [("share_view", _("Can make views for the team of a facility"))]
        constraints = [
            models.CheckConstraint(name="saved_view_has_a_name", condition=~Q(name="")),
            models.UniqueConstraint(
                "owner", "listing", Lower("name"), name="saved_view_name_once_of_mine", condition=Q(facility=None)
            ),
            models.UniqueConstraint(
                "facility",
                "listing",
                Lower("name"),
                name="saved_view_name_once_of_a_team",
                condition=Q(facility__isnull=False),
            ),
            models.UniqueConstraint(
                "owner", "listing", name="one_home_of_a_person_and_list", condition=Q(is_home=True)
            ),
        ]

    def __str__(self):
        return self.name

    def is_home_of(self, user) -> bool:
        return self.is_home and self.owner_id == user.pk

    def may_be_changed_by(self, user) -> bool:
        """Its owner's own; a team's by those of the facility who may make such views."""
        if self.facility_id is None:
            return self.owner_id == user.pk
        return self.facility_id in user.facility_ids and may_share(user)


def may_share(user) -> bool:
    """Whether a role lets this person make views for a team; running the software does not."""
    return user.is_active and "staff.share_view" in user.granted


auditlog.register(SavedView)
