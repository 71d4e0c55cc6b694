from django.urls import path

from staff.packet import views

urlpatterns = [path("staff/people/<int:number>/packet/", views.person_packet, name="person_packet")]
