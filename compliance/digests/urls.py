from django.urls import path
from django.utils.translation import gettext_lazy as _

from compliance.digests import views
from himdept.common import navigation
from himdept.common.navigation import Screen

urlpatterns = [path("digest/", views.digest, name="digest")]

navigation.register(Screen("night", _("Daily digest"), "digest"))
