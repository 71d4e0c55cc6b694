from django.urls import path, re_path

from records.exchange.fhir import smart
from records.exchange.fhir.views import Base, Elsewhere, Metadata

urlpatterns = [
    re_path(r"^fhir/R4/?$", Base.as_view(), name="fhir"),
    path("fhir/R4/metadata", Metadata.as_view(), name="fhir_metadata"),
    path("fhir/R4/.well-known/smart-configuration", smart.configuration, name="smart_configuration"),
    path(".well-known/smart-configuration", smart.configuration),
    path("fhir/R4/<path:path>", Elsewhere.as_view()),
]
