from django.urls import path
from django.utils.translation import gettext_lazy as _

from compliance.evidence import views
from himdept.common import navigation
from himdept.common.navigation import Screen

urlpatterns = [
    path("evidence/", views.evidence_list, name="evidence_list"),
    path("evidence/<int:number>/", views.evidence_page, name="evidence_page"),
    path("evidence/<int:number>/revise/", views.evidence_revise, name="evidence_revise"),
    path("evidence/<int:number>/support/", views.evidence_support, name="evidence_support"),
    path("evidence/<int:number>/withdraw/", views.evidence_withdraw, name="evidence_withdraw"),
    path("evidence/files/<int:number>/", views.evidence_file, name="evidence_file"),
    path(
        "readiness/at/<slug:code>/elements/<int:number>/evidence/<slug:kind>/",
        views.evidence_add,
        name="evidence_add",
    ),
    path(
        "readiness/at/<slug:code>/elements/<int:number>/reconfirm/<int:evidence>/",
        views.evidence_reconfirm,
        name="evidence_reconfirm",
    ),
]

navigation.register(Screen("compliance", _("Evidence"), "evidence_list", "compliance.view_readiness"))
