"""Training comes due on the day by which it must be taken: the person is told, and whoever is above them."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from himdept.common import clocks
from himdept.common.clocks import Clock
from staff.credentials.clock import whom
from staff.employment.seen import people_seen_by
from staff.training.models import Training


def register():
    clocks.register(
        Clock(
            name="training",
            title=_("Training"),
            due="due",
            rows=lambda facility: Training.objects.filter(facility=facility),
            whom=whom,
            visible=lambda user: Training.objects.filter(employee__among=people_seen_by(user)).with_names(),
            what=lambda training: f"{training.employee} · {training.course}",
            where=lambda training: reverse("person_training", args=[training.employee_id]),
            every="training_list",
            mail="mail/training.txt",
        )
    )
