"""The acts on what somebody has chosen from the list: looked at first, then done to all of it at once or not at all.

Whatever no longer stands as it did when it was chosen is a difference. It is told in words, and the act goes on without
it only when the person has seen that very difference and agreed (`agreed`).
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from hashlib import sha256
from uuid import UUID

from django.db import transaction
from django.db.models import Count, F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from himdept.common.errors import Conflict, DomainError
from records.completeness import decisions
from records.completeness.deficiencies import can_owe, reason, reason_to_waive
from records.completeness.models import Decision, Deficiency
from records.inventory.models import Practitioner
from staff.models import Selection, User

Act, Status = Decision.Act, Deficiency.Status
UNDO_WITHIN = timedelta(minutes=10)
MOST_SHOWN = 50  # rows of a difference, and of what an act will do, that are listed

WAIVED_MEANWHILE = gettext_lazy("waived meanwhile")
CLOSED = {
    Status.WAIVED: WAIVED_MEANWHILE,
    Status.RESOLVED: gettext_lazy("put right meanwhile"),
    Status.VOID: gettext_lazy("withdrawn meanwhile"),
}
NOT_OPEN = gettext_lazy("not open when you chose it")
KIND_MOVED = gettext_lazy("it is something else that is wrong now")
OWED_BY_ANOTHER = gettext_lazy("owed by somebody else now")
OWED_ALREADY = gettext_lazy("owed by this practitioner already")
OUT_OF_SIGHT = gettext_lazy("no longer for you to see")
REOPENED = gettext_lazy("opened again meanwhile")


@dataclass(frozen=True)
class Difference:
    """What does not stand as it was chosen: for each number, how it differs, in words."""

    of: int
    reasons: dict[int, str] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.reasons)

    @property
    def seal(self) -> str:
        """A short sum of this very difference, for saying that one has seen it."""
        told = ",".join(f"{number}:{words}" for number, words in sorted(self.reasons.items()))
        return sha256(told.encode()).hexdigest()[:32] if told else ""

    @property
    def rest(self) -> int:
        return self.of - len(self)

    @property
    def sentence(self) -> str:
        """ "3 of 14 changed since you chose them: 2 waived meanwhile, 1 owed by somebody else now." """
        counts = Counter(str(words) for _number, words in sorted(self.reasons.items())).most_common()
        words = ", ".join(f"{number:,} {words}" for words, number in counts)
        return _("%(n)s of %(of)s changed since you chose them: %(words)s.") % {
            "n": f"{len(self):,}",
            "of": f"{self.of:,}",
            "words": words,
        }

    def rows(self, user: User) -> list[tuple[Deficiency, str]]:
        """The first of them that the person may still see, with how they differ."""
        seen = Deficiency.objects.visible_to(user).filter(pk__in=self.reasons).with_names().order_by("pk")
        return [(row, self.reasons[row.pk]) for row in seen[:MOST_SHOWN]]


class Changed(Conflict):
    """Some of what was chosen stands otherwise by now."""

    def __init__(self, difference: Difference):
        super().__init__(difference.sentence)
        self.difference = difference


@dataclass(frozen=True)
class Preview:
    """What an act would do: to how many deficiencies of how many records, owed by whom, and what it leaves out."""

    numbers: Sequence[int]
    difference: Difference

    @cached_property
    def counts(self) -> dict:
        """How many deficiencies, records and practitioners."""
        rows = Deficiency.objects.filter(pk__in=self.numbers)
        return rows.aggregate(
            deficiencies=Count("pk"),
            records=Count("record", distinct=True),
            practitioners=Count("owed_by", distinct=True),
        )

    @property
    def sentence(self) -> str:
        counts = self.counts
        said = [
            (ngettext("%(n)s deficiency", "%(n)s deficiencies", counts["deficiencies"]), counts["deficiencies"]),
            (ngettext("%(n)s record", "%(n)s records", counts["records"]), counts["records"]),
            (ngettext("%(n)s practitioner", "%(n)s practitioners", counts["practitioners"]), counts["practitioners"]),
        ]
        what, records, people = (words % {"n": f"{number:,}"} for words, number in said)
        return _("%(what)s on %(records)s, owed by %(people)s.") % {"what": what, "records": records, "people": people}

    def rows(self) -> list[Deficiency]:
        """The first of them, past due longest first. `compare` has seen that the person may see each."""
        rows = Deficiency.objects.filter(pk__in=self.numbers).in_list()
        return list(rows.order_by(F("due_at").asc(nulls_last=True), "pk")[:MOST_SHOWN])

    @property
    def further(self) -> int:
        """How many are not among `rows`."""
        return max(len(self.numbers) - MOST_SHOWN, 0)

    def by_practitioner(self, most: int = 10) -> list[dict]:
        """Who owes most of it."""
        rows = Deficiency.objects.filter(pk__in=self.numbers)
        named = rows.values("owed_by", family=F("owed_by__family_name"), given=F("owed_by__given_name"))
        return list(
            named.annotate(number=Count("pk"), records=Count("record", distinct=True)).order_by("-number", "owed_by")[
                :most
            ]
        )

    def attending(self, most: int = 8):
        """Who attended these stays and does not owe it already: they are asked for most often."""
        stays = Deficiency.objects.filter(pk__in=self.numbers, record__encounter__attending__is_active=True)
        others = stays.exclude(record__encounter__attending=F("owed_by"))
        numbers = others.values_list("record__encounter__attending").annotate(n=Count("pk")).order_by("-n")[:most]
        return Practitioner.objects.filter(pk__in=[number for number, _n in numbers]).order_by("family_name", "pk")


def selection_of(token: UUID, *, by: User) -> Selection | None:
    return Selection.objects.filter(token=token, owner=by, of="deficiency_list").first()


def preview(selection: Selection, *, by: User, to: Practitioner | None = None) -> Preview:
    """What an act on this selection would do now."""
    rows = visible(selection, by=by).only("pk", "status", "kind", "owed_by")
    return compare(selection, {row.pk: row for row in rows}, to=to)


def visible(selection: Selection, *, by: User) -> QuerySet[Deficiency]:
    """Of what was chosen, what the person may still see."""
    return Deficiency.objects.visible_to(by).filter(pk__in=selection.numbers).order_by()


def compare(selection: Selection, stands: dict[int, Deficiency], *, to: Practitioner | None = None) -> Preview:
    """Which of the chosen rows stand as they did, and how the others differ: give those that are still to be seen."""
    ready, reasons = [], {}
    for number, state in zip(selection.numbers, selection.states, strict=True):
        if words := differs(stands.get(number), state, to):
            reasons[number] = words
        else:
            ready.append(number)
    return Preview(ready, Difference(len(selection.numbers), reasons))


def differs(row: Deficiency | None, state: str, to: Practitioner | None) -> str:
    status, kind, owed_by = state.split(" ")
    if row is None:
        return OUT_OF_SIGHT
    if row.status != Status.OPEN:
        return CLOSED[row.status] if status == Status.OPEN else NOT_OPEN
    if status != Status.OPEN:
        return REOPENED
    if row.kind != kind:
        return KIND_MOVED
    if str(row.owed_by_id or "") != owed_by:
        return OWED_BY_ANOTHER
    if to is not None and row.owed_by_id == to.pk:
        return OWED_ALREADY
    return ""


def waive(token: UUID, *, by: User, because: str, agreed: str = "") -> Decision:
    """Waive what was chosen. Raises Changed with the difference, and Conflict when there is nothing to act on."""
    because = reason_to_waive(because)
    return act(token, Act.WAIVED, decisions.WAIVE, by=by, because=because, agreed=agreed)


def reassign(token: UUID, *, to: Practitioner, by: User, because: str, agreed: str = "") -> Decision:
    """Let another practitioner owe what was chosen. Raises as `waive` does."""
    can_owe(to)
    return act(token, Act.REASSIGNED, decisions.REASSIGN, by=by, because=because, agreed=agreed, to=to)


def act(token: UUID, what: Act, statement: str, *, by: User, because: str, agreed: str, to=None) -> Decision:
    because = reason(because)
    with transaction.atomic():
        selection = Selection.objects.select_for_update().filter(token=token, owner=by, of="deficiency_list").first()
        if selection is None:
            return done_before(token, what, by=by)
        rows = {row.pk: row for row in decisions.lock(selection.numbers)}
        in_sight = visible(selection, by=by).values_list("pk", flat=True)
        seen = compare(selection, {number: rows[number] for number in in_sight}, to=to)
        if seen.difference.seal != agreed:
            raise Changed(seen.difference)
        if not seen.numbers:
            raise Conflict(_("Nothing is left of what you chose."))
        decision = Decision.objects.create(
            act=what, at=timezone.now(), by=by, because=because, to=to, selection=selection.token
        )
        decisions.carry_out(decision, statement, [rows[number] for number in seen.numbers])
        selection.delete()
    return decision


def done_before(token: UUID, what: Act, *, by: User) -> Decision:
    """The decision that this selection was used up by: a form that is sent twice is done once."""
    decision = Decision.objects.filter(selection=token, by=by, act=what).first()
    if decision is None:
        raise Conflict(_("What was chosen has been acted on or cleared meanwhile. Choose again from the list."))
    return decision


def undo(token: UUID, *, by: User, agreed: str = "", now: datetime | None = None) -> Decision:
    """Take back all that one decision did, within ten minutes and by who made it; sent twice, it is done once.

    Raises Changed when somebody else has changed some of it since, and DomainError when it is too late.
    """
    with transaction.atomic():
        mine = Decision.objects.filter(act__in=[Act.WAIVED, Act.REASSIGNED], by=by)
        decision = mine.select_for_update(of=["self"], no_key=True).get(token=token)
        if undone := Decision.objects.filter(undoes=decision).first():
            return undone
        if (now or timezone.now()) > decision.at + UNDO_WITHIN:
            raise DomainError(
                _("An act can be undone for ten minutes. Take it back on the page of the record, with a reason.")
            )
        numbers = list(decision.events.values_list("deficiency", flat=True))
        rows = {row.pk: row for row in decisions.lock(numbers)}
        visible = set(Deficiency.objects.visible_to(by).filter(pk__in=numbers).values_list("pk", flat=True))
        reasons = {number: words for number in numbers if (words := moved_on(rows[number], decision, visible))}
        difference = Difference(len(numbers), reasons)
        if difference.seal != agreed:
            raise Changed(difference)
        if not difference.rest:
            raise Conflict(_("Nothing is left of it to undo."))
        undoing = Decision.objects.create(act=Act.UNDONE, at=timezone.now(), by=by, undoes=decision)
        statement = decisions.REINSTATE if decision.act == Act.WAIVED else decisions.UNDO_REASSIGN
        decisions.carry_out(undoing, statement, [rows[number] for number in numbers if number not in reasons])
    return undoing


def moved_on(row: Deficiency, decision: Decision, visible: set[int]) -> str:
    """How a deficiency was changed since this decision; nothing when it stands as that left it."""
    if row.pk not in visible:
        return OUT_OF_SIGHT
    if decision.act == Act.WAIVED:
        stands = row.status == Status.WAIVED and row.waived_at == decision.at and row.waived_by_id == decision.by_id
        return "" if stands else REOPENED if row.is_open else CLOSED[row.status]
    if not row.is_open:
        return CLOSED[row.status]
    return "" if row.reassigned_at == decision.at and row.owed_by_id == decision.to_id else OWED_BY_ANOTHER


def words(decision: Decision, number: int) -> str:
    """What was done, for the notice with its Undo button."""
    said: dict[str, Callable[[], str]] = {
        Act.WAIVED: lambda: ngettext(
            "Waived. It no longer counts against the record.",
            "%(n)s deficiencies waived. They no longer count against their records.",
            number,
        ),
        Act.REASSIGNED: lambda: ngettext("Reassigned to %(to)s.", "%(n)s deficiencies reassigned to %(to)s.", number),
        Act.UNDONE: lambda: ngettext(
            "Undone: the deficiency stands as before.", "Undone: %(n)s deficiencies stand as before.", number
        ),
    }
    return said[decision.act]() % {"n": f"{number:,}", "to": decision.to}
