from django.urls import path
from django.utils.translation import gettext_lazy as _

from compliance.cycles import part_views, views
from compliance.cycles.models import SCORES
from compliance.cycles.offline import views as offline
from himdept.common import navigation
from himdept.common.navigation import Screen

urlpatterns = [
    path("cycles/", views.cycle_list, name="cycle_list"),
    path("cycles/mine/", views.my_parts, name="my_parts"),
    path("cycles/new/", views.cycle_start, name="cycle_start"),
    path("cycles/new/<slug:code>/", views.cycle_start, name="cycle_start_at"),
    path("cycles/<int:number>/", views.cycle_page, name="cycle_page"),
    path("cycles/<int:number>/assign/", views.cycle_assign, name="cycle_assign"),
    path("cycles/<int:number>/close/", views.cycle_close, name="cycle_close"),
    path("cycles/<int:number>/files/", offline.cycle_files, name="cycle_files"),
    path("cycles/<int:number>/sheet.xlsx", offline.cycle_sheet, name="cycle_sheet"),
    path("cycles/files/<int:number>/", offline.cycle_file, name="cycle_file"),
    path("cycles/parts/<int:number>/sheet.xlsx", offline.part_sheet, name="cycle_part_sheet"),
    path("cycles/parts/<int:number>/", part_views.part, name="cycle_part"),
    path("cycles/parts/<int:number>/submit/", part_views.part_submit, name="cycle_part_submit"),
    path("cycles/parts/<int:number>/accept/", part_views.part_accept, name="cycle_part_accept"),
    path("cycles/parts/<int:number>/changes/", part_views.part_ask, name="cycle_part_ask"),
    path("cycles/parts/<int:number>/close/", part_views.part_close, name="cycle_part_close"),
    path("cycles/parts/<int:number>/elements/<int:element>/", part_views.element, name="cycle_element"),
]

navigation.register(Screen("compliance", _("Survey cycles"), "cycle_list", "compliance.view_readiness"))
navigation.register(Screen("compliance", _("My parts of cycles"), "my_parts", SCORES))
