"""The verbs of a personnel action: write, submit, approve, give back, withdraw, rescind, correct.

Each locks the person's row first, so that of two who act at once one comes after the other and sees what the first did.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from himdept.common import reasons
from himdept.common.audit import acting_as
from himdept.common.db import promises
from himdept.common.errors import Conflict, DomainError
from staff.employment.models import Employee
from staff.organisation.models import Position
from staff.people.models import User
from staff.personnel import access, authority, checklists, notices, policy, timeline
from staff.personnel.authority import NotYours
from staff.personnel.kinds import Kind
from staff.personnel.models import PersonnelAction, PersonnelStep, State
from staff.personnel.timeline import Preview
from staff.personnel.workflow import MOVES, Part

SAID = ("kind", "effective", "position", "fte", "pay", "basis", "supervisor", "reason", "until", "case", "backdated")
FIRST = {"approve": "approve", "rescind": "ask_rescind"}  # what may take two: how the first of them stands in the steps
SECOND_IS_ANOTHER = gettext_lazy("The second approval is for somebody else than the first, and in another's place.")


@contextmanager
def _moved(action: PersonnelAction, move: str, *, by: User, because: str = "") -> Iterator[PersonnelAction]:
    """The action, with its person's row locked and all that the workflow asks of this move seen to."""
    with transaction.atomic(), acting_as(by, because=because):
        Employee.objects.select_for_update(no_key=True).get(pk=action.employee_id)
        action = PersonnelAction.objects.select_for_update(no_key=True).get(pk=action.pk)
        may(by, move, action)
        if MOVES[move].reasoned:
            reasons.see_that_it_says(because)
        yield action


def may(user: User, move: str, action: PersonnelAction):
    """Raises NotYours or Conflict unless `user` may make this move with the action as it stands."""
    parts = authority.parts_of(user, action)
    if not parts & frozenset(MOVES[move].parts):
        raise NotYours(
            _("This is for those in the line above this person whose role decides on it, and for nobody else.")
        )
    if action.state not in MOVES[move].states:
        said = {"state": State(action.state).label}
        raise Conflict(_("This action is by now: %(state)s. Look at it again.") % said)


def step(
    action: PersonnelAction, move: str, to: State, *, by: User | None, follows: Callable[[], list] = list, **said
) -> PersonnelAction:
    """Put the action into its next state, and write down who did that; the caller has seen that it may be.

    `follows` does what follows from the new state, and lists it for the step.
    """
    now = timezone.now()
    head = authority.in_place_of(by, action, now) if by else None
    own = head and Employee.objects.filter(user=by).values_list("pk", flat=True).first()
    action.state = to
    action.save(update_fields=["state"])
    made = PersonnelStep.objects.create(
        action=action,
        move=move,
        state=to,
        by=by,
        in_place_of_id=head if head != own else None,
        at=now,
        done=follows(),
        **said,
    )
    notices.tell(made)
    return action


def write(action: PersonnelAction, *, by: User) -> PersonnelAction:
    """Keep a new draft, or what was changed in one. Raises DomainError for what the kind cannot say."""
    with transaction.atomic(), acting_as(by):
        Employee.objects.select_for_update(no_key=True).get(pk=action.employee_id)
        if action.pk:
            kept = PersonnelAction.objects.select_for_update(no_key=True).get(pk=action.pk)
            may(by, "write", kept)
            action.state = MOVES["write"].to
        else:
            action.written_by = by
            if not authority.parts_of(by, action):
                raise NotYours(_("This person, or this seat, is not in your line."))
        _see_that_it_says_what_it_must(action)
        action.save()
    return action


def write_hire(action: PersonnelAction, *, by: User, username: str = "") -> PersonnelAction:
    """Keep the draft of a hire together with whom it is about, and their account, which stays closed until then.

    Raises DomainError also when somebody else gave the number or the user name to another in the same moment.
    """
    with promises.kept(), acting_as(by):
        newcomer = action.employee
        if username:
            names = {"first_name": newcomer.given_name, "last_name": newcomer.family_name}
            account = User(username=username, is_active=False, access_ends_at=timezone.now(), **names)
            account.must_change_password = True
            account.set_unusable_password()
            account.save()
            newcomer.user = account
        newcomer.save()
        action.employee = newcomer  # by its number, which it has only now
        return write(action, by=by)


def _see_that_it_says_what_it_must(action: PersonnelAction):
    try:
        action.full_clean()
    except ValidationError as problem:
        field, errors = next(iter(problem.error_dict.items()))
        raise DomainError(" ".join(errors[0].messages), field=field if field != "__all__" else "") from problem
    reasons.see_that_it_says(action.because)
    if action.case and (action.case.employee_id != action.employee_id or action.case.given_at is None):
        raise DomainError(_("That corrective action was not given to this person."), field="case")
    if action.kind == Kind.RECLASSIFICATION:
        here = action.employee.position(action.effective)
        if here is None or action.position.replaces_id != here.pk:
            raise DomainError(
                _("A reclassification leads to the seat that replaces the person's own."), field="position"
            )


def look_ahead(action: PersonnelAction) -> Preview:
    """What approving would make of the person's timeline. Raises DomainError when it cannot be, with the reason.

    It is written and rolled back, so whoever only looks holds the person's row meanwhile too.
    """
    with transaction.atomic():
        Employee.objects.select_for_update(no_key=True).get(pk=action.employee_id)
        seen = timeline.preview(action)
        policy.see_that_payroll_allows(action)
        if refusal := timeline.try_out(action.employee, seen.after):
            raise refusal
    return seen


def look_without(action: PersonnelAction) -> Preview:
    """What rescinding would make of the person's timeline. Raises DomainError when it cannot be, with the reason."""
    with transaction.atomic():
        Employee.objects.select_for_update(no_key=True).get(pk=action.employee_id)
        seen = timeline.preview_without(action)
        if refusal := timeline.try_out(action.employee, seen.after):
            raise refusal
    return seen


def submit(action: PersonnelAction, *, by: User) -> PersonnelAction:
    """Lay a draft before those who decide. Raises DomainError when it could not take effect as it stands."""
    with _moved(action, "submit", by=by) as action:
        _see_that_it_says_what_it_must(action)
        look_ahead(action)
        return step(action, "submit", State.SUBMITTED, by=by)


def approve(action: PersonnelAction, *, by: User, digest: str) -> PersonnelAction:
    """Approve what was seen in the preview of that digest; from now on it is part of the timeline.

    Where policy asks for two, the first approval only waits for the second, by somebody else. When what the first one
    saw has changed since, that approval is void, and this one is the first.

    Raises Conflict when the preview has changed, or somebody else was faster.
    """
    with _moved(action, "approve", by=by) as action:
        seen = look_ahead(action)
        if seen.digest != digest:
            raise Conflict(_("What this would come to has changed since you looked. Look at it again."))
        first = first_of_two(action, "approve", digest)
        if action.state == State.AGREED and first is None:
            step(action, "void", State.SUBMITTED, by=None)
        if first:
            _see_that_it_is_another(first, by)
        elif policy.second_approver_because(action, seen.before, seen.after):
            return step(action, "approve", State.AGREED, by=by, digest=digest)
        corrected = _corrected_by(action)
        step(action, "approve", State.APPROVED, by=by, digest=digest)
        checklists.copy(action)
        if corrected:
            follows = partial(_come_to, action.employee)
            step(corrected, "correct", State.CORRECTED, by=by, because=action.because, follows=follows)
        else:
            timeline.rebuild(action.employee)
            access.keep_end(action.employee)
        return take_effect(action)


def take_effect(action: PersonnelAction, at: datetime | None = None) -> PersonnelAction:
    """Bring an approved action into effect if its moment has come; what follows of itself is done in the same act.

    The clock comes to it each minute, and so does whoever approves what counts from a moment that is past. The caller
    holds the person's row.
    """
    at = at or timezone.now()
    if action.state == State.APPROVED and action.effective <= at:
        step(action, "take_effect", State.EFFECTIVE, by=None, follows=partial(access.settle, action.employee, at))
    return action


def _corrected_by(correction: PersonnelAction) -> PersonnelAction | None:
    if not correction.corrects_id:
        return None
    corrected = PersonnelAction.objects.select_for_update(no_key=True).get(pk=correction.corrects_id)
    if corrected.state not in MOVES["correct"].states:
        raise Conflict(_("What this corrects is no longer in force."))
    return corrected


def _come_to(employee: Employee) -> list[tuple[str, int]]:
    """Write anew what the actions in force come to, and give and take at once what follows as of now."""
    timeline.rebuild(employee)
    return access.settle(employee)


def first_of_two(action: PersonnelAction, move: str, digest: str) -> PersonnelStep | None:
    """The approval, or the request to rescind, that waits for a second, and still stands as to what is seen."""
    if move not in FIRST or (move == "approve" and action.state != State.AGREED):
        return None
    first = action.steps.filter(move=FIRST[move]).last()
    return first if first and _still_stands(first, digest) else None


def is_for_another(user: User, move: str, action: PersonnelAction, digest: str) -> bool:
    """Whether a move is the second of two, and not for `user`, who made the first or acts in its place."""
    first = first_of_two(action, move, digest)
    return first is not None and not _is_another(first, user)


def _still_stands(first: PersonnelStep, digest: str) -> bool:
    """Whether what the first of two agreed to is still what is seen, and whether it is still theirs to agree to."""
    return first.digest == digest and Part.DECIDER in authority.parts_of(first.by, first.action)


def _see_that_it_is_another(first: PersonnelStep, by: User):
    """Two decide: two people, and in the places of two heads."""
    if not _is_another(first, by):
        raise NotYours(SECOND_IS_ANOTHER)


def _is_another(first: PersonnelStep, by: User) -> bool:
    return first.by_id != by.pk and authority.in_place_of(by, first.action) != notices.place_of(first)


def give_back(action: PersonnelAction, *, by: User, because: str) -> PersonnelAction:
    """Return an action to its author to be changed."""
    with _moved(action, "return", by=by, because=because) as action:
        return step(action, "return", State.RETURNED, by=by, because=because)


def withdraw(action: PersonnelAction, *, by: User, because: str) -> PersonnelAction:
    """Take back what was not approved yet."""
    with _moved(action, "withdraw", by=by, because=because) as action:
        return step(action, "withdraw", State.WITHDRAWN, by=by, because=because)


def rescind(action: PersonnelAction, *, by: User, because: str, digest: str) -> PersonnelAction:
    """Take an approved action out of the timeline, as if it had not been; both records stay.

    Where approving it takes two, the first only asks for that, and a second does it. What it gave and took is set right
    at once; sessions, and grants to single rows, do not come back.

    Raises DomainError when later actions are built on it, Conflict when the preview of that digest has changed.
    """
    with _moved(action, "rescind", by=by, because=because) as action:
        seen = timeline.preview_without(action)
        if seen.digest != digest:
            raise Conflict(_("What this would come to has changed since you looked. Look at it again."))
        if first := first_of_two(action, "rescind", digest):
            _see_that_it_is_another(first, by)
        elif policy.second_approver_because(action, seen.before, seen.after):
            return step(action, "ask_rescind", State(action.state), by=by, because=because, digest=digest)
        follows = partial(_come_to, action.employee)
        return step(action, "rescind", State.RESCINDED, by=by, because=because, follows=follows)


def correct(action: PersonnelAction, *, by: User, because: str, **terms) -> PersonnelAction:
    """Write a draft that will replace an action in force when it is approved. `terms` are what it says differently."""
    with _moved(action, "correct", by=by, because=because) as action:
        said = {name: getattr(action, name) for name in SAID} | terms
        draft = PersonnelAction(employee=action.employee, corrects=action, because=because, **said)
        return write(draft, by=by)


def take_over(employee: Employee, *, position: Position, since: datetime, because: str, **terms) -> PersonnelAction:
    """Take over somebody who was employed before this program was here: nobody in it decided that.

    For the demonstration, imports and the first head, at the terminal; no page leads here.
    """
    with transaction.atomic():
        Employee.objects.select_for_update(no_key=True).get(pk=employee.pk)
        action = PersonnelAction(
            employee=employee,
            kind=Kind.TAKEN_OVER,
            effective=since,
            position=position,
            because=because,
            **{"fte": position.authorised_fte} | terms,
        )
        _see_that_it_says_what_it_must(action)
        action.save()
        step(action, "take_over", State.RECORDED, by=None, because=because)
        _come_to(employee)
    return action
