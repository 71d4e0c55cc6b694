"""What somebody has open when they leave, line by line, found by the data model's own foreign keys; and who gets it.

Each line passes by the rules of its own room, in a transaction of its own: one that is refused holds up no other.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache

from django.contrib.auth.models import Permission
from django.db.models import Exists, Model, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from himdept.common import handover
from himdept.common.audit import acting_as
from himdept.common.db import promises
from himdept.common.errors import Conflict, DomainError
from himdept.common.handover import Kind
from staff.employment.models import Employee
from staff.people.models import User
from staff.personnel import authority
from staff.personnel.authority import NotYours
from staff.personnel.kinds import Kind as ActionKind
from staff.personnel.models import HandedOver, PersonnelAction, State

SHOWN = 50  # lines of a kind on the page; all of a kind go in one act whatever their number
OPEN_TO_IT = (State.APPROVED, State.EFFECTIVE)


@dataclass(frozen=True)
class Line:
    """So many rows of a kind wait for a successor."""

    name: str
    title: str
    count: int


@dataclass(frozen=True)
class Piece:
    """One row that waits, what it is, and who is proposed to have it: nobody, if none of those above may. `refusal` is
    why it was not handed over just now."""

    key: str
    what: str
    heir: User | None
    refusal: str = ""


@dataclass(frozen=True)
class Part:
    """What waits of a kind: the first pieces, how many whoever looks may see, and how many they may not."""

    kind: Kind
    pieces: list[Piece]
    count: int
    unseen: int

    @property
    def key(self) -> str:
        """Names all of the kind, and how many that was."""
        return f"{self.kind.name}:{self.count}"


@dataclass(frozen=True)
class Outcome:
    """What came of one piece: it is somebody's now, or why it is not. A piece that is gone is called by its kind."""

    key: str
    what: str
    to: User | None = None
    refusal: str = ""


def manifest(employee: Employee) -> list[Line]:
    """Every kind of open work, and how much of it is somebody's. Lines without any are left out."""
    return [Line(kind.name, kind.title, count) for kind in handover.kinds() if (count := kind.of(employee).count())]


def told(action: PersonnelAction) -> list[tuple[str, HandedOver, int]]:
    """What was handed over so far, by kind, successor and who did it: the last of each, and how many."""
    rows = list(action.handed_over.select_related("to", "by").order_by("-pk"))
    alike = Counter((row.kind, row.to_id, row.by_id) for row in rows)
    last = {(row.kind, row.to_id, row.by_id): row for row in reversed(rows)}
    return [(handover.named(row.kind).title, row, alike[key]) for key, row in last.items()]


def see_that_it_is_open(action: PersonnelAction, by: User):
    """Raises NotYours or Conflict unless `by` may hand over what waits for whom this separation is about."""
    if not authority.parts_of(by, action):
        raise NotYours(_("This is for those in the line above this person, and for nobody else."))
    if action.kind != ActionKind.SEPARATION or action.state not in OPEN_TO_IT:
        raise Conflict(_("Nothing is handed over with this action as it stands."))


def parts(action: PersonnelAction, *, by: User, outcomes: Iterable[Outcome] = ()) -> list[Part]:
    """All that waits for whom a separation is about, with the successors that are proposed; of each kind the first."""
    heads, found = heirs(action), []
    refused = {outcome.key: outcome.refusal for outcome in outcomes}
    for kind in handover.kinds():
        rows = _waiting(kind, action)
        seen = kind.visible(rows, by)
        shown = list(seen.order_by("pk")[: SHOWN + 1])
        count = len(shown) if len(shown) <= SHOWN else seen.count()
        if total := rows.count():
            found.append(Part(kind, _pieces(kind, shown[:SHOWN], heads, refused), count, total - count))
    return found


def heirs(action: PersonnelAction) -> list[User]:
    """To whom work is proposed to go: those above the person who leaves who stay themselves, with an open account, the
    nearest first."""
    above = authority.line_over(action, timezone.now())
    found = {head.pk: head.user for head in Employee.objects.staying().select_related("user").filter(pk__in=above)}
    return [found[number] for number in above if found[number] and found[number].is_active]


def choices(action: PersonnelAction) -> QuerySet[Employee]:
    """Whom a successor may be named from: who sits in a seat, stays, has an open account, and by their role may have
    something of what waits. Whether just this piece, its room sees."""
    fits = Q()
    for kind in handover.kinds():
        rows, users = _waiting(kind, action), User.objects.filter(kind=User.Kind.PERSON)
        if kind.rights:
            users = users.filter(_holds(kind.rights))
        if kind.facility:
            users = users.filter(facilities__in=rows.order_by().values(kind.facility))
        fits |= Q(Exists(rows)) & Q(user__in=users)
    people = Employee.objects.seated().staying().filter(user__is_active=True)
    return people.filter(fits).exclude(pk=action.employee_id)


def _holds(rights: Iterable[str]) -> Q:
    """That an account has one of these permissions, by a role or by itself."""
    meant = Q()
    for app, codename in (right.split(".") for right in rights):
        meant |= Q(content_type__app_label=app, codename=codename)
    held = Permission.objects.filter(meant)
    return Q(groups__permissions__in=held) | Q(user_permissions__in=held)


def hand_over(
    action: PersonnelAction, *, by: User, lines: Iterable[str] = (), whole: Iterable[str] = (), to: User | None = None
) -> list[Outcome]:
    """Give pieces (`kind:number`), and all of a kind (`kind:count`), to one person or to who is proposed for each.

    A line that is refused, or that somebody handed over meanwhile, says so and holds up no other; the same a second
    time does nothing. Raises NotYours or Conflict where `by` may not do this at all.
    """
    see_that_it_is_open(action, by)
    wanted, refused = _asked_for(action, lines, whole, by)
    heads, tests = heirs(action), cache(lambda kind, head: kind.takes(head))

    def heir_of(kind: Kind, row: Model) -> User | None:
        return to or next((head for head in heads if tests(kind, head)(row)), None)

    return refused + [_handed(action, kind, number, heir_of, by) for kind, number in wanted]


def _asked_for(
    action: PersonnelAction, lines: Iterable[str], whole: Iterable[str], by: User
) -> tuple[list[tuple[Kind, int]], list[Outcome]]:
    """The pieces that are meant, each once; and what is refused before any is looked at."""
    wanted = [_read(key) for key in lines]
    refused = []
    for key in whole:
        kind, count = _read(key)
        rows = kind.visible(_waiting(kind, action), by)
        numbers = list(rows.order_by("pk").values_list("pk", flat=True))
        if len(numbers) == count:
            wanted += [(kind, number) for number in numbers]
        else:
            words = _("By now %(n)d of these wait. Look at them again.") % {"n": len(numbers)}
            refused.append(Outcome(key, str(kind.title), refusal=words))
    return list(dict.fromkeys(wanted)), refused


def _read(key: str) -> tuple[Kind, int]:
    name, _colon, digits = key.partition(":")
    kind = handover.named(name)
    if kind is None or not digits.isdecimal() or len(digits) > 18:
        raise DomainError(_("There is no such line."))
    return kind, int(digits)


def _handed(
    action: PersonnelAction, kind: Kind, number: int, heir_of: Callable[[Kind, Model], User | None], by: User
) -> Outcome:
    key, what = f"{kind.name}:{number}", str(kind.title)
    because = _("Handed over: %(action)s") % {"action": action}
    try:
        with promises.kept(), acting_as(by, because=because):
            # Of two who hand over from the same person one comes after the other, and sees what the first did.
            Employee.objects.select_for_update(no_key=True).get(pk=action.employee_id)
            row = kind.visible(_waiting(kind, action), by).filter(pk=number).first()
            if row is None:
                raise Conflict(_gone(action, kind, number))
            what, heir = kind.what(row), heir_of(kind, row)
            if heir is None:
                raise DomainError(_("Nobody above may have this. Name a successor."))
            kind.give(row, to=heir, by=by, because=because)
            HandedOver.objects.create(action=action, kind=kind.name, row=number, to=heir, by=by)
    except DomainError as refusal:
        return Outcome(key, what, refusal=refusal.message)
    return Outcome(key, what, to=heir)


def _gone(action: PersonnelAction, kind: Kind, number: int) -> str:
    """Why a line does not wait any more."""
    last = action.handed_over.filter(kind=kind.name, row=number).select_related("to", "by").last()
    if last:
        return _("%(by)s has handed it over to %(to)s already.") % {"by": last.by, "to": last.to}
    return _("It does not wait for them any more: somebody has finished or changed it.")


def _waiting(kind: Kind, action: PersonnelAction) -> QuerySet:
    return kind.of(action.employee)


def _pieces(kind: Kind, rows: list[Model], heads: list[User], refused: dict[str, str]) -> list[Piece]:
    tests = [(head, kind.takes(head)) for head in heads] if rows else []
    pieces = []
    for row in rows:
        key = f"{kind.name}:{row.pk}"
        heir = next((head for head, may in tests if may(row)), None)
        pieces.append(Piece(key, kind.what(row), heir, refused.get(key, "")))
    return pieces
