from django.urls import path
from django.utils.translation import gettext_lazy as _

from himdept.common import navigation
from himdept.common.navigation import Screen
from records.confidentiality import views

urlpatterns = [
    path("access/", views.access_list, name="access_list"),
]

navigation.register(Screen("records", _("Access log"), "access_list", "records.view_accesslog"))
