from django.urls import path
from django.utils.translation import gettext_lazy as _

from compliance.nightly import views
from himdept.common import navigation
from himdept.common.navigation import Screen

urlpatterns = [
    path("nights/", views.night_list, name="night_list"),
    path("nights/<int:number>/", views.night_page, name="night_page"),
    path("nights/at/<slug:code>/begin/", views.night_begin, name="night_begin"),
    path("nights/at/<slug:code>/hour/", views.night_hour, name="night_hour"),
]

navigation.register(Screen("night", _("Nights"), "night_list", "records.view_auditrun"))
