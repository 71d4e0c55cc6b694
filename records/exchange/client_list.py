"""The list of the programs that are let in: what each may do and reaches, and whether it still comes."""

import django_filters
from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from oauth2_provider.models import AccessToken

from himdept.common.columns import Column, Showing, Under
from himdept.common.lists import ListFilter, Listing, register
from himdept.common.paging import Sort
from records.exchange.models import Client, ClientSecret
from records.inventory.models import Source
from staff.models import Facility

CELLS = "records/cells/client.html#"


class ClientFilter(ListFilter):
    """By whether they are let in, by where they reach, by the source of their ids."""

    state = django_filters.ChoiceFilter(
        label=gettext_lazy("State"),
        choices=[("on", gettext_lazy("switched on")), ("off", gettext_lazy("switched off"))],
        method="by_state",
        empty_label=gettext_lazy("any"),
    )
    facility = django_filters.ModelChoiceFilter(
        label=gettext_lazy("Reaches"),
        field_name="user__facilities",
        queryset=Facility.objects.all(),
        empty_label=gettext_lazy("any facility"),
    )
    source = django_filters.ModelChoiceFilter(
        label=gettext_lazy("Source"), queryset=Source.objects.order_by("name"), empty_label=gettext_lazy("any")
    )

    class Meta:
        model = Client
        fields = ()

    def by_state(self, clients, name, value):
        return clients.filter(user__is_active=value == "on")


def rows(request):
    """All clients with what the list prints. Who may see one may see all: they are no patients."""
    tokens = AccessToken.objects.filter(application=OuterRef("application"), expires__gt=timezone.now())
    secrets = ClientSecret.objects.live().filter(client=OuterRef("pk"))
    return (
        Client.objects.select_related("user", "source")
        .prefetch_related("user__facilities")
        .annotate(tokens=number_of(tokens, "application"), live_secrets=number_of(secrets, "client"))
    )


def number_of(found, of: str):
    return Coalesce(Subquery(found.order_by().values(of).annotate(number=Count("pk")).values("number")), 0)


def reach(client: Client, showing: Showing) -> str:
    return ", ".join(str(facility) for facility in client.user.facilities.all())


def state(client: Client, showing: Showing) -> str:
    return str(_("switched on") if client.user.is_active else _("switched off"))


COLUMNS = (
    Column(
        "client",
        gettext_lazy("Client"),
        lambda client, showing: str(client),
        cell=CELLS + "client",
        sort="client",
        under=(Under(gettext_lazy("Source"), lambda client, showing: str(client.source)),),
    ),
    Column("may", gettext_lazy("May"), lambda client, showing: client.scopes, cell=CELLS + "may", width=30),
    Column(
        "reaches",
        gettext_lazy("Reaches"),
        reach,
        cell=CELLS + "reaches",
        under=(Under(gettext_lazy("Clearance"), lambda client, showing: str(client.user.get_clearance_display())),),
    ),
    Column(
        "used",
        gettext_lazy("Last used"),
        lambda client, showing: client.last_used_at,
        cell=CELLS + "used",
        sort="used",
        nowrap=True,
    ),
    Column("secrets", gettext_lazy("Secrets"), lambda client, showing: client.live_secrets, end=True),
    Column("tokens", gettext_lazy("Tokens"), lambda client, showing: client.tokens, end=True),
    Column(
        "limit", gettext_lazy("Requests a minute"), lambda client, showing: client.limit, cell=CELLS + "limit", end=True
    ),
    Column("state", gettext_lazy("State"), state, cell=CELLS + "state"),
)

CLIENTS = register(
    Listing(
        url_name="client_list",
        title=gettext_lazy("Clients"),
        template="records/client_list.html",
        filters=ClientFilter,
        rows=rows,
        sorts=(Sort("client", "user__username"), Sort("used", "last_used_at", nullable=True)),
        columns=COLUMNS,
        permission="records.view_client",
    )
)
