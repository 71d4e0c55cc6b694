"""Whether a value is among thousands that another question found."""

from django.db.models import BooleanField, Expression, Field, ForeignObject
from django.db.models.fields.related_lookups import RelatedIn
from django.db.models.lookups import In


class Asked(Expression):
    """What `among` may be told instead of numbers: a function of the database that says of a number, and of these
    values, whether it is among them."""

    output_field = BooleanField()

    def __init__(self, function: str, *values):
        super().__init__()
        self.function, self.values = function, values

    def of(self, sql: str, params) -> tuple[str, list]:
        return f"{self.function}({', '.join([sql, *['%s'] * len(self.values)])})", [*params, *self.values]

    def as_sql(self, compiler, connection):
        raise TypeError("It is asked of a number: use it with `among`.")


class LookedUp:
    """`in`, as a question about each row and never as a join: the others are hashed once, and whoever walks an index
    in order stops where the page is full. PostgreSQL makes a join of a plain `IN`, and sorts all that it gives."""

    lookup_name = "among"

    def as_sql(self, compiler, connection):
        if isinstance(self.rhs, Asked):
            return self.rhs.of(*self.process_lhs(compiler, connection))
        sql, params = super().as_sql(compiler, connection)
        return (sql, params) if self.rhs_is_direct_value() else (f"({sql}) IS TRUE", params)


@Field.register_lookup
class Among(LookedUp, In):
    """`pk__among`."""


@ForeignObject.register_lookup
class RelatedAmong(LookedUp, RelatedIn):
    """`employee__among`."""
