"""The base of every resource: lists by page and filter, single ones by number, each with an entity tag."""

import hashlib
from collections.abc import Callable, Collection, Sequence
from typing import Any, ClassVar

from django.http import Http404, QueryDict
from django.utils.cache import patch_cache_control
from django.utils.decorators import method_decorator
from django.views.decorators.http import conditional_page
from django_filters.rest_framework import DjangoFilterBackend
from rest_framework.exceptions import ParseError, UnsupportedMediaType, ValidationError
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request, is_form_media_type
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from himdept.common.api.fields import Body, whole
from himdept.common.api.filters import LARGEST, WholeNumber
from himdept.common.api.parsing import refuse_unkeepable
from himdept.common.api.problems import PreconditionFailed, PreconditionRequired
from himdept.common.errors import Unreadable
from himdept.common.paging import Sort

Log = Callable[[Request, Collection[int]], None]
_logs: list[Log] = []


def register_log(log: Log):
    """Have `log` called with a request and the numbers of the records that its answer tells of, before it is made."""
    if log not in _logs:
        _logs.append(log)


@method_decorator(conditional_page, name="dispatch")
class Resource(GenericViewSet):
    """Something that programs read. `sorts` are the orders of its list, `filters` the parameters that narrow it;
    `record_of` is the attribute of a row that holds the number of the record it tells of, empty where it tells of none.

    A parameter that it does not know is refused, never ignored: a misspelt filter would answer with everything.
    """

    sorts: ClassVar[list[Sort]]
    record_of: ClassVar[str]
    filterset_class: ClassVar[Any] = None
    action_permissions: ClassVar[dict[str, str]] = {}
    page_parameters = ("limit", "sort", "cursor")
    filter_backends = [DjangoFilterBackend]  # for the description; `filter_queryset` below is what filters
    http_method_names = ["get", "head", "post"]
    lookup_value_converter = "int"
    lookup_field = "pk"

    def initial(self, request, *args, **kwargs):
        super().initial(request, *args, **kwargs)
        if any(isinstance(value, int) and value > LARGEST for value in kwargs.values()):
            raise Http404
        for name, values in request.query_params.lists():
            if len(values) > 1:
                raise Unreadable(f"{name} was given more than once.", field=name)
            if not values[0]:
                raise Unreadable(f"{name} is empty; leave it away.", field=name)
            refuse_unkeepable(values[0], name)
        if request.method == "POST":
            if is_form_media_type(request.content_type):  # said here, for an empty one would be read as an empty object
                raise UnsupportedMediaType(request.content_type)
            request.data  # noqa: B018  a body that cannot be read is refused before anything is looked up

    def finalize_response(self, request, response, *args, **kwargs):
        response = super().finalize_response(request, response, *args, **kwargs)
        if request.method in ("GET", "HEAD") and response.status_code == 200:
            patch_cache_control(response, private=True, no_cache=True)
        return response

    def is_short(self, rows) -> bool:
        """Whether a list that is narrowed is better gathered and sorted than looked for in its order."""
        return False

    def filter_queryset(self, queryset):
        """The rows that the query, or the body of a search, asks for. Raises Unreadable for a parameter unknown."""
        asked = {name: value for name, value in self.asked.items() if name not in self.page_parameters}
        if unknown := sorted(asked.keys() - self.known_filters.keys()):
            if not (self.known_filters or self.page_parameters):
                raise Unreadable("This takes no parameters.", field=unknown[0])
            told = ", ".join(sorted({*self.known_filters, *self.page_parameters}))
            raise Unreadable(f"There is no parameter {unknown[0]} here; there are: {told}.", field=unknown[0])
        if self.filterset_class is None:
            return queryset
        query = QueryDict(mutable=True)
        query.update(asked)
        filters = self.filterset_class(query, queryset, request=self.request)
        if not filters.is_valid():
            name, faults = next(iter(filters.errors.items()))
            raise Unreadable(f"{name}: {faults[0]}", field=name)
        return filters.qs

    @property
    def asked(self) -> dict[str, str]:
        """The parameters: of the query or, where it is a search, of the body, a JSON object of the same names, with the
        cursor of the address."""
        if self.request.method != "POST":
            return self.request.query_params.dict()
        body = self.request.data
        if not isinstance(body, dict):
            raise ParseError("A search is a JSON object of parameters.")
        asked = {}
        for name, value in body.items():
            if name == "limit" or isinstance(self.known_filters.get(name), WholeNumber):
                try:
                    asked[name] = str(whole(value))
                except (ValidationError, OverflowError) as problem:
                    raise Unreadable(f"{name} is a whole number.", field=name) from problem
            elif isinstance(value, str) and value:
                asked[name] = value
            else:
                raise Unreadable(f"{name} is a text.", field=name)
        of_address = self.request.query_params.dict()
        if unknown := sorted(of_address.keys() - {"cursor"}):
            sentence = "The parameters of a search stand in its body; its address has none but a cursor."
            raise Unreadable(sentence, field=unknown[0])
        return asked | of_address

    @property
    def known_filters(self) -> dict:
        return self.filterset_class.base_filters if self.filterset_class else {}

    def list(self, request):
        rows = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        self.log(rows)
        return self.get_paginated_response(self.get_serializer(rows, many=True).data)

    def search(self, request):
        """The list, by a body instead of a query: what identifies a patient need not stand in an address."""
        return self.list(request)

    def retrieve(self, request, pk):
        if request.query_params:
            raise Unreadable("This takes no parameters.", field=next(iter(request.query_params)))
        return self.answer(self.get_object_or_404(pk))

    def get_object_or_404(self, pk):
        found = self.get_queryset().filter(pk=pk).first()
        if found is None:
            raise Http404
        return found

    def answer(self, row, **options):
        self.log([row])
        return Response(self.get_serializer(row).data, **options)

    def log(self, rows: Sequence):
        if self.record_of:
            self.log_records([getattr(row, self.record_of) for row in rows])

    def log_records(self, numbers: Collection[int]):
        """Let it be known that the answer to this request tells of these records."""
        if numbers:
            for log in _logs:
                log(self.request, numbers)

    def said(self, body: type[Body]) -> Body:
        """What the program sent, understood. Raises ValidationError (400) or DomainError."""
        said = body(data=self.request.data)
        said.is_valid(raise_exception=True)
        return said

    def see_that_it_is_as_read(self, row):
        """Raises PreconditionRequired without If-Match, and PreconditionFailed where that is of another state."""
        told = self.request.headers.get("If-Match")
        if told is None:
            raise PreconditionRequired
        if told.strip() != "*" and self.tag(row) not in [tag.strip() for tag in told.split(",")]:
            raise PreconditionFailed

    def tag(self, row) -> str:
        """The ETag with which this row is answered now: that of its bytes, as Django's ConditionalGet makes it."""
        content = JSONRenderer().render(self.get_serializer(row).data)
        return f'"{hashlib.md5(content, usedforsecurity=False).hexdigest()}"'
