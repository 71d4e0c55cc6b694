"""Pages of a long list, by position and never by OFFSET: the ten-thousandth page costs what the first one does.

A list names the few orders it can stand in (`Sort`), each served by an index or, of a list of sums, made of them. Ties
are broken by the row's own number (`key`: the primary key, or what the sums are of); rows without a value come last in
either direction. A position is signed, so an address can be kept and shared but not made up; it holds a date or number
and the row's own number, and of an order by name (`recall`) that number alone.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from django.contrib.postgres.expressions import ArraySubquery
from django.core import signing
from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db.models import BooleanField, F, Func, Model, QuerySet, Value
from django.db.models.constants import LOOKUP_SEP
from django.db.models.expressions import OrderBy
from django.db.models.functions import Coalesce
from django.db.models.lookups import GreaterThan, LessThan
from django.utils.translation import gettext as _

from himdept.common.errors import Unreadable

SIZE = 50
FEW = 10_000  # rows: counted to the last one, and sorted in a moment
signer = signing.Signer(salt="himdept.common.paging")


@dataclass(frozen=True)
class Sort:
    """An order of a list: by `field` (a path from the model, or an annotation), then by the row's own number.

    `nullable`: some rows have no value. `recall` tells the value anew from a row's number, for what should not stand in
    an address, such as a name.
    """

    name: str
    field: str
    nullable: bool = False
    recall: Callable[[object], object] | None = None

    @property
    def is_elsewhere(self) -> bool:
        """Whether the order is that of another table."""
        return LOOKUP_SEP in self.field


@dataclass(frozen=True)
class Page[Row]:
    """Some rows of a list, and the positions to ask for those before and after them."""

    rows: list[Row]
    sort: Sort
    descending: bool
    previous: str | None
    next: str | None

    def __iter__(self):
        return iter(self.rows)

    def __len__(self):
        return len(self.rows)


class Tuple(Func):
    """Several values that PostgreSQL compares as one: (a, b) > (x, y)."""

    template = "(%(expressions)s)"
    output_field = BooleanField()

    def get_group_by_cols(self):
        """Of a list of sums it stands in HAVING: its columns are grouped by already, and its values are no columns."""
        return [column for part in self.get_source_expressions() for column in part.get_group_by_cols()]


class OneOf(Func):
    """What stands in an array, which is looked up before all else, however many tables are joined."""

    template = "%(expressions)s)"
    arg_joiner = " = ANY("
    output_field = BooleanField()


def page_of(
    queryset: QuerySet,
    sorts: Sequence[Sort],
    *,
    sort: str = "",
    at: str = "",
    size: int = SIZE,
    key: str = "pk",
    is_short: bool = False,
) -> Page:
    """The page at position `at` (none: the first), in the order `sort`: a name of `sorts`, with `-` for descending.

    Without `sort` it is the first of `sorts`; `key` is the field that tells one row from another. The rows of a list
    that `is_short` (no more than FEW) are gathered and sorted. Raises Unreadable for an unknown order, and for a
    position that was not made here for this order.
    """
    chosen, descending = order_named(sorts, sort)
    walk = Walk(queryset, chosen, descending, key, is_short=is_short)
    if not at:
        return first_page(walk, size)
    position = read_position(at, walk)
    if position.backwards:
        back = replace(walk, descending=not descending, nulls_first=True)
        found = list(back.after(position, size + 1))
        if len(found) <= size:  # what was before has become too little for a page: show the first one, whole
            return first_page(walk, size)
        rows = found[size - 1 :: -1]
        return walk.page(rows, before=True, more=True)
    found = list(walk.after(position, size + 1))
    return walk.page(found[:size], before=bool(found), more=len(found) > size)


def first_page(walk: "Walk", size: int) -> Page:
    found = list(walk.after(None, size + 1))
    return walk.page(found[:size], before=False, more=len(found) > size)


def order_named(sorts: Sequence[Sort], name: str) -> tuple[Sort, bool]:
    for sort in sorts:
        if name.removeprefix("-") == sort.name:
            return sort, name.startswith("-")
    if name:
        raise Unreadable(
            _("This list is sorted by one of: %(names)s.") % {"names": ", ".join(sort.name for sort in sorts)},
            field="sort",
        )
    return sorts[0], False


@dataclass(frozen=True)
class Position:
    """Just after (or, going backwards, just before) the row with this value and number."""

    backwards: bool
    value: object
    number: object


PLACE = "place_in_order"  # what a row's position is made of, beside its number


@dataclass(frozen=True)
class Walk:
    """A list in one order and direction. Rows without a value are a stretch of their own, so each stretch is one
    index scan; `nulls_first` is the way back.

    The database takes the rows that pass a filter to be spread evenly over an order that has nothing to do with it,
    and may read past a million others to the first of them. Those of a short list are gathered and sorted instead.
    """

    queryset: QuerySet
    sort: Sort
    descending: bool
    key: str = "pk"
    nulls_first: bool = False
    is_short: bool = False

    @property
    def of(self) -> str:
        """What it is a list of: a place in one list is none in another that has an order of the same name."""
        return self.queryset.model._meta.label_lower

    @property
    def token(self) -> str:
        return ("-" if self.descending else "") + self.sort.name

    def after(self, position: Position | None, most: int):
        """Up to `most` rows after a position, from the stretch it lies in and, if that ends, from the next one."""
        stretches = [False, True] if self.sort.nullable else [False]
        if self.nulls_first:
            stretches.reverse()
        if position:
            stretches = stretches[stretches.index(position.value is None) :]
        for i, without_value in enumerate(stretches):
            for row in self.rows(without_value, position if i == 0 else None, most):
                most -= 1
                yield row
            if not most:
                return

    def rows(self, without_value: bool, position: Position | None, most: int) -> QuerySet:
        """The first of a stretch. Their numbers are found first, by what the filters and the order need alone: whatever
        else is printed is joined to so many rows, and not to all that the database may choose to gather and sort.

        Sums and logs are joined to nothing; and the rows of a view are worked out each time that they are asked for.
        """
        found = self.stretch(without_value, position)
        if found.query.group_by is not None or self.key != "pk" or not self.queryset.model._meta.managed:
            return found[:most]
        rows = self.queryset.annotate(**{PLACE: F(self.sort.field)})
        rows = rows.filter(OneOf(F("pk"), ArraySubquery(found.values("pk")[:most])))
        return rows.order_by(*found.query.order_by)

    def stretch(self, without_value: bool, position: Position | None) -> QuerySet:
        field, compare = self.sort.field, LessThan if self.descending else GreaterThan
        rows = self.queryset.annotate(**{PLACE: F(field)})
        keys = [self.key] if without_value or field == self.key else [field, self.key]
        if self.sort.nullable:
            rows = rows.filter(**{f"{field}__isnull": without_value})
        if position:
            values = [position.number] if len(keys) == 1 else [position.value, position.number]
            rows = rows.filter(compare(Tuple(*map(F, keys)), Tuple(*map(Value, values))))
            if len(keys) == 2 and self.sort.is_elsewhere:
                # Columns of two tables together are no bound of an index: all that lies before would be read past.
                rows = rows.filter(**{f"{field}__{'lte' if self.descending else 'gte'}": position.value})
        order = [F(key) for key in keys]
        if self.is_short:
            order[0] = Coalesce(order[0], order[0])  # the same, and in no index
        return rows.order_by(*(OrderBy(by, descending=self.descending) for by in order))

    def page(self, rows: list, *, before: bool, more: bool) -> Page:
        return Page(
            rows,
            self.sort,
            self.descending,
            self.position(rows[0], backwards=True) if before and rows else None,
            self.position(rows[-1], backwards=False) if more and rows else None,
        )

    def position(self, row, *, backwards: bool) -> str:
        value = None if self.sort.recall else getattr(row, PLACE)
        return signer.sign_object([self.of, self.token, backwards, in_json(value), in_json(getattr(row, self.key))])


def in_json(value):
    if value is None or isinstance(value, int | str):
        return value
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def read_position(at: str, walk: Walk) -> Position:
    try:
        of, token, backwards, value, number = signer.unsign_object(at)
        if (of, token) != (walk.of, walk.token):
            raise ValueError
        number = field_of(walk.queryset, walk.key).to_python(number)
        if walk.sort.recall:
            value = walk.sort.recall(number)
        elif value is not None:
            value = field_of(walk.queryset, walk.sort.field).to_python(value)
    except (signing.BadSignature, ValueError, ValidationError, ObjectDoesNotExist) as problem:
        raise Unreadable(
            _("This place in the list is not known. Start again from the first page."), field="at"
        ) from problem
    return Position(backwards, value, number)


def field_of(queryset: QuerySet, path: str):
    """The kind of field that stands at the end of a path from the model, or that an annotation is."""
    if path in queryset.query.annotations:
        return queryset.query.annotations[path].output_field
    *way, name = path.split("__")
    model: type[Model] = queryset.model
    for step in way:
        model = model._meta.get_field(step).related_model
    return model._meta.pk if name == "pk" else model._meta.get_field(name)


def number_up_to(queryset: QuerySet, most: int, key: str = "pk") -> int:
    """How many rows there are, and one more than `most` where there are more."""
    return queryset.order_by().values(key)[: most + 1].count()


def count_up_to(queryset: QuerySet, most: int = FEW, key: str = "pk") -> str:
    """How many rows, for people: exact up to `most`, else "10,000+", for counting a million is not worth the wait."""
    return up_to(number_up_to(queryset, most, key), most)


def up_to(number: int, most: int = FEW) -> str:
    return f"{most:,}+" if number > most else f"{number:,}"
