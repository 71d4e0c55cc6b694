from django.urls import path

from staff.selections import views

urlpatterns = [path("selections/<slug:name>/", views.choose, name="choose")]
