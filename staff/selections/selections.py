"""Choosing rows of a list: on a page, over pages, or all that were found; and what is shown of it."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from uuid import UUID

from django.db import transaction
from django.db.models import BooleanField, F, Func, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from himdept.common.errors import Conflict, DomainError
from himdept.common.paging import count_up_to
from staff.models import Selection, User
from staff.selections.lists import Act, SelectableList
from staff.selections.models import MOST

KEPT_FOR = timedelta(days=1)


@transaction.atomic
def choose(
    of: SelectableList,
    rows: QuerySet,
    *,
    by: User,
    token: UUID | None,
    query: str,
    without: Collection[int] = (),
    chosen: Collection[int] = (),
    all_of: QuerySet | None = None,
) -> Selection | None:
    """Take the rows `without` out of the person's selection of this list, put `chosen` and `all_of` in; returns what
    is chosen now, or None when that is nothing.

    `rows` are all that the person may see: whatever else is asked for is not chosen. `token` is the selection that the
    person was shown. Raises Conflict when that one was acted on or cleared meanwhile, and DomainError when more than
    MOST rows would be chosen.
    """
    mine = Selection.objects.select_for_update().filter(owner=by, of=of.listing.url_name)
    selection = mine.first()
    if token is not None and (selection is None or selection.token != token):
        raise Conflict(_("What was chosen here has been acted on or cleared meanwhile. Load the list again."))
    stood = dict(zip(selection.numbers, selection.states, strict=True)) if selection else {}
    gone = set(without) - set(chosen)
    kept = {number: state for number, state in stood.items() if number not in gone}
    kept |= states(of, rows.filter(pk__in=set(chosen) - kept.keys()))
    if all_of is not None:
        kept = states(of, all_of) | kept
    if len(kept) > MOST:
        raise DomainError(
            _("A selection has at most %(most)s rows, and these would be more. Narrow the list by its filters first.")
            % {"most": f"{MOST:,}"}
        )
    if not kept:
        mine.delete()
        return None
    values = {"numbers": list(kept), "states": list(kept.values()), "query": query, "changed_at": Now()}
    if selection:
        mine.update(**values)
        selection.numbers = values["numbers"]
        return selection
    made, _new = Selection.objects.update_or_create(owner=by, of=of.listing.url_name, defaults=values)
    made.refresh_from_db()
    return made


def states(of: SelectableList, rows: QuerySet) -> dict[int, str]:
    """How each of these rows stands; of more than can be chosen, one more than that."""
    return dict(rows.order_by().values_list("pk", of.state)[: MOST + 1])


def clear(of: SelectableList, *, by: User):
    """Choose nothing on this list."""
    Selection.objects.filter(owner=by, of=of.listing.url_name).delete()


def prune() -> int:
    """Forget selections that nobody has touched for a day; returns how many they were."""
    return Selection.objects.filter(changed_at__lt=timezone.now() - KEPT_FOR).delete()[0]


def prune_tonight(step) -> dict:
    return {"forgotten": prune()}


@dataclass(frozen=True)
class Chosen:
    """What somebody has chosen on a list, as the list and its bar show it.

    `shown` are the numbers of the rows on this page, `count` is how many the list has as it is narrowed.
    """

    of: SelectableList
    acts: list[Act]
    selection: Selection | None
    shown: list[int]
    count: str
    query: str

    def __contains__(self, number: int) -> bool:
        return number in self._numbers

    def __len__(self) -> int:
        return len(self._numbers)

    def __bool__(self) -> bool:
        return True

    @cached_property
    def _numbers(self) -> set[int]:
        return set(self.selection.numbers) if self.selection else set()

    @property
    def here(self) -> list[int]:
        """Those on this page."""
        return [number for number in self.shown if number in self]

    @property
    def elsewhere(self) -> int:
        """How many of them the list does not show as it is narrowed now."""
        return len(self) - self.selection.inside if self.selection else 0

    @property
    def words(self) -> str:
        words = _("%(n)s of %(count)s selected") % {"n": f"{len(self):,}", "count": self.count}
        if not self.elsewhere:
            return words
        outside = ngettext(
            "%(n)s of them is outside these filters", "%(n)s of them are outside these filters", self.elsewhere
        )
        return f"{words}, {outside % {'n': self.elsewhere}}"


class IsOneOf(Func):
    """That a number is among those of an array."""

    template = "(%(expressions)s))"
    arg_joiner = " = ANY("
    arity = 2
    output_field = BooleanField()


def chosen_of(of: SelectableList, user: User, found: QuerySet) -> Selection | None:
    """The person's selection of this list, with how many of it are `inside` what was found. One query."""
    chosen = found.order_by().filter(IsOneOf(F("pk"), OuterRef("numbers")))
    inside = chosen.annotate(n=Func(F("pk"), function="count")).values("n")
    mine = Selection.objects.filter(owner=user, of=of.listing.url_name).defer("states")
    return mine.annotate(inside=Subquery(inside, output_field=IntegerField())).first()


def on_page(
    of: SelectableList, user: User, *, page: Iterable, found: QuerySet, count: str, query: str
) -> Chosen | None:
    """What is chosen, for the page of the list; nothing for somebody who may do nothing with it."""
    acts = of.acts_of(user)
    if not acts:
        return None
    return Chosen(of, acts, chosen_of(of, user, found), [row.pk for row in page], count, query)


def count_of(found: QuerySet) -> str:
    return count_up_to(found, MOST)
