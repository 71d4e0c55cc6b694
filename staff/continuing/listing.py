"""The list of continuing education: what was learnt, by whom, for which cycle of which credential, how many units."""

import django_filters
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from himdept.common.columns import Column
from himdept.common.lists import ListFilter, Listing, register
from himdept.common.paging import Sort
from staff.catalogue.models import Certification
from staff.continuing.models import Learning
from staff.employment.listing import by_name, order_by_name, person
from staff.employment.models import known_to

CELLS = "staff/cells/learning.html#"


class LearningFilter(ListFilter):
    """By certification, and by whether it came from its issuer."""

    certification = django_filters.ModelChoiceFilter(
        field_name="credential__certification",
        label=_("Certification"),
        queryset=Certification.objects.all(),
        empty_label=_("any"),
    )
    source = django_filters.ChoiceFilter(
        label=_("From"),
        choices=[("issuer", _("the issuer or its associations")), ("others", _("others"))],
        method="by_source",
        empty_label=_("any"),
    )

    class Meta:
        model = Learning
        fields = ()

    def by_source(self, learnings, name, value):
        return learnings.filter(from_issuer=value == "issuer")


def units(learning: Learning, showing) -> int | str:
    """A whole number as one, so that a sheet can sum it."""
    whole = int(learning.units)
    return whole if whole == learning.units else f"{learning.units.normalize():f}"


LEARNINGS = register(
    Listing(
        url_name="learning_list",
        title=_("Continuing education"),
        template="staff/learning_list.html",
        filters=LearningFilter,
        rows=lambda request: by_name(Learning.objects.standing().filter(employee__among=known_to(request.user))),
        dressed=lambda learnings: learnings.select_related("employee", "credential__certification"),
        sorts=(Sort("done", "done_on"), order_by_name(Learning)),
        first="-done",
        columns=(
            person(lambda learning: reverse("credential_learning", args=[learning.credential_id])),
            Column(
                "credential",
                _("Credential"),
                lambda learning, showing: learning.credential.certification.code,
            ),
            Column("title", _("What was learnt"), lambda learning, showing: learning.title, width=36),
            Column(
                "done",
                _("Done on"),
                lambda learning, showing: learning.done_on,
                sort="done",
                nowrap=True,
            ),
            Column("units", _("Units"), units, cell=CELLS + "units", end=True),
            Column("domain", _("Domain"), lambda learning, showing: learning.domain, width=24),
            Column(
                "issuer",
                _("From the issuer"),
                lambda learning, showing: str(_("yes") if learning.from_issuer else _("no")),
            ),
            Column("proof", _("Proof"), lambda learning, showing: learning.proof, quiet=True, at_first=False, width=36),
        ),
        exported_by="staff.keep_credential",
    )
)
