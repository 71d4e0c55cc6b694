from django.urls import path
from django.utils.translation import gettext_lazy as _

from himdept.common import navigation
from himdept.common.navigation import Screen, Search
from records.inventory import views

urlpatterns = [
    path("records/", views.record_list, name="record_list"),
    path("records/find/", views.record_find, name="record_find"),
]

navigation.register(Screen("records", _("Inventory"), "record_list", "records.view_record"))
navigation.register_search(
    Search("record_find", _("Find by patient's name, MRN or visit number"), "records.view_record")
)
