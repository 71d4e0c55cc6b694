from django.urls import path
from django.utils.translation import gettext_lazy as _

from himdept.common import navigation
from himdept.common.navigation import Screen
from staff.personnel import views

urlpatterns = [path("staff/told/", views.told, name="told")]

navigation.register(Screen("department", _("Told"), "told"))
