"""The list of competencies: who must show which, by when, and how the last assessment came out."""

from datetime import timedelta

import django_filters
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from himdept.common import spoken
from himdept.common.clocks import LADDER
from himdept.common.columns import Column
from himdept.common.lists import ListFilter, Listing, register
from himdept.common.paging import Sort
from staff.employment.listing import by_name, order_by_name, person
from staff.fitness.models import Competence, Competency, Method

CELLS = "staff/cells/competence.html#"


class CompetenceFilter(ListFilter):
    """By how it stands today, and by competency."""

    state = django_filters.ChoiceFilter(
        label=_("State"),
        choices=[
            ("failed", _("failed")),
            ("overdue", _("overdue")),
            ("soon", _("due within 90 days")),
            ("shown", _("shown, nothing due soon")),
        ],
        method="by_state",
        empty_label=_("any"),
    )
    competency = django_filters.ModelChoiceFilter(
        label=_("Competency"), queryset=Competency.objects.exclude(from_day=None), empty_label=_("any")
    )

    class Meta:
        model = Competence
        fields = ()

    def by_state(self, rows, name, value):
        today = timezone.localdate()
        soon, not_failed = today + timedelta(days=LADDER[0]), Q(passed=None) | Q(passed=True)
        return rows.filter(
            {
                "failed": Q(passed=False),
                "overdue": not_failed & Q(due__lt=today),
                "soon": not_failed & Q(due__gte=today, due__lte=soon),
                "shown": Q(passed=True) & (Q(due=None) | Q(due__gt=soon)),
            }[value]
        )


def result(row: Competence, showing) -> str:
    return str({None: _("not assessed"), True: _("passed"), False: _("failed")}[row.passed])


COMPETENCES = register(
    Listing(
        url_name="competence_list",
        title=_("Competencies"),
        template="staff/competence_list.html",
        filters=CompetenceFilter,
        rows=lambda request: by_name(Competence.objects.visible_to(request.user)),
        dressed=lambda rows: rows.select_related("employee", "competency"),
        sorts=(Sort("due", "due", nullable=True), order_by_name(Competence)),
        columns=(
            person(lambda row: reverse("person_fitness", args=[row.employee_id])),
            Column("competency", _("Competency"), lambda row, showing: str(row.competency), width=30),
            Column(
                "method",
                _("How it is shown"),
                lambda row, showing: spoken.choice(Method, row.competency.method),
                quiet=True,
                width=22,
            ),
            Column(
                "assessed",
                _("Last assessed"),
                lambda row, showing: row.assessed_on,
                otherwise=_("never"),
                nowrap=True,
            ),
            Column("result", _("Result"), result, cell=CELLS + "result"),
            Column("due", _("Due"), lambda row, showing: row.due, cell=CELLS + "due", sort="due", nowrap=True),
        ),
        exported_by="staff.keep_credential",
    )
)
