"""Every address that programs use."""

from django.contrib.auth.decorators import login_not_required
from django.urls import include, path, re_path
from drf_spectacular.views import SpectacularAPIView
from rest_framework.exceptions import NotFound
from rest_framework.permissions import AllowAny
from rest_framework.views import APIView

from compliance.controls.api import Controls, ControlTimes
from compliance.cycles.api import CycleElements, Cycles
from compliance.evidence.api import EvidenceResource
from compliance.scoring.api import Readings
from himdept.common.api import docs
from records.api import RecordAsOf
from records.completeness.api import Audits, Deficiencies, Statistics
from records.completeness.rules.api import Profiles, Requirements, Versions
from records.exchange.tokens import ClientCredentials
from records.inventory.api import Practitioners, Records

PUBLIC = {"authentication_classes": [], "permission_classes": [AllowAny]}


class Nowhere(APIView):
    """Any other address below /api/v1: 404 as problem+json, whoever asks."""

    schema = None
    authentication_classes = []
    permission_classes = [AllowAny]

    def initial(self, request, *args, **kwargs):
        raise NotFound("There is nothing at this address; /api/schema/ lists what there is.")


def listed(address: str, resource, *, search: bool = False, post: str = "") -> list:
    """The addresses of a resource: its list, one of it, and the search by body."""
    collection, name = {"get": "list"} | ({"post": post} if post else {}), address.replace("/", "-")
    found = [path(f"{address}/search/", resource.as_view({"post": "search"}), name=f"{name}-search")] if search else []
    return [
        path(f"{address}/", resource.as_view(collection), name=f"{name}-list"),
        *found,
        path(f"{address}/<int:pk>/", resource.as_view({"get": "retrieve"}), name=f"{name}-detail"),
    ]


v1 = [
    *listed("records", Records, search=True),
    path("records/<int:pk>/deficiencies/", RecordAsOf.as_view({"get": "deficiencies"}), name="records-deficiencies"),
    path("records/<int:pk>/known/", RecordAsOf.as_view({"get": "known"}), name="records-known"),
    *listed("practitioners", Practitioners),
    *listed("deficiencies", Deficiencies, search=True),
    path("deficiencies/<int:pk>/waive/", Deficiencies.as_view({"post": "waive"}), name="deficiencies-waive"),
    path("deficiencies/<int:pk>/reassign/", Deficiencies.as_view({"post": "reassign"}), name="deficiencies-reassign"),
    *listed("requirements", Requirements, post="create"),
    path("requirements/try/", Requirements.as_view({"post": "try_new"}), name="requirements-try"),
    path("requirements/<int:pk>/versions/", Versions.as_view({"get": "list"}), name="requirements-versions"),
    path("requirements/<int:pk>/compare/", Requirements.as_view({"get": "compare"}), name="requirements-compare"),
    path("requirements/<int:pk>/change/", Requirements.as_view({"post": "change"}), name="requirements-change"),
    path(
        "requirements/<int:pk>/change/try/",
        Requirements.as_view({"post": "try_change"}),
        name="requirements-change-try",
    ),
    path("requirements/<int:pk>/end/", Requirements.as_view({"post": "end"}), name="requirements-end"),
    path("requirements/<int:pk>/end/try/", Requirements.as_view({"post": "try_end"}), name="requirements-end-try"),
    *listed("profiles", Profiles),
    path("profiles/<int:pk>/file/", Profiles.as_view({"get": "file"}), name="profiles-file"),
    path("profiles/import/", Profiles.as_view({"post": "publish_file"}), name="profiles-import"),
    path("profiles/import/preview/", Profiles.as_view({"post": "preview_file"}), name="profiles-import-preview"),
    path("profiles/import/try/", Profiles.as_view({"post": "try_file"}), name="profiles-import-try"),
    *listed("audits", Audits, post="create"),
    *listed("compliance/readings", Readings),
    *listed("compliance/cycles", Cycles),
    path(
        "compliance/cycles/<int:pk>/elements/",
        CycleElements.as_view({"get": "list"}),
        name="compliance-cycles-elements",
    ),
    *listed("compliance/evidence", EvidenceResource),
    *listed("compliance/controls", Controls),
    *listed("compliance/controls/times", ControlTimes),
    path(
        "compliance/controls/times/<int:pk>/done/",
        ControlTimes.as_view({"post": "done"}),
        name="compliance-controls-times-done",
    ),
    path("statistics/delinquency/", Statistics.as_view({"get": "delinquency"}), name="statistics-delinquency"),
    re_path(r"", Nowhere.as_view()),
]

urlpatterns = [
    path("oauth/token/", login_not_required(ClientCredentials.as_view()), name="token"),
    path("api/v1/", include((v1, "api"))),
    path("api/schema/", login_not_required(SpectacularAPIView.as_view(**PUBLIC)), name="schema"),
    path("api/docs/", docs.page, name="api_docs"),
    path("", include("records.exchange.urls")),
]
