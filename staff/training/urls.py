from django.urls import path
from django.utils.translation import gettext_lazy as _

from himdept.common import navigation
from himdept.common.navigation import Screen
from staff.training import views

urlpatterns = [
    path("staff/training/", views.training_list, name="training_list"),
    path("staff/training/attend/", views.training_attend, name="training_attend"),
    path("staff/training/<int:number>/strike/", views.attendance_strike, name="attendance_strike"),
    path("staff/people/<int:number>/training/", views.person_training, name="person_training"),
]

navigation.register(Screen("department", _("Training"), "training_list"))
