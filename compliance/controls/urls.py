from django.urls import path
from django.utils.translation import gettext_lazy as _

from compliance.controls import views
from himdept.common import navigation
from himdept.common.navigation import Screen

urlpatterns = [
    path("controls/", views.control_calendar, name="control_calendar"),
    path("controls/at/<slug:code>/", views.control_calendar, name="control_calendar_at"),
    path("controls/at/<slug:code>/new/", views.control_new, name="control_new"),
    path("controls/<int:number>/", views.control_page, name="control_page"),
    path("controls/<int:number>/change/", views.control_change, name="control_change"),
    path("controls/<int:number>/end/", views.control_end, name="control_end"),
    path("controls/times/<int:number>/move/", views.occurrence_move, name="occurrence_move"),
    path("controls/times/<int:number>/done/<slug:kind>/", views.occurrence_done, name="occurrence_done"),
]

navigation.register(Screen("compliance", _("Recurring controls"), "control_calendar", "compliance.view_readiness"))
