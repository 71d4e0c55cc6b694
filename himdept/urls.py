"""Every address. The screens of the apps add themselves to the list of duties when these are read."""

from allauth.account import views as account
from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.templatetags.static import static
from django.urls import include, path
from django.utils.functional import lazy
from django.views.generic import RedirectView

from himdept.common import appearance, masking, navigation, presence, web
from himdept.common.navigation import Screen
from staff.people import passwords, preferences

# The admin site has a sign-in of its own, which knows neither second step nor lock-out: everybody uses the one door.
admin.site.login = secure_admin_login(admin.site.login)

urlpatterns = [
    path("", include("himdept.dashboard.urls")),
    path("", include("records.urls")),
    path("", include("staff.organisation.urls")),
    path("", include("compliance.clocks.urls")),
    path("", include("compliance.nightly.urls")),
    path("", include("staff.continuing.urls")),
    path("", include("compliance.scoring.urls")),
    path("", include("compliance.evidence.urls")),
    path("", include("compliance.cycles.urls")),
    path("", include("compliance.controls.urls")),
    path("", include("compliance.digests.urls")),
    path("", include("compliance.selfcheck.urls")),
    path("", include("staff.credentials.urls")),
    path("", include("staff.exclusions.urls")),
    path("", include("staff.fitness.urls")),
    path("", include("staff.home.urls")),
    path("", include("staff.qualifications.urls")),
    path("", include("staff.training.urls")),
    path("", include("staff.discipline.urls")),
    path("", include("staff.packet.urls")),
    path("", include("staff.personnel.urls")),
    path("", include("staff.roster.urls")),
    path("", include("staff.saved.urls")),
    path("", include("staff.selections.urls")),
    path("", include("himdept.api")),
    path("account/login/", account.login, name="account_login"),
    path("account/logout/", account.logout, name="account_logout"),
    path("account/closed/", account.account_inactive, name="account_inactive"),
    path("account/confirm/", account.reauthenticate, name="account_reauthenticate"),
    path("account/password/", account.password_change, name="account_change_password"),
    path("account/no-password/", passwords.none_to_change, name="account_set_password"),
    path("account/session/", presence.session, name="account_session"),
    path("account/back/", presence.back, name="account_back"),
    path("account/second-step/", include("allauth.mfa.urls")),
    path("appearance/", appearance.choose, name="appearance"),
    path("names/", masking.choose, name="names"),
    path("account/keys/", preferences.choose_list_keys, name="list_keys"),
    path("favicon.ico", login_not_required(RedirectView.as_view(url=lazy(static, str)("favicon.svg"))), name="favicon"),
    path("-/healthy", web.healthy, name="healthy"),
    path("admin/", admin.site.urls),
]

navigation.register(Screen("system", "Admin", "admin:index", staff_only=True))
