"""The screens of records: those of each room, and the page of one record, which shows what all of them know of it."""

from django.urls import include, path

from records import two_times, views

urlpatterns = [
    path("", include("records.inventory.urls")),
    path("", include("records.completeness.urls")),
    path("", include("records.confidentiality.urls")),
    path("", include("records.exchange.screen_urls")),
    path("records/<int:number>/", views.record_page, name="record_page"),
    path("records/<int:number>/known/", two_times.record_known, name="record_known"),
]
