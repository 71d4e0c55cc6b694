"""Stays by the local days on which they began and ended: for the inventory and for what programs read of it.

A day is that of the record's own facility, as it is printed: where facilities lie in several time zones, each zone's
own midnights bound it.
"""

from collections import defaultdict
from datetime import date, timedelta
from functools import cached_property

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, Q, QuerySet

from himdept.common.moments import EARLIEST, LATEST, midnight
from himdept.common.paging import FEW, OneOf
from staff.models import Facility


def best_counted(records: QuerySet, asked: dict) -> QuerySet:
    """As many records up to FEW, in the form in which they cost least to count.

    Numbers grow with the days of admission. The database does not know that, and to find the first of the newest it
    goes through all that are older; so it is told to begin with the newest.
    """
    if not asked.get("admitted_from"):
        return records
    newest = records.order_by("-encounter__start_first").values("pk")[: FEW + 1]
    return records.filter(OneOf(F("pk"), ArraySubquery(newest)))


class ByDays:
    """What a filter of records offers beside its own: `admitted_from`, `admitted_to`, `discharged_from`,
    `discharged_to`, the last day included in each."""

    NAMES = ("admitted_from", "admitted_to", "discharged_from", "discharged_to")

    @cached_property
    def by_zone(self) -> list[tuple]:
        """Each time zone with the numbers of the facilities that lie in it: of those that the person reaches, and of
        all where they may open a record by its name alone."""
        found, user = defaultdict(list), self.request.user
        for facility in Facility.objects.all() if self.queryset.granted_to(user) else user.reached:
            found[facility.zone].append(facility.pk)
        return list(found.items())

    def by_admission_from(self, records: QuerySet, name: str, day: date) -> QuerySet:
        return records.filter(self.bound("encounter__start_first__gte", day))

    def by_admission_to(self, records: QuerySet, name: str, day: date) -> QuerySet:
        return records.filter(self.bound("encounter__start_first__lt", day, days=1))

    def by_discharge_from(self, records: QuerySet, name: str, day: date) -> QuerySet:
        return records.filter(self.bound("encounter__end_first__gte", day))

    def by_discharge_to(self, records: QuerySet, name: str, day: date) -> QuerySet:
        # None begins after its end, which is known to two days at least: a list by admission begins there.
        began = self.bound("encounter__start_first__lt", day, days=3)
        return records.filter(self.bound("encounter__end_first__lt", day, days=1), began)

    def countable(self) -> QuerySet:
        return best_counted(self.narrowed(), self.form.cleaned_data)

    def bound(self, lookup: str, day: date, *, days: int = 0) -> Q:
        """A bound of a moment: the midnight at which a local day begins, so many days later, in each zone."""
        a_day = timedelta(days=1)
        # No stay lies outside of these years, so that a day far from them bounds what one just beside them does.
        day = min(max(day, EARLIEST - a_day), LATEST + a_day) + timedelta(days=days)
        bounds = [(midnight(day, zone), facilities) for zone, facilities in self.by_zone]
        if len(bounds) < 2:
            return Q(*((lookup, at) for at, _facilities in bounds))
        either = Q()
        for at, facilities in bounds:
            either |= Q(**{lookup: at, "facility__in": facilities})
        # What bounds them all is what an index can be asked for.
        widest = min if lookup.endswith("gte") else max
        return either & Q(**{lookup: widest(at for at, _facilities in bounds)})
