"""The verbs of a corrective action. Each locks the person's row first, as those of personnel actions do."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from himdept.common import reasons
from himdept.common.audit import acting_as
from himdept.common.db.promises import seen_to
from himdept.common.errors import Conflict, DomainError
from staff.discipline import precedents
from staff.discipline.models import LOOK_FIRST, LOOKED_AT_FIRST, SAY_WHY, CaseFile, CaseFollowUp, CaseState, CaseStep
from staff.discipline.offences import TAKES_TWO, Step, last_day
from staff.discipline.workflow import MOVES, parts_of
from staff.employment.models import Employee
from staff.people.models import User
from staff.personnel import authority
from staff.personnel.actions import NotYours
from staff.personnel.models import PersonnelAction
from staff.personnel.workflow import Part

TERMS = (
    *("offence", "happened_on", "facts", "policy", "volume", "staffing", "training", "system"),
    *("step", "deviates_because", "expectation", "active_until"),
)


@contextmanager
def _moved(case: CaseFile, move: str, *, by: User, because: str = "") -> Iterator[CaseFile]:
    """The case, with its person's row locked and all that the workflow asks of this move seen to.

    The trail is not told the reason: it stands with the step, where only those read it who may see the case.
    """
    with transaction.atomic(), acting_as(by):
        Employee.objects.select_for_update(no_key=True).get(pk=case.employee_id)
        case = CaseFile.objects.select_for_update(no_key=True).get(pk=case.pk)
        may(by, move, case)
        if MOVES[move].reasoned:
            reasons.see_that_it_says(because)
        yield case


def may(user: User, move: str, case: CaseFile):
    """Raises NotYours or Conflict unless `user` may make this move with the case as it stands."""
    if not parts_of(user, case) & frozenset(MOVES[move].parts):
        raise NotYours(_("This is for those in the line above this person whose role decides on it, and nobody else."))
    if case.state not in MOVES[move].states:
        said = {"state": CaseState(case.state).label}
        raise Conflict(_("This case is by now: %(state)s. Look at it again.") % said)


def _step(case: CaseFile, move: str, to: str, *, by: User | None, **said) -> CaseFile:
    case.state = to
    case.save()
    at, head = timezone.now(), _head(by, case) if by else None
    own = head and Employee.objects.filter(user=by).values_list("pk", flat=True).first()
    in_place_of = head if head != own else None
    CaseStep.objects.create(case=case, move=move, state=to, by=by, in_place_of_id=in_place_of, at=at, **said)
    return case


def _head(user: User, case: CaseFile) -> int | None:
    return authority.in_place_of(user, PersonnelAction(employee=case.employee))


def write(case: CaseFile, *, by: User, follow_ups: Iterable[tuple[date, str]] = ()) -> CaseFile:
    """Keep a new draft, or what was changed in one, with the days on which it will be looked at again.

    Without a step the table's is taken.
    """
    with transaction.atomic(), acting_as(by):
        Employee.objects.select_for_update(no_key=True).get(pk=case.employee_id)
        if case.pk:
            kept = CaseFile.objects.select_for_update(no_key=True).get(pk=case.pk)
            may(by, "write", kept)
            case.state = kept.state
        else:
            case.written_by = by
            if not parts_of(by, case):
                raise NotYours(_("This person is not in your line."))
        case.step = case.step or precedents.suggestion(case).step
        case.active_until = case.active_until or last_day(case.step, timezone.localdate())
        if case.happened_on > timezone.localdate():
            raise DomainError(_("That day is still to come."), field="happened_on")
        seen_to(case)
        case.save()
        case.follow_ups.all().delete()
        for due, what in follow_ups:
            row = CaseFollowUp(case=case, due=due, what=what)
            seen_to(row)
            row.save()
    return case


def submit(case: CaseFile, *, by: User) -> CaseFile:
    """Lay it before those who decide. Refused while a question is open or a deviation has no reason, by its field."""
    with _moved(case, "submit", by=by) as case:
        found = precedents.suggestion(case)
        case.occurrence, case.suggested, case.state = found.occurrence, found.step, CaseState.SUBMITTED
        for name in LOOKED_AT_FIRST:
            if not getattr(case, name):
                raise DomainError(LOOK_FIRST, field=name)
        if case.step != case.suggested and not case.deviates_because:
            raise DomainError(SAY_WHY, field="deviates_because")
        seen_to(case)
        if not case.follow_ups.exists() and case.step != Step.DISCHARGE:
            raise DomainError(_("Say when it will be looked at again."), field="follow_up_1")
        return _step(case, "submit", CaseState.SUBMITTED, by=by)


def digest(case: CaseFile) -> str:
    """Of all that is approved when a case is: what it says, and what went before it as of now."""
    found = precedents.suggestion(case)
    told = [[str(getattr(case, name)) for name in TERMS], [earlier.pk for earlier in found.earlier]]
    told += [found.step, [[str(row.due), row.what] for row in case.follow_ups.all()]]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()


def takes_two(case: CaseFile) -> bool:
    """A final warning, a suspension and a discharge take the approval of two people."""
    return case.step in TAKES_TWO


def approve(case: CaseFile, *, by: User, digest: str) -> CaseFile:
    """Approve what was seen. Raises Conflict when it has changed, and DomainError when what went before it has."""
    with _moved(case, "approve", by=by) as case:
        _see_that_it_is_still(case, digest)
        found = precedents.suggestion(case)
        if (found.occurrence, found.step) != (case.occurrence, case.suggested):
            raise DomainError(_("What went before has changed since it was submitted. Return it to its author."))
        first = case.steps.filter(move="approve").last() if case.state == CaseState.AGREED else None
        if first and not _still_stands(first, digest):
            _step(case, "void", CaseState.SUBMITTED, by=None)
            first = None
        if first:
            _see_that_it_is_another(first, by)
        elif takes_two(case):
            return _step(case, "approve", CaseState.AGREED, by=by, digest=digest)
        return _step(case, "approve", CaseState.APPROVED, by=by, digest=digest)


def _see_that_it_is_still(case: CaseFile, seen: str):
    if digest(case) != seen:
        raise Conflict(_("The case has changed since you looked. Look at it again."))


def _still_stands(first: CaseStep, seen: str) -> bool:
    return first.digest == seen and Part.DECIDER in parts_of(first.by, first.case)


def _see_that_it_is_another(first: CaseStep, by: User):
    """Two decide: two people, and in the places of two heads."""
    in_place_of = first.in_place_of_id or Employee.objects.get(user=first.by).pk
    if first.by_id == by.pk or _head(by, first.case) == in_place_of:
        raise NotYours(_("The second approval is for somebody else than the first, and in another's place."))


def give_back(case: CaseFile, *, by: User, because: str) -> CaseFile:
    """Return it to its author to be changed."""
    with _moved(case, "return", by=by, because=because) as case:
        return _step(case, "return", CaseState.RETURNED, by=by, because=because)


def withdraw(case: CaseFile, *, by: User, because: str) -> CaseFile:
    """Take back what was not approved yet."""
    with _moved(case, "withdraw", by=by, because=because) as case:
        return _step(case, "withdraw", CaseState.WITHDRAWN, by=by, because=because)


def give(case: CaseFile, *, by: User) -> CaseFile:
    """Tell the person: from now on they see the case, may reply and sign, and it counts."""
    with _moved(case, "give", by=by) as case:
        case.given_at = timezone.now()
        return _step(case, "give", CaseState.GIVEN, by=by)


def reply(case: CaseFile, *, by: User, words: str) -> CaseFile:
    """What the person says to it, once, in their own words."""
    with _moved(case, "reply", by=by) as case:
        if case.reply:
            raise Conflict(_("You have replied already."))
        if not words.strip():
            raise DomainError(_("Say something, or leave it."), field="reply")
        case.reply, case.replied_at = words, timezone.now()
        return _step(case, "reply", CaseState.GIVEN, by=by)


def sign(case: CaseFile, *, by: User) -> CaseFile:
    """The person confirms that they were given it; that is not to agree with it."""
    with _moved(case, "sign", by=by) as case:
        return _answered(case, "sign", CaseFile.Answer.SIGNED, by=by)


def answer(case: CaseFile, *, by: User, words: str = "", signs: bool = False) -> CaseFile:
    """The person's reply, their signature, or both: together or not at all."""
    with transaction.atomic():
        if words:
            case = reply(case, by=by, words=words)
        if signs:
            case = sign(case, by=by)
    return case


def decline(case: CaseFile, *, by: User, witness: Employee) -> CaseFile:
    """The person would not sign, and somebody else saw that: neither they nor who writes it down."""
    with _moved(case, "decline", by=by) as case:
        if witness.user_id == by.pk or witness.pk == case.employee_id:
            raise DomainError(_("The witness is somebody else."), field="witness")
        case.witness = witness
        return _answered(case, "decline", CaseFile.Answer.DECLINED, by=by)


def _answered(case: CaseFile, move: str, answer: str, *, by: User) -> CaseFile:
    if case.answer:
        raise Conflict(_("It is answered already: %(answer)s.") % {"answer": case.get_answer_display()})
    case.answer, case.answered_at = answer, timezone.now()
    return _step(case, move, CaseState.GIVEN, by=by)


def follow_up(case: CaseFile, row: CaseFollowUp, *, by: User, found: str) -> CaseFile:
    """Write down what was found on a day on which it was to be looked at again."""
    with _moved(case, "follow_up", by=by) as case:
        row = case.follow_ups.select_for_update(no_key=True).get(pk=row.pk)
        if row.done_at:
            raise Conflict(_("That was followed up already."))
        if not found.strip():
            raise DomainError(_("Say what was found."), field="found")
        row.done_at, row.done_by, row.found = timezone.now(), by, found
        row.save()
        return _step(case, "follow_up", CaseState.GIVEN, by=by)


def close(case: CaseFile, *, by: User) -> CaseFile:
    """Nothing is left to do; it counts until its last day all the same."""
    with _moved(case, "close", by=by) as case:
        if not case.answer:
            raise DomainError(_("First they sign, or decline before a witness."))
        if case.follow_ups.filter(done_at=None).exists():
            raise DomainError(_("A follow-up is still to come."))
        return _step(case, "close", CaseState.CLOSED, by=by)


def rescind(case: CaseFile, *, by: User, because: str, digest: str) -> CaseFile:
    """Take it back: it counts no more, and stays to be read. Where approving takes two, so does this."""
    with _moved(case, "rescind", by=by, because=because) as case:
        _see_that_it_is_still(case, digest)
        first = case.steps.filter(move="ask_rescind").last()
        if first and _still_stands(first, digest):
            _see_that_it_is_another(first, by)
        elif takes_two(case):
            return _step(case, "ask_rescind", case.state, by=by, because=because, digest=digest)
        return _step(case, "rescind", CaseState.RESCINDED, by=by, because=because)


def note_print(case: CaseFile, *, by: User) -> CaseFile:
    """Write down who took it out on paper; the case stays as it is."""
    with transaction.atomic(), acting_as(by):
        case = CaseFile.objects.select_for_update(no_key=True).get(pk=case.pk)
        return _step(case, "print", case.state, by=by)


def hand_over(case: CaseFile, *, to: User, by: User, because: str) -> CaseFile:
    """Make somebody else the author, who follows it up from now on; what the case says stays as it is.

    Raises NotYours unless both could act on the person by line and role.
    """
    with transaction.atomic():
        Employee.objects.select_for_update(no_key=True).get(pk=case.employee_id)
        case = CaseFile.objects.select_for_update(no_key=True).get(pk=case.pk)
        for person in (by, to):
            if not parts_of(person, case) - {Part.SUBJECT}:
                raise NotYours(_("%(who)s may not act on this person.") % {"who": person})
        case.written_by = to
        return _step(case, "hand_over", case.state, by=by, because=because)
