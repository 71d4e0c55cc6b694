"""Lists whose rows are sums: what `values().annotate()` finds, each row an object that names what follows from it."""

from collections.abc import Callable

from django.db.models import QuerySet
from django.db.models.query import ValuesIterable


def rows_of(sums: QuerySet, kind: Callable[..., object]) -> QuerySet:
    """These sums, each row made by `kind` from its columns. It stays a queryset, to be narrowed, sorted and paged."""

    class Rows(ValuesIterable):
        def __iter__(self):
            return (kind(**row) for row in super().__iter__())

    rows = sums.all()
    rows._iterable_class = Rows
    return rows
