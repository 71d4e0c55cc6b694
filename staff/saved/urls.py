from django.urls import path

from himdept.common import lists
from staff.saved import views

urlpatterns = [
    path("views/numbers/<slug:listing>/", views.view_numbers, name="view_numbers"),
    path("views/save/", views.view_save, name="view_save"),
    path("views/<int:number>/", views.view_open, name="view_open"),
    path("views/<int:number>/change/", views.view_change, name="view_change"),
]

lists.register_home(views.home)
