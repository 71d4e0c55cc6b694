from django.urls import path, re_path

from records.exchange.fhir.views import Base, Elsewhere, Metadata

urlpatterns = [
    re_path(r"^fhir/R4/?$", Base.as_view(), name="fhir"),
    path("fhir/R4/metadata", Metadata.as_view(), name="fhir_metadata"),
    path("fhir/R4/<path:path>", Elsewhere.as_view()),
]
