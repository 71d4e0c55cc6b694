"""The box on top: screens, saved views, records, practitioners and people of one's line by what is typed, by POST."""

from dataclasses import dataclass, field

from django.db.models import Q
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from himdept.common import lists, navigation
from himdept.common.columns import Showing, chosen
from himdept.common.lists import showing
from himdept.common.web import wants_fragment
from records.inventory.columns import RECORD_COLUMNS
from records.inventory.finding import clean, practitioners_found, records_found
from staff.employment.models import Employee
from staff.saved.models import SavedView
from staff.saved.views import opened

MOST_ON_PAGE = 100
MOST_IN_BOX = 7


@dataclass(frozen=True)
class Hit:
    """Something found: where it leads, what it is called, and what tells it from its like."""

    url: str
    label: str
    under: str = ""


@dataclass(frozen=True)
class Group:
    title: str
    hits: list[Hit] = field(default_factory=list)


@require_POST
def find(request):
    """What has these words for a name or number, of what this person may open: a list under the box, or a page."""
    words, in_box, how = clean(request.POST.get("words", "")), wants_fragment(request), showing(request)
    most = MOST_IN_BOX if in_box else MOST_ON_PAGE
    rows = records_found(request.user, words, most)
    context = {
        "groups": [group for group in groups(request.user, words) if group.hits],
        "rows": rows[:most],
        "more": len(rows) > most,
        "words": "" if how.masked else words,
        "typed": bool(words),
        "showing": how,
        "columns": chosen(RECORD_COLUMNS),
    }
    if in_box:
        context["groups"] += [Group(_("Records"), [of_record(row, how) for row in rows[:most]])] if rows else []
    return render(request, "dashboard/find.html" + ("#found" if in_box else ""), context)


def groups(user, words: str) -> list[Group]:
    said = words.casefold()
    screens = [screen for duty in navigation.for_person(user) for screen in duty.screens]
    return [
        Group(
            _("Screens"), [Hit(s.url, str(s.label)) for s in screens if said in str(s.label).casefold()][:MOST_IN_BOX]
        ),
        Group(_("Saved views"), [of_view(view) for view in views_found(user, words)]),
        Group(
            _("Practitioners"),
            [
                Hit(f"{reverse('deficiency_list')}?owed_by={row.pk}", str(row), _("what they owe"))
                for row in practitioners_found(user, words, MOST_IN_BOX)
            ],
        ),
        Group(
            _("Staff"),
            [
                Hit(reverse("person_credentials", args=[person.pk]), str(person), person.number)
                for person in people_found(user, words)
            ],
        ),
    ]


def people_found(user, words: str) -> list[Employee]:
    """The people below `user` whose names or staff number have these words; those of no other line."""
    if not words:
        return []
    people = Employee.objects.led_by(user)
    for word in words.replace(",", " ").split():
        people = people.filter(
            Q(family_name__icontains=word) | Q(given_name__icontains=word) | Q(number__icontains=word)
        )
    return list(people.order_by("family_name", "given_name", "number")[:MOST_IN_BOX])


def views_found(user, words: str) -> list[SavedView]:
    """The views that this person can open, of lists that they may see."""
    if not words:
        return []
    mine = SavedView.objects.visible_to(user).filter(name__icontains=words).order_by("name", "pk")[: 3 * MOST_IN_BOX]
    return [view for view in mine if may_open(user, view)][:MOST_IN_BOX]


def may_open(user, view: SavedView) -> bool:
    listing = lists.named(view.listing)
    return bool(listing) and (not listing.permission or user.has_perm(listing.permission))


def of_view(view: SavedView) -> Hit:
    return Hit(opened(view), view.name, str(lists.named(view.listing).title))


def of_record(record, how: Showing) -> Hit:
    stay = record.encounter
    began = stay.start_first.astimezone(record.facility.zone)
    what = f"{how.number(record.mrn)} · {stay.get_encounter_class_display()} · {began:%-d %b %Y}"
    return Hit(reverse("record_page", args=[record.pk]), how.name(stay.patient), what)
