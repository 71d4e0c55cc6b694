from django.urls import path
from django.utils.translation import gettext_lazy as _

from himdept.common import navigation
from himdept.common.navigation import Screen
from staff.home import views

urlpatterns = [
    path("staff/home/", views.my_home, name="my_home"),
    path("staff/people/<int:number>/home/", views.person_home, name="person_home"),
    path("staff/people/<int:number>/home/change/", views.person_home_change, name="person_home_change"),
]

navigation.register(Screen("department", _("My home and contacts"), "my_home"))
