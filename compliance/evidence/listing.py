"""The list of evidence: what it is, what it supports, who answers for it and until when it is good."""

import django_filters
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from compliance.evidence.models import EvidenceRevision, EvidenceRevisionQuerySet, EvidenceSupport, Kind
from compliance.evidence.standing import State, state_of, that_are
from compliance.standards.models import Framework
from himdept.common import spoken
from himdept.common.columns import Column, Under
from himdept.common.lists import ListFilter, Listing, register
from himdept.common.paging import Sort
from records.inventory.filters import facilities_of
from staff.models import User

CELLS = "compliance/cells/evidence.html#"


def owners_of(request):
    """Who answers for some of what the viewer sees."""
    seen = EvidenceRevision.objects.visible_to(request.user)
    return User.objects.filter(pk__in=seen.values("owner")).order_by("last_name", "first_name", "pk")


class EvidenceFilter(ListFilter):
    """By how it stands today, by kind, owner, framework and element."""

    state = django_filters.ChoiceFilter(
        label=_("State"), choices=State.choices, method="by_state", empty_label=_("any")
    )
    kind = django_filters.ChoiceFilter(label=_("Kind"), choices=Kind.choices, empty_label=_("any"))
    owner = django_filters.ModelChoiceFilter(label=_("Answers for it"), queryset=owners_of, empty_label=_("anybody"))
    framework = django_filters.ModelChoiceFilter(
        label=_("Framework"),
        queryset=Framework.objects.order_by("title"),
        to_field_name="code",
        method="by_framework",
        empty_label=_("any"),
    )
    element = django_filters.CharFilter(label=_("Element"), method="by_element", max_length=40)
    facility = django_filters.ModelChoiceFilter(
        label=_("Facility"), field_name="evidence__facility", queryset=facilities_of, empty_label=_("any")
    )

    class Meta:
        model = EvidenceRevision
        fields = ()

    def by_state(self, revisions, name, value):
        return revisions.filter(that_are(State(value), timezone.localdate()))

    def by_framework(self, revisions, name, value):
        return revisions.filter(evidence__in=supporting(edition__framework=value))

    def by_element(self, revisions, name, value):
        return revisions.filter(evidence__in=supporting(code__iexact=value.strip()))


def supporting(**of):
    """The numbers of the evidence that supports elements of some kind."""
    return EvidenceSupport.objects.filter(**{f"element__{name}": value for name, value in of.items()}).values(
        "evidence"
    )


def state(revision: EvidenceRevision) -> State:
    return state_of(revision, timezone.localdate(timezone=revision.evidence.facility.zone))


EVIDENCE = register(
    Listing(
        url_name="evidence_list",
        title=_("Evidence"),
        template="compliance/evidence_list.html",
        filters=EvidenceFilter,
        rows=lambda request: EvidenceRevision.objects.visible_to(request.user).latest(),
        dressed=EvidenceRevisionQuerySet.in_list,
        sorts=(Sort("until", "expires_on", nullable=True), Sort("review", "review_by", nullable=True)),
        columns=(
            Column(
                "title",
                _("Evidence"),
                lambda revision, showing: revision.title,
                cell=CELLS + "title",
                under=(Under(_("Kind"), lambda revision, showing: spoken.choice(Kind, revision.kind)),),
                width=36,
            ),
            Column(
                "elements", _("Supports"), lambda revision, showing: revision.codes, cell=CELLS + "elements", width=24
            ),
            Column("owner", _("Answers for it"), lambda revision, showing: str(revision.owner), width=22),
            Column(
                "covers",
                _("Tells of the time from"),
                lambda revision, showing: revision.covers_from,
                cell=CELLS + "covers",
                under=(Under(_("To"), lambda revision, showing: revision.covers_until),),
                on_card=_("Tells of"),
            ),
            Column(
                "review",
                _("Look again by"),
                lambda revision, showing: revision.review_by,
                cell=CELLS + "review",
                sort="review",
                nowrap=True,
            ),
            Column(
                "until",
                _("Good until"),
                lambda revision, showing: revision.expires_on,
                cell=CELLS + "until",
                sort="until",
                nowrap=True,
            ),
            Column(
                "state",
                _("State"),
                lambda revision, showing: spoken.choice(State, state(revision)),
                cell=CELLS + "state",
            ),
            Column(
                "facility",
                _("Facility"),
                lambda revision, showing: str(revision.evidence.facility),
                at_first=False,
                width=24,
            ),
            Column(
                "version",
                _("Version"),
                lambda revision, showing: revision.version,
                under=(Under(_("Approved on"), lambda revision, showing: revision.approved_on),),
                at_first=False,
            ),
        ),
        permission="compliance.view_readiness",
        exported_by="compliance.view_readiness",
    )
)
