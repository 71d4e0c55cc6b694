"""Who got which daily digest, and who wants none."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from staff.models import Facility


class Digest(models.Model):
    """The digest of one night of a facility for one person: written once, claimed before it is sent.

    `numbers` has by the name of each line what it told.
    """

    facility = models.ForeignKey(Facility, on_delete=models.PROTECT, related_name="+")
    day = models.DateField(help_text=_("The business date of the night, a local day."))
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    numbers = models.JSONField()
    written_at = models.DateTimeField(db_default=Now())
    mailed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="one_digest_a_day", fields=["facility", "day", "person"]),
            models.CheckConstraint(
                name="digest_is_mailed_after_it_is_written",
                condition=Q(mailed_at=None) | Q(mailed_at__gte=F("written_at")),
            ),
        ]

    def __str__(self):
        return f"digest of {self.day}"


class DigestChoice(models.Model):
    """Whether a person wants the daily digest. Who has chosen nothing gets it."""

    person = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="digest_choice")
    wanted = models.BooleanField()
    changed_at = models.DateTimeField(auto_now=True)

    def __str__(self):
        return f"digest {'wanted' if self.wanted else 'not wanted'}"
