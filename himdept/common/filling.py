"""A page that asks for something by a form and then does it."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from himdept.common.errors import DomainError


def filled(
    request: HttpRequest, form, do: Callable[[], HttpResponse], *, template: str = "form.html", **context
) -> HttpResponse:
    """The page of a form and, once it is filled in, the act; what is refused stands beside its field.

    The template is given `form` and what else is named: `title`, `act` (the button) and `back` (an address).
    """
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                return do()
            except DomainError as refusal:
                status = refusal.status
                form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
    return render(request, template, {"form": form, **context}, status=status)
