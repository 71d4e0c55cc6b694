from django.urls import path
from django.utils.translation import gettext_lazy as _

from himdept.common import navigation
from himdept.common.navigation import Screen
from records.inventory import views

urlpatterns = [
    path("records/", views.record_list, name="record_list"),
]

navigation.register(Screen("records", _("Inventory"), "record_list", "records.view_record"))
