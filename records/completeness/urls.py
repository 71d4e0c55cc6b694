from django.urls import path
from django.utils.translation import gettext_lazy as _

from himdept.common import navigation
from himdept.common.navigation import Screen
from records.completeness import views

urlpatterns = [
    path("deficiencies/", views.deficiency_list, name="deficiency_list"),
    path("deficiencies/<int:number>/waive/", views.deficiency_waive, name="deficiency_waive"),
    path("deficiencies/<int:number>/reinstate/", views.deficiency_reinstate, name="deficiency_reinstate"),
    path("expected/", views.expected_list, name="expected_list"),
    path("audits/", views.audit_list, name="audit_list"),
    path("audits/start/", views.audit_start, name="audit_start"),
    path("audits/<int:number>/", views.audit_page, name="audit_page"),
]

navigation.register(Screen("records", _("Deficiencies"), "deficiency_list", "records.view_deficiency"))
navigation.register(Screen("records", _("Not yet due"), "expected_list", "records.view_deficiency"))
navigation.register(Screen("night", _("Audit runs"), "audit_list", "records.view_auditrun"))
