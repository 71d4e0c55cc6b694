"""The list of training: who owes which course, by when, and when they took it last."""

from datetime import timedelta

import django_filters
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from himdept.common.clocks import LADDER
from himdept.common.columns import Column
from himdept.common.lists import ListFilter, Listing, register
from himdept.common.paging import Sort
from staff.employment.listing import by_name, order_by_name, person
from staff.training.models import Course, Training, TrainingQuerySet

CELLS = "staff/cells/training.html#"


class TrainingFilter(ListFilter):
    """By how it stands today, and by course."""

    state = django_filters.ChoiceFilter(
        label=_("State"),
        choices=[("overdue", _("overdue")), ("soon", _("due within 90 days")), ("done", _("done, nothing due soon"))],
        method="by_state",
        empty_label=_("any"),
    )
    course = django_filters.ModelChoiceFilter(
        label=_("Course"), queryset=Course.objects.exclude(from_day=None), empty_label=_("any")
    )

    class Meta:
        model = Training
        fields = ()

    def by_state(self, trainings, name, value):
        today = timezone.localdate()
        soon = today + timedelta(days=LADDER[0])
        return trainings.filter(
            {
                "overdue": Q(due__lt=today),
                "soon": Q(due__gte=today, due__lte=soon),
                "done": Q(due=None) | Q(due__gt=soon, done_on__isnull=False),
            }[value]
        )


TRAININGS = register(
    Listing(
        url_name="training_list",
        title=_("Training"),
        template="staff/training_list.html",
        filters=TrainingFilter,
        rows=lambda request: by_name(Training.objects.visible_to(request.user)),
        dressed=TrainingQuerySet.with_names,
        sorts=(Sort("due", "due", nullable=True), order_by_name(Training)),
        columns=(
            person(lambda training: reverse("person_training", args=[training.employee_id])),
            Column("course", _("Course"), lambda training, showing: str(training.course), width=30),
            Column(
                "done", _("Last taken"), lambda training, showing: training.done_on, otherwise=_("never"), nowrap=True
            ),
            Column(
                "due", _("Due"), lambda training, showing: training.due, cell=CELLS + "due", sort="due", nowrap=True
            ),
        ),
        exported_by="staff.keep_credential",
    )
)
