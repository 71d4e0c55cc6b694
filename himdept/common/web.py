"""What every page has in common: fragments, refusals in words, nothing kept by the browser, sessions that ended."""

from collections.abc import Callable
from functools import wraps
from urllib.parse import urlencode, urlsplit

from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.middleware.gzip import GZipMiddleware
from django.shortcuts import render, resolve_url
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from himdept.common.errors import DomainError

TEXT = ("text/", "application/json", "application/problem+json", "application/fhir+json", "image/svg+xml")


class Compressed(GZipMiddleware):
    """Send text compressed to whoever takes it: a list of 50 rows is 80 kB, and a tenth of that on the way.

    Files are sent as they are, with their length. What is secret in a page (its CSRF token) is masked anew each time,
    the session's cookie is sent by no other site, and a random length is added (Heal the BREACH): without these, the
    length of a compressed page could tell what stands in it.
    """

    def process_response(self, request, response):
        if response.streaming or not response.headers.get("Content-Type", "").startswith(TEXT):
            return response
        return super().process_response(request, response)


def wants_fragment(request: HttpRequest) -> bool:
    """Whether the page asks for a part of itself. Boosted navigation sends HX-Request too, and wants the page."""
    return request.headers.get("HX-Request-Type") == "partial"


def problem(request: HttpRequest, status: int, message: str) -> HttpResponse:
    """A page that says in one sentence why not, and leads back. It has the same sentence for a script to show."""
    about = getattr(request, "about", None)
    context = {"status": status, "message": message, "about": about, "back": "" if about else page_before(request)}
    return render(request, "errors/problem.html", context, status=status)


def acts_from(page: str, *named: str) -> Callable:
    """For a view that acts, by POST alone, and whose refusal stands under its own address.

    Opened by itself, as after a new sign-in or from the history of a browser, it does nothing and leads to `page`, the
    one that has its form: `named` are the parts of the view's address that make up that page's.
    """

    def decorate(view):
        @wraps(view)
        def doorway(request, *args, **kwargs):
            if request.method == "POST":
                return view(request, *args, **kwargs)
            return HttpResponseRedirect(reverse(page, args=[kwargs[name] for name in named]))

        return require_http_methods(["GET", "HEAD", "POST"])(doorway)

    return decorate


def say_what_it_is_about(request: HttpRequest, address: str, name: str):
    """Remember on what a request acts: if it is refused, the refusal leads back there by that name."""
    request.about = {"address": address, "name": name}


def page_before(request: HttpRequest) -> str:
    """The page of ours that led here, if the browser says so and it is another one."""
    before = request.headers.get("Referer", "")
    ours = url_has_allowed_host_and_scheme(before, {request.get_host()}, require_https=request.is_secure())
    return before if ours and urlsplit(before).path != request.path else ""


class SignedInPages:
    """Keep what a signed-in person sees out of every cache, and lead a page whose session ended to the sign-in."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        patch_vary_headers(response, ["HX-Request", "HX-Request-Type"])
        if response.status_code == 405 and "text/html" in request.headers.get("Accept", ""):
            response = in_words(request, response)
        if request.user.is_authenticated:
            response.headers.setdefault("Cache-Control", "no-store")
        if request.headers.get("HX-Request") == "true" and (door := door_ahead(response)):
            # A fragment cannot hold the sign-in form: the whole page goes there, and comes back to where it was.
            return HttpResponse(
                status=204, headers={"HX-Redirect": back_to(door, request), "Cache-Control": "no-store"}
            )
        return response

    def process_exception(self, request, exception):
        if isinstance(exception, DomainError):
            return problem(request, exception.status, exception.message)
        return None


def in_words(request: HttpRequest, refused: HttpResponse) -> HttpResponse:
    """Instead of an empty page: somebody opened the address of an act, which only its form leads to."""
    told = problem(request, 405, _("This address takes what a form sends, and cannot be opened by itself."))
    told.headers["Allow"] = refused.headers["Allow"]
    return told


def door_ahead(response) -> str | None:
    """The address of the sign-in or password page, when that is where a response leads."""
    if response.status_code not in {301, 302, 303, 307, 308}:
        return None
    path = urlsplit(response.headers.get("Location", "")).path
    return path if path in {resolve_url("account_login"), resolve_url("account_change_password")} else None


def back_to(door: str, request) -> str:
    here = request.htmx.current_url_abs_path
    return f"{door}?{urlencode({'next': here})}" if here else door


def way_back(request: HttpRequest) -> str:
    """Where a small form of the frame goes back to: the page it was sent from, and never another host."""
    back = request.POST.get("next", "")
    here = url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure())
    return back if here else "/"


@require_safe
@never_cache
@login_not_required
def healthy(request):
    """Whether this program can answer, its database included; for whatever watches over it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok\n", content_type="text/plain")
