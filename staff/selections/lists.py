"""The lists whose rows can be chosen, each with what can be done to what was chosen there.

A room registers its list here beside its Listing; checkboxes, bar, keys and forms then come by themselves.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Expression

from himdept.common.lists import Listing


@dataclass(frozen=True)
class Act:
    """Something that can be done to chosen rows: the page `url_name` takes `?selection=TOKEN` and asks for the rest."""

    url_name: str
    label: str
    permission: str


@dataclass(frozen=True)
class SelectableList:
    """A list and the acts on its rows.

    `state` is what of a row matters to these acts, as text: it is kept when a row is chosen, and a row of which it is
    another one later has changed since.
    """

    listing: Listing
    state: Expression
    acts: Sequence[Act]

    def acts_of(self, user) -> list[Act]:
        """What this person may do; where it is nothing, there is nothing to choose rows for."""
        return [act for act in self.acts if user.has_perm(act.permission)]


_lists: dict[str, SelectableList] = {}


def register(selectable: SelectableList) -> SelectableList:
    return _lists.setdefault(selectable.listing.url_name, selectable)


def named(url_name: str) -> SelectableList | None:
    return _lists.get(url_name)
