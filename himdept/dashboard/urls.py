from django.urls import path
from django.utils.translation import gettext_lazy as _

from himdept.common import navigation
from himdept.common.navigation import Screen, Search
from himdept.dashboard import catalogue, finding, glossary, people_out, printing, reports, views

urlpatterns = [
    path("", views.huddle, name="huddle"),
    path("catalogue/", catalogue.catalogue, name="catalogue"),
    path("find/", finding.find, name="find"),
    path("night/", views.night, name="night"),
    path("glossary/", glossary.glossary_page, name="glossary"),
    path("lists/<slug:name>/print/", printing.list_print, name="list_print"),
    path("lists/<slug:name>.<slug:form>", printing.list_export, name="list_export"),
    path("staff/files/people.<slug:form>", people_out.people_export, name="people_export"),
    path("reports/", reports.report_list, name="report_list"),
    path("reports/<slug:name>/", reports.report_page, name="report_page"),
    path("reports/<slug:name>.<slug:form>", reports.report_download, name="report_download"),
    path("reports/kept/<int:number>/", reports.kept_download, name="kept_download"),
]

navigation.register(Screen("huddle", _("Huddle"), "huddle"))
navigation.register(Screen("system", _("Glossary"), "glossary"))
navigation.register(Screen("system", _("Catalogue of parts"), "catalogue", staff_only=True))
navigation.register(Screen("night", _("Reports"), "report_list", "records.export_report"))
navigation.register_search(Search("find", _("Find a patient, visit, person, view or screen")))
