"""The screens of the programs that are let in: their list, one of them, and what can be done about it.

Where a credential is made the person proves again who they are, as before a change of their own second step.
"""

from collections.abc import Callable

from allauth.account.decorators import reauthentication_required
from django.contrib import messages as notices
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from himdept.common import filling
from himdept.common.errors import Conflict
from records.exchange import client_trail, clients, credentials, scopes
from records.exchange.client_forms import ClientForm, EndForm, KeysForm, NewClientForm, ReasonForm, SecretForm
from records.exchange.client_list import CLIENTS
from records.exchange.fhir.reading import TYPES
from records.exchange.models import Client, ClientSecret

MAY_SEE = permission_required("records.view_client", raise_exception=True)
MAY_MANAGE = permission_required("records.manage_client", raise_exception=True)
MAY_SWITCH_OFF = permission_required("records.switch_off_client", raise_exception=True)
ASKED = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@MAY_SEE
def client_list(request):
    """The programs that are let in."""
    return CLIENTS.show(request)


@require_safe
@MAY_SEE
def client_page(request, number: int):
    """One program: what it may do and reaches, its credentials, and who did what about it."""
    client = found(number)
    now = timezone.now()
    secrets = list(client.secrets.select_related("made_by").order_by("-made_at"))
    context = {
        "client": client,
        "now": now,
        "secrets": secrets,
        "can_have_another": len([one for one in secrets if one.is_live(now)]) < len(credentials.PLACES),
        "key_uses": list(client.key_uses.order_by("-last_used_at")[:10]),
        "tokens": clients.tokens_of(client).count(),
        "trail": client_trail.of(client, secrets),
        "may_handle": request.user.has_perm("records.manage_client"),
        "within_reach": clients.within_reach(client, request.user),
    }
    return render(request, "records/client_page.html", context)


@ASKED
@MAY_MANAGE
def client_admit(request):
    """Let a program in."""
    form = NewClientForm(request.POST or None, person=request.user)
    given = ("name", "source", "scope", "purpose", "facilities", "clearance", "because")

    def let_in():
        values = {name: form.cleaned_data[name] for name in given}
        values["facilities"] = list(values["facilities"])
        client = clients.let_in(
            values.pop("name"),
            source=values.pop("source") or None,
            requests_per_minute=form.cleaned_data["requests_per_minute"],
            by=request.user,
            **values,
        )
        notices.success(request, _("%(name)s is let in. Give it a secret, or tell us its keys.") % {"name": client})
        return to_page(client)

    return filled(request, form, let_in, title=_("Let a program in"), act=_("Let it in"), back=CLIENTS.url)


@ASKED
@MAY_MANAGE
def client_change(request, number: int):
    """Change what a program may do, what it reaches, how often it may ask."""
    client = found(number)
    form = ClientForm(request.POST, person=request.user) if request.POST else ClientForm.of(client, request.user)

    def change():
        clients.change(client, by=request.user, **form.cleaned_data)
        notices.success(request, _("Changed; it counts from its next request on."))
        return to_page(client)

    return filled(request, form, change, title=_("Change %(name)s") % {"name": client}, act=_("Change it"), of=client)


@ASKED
@MAY_MANAGE
@reauthentication_required
def client_secret(request, number: int):
    """Make a new secret, and show it in this one answer and never again."""
    client = found(number)
    live = client.secrets.live().order_by("made_at")
    seen = " ".join(secret.begins for secret in live)
    form = SecretForm(request.POST or None, has_one=bool(seen), initial={"seen": seen})

    def make():
        if form.cleaned_data["seen"] != seen:  # the page was loaded again, or somebody else was faster
            raise Conflict(_("Its secrets have changed since you opened this form. Look at them first."))
        _secret, word = credentials.new_secret(
            client, by=request.user, because=form.cleaned_data["because"], old_until=form.old_until
        )
        address = request.build_absolute_uri(reverse("token"))
        command = f"curl -s {address} -u 'ID:SECRET' -d grant_type=client_credentials"
        return render(request, "records/client_secret.html", {"client": client, "word": word, "command": command})

    return filled(
        request, form, make, title=_("A new secret for %(name)s") % {"name": client}, act=_("Make it"), of=client
    )


@ASKED
@MAY_MANAGE
@reauthentication_required
def client_keys(request, number: int):
    """Say by which public keys a program is known."""
    client = found(number)
    form = KeysForm(request.POST) if request.POST else KeysForm.of(client)

    def set_keys():
        credentials.set_keys(client, by=request.user, **form.cleaned_data)
        notices.success(request, _("The keys are changed; they count from its next token on."))
        return to_page(client)

    return filled(request, form, set_keys, title=_("The keys of %(name)s") % {"name": client}, act=_("Keep"), of=client)


@ASKED
@MAY_MANAGE
def secret_end(request, number: int):
    """Let a secret end, now or at a moment to come."""
    secret = get_object_or_404(ClientSecret.objects.select_related("client__user"), pk=number)
    form = EndForm(request.POST or None)

    def end():
        credentials.end_secret(secret, by=request.user, **form.cleaned_data)
        notices.success(request, _("The end of the secret %(secret)s is set.") % {"secret": secret})
        return to_page(secret.client)

    title = _("End the secret %(secret)s of %(name)s") % {"secret": secret, "name": secret.client}
    return filled(request, form, end, title=title, act=_("Let it end"), of=secret.client)


@ASKED
@MAY_SWITCH_OFF
def client_off(request, number: int):
    """Shut a program out at once."""
    return decided(request, number, clients.switch_off, _("Switch %(name)s off"), _("Switch it off"))


@ASKED
@MAY_MANAGE
def client_on(request, number: int):
    """Let a program in again."""
    return decided(request, number, clients.switch_on, _("Switch %(name)s on"), _("Switch it on"))


@ASKED
@MAY_MANAGE
def client_tokens(request, number: int):
    """Revoke the tokens that a program holds."""
    return decided(request, number, clients.revoke_tokens, _("Revoke the tokens of %(name)s"), _("Revoke them"))


def decided(request, number: int, action: Callable, title: str, act: str) -> HttpResponse:
    """An act that asks for nothing but the reason."""
    client = found(number)
    form = ReasonForm(request.POST or None)

    def do():
        action(client, by=request.user, **form.cleaned_data)
        notices.success(request, _("Done: %(what)s.") % {"what": title % {"name": client}})
        return to_page(client)

    return filled(request, form, do, title=title % {"name": client}, act=act, of=client)


def filled(request: HttpRequest, form, do: Callable[[], HttpResponse], *, of: Client | None = None, **words):
    """The page of a form about a client, or of letting one in."""
    words["back"] = words.get("back") or page_of(of)
    words |= {"scopes": scopes.in_words(), "types": list(TYPES)}
    return filling.filled(request, form, do, template="records/client_form.html", client=of, **words)


def found(number: int) -> Client:
    rows = Client.objects.select_related("user", "source", "application").prefetch_related("user__facilities")
    return get_object_or_404(rows, pk=number)


def page_of(client: Client) -> str:
    return reverse("client_page", args=[client.pk])


def to_page(client: Client) -> HttpResponseRedirect:
    return HttpResponseRedirect(page_of(client))
