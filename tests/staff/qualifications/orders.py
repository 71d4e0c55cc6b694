"""The order of candidates, held to the check of each of them."""

from django.utils import timezone

from staff.models import Known
from staff.qualifications import ranking
from staff.qualifications.check import check
from staff.qualifications.facts import facts_of


def see(people, terms) -> list[tuple]:
    """See that the database's order of these people is that of the check today; their ranks, in order."""
    on = timezone.localdate()
    rows = Known.objects.select_related("employee").filter(employee__in=people)
    checked = {known.employee: check(terms, facts_of(known), on) for known in rows}
    wanted = sorted(checked, key=lambda one: (checked[one].rank, str(one).casefold(), one.pk))
    found = ranking.order(people, terms, on, most=50)
    assert found.first == [one.pk for one in wanted[:50]]
    assert (found.number, found.met) == (len(checked), sum(one.is_met for one in checked.values()))
    return [checked[one].rank for one in wanted]
