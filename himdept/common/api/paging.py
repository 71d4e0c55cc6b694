"""Pages of the API: by position, as those of the lists (himdept.common.paging)."""

from urllib.parse import parse_qs, urlencode, urlsplit

from rest_framework.exceptions import NotFound
from rest_framework.pagination import BasePagination
from rest_framework.response import Response

from himdept.common.errors import Unreadable
from himdept.common.paging import SIZE, page_of

MOST = 200


class KeysetPages(BasePagination):
    """`limit` (1 to 200), `sort` (a name of the view's `sorts`, `-` for descending) and `cursor` (from `next`)."""

    def paginate_queryset(self, queryset, request, view=None):
        asked = view.asked
        limit = str(asked.get("limit", SIZE))
        if not (limit.isascii() and limit.isdecimal() and 1 <= int(limit[:9]) <= MOST):
            raise Unreadable(f"limit is a whole number from 1 to {MOST}.", field="limit")
        try:
            self.page = page_of(
                queryset,
                view.sorts,
                sort=asked.get("sort", ""),
                at=place_in(asked.get("cursor", "")),
                size=int(limit),
                is_short=view.is_short(queryset),
            )
        except Unreadable as refusal:
            if refusal.field == "at":
                raise NotFound("There is no such place in this list; start again without a cursor.") from refusal
            raise
        self.request = request
        return list(self.page)

    def get_paginated_response(self, data):
        return Response(
            {"results": data, "next": self.address(self.page.next), "previous": self.address(self.page.previous)}
        )

    def address(self, cursor: str | None) -> str | None:
        """Where to go on, by the method and with the body of this request: nothing of a body comes into an address."""
        if cursor is None:
            return None
        query = self.request.query_params.dict() | {"cursor": cursor}
        return f"{self.request.build_absolute_uri(self.request.path)}?{urlencode(query)}"

    def get_paginated_response_schema(self, schema):
        link = {
            "type": ["string", "null"],
            "description": "The address of the page; of a search by POST, that to which the same body is posted again.",
        }
        return {
            "type": "object",
            "required": ["results", "next", "previous"],
            "properties": {"results": schema, "next": link, "previous": link},
        }

    def get_schema_operation_parameters(self, view):
        sorts = [sort.name for sort in view.sorts]
        choices = [*sorts, *(f"-{name}" for name in sorts)]
        return [
            parameter(
                "limit", "How many at most.", {"type": "integer", "minimum": 1, "maximum": MOST, "default": SIZE}
            ),
            parameter("sort", f"The order; without it {choices[0]}.", {"type": "string", "enum": choices}),
            CURSOR,
        ]


def place_in(cursor: str) -> str:
    """A cursor; of an address that came as `next` or `previous`, the one in it."""
    if not cursor.startswith(("http://", "https://")):
        return cursor
    try:
        return parse_qs(urlsplit(cursor).query).get("cursor", [cursor])[0]
    except ValueError:
        return cursor


def parameter(name: str, description: str, schema: dict) -> dict:
    return {"name": name, "in": "query", "required": False, "description": description, "schema": schema}


CURSOR = parameter(
    "cursor",
    "The place to go on from: it comes with the address in `next` or `previous`.",
    {"type": "string", "pattern": r"^[^\u0000]+$"},
)
