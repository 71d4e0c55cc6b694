"""How the OpenAPI document is made from the resources."""

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter

from himdept.common.api.paging import CURSOR

IF_MATCH = OpenApiParameter(
    "If-Match", location=OpenApiParameter.HEADER, required=True, description="The ETag of what was read, or *."
)


class Described(AutoSchema):
    """Describes a search as what it is: the list, with its parameters in a JSON object."""

    @property
    def is_search(self) -> bool:
        return getattr(self.view, "action", "") == "search"

    def _is_list_view(self, serializer=None) -> bool:
        return self.is_search or super()._is_list_view(serializer)

    def _get_filter_parameters(self):
        return [] if self.is_search else super()._get_filter_parameters()

    def _get_pagination_parameters(self):
        return [CURSOR] if self.is_search else super()._get_pagination_parameters()

    def get_request_serializer(self):
        if not self.is_search:
            return super().get_request_serializer()
        parameters = [*super()._get_filter_parameters(), *super()._get_pagination_parameters()]
        properties = {one["name"]: one["schema"] | {"description": one.get("description", "")} for one in parameters}
        return {"application/json": {"type": "object", "properties": properties, "additionalProperties": False}}
