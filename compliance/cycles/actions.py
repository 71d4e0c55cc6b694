"""The verbs of a survey cycle: start, assign, score, submit, review, close. The database holds each rule once more."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from compliance.cycles import marking
from compliance.cycles.marking import Said
from compliance.cycles.models import COORDINATES, Cycle, CyclePart, Mark, PartStep, State, who_can_score
from compliance.cycles.standing import CycleStanding, PartStanding, Row, bare, stand, standing
from compliance.cycles.workflow import MOVES, open_to, roles_of
from compliance.scoring import actions as scoring
from compliance.scoring.models import Result
from compliance.standards import library
from compliance.standards.models import Chapter, Edition, Element
from himdept.common import audit, spoken, twice
from himdept.common.audit import acting_as
from himdept.common.db import promises
from himdept.common.errors import Conflict, DomainError
from staff.models import Facility, User

NAMED = 8  # elements in one sentence


def start(facility: Facility, *, title: str, editions: Iterable[Edition], begins: date, due: date, by: User) -> Cycle:
    """Begin a cycle: every chapter of these editions is a part, in draft, of nobody yet and due when the cycle is.

    The same sent twice by the same person is begun once. Raises DomainError for an edition that is not in force at the
    facility on the day it begins, for none, for a due day before it begins, and where the facility has a cycle of that
    title; for who coordinates none there.
    """
    _see_that_they_coordinate(facility, by)
    editions = list(editions)
    if not editions:
        raise DomainError(_("Choose what the cycle covers."), field="editions")
    in_force = {edition.pk for edition in library.in_force(facility, begins)}
    for edition in editions:
        if edition.pk not in in_force:
            raise DomainError(
                _("%(edition)s is not in force here on that day.") % {"edition": edition}, field="editions"
            )
    if due < begins:
        raise DomainError(_("A cycle is not due before it begins."), field="due")
    cycle = Cycle(facility=facility, title=title.strip(), begins=begins, due=due, started_by=by)
    with promises.kept(), acting_as(by):
        Facility.objects.select_for_update(no_key=True).get(
            pk=facility.pk
        )  # of two who start, one comes after the other
        if begun := _just_begun(cycle, editions):
            return begun
        promises.seen_to(cycle)
        cycle.save()
        chapters = Chapter.objects.filter(edition__in=editions)
        parts = CyclePart.objects.bulk_create(CyclePart(cycle=cycle, chapter=each, due=due) for each in chapters)
        audit.created(parts)
    return cycle


def _just_begun(new: Cycle, editions: list[Edition]) -> Cycle | None:
    """The cycle that the same person has begun just now with the same words, days and editions."""
    same = {name: getattr(new, name) for name in ("facility", "title", "begins", "due", "started_by")}
    found = Cycle.objects.filter(**same, closed_at=None, started_at__gte=twice.since()).first()
    covered = found and set(found.parts.values_list("chapter__edition", flat=True))
    return found if found and covered == {edition.pk for edition in editions} else None


def assign(part: CyclePart, *, assignee: User | None, due: date, seen: tuple[int | None, date], by: User) -> CyclePart:
    """Say who scores a part, and by which local day; `seen` is who and when it was when the person looked.

    Raises Conflict where that is no longer so, or the part is submitted; DomainError for somebody who may not score
    there, for nobody once it is begun, and for another day that is not one of the cycle.
    """
    with _moving(part, by) as (part, _row):
        _see_that_they_may("assign", part, by)
        if (part.assignee_id, part.due) != seen:
            raise Conflict(_("%(part)s has been assigned otherwise meanwhile.") % {"part": part})
        if assignee is not None and not who_can_score(part.cycle.facility).filter(pk=assignee.pk).exists():
            raise DomainError(_("%(who)s may not score here.") % {"who": assignee}, field="assignee")
        if assignee is None and part.state != State.DRAFT:
            raise DomainError(_("A part that is begun is somebody’s."), field="assignee")
        if due != part.due and not part.cycle.begins <= due <= part.cycle.due:
            told = {"begins": spoken.date_of(part.cycle.begins), "due": spoken.date_of(part.cycle.due)}
            raise DomainError(_("The cycle goes from %(begins)s to %(due)s.") % told, field="due")
        part.assignee, part.due = assignee, due
        part.save(update_fields=["assignee", "due"])
    return part


def score(part: CyclePart, element: Element, said: Said, *, after: int, by: User) -> Mark:
    """Mark an element, as whoever the part is assigned to. `after` is the mark that they looked at (0: none).

    Said twice by the same person it is kept once. Raises Conflict where somebody has marked it meanwhile or the part is
    not open to it, DomainError without a reason where one is asked for.
    """
    with _moving(part, by, because=said.because) as (part, stands):
        _see_that_they_may("score", part, by)
        row = _row_of(stands, element)
        mark = marking.individual(row, said, by=by)
        if kept := marking.seen_to(row, mark, after=after):
            return kept
        mark.save(force_insert=True)
        if part.state != State.IN_PROGRESS:
            _step(part, State.IN_PROGRESS, by=by)
    return mark


def submit(part: CyclePart, *, by: User) -> CyclePart:
    """Hand a part over: what is measured is kept with its reading, and nothing of it is written any more.

    Raises DomainError naming the elements that have no result yet, Conflict where it is submitted already.
    """
    with _moving(part, by) as (part, stands):
        _see_that_they_may("submit", part, by)
        if open_ones := [row.element for row in stands.rows if not row.is_done]:
            words = ngettext("%(names)s has no result yet.", "%(names)s have no result yet.", len(open_ones))
            raise DomainError(words % {"names": _names(open_ones)})
        Mark.objects.bulk_create(mark for row in stands.rows if (mark := marking.pinned(row, by=by)))
        _step(part, State.SUBMITTED, by=by)
    return part


def review(part: CyclePart, element: Element, said: Said, *, after: int, by: User) -> Mark:
    """The coordinator's word on an element of a submitted part. Raises as `score` does, and where it differs from
    what was scored without a reason."""
    with _moving(part, by, because=said.because) as (part, stands):
        _see_that_they_may("review", part, by)
        row = _row_of(stands, element)
        mark = marking.preliminary(row, said, by=by)
        if kept := marking.seen_to(row, mark, after=after):
            return kept
        mark.save(force_insert=True)
    return mark


def accept(part: CyclePart, *, by: User) -> int:
    """Take over what was scored of every element that the coordinator has not spoken of since. Twice does nothing."""
    with _moving(part, by) as (part, stands):
        _see_that_they_may("review", part, by)
        return len(Mark.objects.bulk_create(marking.accepted(row, by=by) for row in stands.to_review))


def ask(part: CyclePart, *, because: str, by: User) -> CyclePart:
    """Give a submitted part back, with words on what is to be changed."""
    if not because.strip():
        raise DomainError(_("Say what is to be changed."), field="because")
    with _moving(part, by, because=because) as (part, _stands):
        _see_that_they_may("ask", part, by)
        _step(part, State.CHANGES, by=by, because=because.strip())
    return part


def close_part(part: CyclePart, *, by: User) -> CyclePart:
    """Be done with a part. Raises DomainError while the coordinator has not spoken of every element, or something falls
    short and nobody said how bad that is."""
    with _moving(part, by) as (part, stands):
        _see_that_they_may("close", part, by)
        if left := [row.element for row in stands.to_review]:
            words = ngettext(
                "%(names)s has no preliminary score yet.", "%(names)s have no preliminary score yet.", len(left)
            )
            raise DomainError(words % {"names": _names(left)})
        if left := [row.element for row in stands.ungraded]:
            words = ngettext(
                "%(names)s falls short, and nobody has said how bad that is.",
                "%(names)s fall short, and nobody has said how bad that is.",
                len(left),
            )
            raise DomainError(words % {"names": _names(left)})
        _step(part, State.CLOSED, by=by)
    return part


def close(cycle: Cycle, *, by: User) -> Cycle:
    """Make what is preliminary final and keep the score. What no measure judges becomes a judgement of the facility.

    Raises Conflict where it is closed already, DomainError while a part is not.
    """
    with promises.kept(), acting_as(by):
        cycle = Cycle.objects.select_for_update(no_key=True, of=("self",)).with_names().get(pk=cycle.pk)
        _see_that_they_coordinate(cycle.facility, by)
        if cycle.closed_at:
            raise Conflict(_("This cycle is closed already."))
        stands = standing(cycle)
        if not stands.can_close:
            raise DomainError(_("A cycle is closed when each of its parts is."))
        Mark.objects.bulk_create(marking.final(row, by=by) for row in stands.rows)
        cycle.closed_by, cycle.closed_at = by, timezone.now()
        cycle.points, cycle.judged = stands.points, stands.whole.judged
        cycle.save(update_fields=["closed_by", "closed_at", "points", "judged"])
        scoring.assess_all(cycle.facility, _judgements(stands), because=str(cycle), by=by)
    return cycle


def _judgements(stands: CycleStanding) -> Iterator[tuple[Element, Result, str]]:
    """What a cycle found of the elements that no measure judges, in the words of its marks; and by how little, where
    nobody put anything to it or nobody else looked at it."""
    cycle = stands.cycle
    unfounded = {row.element.pk for row in bare(stands, timezone.localdate(timezone=cycle.facility.zone))}
    for row in stands.rows:
        if row.score.result is None or row.element.is_measured:
            continue
        said = [_("Survey cycle “%(cycle)s”.") % {"cycle": cycle}, row.words]
        if row.element.pk in unfounded:
            said.append(_("Found met with neither words nor evidence."))
        if row.is_of_one_hand:
            said.append(_("Scored and reviewed by one person."))
        yield row.element, row.score.result, " ".join(filter(None, said))


@contextmanager
def _moving(part: CyclePart, by: User, *, because: str = "") -> Iterator[tuple[CyclePart, PartStanding]]:
    """The part, locked and as it stands now: of two who write to it, the second sees what the first wrote."""
    with promises.kept(), acting_as(by, because=because):
        part = CyclePart.objects.with_names().select_for_update(no_key=True, of=("self",)).get(pk=part.pk)
        yield part, stand(part.cycle, [part])[0]


def _see_that_they_may(name: str, part: CyclePart, by: User):
    """Raises Conflict where the part is past this, DomainError where it is somebody else's to do."""
    move = MOVES[name]
    if move.by not in roles_of(by, part) and part.cycle.closed_at is None:
        raise DomainError(_("%(part)s is not yours to do this with.") % {"part": part})
    if name not in open_to(by, part):
        raise Conflict(_("%(part)s is now: %(state)s.") % {"part": part, "state": State(part.state).label})


def _see_that_they_coordinate(facility: Facility, by: User):
    if not (by.is_active and by.has_perm(COORDINATES) and facility.pk in by.facility_ids):
        raise DomainError(_("You coordinate no cycles of this facility."))


def _row_of(stands: PartStanding, element: Element) -> Row:
    row = next((one for one in stands.rows if one.element.pk == element.pk), None)
    if row is None:
        raise DomainError(_("%(element)s is no part of this.") % {"element": element})
    return row


def _step(part: CyclePart, state: State, *, by: User, because: str = ""):
    part.state = state
    part.save(update_fields=["state"])
    PartStep.objects.create(part=part, state=state, by=by, because=because)


def _names(elements: list[Element]) -> str:
    names = ", ".join(str(element) for element in elements[:NAMED])
    if (more := len(elements) - NAMED) > 0:
        return _("%(names)s and %(more)d more") % {"names": names, "more": more}
    return names
