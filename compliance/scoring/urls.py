from django.urls import path
from django.utils.translation import gettext_lazy as _

from compliance.scoring import takeover_views, views
from himdept.common import navigation
from himdept.common.navigation import Screen

urlpatterns = [
    path("readiness/", views.readiness, name="readiness"),
    path("readiness/readings/<int:number>/", views.reading, name="reading_page"),
    path("readiness/at/<slug:code>/", views.readiness, name="readiness_at"),
    path("readiness/at/<slug:code>/frameworks/<slug:name>/", views.framework, name="framework_page"),
    path("readiness/at/<slug:code>/take-over/", takeover_views.take_over, name="take_over"),
    path("readiness/at/<slug:code>/elements/<int:number>/", views.element, name="element_page"),
    path("readiness/at/<slug:code>/elements/<int:number>/assess/", views.assess, name="element_assess"),
    path("readiness/at/<slug:code>/measures/<slug:name>/", views.measure, name="measure_page"),
    path("readiness/at/<slug:code>/measures/<slug:name>/aim/", views.aim, name="measure_aim"),
]

navigation.register(Screen("compliance", _("Survey readiness"), "readiness", "compliance.view_readiness"))
