"""The lists of exclusion screening: which lists were read, whom each was held against with what result, the matches."""

import django_filters
from django.db.models import Count, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from himdept.common import spoken
from himdept.common.columns import Column
from himdept.common.lists import ListFilter, Listing, register
from himdept.common.paging import Sort
from staff.employment.listing import by_name, order_by_name, person
from staff.exclusions.models import ExclusionCheck, ExclusionList, ExclusionLoad, ExclusionMatch

CELLS = "staff/cells/exclusion.html#"
MAY = "staff.check_exclusions"


def of_list(field: str) -> django_filters.ModelChoiceFilter:
    return django_filters.ModelChoiceFilter(
        field_name=field, label=_("List"), queryset=ExclusionList.objects.all(), empty_label=_("any")
    )


class LoadFilter(ListFilter):
    """By list."""

    of = of_list("list")

    class Meta:
        model = ExclusionLoad
        fields = ()


class CheckFilter(ListFilter):
    """By list, and by what was found."""

    of = of_list("load__list")
    found = django_filters.ChoiceFilter(
        label=_("Result"),
        choices=[("none", _("no match")), ("some", _("could be this person"))],
        method="by_found",
        empty_label=_("any"),
    )

    class Meta:
        model = ExclusionCheck
        fields = ()

    def by_found(self, checks, name, value):
        return checks.filter(found=0) if value == "none" else checks.filter(found__gt=0)


class MatchFilter(ListFilter):
    """By list, and by what was decided."""

    of = of_list("list")
    state = django_filters.ChoiceFilter(
        label=_("State"),
        choices=[("open", _("to decide")), ("excluded", _("excluded")), ("other", _("somebody else"))],
        method="by_state",
        empty_label=_("any"),
    )

    class Meta:
        model = ExclusionMatch
        fields = ()

    def by_state(self, matches, name, value):
        return matches.filter(accepted={"open": None, "excluded": True, "other": False}[value])


def found_in_words(check: ExclusionCheck, showing) -> str:
    return str(_("no match")) if not check.found else str(_("%(n)d could be this person") % {"n": check.found})


def state_in_words(match: ExclusionMatch, showing) -> str:
    words = {None: _("to decide"), True: _("excluded"), False: _("somebody else")}
    return str(words[match.accepted])


def file_of(row: ExclusionCheck | ExclusionMatch) -> str:
    """Where all that is known of the row's person and exclusions stands."""
    return reverse("person_exclusions", args=[row.employee_id])


def with_people(loads: QuerySet) -> QuerySet:
    return loads.select_related("list", "by").annotate(people=Count("checks"))


LOADS = register(
    Listing(
        url_name="exclusion_loads",
        title=_("Exclusion lists that were read"),
        template="staff/exclusion_loads.html",
        filters=LoadFilter,
        rows=lambda request: ExclusionLoad.objects.all(),
        dressed=with_people,
        sorts=(Sort("month", "month"), Sort("read", "pk")),
        first="-month",
        columns=(
            Column("list", _("List"), lambda load, showing: str(load.list), width=26),
            Column("month", _("Month"), lambda load, showing: load.month, cell=CELLS + "month", sort="month"),
            Column("entries", _("Entries"), lambda load, showing: load.entries, end=True),
            Column("people", _("People held against it"), lambda load, showing: load.people, end=True),
            Column(
                "read",
                _("Read"),
                lambda load, showing: timezone.localtime(load.loaded_at),
                cell=CELLS + "read",
                sort="read",
                width=18,
            ),
            Column("by", _("By"), lambda load, showing: str(load.by or _("on the server")), quiet=True, width=20),
            Column("digest", _("SHA-256 of the file"), lambda load, showing: load.digest, at_first=False, width=66),
        ),
        permission=MAY,
        exported_by=MAY,
    )
)

CHECKS = register(
    Listing(
        url_name="exclusion_checks",
        title=_("Proof of exclusion checks"),
        template="staff/exclusion_checks.html",
        filters=CheckFilter,
        rows=lambda request: by_name(ExclusionCheck.objects.visible_to(request.user)),
        dressed=lambda checks: checks.select_related("employee", "load__list"),
        sorts=(Sort("checked", "pk"), order_by_name(ExclusionCheck)),
        first="-checked",
        columns=(
            person(file_of),
            Column("list", _("List"), lambda check, showing: str(check.load.list), width=26),
            Column("month", _("Month"), lambda check, showing: check.load.month, cell=CELLS + "month_of_load"),
            Column("found", _("Result"), found_in_words, cell=CELLS + "found", width=24),
            Column(
                "checked",
                _("Checked"),
                lambda check, showing: timezone.localtime(check.checked_at),
                cell=CELLS + "checked",
                sort="checked",
                width=18,
            ),
        ),
        permission=MAY,
        exported_by=MAY,
    )
)

MATCHES = register(
    Listing(
        url_name="exclusion_matches",
        title=_("Matches with exclusion lists"),
        template="staff/exclusion_matches.html",
        filters=MatchFilter,
        rows=lambda request: by_name(ExclusionMatch.objects.visible_to(request.user)),
        dressed=lambda matches: matches.select_related("employee", "list", "decided_by"),
        sorts=(Sort("due", "due"), order_by_name(ExclusionMatch)),
        columns=(
            person(file_of),
            Column("list", _("List"), lambda match, showing: str(match.list), width=26),
            Column("alike", _("Alike in"), lambda match, showing: spoken.choice(ExclusionMatch.By, match.by), width=30),
            Column("found", _("Found"), lambda match, showing: match.found_on, nowrap=True),
            Column("state", _("State"), state_in_words, cell=CELLS + "state", sort="due", width=18),
            Column("decided", _("Decided"), lambda match, showing: match.decided_on, otherwise="–"),
            Column("by", _("By"), lambda match, showing: str(match.decided_by or ""), quiet=True, width=20),
            Column("because", _("Why"), lambda match, showing: match.because, width=40),
        ),
        permission=MAY,
        exported_by=MAY,
    )
)
