from django.urls import path
from django.utils.translation import gettext_lazy as _

from himdept.common import navigation
from himdept.common.navigation import Screen
from staff.discipline import views

urlpatterns = [
    path("staff/corrective/", views.case_list, name="case_list"),
    path("staff/corrective/<int:number>/", views.case_page, name="case_page"),
    path("staff/corrective/<int:number>/answer/", views.case_answer, name="case_answer"),
]

navigation.register(Screen("department", _("Corrective actions"), "case_list"))
