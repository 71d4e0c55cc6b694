from django.urls import path
from django.utils.translation import gettext_lazy as _

from himdept.common import navigation
from himdept.common.navigation import Screen
from staff.credentials import views

urlpatterns = [
    path("staff/credentials/", views.credential_list, name="credential_list"),
    path("staff/credentials/<int:number>/correct/", views.credential_correct, name="credential_correct"),
    path("staff/credentials/<int:number>/renew/", views.credential_renew, name="credential_renew"),
    path("staff/credentials/<int:number>/strike/", views.credential_strike, name="credential_strike"),
    path("staff/credentials/<int:number>/verify/", views.credential_verify, name="credential_verify"),
    path("staff/people/<int:number>/credentials/", views.person_credentials, name="person_credentials"),
    path("staff/people/<int:number>/credentials/new/", views.credential_record, name="credential_record"),
]

navigation.register(Screen("department", _("Credentials"), "credential_list"))
