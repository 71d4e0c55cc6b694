"""The list of duties at the side of every page. Each app adds its own screens, so the frame imports no app.

A screen is added where its address is made (the app's `urls.py`): what has no address cannot be listed.
"""

from dataclasses import dataclass, field
from functools import cache

from django.urls import get_script_prefix, reverse
from django.utils.translation import gettext_lazy as _

DUTIES = {
    "huddle": "",  # stands first, without a heading
    "records": _("Records"),
    "department": _("Department"),
    "compliance": _("Compliance"),
    "night": _("Night"),
    "system": _("System"),
}


@cache
def _address(url_name: str, _prefix: str) -> str:
    """Where a screen is, below the prefix that a proxy may put before all: each page asks for it a hundred times."""
    return reverse(url_name)


@dataclass(frozen=True)
class Screen:
    """A page that people go to by name. Without `permission` everybody who is signed in may."""

    duty: str
    label: str
    url_name: str
    permission: str = ""
    staff_only: bool = False  # of the admin site: Django's own flag, not a role

    @property
    def url(self) -> str:
        return _address(self.url_name, get_script_prefix())

    def is_open_to(self, user) -> bool:
        return (user.is_staff or not self.staff_only) and (not self.permission or user.has_perm(self.permission))

    def covers(self, path: str) -> bool:
        """Whether a page lies on or below this screen: a record lies below the inventory, all pages below none."""
        return path == self.url or (self.url != "/" and path.startswith(self.url))


@dataclass
class Duty:
    """A heading and the screens under it that a person may open."""

    title: str
    screens: list[Screen] = field(default_factory=list)


@dataclass(frozen=True)
class Search:
    """Where the words typed into the box at the top are sent, by POST: a name never stands in an address."""

    url_name: str
    hint: str
    permission: str = ""


_searches: list[Search] = []
_screens: dict[str, Screen] = {}


def register(screen: Screen):
    """Add a screen to its duty, after those added before. Raises KeyError for a duty that is not in DUTIES."""
    DUTIES[screen.duty]
    _screens[screen.url_name] = screen


def register_search(search: Search):
    """Offer a search at the top of every page."""
    _searches[:] = [search]


def search_of(user) -> Search | None:
    """The search that `user` may use, if there is one."""
    return next((s for s in _searches if user.is_active and (not s.permission or user.has_perm(s.permission))), None)


def may_open(user, url_name: str) -> bool:
    """Whether there is such a screen in the list of duties, and it is open to `user`."""
    screen = _screens.get(url_name)
    return user.is_active and screen is not None and screen.is_open_to(user)


def open_to(user) -> list[Screen]:
    """The screens that `user` may open."""
    return [screen for screen in _screens.values() if screen.is_open_to(user)] if user.is_active else []


def for_person(user) -> list[Duty]:
    """The duties and screens that `user` may open, in the order of DUTIES; duties without a screen are left out."""
    duties = {name: Duty(title) for name, title in DUTIES.items()}
    for screen in open_to(user):
        duties[screen.duty].screens.append(screen)
    return [duty for duty in duties.values() if duty.screens]


def current(path: str) -> Screen | None:
    """The screen that a page belongs to: of several, the one with the longest address."""
    return max((s for s in _screens.values() if s.covers(path)), key=lambda s: len(s.url), default=None)
