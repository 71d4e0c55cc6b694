from django.urls import path

from compliance.selfcheck import views

urlpatterns = [path("readiness/at/<slug:code>/self-check/", views.self_check, name="self_check")]
