"""What lists of facts about people have in common: the column of the person, and the order by name."""

from collections.abc import Callable

from django.db.models import F, Model, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Concat, Lower
from django.utils.translation import gettext_lazy as _

from himdept.common.columns import Column, Under
from himdept.common.paging import Sort
from staff.employment.models import Employee


def person(opens: Callable[[object], str]) -> Column:
    """The person of a row that has an `employee`, leading to the address that is about them and the row."""
    return Column(
        "person",
        _("Person"),
        lambda row, showing: str(row.employee),
        opens=opens,
        sort="name",
        under=(Under(_("Staff number"), lambda row, showing: row.employee.number),),
        width=26,
    )


def by_name(rows: QuerySet) -> QuerySet:
    """Rows with the name of their `employee` to go by, looked up for each that is shown, or sorted by: not joined to
    everybody's to be left aside."""
    people = Employee.objects.filter(pk=OuterRef("employee")).order_by()
    name = Lower(Concat(F("family_name"), Value(" , "), F("given_name")))
    return rows.annotate(in_order=Subquery(people.values(name=name)))


def order_by_name(model: type[Model]) -> Sort:
    """The order by name of rows with an `employee`, as `by_name` annotates them."""

    def recall(number: int) -> str:
        return by_name(model._base_manager.all()).values_list("in_order", flat=True).get(pk=number)

    return Sort("name", "in_order", recall=recall)
