from django.urls import path
from django.utils.translation import gettext_lazy as _

from himdept.common import navigation
from himdept.common.navigation import Screen
from himdept.dashboard import views

urlpatterns = [path("", views.huddle, name="huddle")]

navigation.register(Screen("huddle", _("Huddle"), "huddle"))
