"""Whether a value is among thousands that another question found."""

from django.db.models import Field, ForeignObject
from django.db.models.fields.related_lookups import RelatedIn
from django.db.models.lookups import In


class LookedUp:
    """`in`, as a question about each row and never as a join: the others are hashed once, and whoever walks an index
    in order stops where the page is full. PostgreSQL makes a join of a plain `IN`, and sorts all that it gives."""

    lookup_name = "among"

    def as_sql(self, compiler, connection):
        sql, params = super().as_sql(compiler, connection)
        return (sql, params) if self.rhs_is_direct_value() else (f"({sql}) IS TRUE", params)


@Field.register_lookup
class Among(LookedUp, In):
    """`pk__among`."""


@ForeignObject.register_lookup
class RelatedAmong(LookedUp, RelatedIn):
    """`employee__among`."""
