"""The addresses of the interfaces' screens; those of the interfaces themselves are in `urls`."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from himdept.common import navigation
from himdept.common.navigation import Screen
from records.exchange import client_screens, screens

urlpatterns = [
    path("interfaces/", screens.interface_page, name="interface_page"),
    path("interfaces/<int:number>/", screens.source_page, name="source_page"),
    path("interfaces/unknown/", screens.stub_list, name="stub_list"),
    path("interfaces/messages/", screens.message_list, name="message_list"),
    path("interfaces/messages/<str:at>/<uuid:number>/", screens.message_page, name="message_page"),
    path("interfaces/messages/<str:at>/<uuid:number>/read/", screens.message_read, name="message_read"),
    path("interfaces/messages/<str:at>/<uuid:number>/replay/", screens.message_replay, name="message_replay"),
    path("interfaces/clients/", client_screens.client_list, name="client_list"),
    path("interfaces/clients/new/", client_screens.client_admit, name="client_admit"),
    path("interfaces/clients/<int:number>/", client_screens.client_page, name="client_page"),
    path("interfaces/clients/<int:number>/change/", client_screens.client_change, name="client_change"),
    path("interfaces/clients/<int:number>/secret/", client_screens.client_secret, name="client_secret"),
    path("interfaces/clients/<int:number>/keys/", client_screens.client_keys, name="client_keys"),
    path("interfaces/clients/<int:number>/tokens/", client_screens.client_tokens, name="client_tokens"),
    path("interfaces/clients/<int:number>/off/", client_screens.client_off, name="client_off"),
    path("interfaces/clients/<int:number>/on/", client_screens.client_on, name="client_on"),
    path("interfaces/secrets/<int:number>/end/", client_screens.secret_end, name="secret_end"),
]

navigation.register(Screen("system", _("Interfaces"), "interface_page", "records.view_intake"))
navigation.register(Screen("system", _("Clients"), "client_list", "records.view_client"))
