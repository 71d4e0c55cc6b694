"""What somebody has ticked on a list, kept on the server: it outlives pages, orders and filters of the list."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from himdept.common.db.functions import UUIDv7

MOST = 10_000  # rows


class Selection(models.Model):
    """The rows of one list that a person has chosen, one selection for each list, until it is acted on or cleared.

    `states` says of each row how it stood when it was chosen, in the list's own words: what stands otherwise when
    it is acted on has changed since. `token` names this very selection in forms; only its owner may use it.
    """

    token = models.UUIDField(db_default=UUIDv7(), unique=True, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)
    of = models.CharField(max_length=40, help_text=_("The list that the rows were chosen from."))
    query = models.TextField(blank=True, help_text=_("The filters that the list stood under."))
    numbers = ArrayField(models.BigIntegerField(), default=list)
    states = ArrayField(models.TextField(), default=list)
    made_at = models.DateTimeField(db_default=Now())
    changed_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["owner", "of"], name="one_selection_of_a_person_and_list"),
            models.CheckConstraint(name="selection_has_at_most_ten_thousand_rows", condition=Q(numbers__len__lte=MOST)),
            models.CheckConstraint(
                name="selection_says_of_each_row_how_it_stood", condition=Q(numbers__len=F("states__len"))
            ),
        ]
        indexes = [models.Index(fields=["changed_at"], name="selection_by_age")]

    def __str__(self):
        return f"selection of {self.of}"
