from django.urls import path
from django.utils.translation import gettext_lazy as _

from himdept.common import navigation
from himdept.common.navigation import Screen
from staff.exclusions import views

urlpatterns = [
    path("staff/exclusions/", views.exclusion_page, name="exclusion_page"),
    path("staff/exclusions/load/", views.exclusion_load, name="exclusion_load"),
    path("staff/exclusions/loads/", views.exclusion_loads, name="exclusion_loads"),
    path("staff/exclusions/checks/", views.exclusion_checks, name="exclusion_checks"),
    path("staff/exclusions/matches/", views.exclusion_matches, name="exclusion_matches"),
    path("staff/exclusions/<int:number>/", views.exclusion_decide, name="exclusion_decide"),
    path("staff/people/<int:number>/exclusions/", views.person_exclusions, name="person_exclusions"),
    path("staff/people/<int:number>/particulars/", views.person_particulars, name="person_particulars"),
]

navigation.register(Screen("department", _("Exclusion lists"), "exclusion_page", "staff.check_exclusions"))
