"""The adjectives of credentials. Days are those of the installation's time zone."""

from datetime import date

from django.db import models
from django.db.models import Exists, OuterRef, Q, Subquery
from django.utils import timezone

from staff.employment.models import Employee, Employment, known_to


class CredentialQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Those of `user`, and of the people who report to them, straight or not."""
        return self.filter(employee__among=known_to(user))

    def led_by(self, user):
        """Those that `user` may keep: of the people who report to them, never their own."""
        return self.filter(employee__in=Employee.objects.led_by(user))

    def of_staff(self):
        """Those of people who are employed, or will be: what who left had stands on their own page."""
        return self.filter(Exists(Employment.objects.filter(employee=OuterRef("employee")).not_over()))

    def standing(self):
        """Those that were not struck as entered in error."""
        return self.filter(struck_because="")

    def in_force(self, on: date | None = None):
        """Those whose cycle contains the day."""
        on = on or timezone.localdate()
        return self.standing().filter(Q(last_day=None) | Q(last_day__gte=on), first_day__lte=on)

    def latest(self):
        """Of each person and certification the last cycle that is known: what is renewed is over without harm."""
        later = self.model.objects.standing().filter(
            employee=OuterRef("employee"), certification=OuterRef("certification"), first_day__gt=OuterRef("first_day")
        )
        return self.standing().filter(~Exists(later))

    def with_held(self, on: date | None = None):
        """Each with `held`: whether some cycle of that person and certification is in force on the day."""
        same = self.model.objects.in_force(on).filter(
            employee=OuterRef("employee"), certification=OuterRef("certification")
        )
        return self.annotate(held=Exists(same))

    def with_proof(self):
        """Each with `found`: what the last look at the primary source found since the credential says what it says."""
        from staff.credentials.models import Verification

        seen = Verification.objects.filter(credential=OuterRef("pk"), written_at__gte=OuterRef("changed_at"))
        seen = seen.order_by("-written_at", "-pk")
        return self.annotate(found=Subquery(seen.values("found")[:1]), found_on=Subquery(seen.values("looked_on")[:1]))

    def in_list(self):
        return self.with_proof().with_held().with_names()

    def with_names(self):
        """The people are asked for when the rows are there: before, their names would be joined to everybody's rows."""
        return self.select_related("certification").prefetch_related("employee")
