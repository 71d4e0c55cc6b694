from django.urls import path

from staff.continuing import views

urlpatterns = [
    path("staff/learning/", views.learning_list, name="learning_list"),
    path("staff/credentials/<int:number>/learning/", views.credential_learning, name="credential_learning"),
    path("staff/credentials/<int:number>/learning/new/", views.learning_record, name="learning_record"),
    path("staff/learning/<int:number>/strike/", views.learning_strike, name="learning_strike"),
]
