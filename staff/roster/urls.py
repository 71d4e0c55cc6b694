from django.urls import path
from django.utils.translation import gettext_lazy as _

from himdept.common import navigation
from himdept.common.navigation import Screen
from staff.roster import views

urlpatterns = [
    path("staff/files/", views.people_files, name="people_files"),
    path("staff/files/<int:number>/", views.people_file, name="people_file"),
    path("staff/files/<int:number>/refused.csv", views.people_refused, name="people_refused"),
]

navigation.register(Screen("department", _("People from a file"), "people_files", "staff.import_people"))
