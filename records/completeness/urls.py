from django.urls import path
from django.utils.translation import gettext_lazy as _

from himdept.common import navigation
from himdept.common.navigation import Screen
from records.completeness import acting, panel, practitioner_views, views
from records.completeness.rules import adoption_pages, editing, pages, profile_pages

urlpatterns = [
    path("deficiencies/", views.deficiency_list, name="deficiency_list"),
    path("deficiencies/waive/", acting.deficiencies_waive, name="deficiencies_waive"),
    path("deficiencies/reassign/", acting.deficiencies_reassign, name="deficiencies_reassign"),
    path("deficiencies/undo/<uuid:token>/", acting.decision_undo, name="decision_undo"),
    path("deficiencies/<int:number>/", panel.deficiency_page, name="deficiency_page"),
    path("deficiencies/<int:number>/waive/", acting.deficiency_waive, name="deficiency_waive"),
    path("deficiencies/<int:number>/reinstate/", acting.deficiency_reinstate, name="deficiency_reinstate"),
    path("deficiencies/<int:number>/reassign/", acting.deficiency_reassign, name="deficiency_reassign"),
    path("deficiencies/<int:number>/give-back/", acting.deficiency_give_back, name="deficiency_give_back"),
    path("expected/", views.expected_list, name="expected_list"),
    path("practitioners/", practitioner_views.practitioner_list, name="practitioner_list"),
    path("practitioners/<int:number>/", practitioner_views.practitioner_page, name="practitioner_page"),
    path("rules/", pages.rule_list, name="rule_list"),
    path("rules/<int:number>/", pages.rule_page, name="rule_page"),
    path("rules/new/", editing.rule_new, name="rule_new"),
    path("rules/profiles/", profile_pages.profile_list, name="profile_list"),
    path("rules/profiles/import/", profile_pages.profile_import, name="profile_import"),
    path("rules/profiles/<slug:code>/", adoption_pages.profile_page, name="profile_page"),
    path("rules/profiles/<slug:code>/file/", profile_pages.profile_file, name="profile_file"),
    path("rules/profiles/<slug:code>/adopt/", adoption_pages.profile_adopt, name="profile_adopt"),
    path("rules/profiles/<slug:code>/end/<int:number>/", adoption_pages.profile_end, name="profile_end"),
    path("rules/<int:number>/change/", editing.rule_change, name="rule_change"),
    path("rules/<int:number>/end/", editing.rule_end, name="rule_end"),
    path("rules/<int:number>/compare/", pages.rule_compare, name="rule_compare"),
    path("audits/", views.audit_list, name="audit_list"),
    path("audits/start/", views.audit_start, name="audit_start"),
    path("audits/<int:number>/", views.audit_page, name="audit_page"),
]

navigation.register(Screen("records", _("Deficiencies"), "deficiency_list", "records.view_deficiency"))
navigation.register(Screen("records", _("Not yet due"), "expected_list", "records.view_deficiency"))
navigation.register(Screen("records", _("Practitioners"), "practitioner_list", "records.view_deficiency"))
navigation.register(Screen("records", _("Rules"), "rule_list", "records.view_requirement"))
navigation.register(Screen("night", _("Audit runs"), "audit_list", "records.view_auditrun"))
