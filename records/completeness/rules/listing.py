"""The list of rules: which there are, when they are in force, whom they bind."""

from collections.abc import Iterable
from datetime import date

import django_filters
from django import forms
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, F, Func, IntegerField, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from himdept.common import spoken
from himdept.common.columns import Column, Showing, Under
from himdept.common.lists import ListFilter, Listing, register
from himdept.common.paging import Sort
from records.completeness import asking
from records.completeness.models import Profile, Requirement
from records.completeness.rules import plain
from records.completeness.rules.fields import any_of, topic_name
from records.inventory.filters import facilities_of
from records.inventory.models import DocumentType

CELLS = "records/cells/rule.html#"
ANY, MINE, NOBODY = "any", "mine", "nobody"


def topics() -> list[tuple[str, str]]:
    found = Requirement.objects.order_by("topic").values_list("topic", flat=True).distinct()
    return [(topic, topic_name(topic)) for topic in found]


class RuleFilter(ListFilter):
    """By profile, topic, what it counts from, when it is in force and whom it binds."""

    state = django_filters.ChoiceFilter(
        label=gettext_lazy("State"),
        choices=[
            ("now", gettext_lazy("in force today")),
            ("to_come", gettext_lazy("to come")),
            ("ended", gettext_lazy("ended")),
            (ANY, gettext_lazy("any")),
        ],
        method="by_state",
        empty_label=None,
        initial="now",
    )
    binds = django_filters.ChoiceFilter(
        label=gettext_lazy("Binds"),
        choices=[
            (MINE, gettext_lazy("your facilities")),
            (NOBODY, gettext_lazy("nobody")),
            (ANY, gettext_lazy("anybody or nobody")),
        ],
        method="by_binding",
        empty_label=None,
        initial=MINE,
    )
    day = django_filters.DateFilter(
        label=gettext_lazy("In force on"),
        field_name="effective",
        lookup_expr="contains",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    profile = django_filters.ModelChoiceFilter(
        label=gettext_lazy("Profile"),
        queryset=Profile.objects.order_by("rank", "code"),
        empty_label=gettext_lazy("any"),
    )
    topic = django_filters.ChoiceFilter(label=gettext_lazy("Topic"), choices=topics, empty_label=gettext_lazy("any"))
    trigger = django_filters.ChoiceFilter(
        label=gettext_lazy("Counted from"), choices=Requirement.Trigger, empty_label=gettext_lazy("any")
    )
    facility = django_filters.ModelChoiceFilter(
        label=gettext_lazy("Facility"),
        queryset=facilities_of,
        field_name="profile__facilities",
        empty_label=gettext_lazy("any facility"),
    )

    class Meta:
        model = Requirement
        fields = ()

    def filter_queryset(self, queryset):
        """Without a choice of state or day the list is of what is in force today, and without one of whom it binds, of
        what binds the person's own facilities."""
        queryset, chosen = super().filter_queryset(queryset), self.form.cleaned_data
        if not chosen.get("binds"):
            queryset = self.by_binding(queryset, "binds", MINE)
        return queryset if chosen.get("state") or chosen.get("day") else self.by_state(queryset, "state", "now")

    def by_binding(self, rules, name, value):
        match value:
            case "mine":
                return rules.filter(binding(self.request.user.facility_ids))
            case "nobody":
                return rules.filter(~adopted())
        return rules

    def by_state(self, rules, name, value):
        today = timezone.localdate()
        match value:
            case "now":
                return rules.filter(effective__contains=today)
            case "to_come":
                return rules.filter(effective__startswith__gt=today)
            case "ended":
                return rules.filter(effective__endswith__lte=today)
        return rules


def adopted() -> Exists:
    """Whether any facility has adopted the profile of a rule: only then is anything judged by it."""
    return Exists(Profile.facilities.through.objects.filter(profile=OuterRef("profile")))


def binding(facilities: Iterable[int]) -> Exists:
    """Whether one of these facilities has adopted the profile of a rule."""
    return Exists(Profile.facilities.through.objects.filter(profile=OuterRef("profile"), facility__in=facilities))


def dressed(rules: QuerySet[Requirement]) -> QuerySet[Requirement]:
    """With the profile, whether it is adopted, and the titles of the documents in the order that the rule names."""
    place = Func(OuterRef("document_types"), F("code"), function="array_position", output_field=IntegerField())
    types = DocumentType.objects.alias(place=place).filter(place__isnull=False).order_by("place")
    return rules.select_related("profile").annotate(titles=ArraySubquery(types.values("title")), is_adopted=adopted())


def state(rule: Requirement, today: date, *, is_adopted: bool) -> tuple[str, str]:
    """The tone and the word for whether a version is in force on a day; one that nobody has adopted binds nobody."""
    if rule.effective.lower is not None and rule.effective.lower > today:
        return "info", _("to come")
    if rule.effective.upper is not None and rule.effective.upper <= today:
        return "quiet", _("ended")
    return ("good", _("in force")) if is_adopted else ("quiet", _("adopted by nobody"))


def first_day(rule: Requirement, showing: Showing | None = None) -> str:
    return spoken.date_of(rule.effective.lower) if rule.effective.lower else _("the beginning")


def end(rule: Requirement, showing: Showing | None = None) -> str:
    return spoken.date_of(rule.effective.upper) if rule.effective.upper else ""


COLUMNS = (
    Column(
        "rule",
        gettext_lazy("Rule"),
        lambda rule, showing: rule.title,
        cell=CELLS + "rule",
        sort="title",
        under=(Under(gettext_lazy("Code"), lambda rule, showing: rule.code),),
        width=48,
    ),
    Column("documents", gettext_lazy("Documents"), lambda rule, showing: any_of(rule.titles), cell=CELLS + "documents"),
    Column("limit", gettext_lazy("Due"), lambda rule, showing: plain.limit(rule) or _("at once"), width=34),
    Column("topic", gettext_lazy("Topic"), lambda rule, showing: topic_name(rule.topic), sort="topic", at_first=False),
    Column(
        "source",
        gettext_lazy("Source"),
        lambda rule, showing: asking.source(rule),
        cell=CELLS + "source",
        under=(Under(gettext_lazy("Profile"), lambda rule, showing: rule.profile.title, 28),),
        width=34,
    ),
    Column("since", gettext_lazy("In force from"), first_day, quiet=True, nowrap=True, under=()),
    Column("until", gettext_lazy("Until"), end, quiet=True, nowrap=True),
    Column(
        "state",
        gettext_lazy("State"),
        lambda rule, showing: state(rule, timezone.localdate(), is_adopted=rule.is_adopted)[1],
        at_first=False,
    ),
    Column("version", gettext_lazy("Version"), lambda rule, showing: rule.version, end=True, quiet=True),
    Column(
        "severity",
        gettext_lazy("Severity"),
        lambda rule, showing: spoken.choice(Requirement.Severity, rule.severity),
        at_first=False,
    ),
    Column(
        "published",
        gettext_lazy("Published"),
        lambda rule, showing: spoken.day(rule.published_at, timezone.get_current_timezone()),
        sort="published",
        nowrap=True,
        at_first=False,
    ),
)

RULES = register(
    Listing(
        url_name="rule_list",
        title=gettext_lazy("Rules"),
        template="records/rule_list.html",
        filters=RuleFilter,
        rows=lambda request: Requirement.objects.all(),
        dressed=dressed,
        sorts=(Sort("title", "title"), Sort("topic", "topic"), Sort("published", "published_at")),
        columns=COLUMNS,
        permission="records.view_requirement",
    )
)
