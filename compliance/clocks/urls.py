from django.urls import path
from django.utils.translation import gettext_lazy as _

from compliance.clocks import views
from himdept.common import navigation
from himdept.common.navigation import Screen

urlpatterns = [path("due/", views.coming_due, name="coming_due")]

navigation.register(Screen("department", _("Coming due"), "coming_due"))
