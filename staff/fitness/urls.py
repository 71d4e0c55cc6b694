from django.urls import path

from staff.fitness import views

urlpatterns = [
    path("staff/competencies/", views.competence_list, name="competence_list"),
    path("staff/people/<int:number>/fitness/", views.person_fitness, name="person_fitness"),
    path("staff/people/<int:number>/assess/", views.assessment_record, name="assessment_record"),
    path("staff/assessments/<int:number>/strike/", views.assessment_strike, name="assessment_strike"),
]
