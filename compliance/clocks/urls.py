from django.urls import path
from django.utils.translation import gettext_lazy as _

from compliance.clocks import views
from himdept.common import navigation
from himdept.common.navigation import Screen

urlpatterns = [
    path("due/", views.coming_due, name="coming_due"),
    path("due/<slug:name>/", views.coming_due_of, name="coming_due_of"),
]

navigation.register(Screen("department", _("Coming due"), "coming_due"))
