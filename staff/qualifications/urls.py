from django.urls import path
from django.utils.translation import gettext_lazy as _

from himdept.common import navigation
from himdept.common.navigation import Screen
from staff.qualifications import views

urlpatterns = [
    path("staff/candidates/", views.candidate_page, name="candidate_page"),
    path("staff/people/<int:number>/qualification/", views.person_qualification, name="person_qualification"),
    path("staff/people/<int:number>/schools/new/", views.schooling_record, name="schooling_record"),
    path("staff/people/<int:number>/experience/new/", views.experience_record, name="experience_record"),
    path("staff/schools/<int:number>/strike/", views.schooling_strike, name="schooling_strike"),
    path("staff/experience/<int:number>/strike/", views.experience_strike, name="experience_strike"),
]

navigation.register(Screen("department", _("Candidates"), "candidate_page", "staff.keep_credential"))
