"""A competency comes due on its last good day: the person is told, and whoever is above them."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from himdept.common import clocks
from himdept.common.clocks import Clock
from staff.credentials.clock import whom
from staff.employment.seen import people_seen_by
from staff.fitness.models import Competence


def register():
    clocks.register(
        Clock(
            name="competencies",
            title=_("Competencies"),
            due="due",
            rows=lambda facility: Competence.objects.filter(facility=facility),
            whom=whom,
            visible=lambda user: Competence.objects.filter(employee__among=people_seen_by(user)).with_names(),
            what=lambda row: f"{row.employee} · {row.competency}",
            where=lambda row: reverse("person_fitness", args=[row.employee_id]),
            every="coming_due",
            mail="mail/competencies.txt",
        )
    )
