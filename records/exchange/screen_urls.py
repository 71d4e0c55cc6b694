"""The addresses of the interfaces' screens; those of the interfaces themselves are in `urls`."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from himdept.common import navigation
from himdept.common.navigation import Screen
from records.exchange import screens

urlpatterns = [
    path("interfaces/", screens.interface_page, name="interface_page"),
    path("interfaces/<int:number>/", screens.source_page, name="source_page"),
    path("interfaces/unknown/", screens.stub_list, name="stub_list"),
    path("interfaces/messages/", screens.message_list, name="message_list"),
    path("interfaces/messages/<str:at>/<uuid:number>/", screens.message_page, name="message_page"),
    path("interfaces/messages/<str:at>/<uuid:number>/read/", screens.message_read, name="message_read"),
    path("interfaces/messages/<str:at>/<uuid:number>/replay/", screens.message_replay, name="message_replay"),
]

navigation.register(Screen("system", _("Interfaces"), "interface_page", "records.view_intake"))
