from django.urls import path
from django.utils.translation import gettext_lazy as _

from himdept.common import navigation
from himdept.common.navigation import Screen
from staff.organisation import views

urlpatterns = [path("staff/chart/", views.org_chart, name="org_chart")]

navigation.register(Screen("department", _("Organisation"), "org_chart", "staff.view_chart"))
