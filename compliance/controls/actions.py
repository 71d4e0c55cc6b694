"""Planning controls that come back, moving when they are due, doing them, ending them; and what the night does."""

from datetime import date, timedelta

from auditlog.models import LogEntry
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from compliance.controls.models import Control, ControlOccurrence
from compliance.controls.schedule import first_open, months_later, scheduled
from compliance.evidence import actions as evidence
from compliance.evidence import queries
from compliance.evidence.models import Kind
from compliance.evidence.periods import Period
from compliance.standards.models import Element
from himdept.common import spoken, twice
from himdept.common.audit import acting_as
from himdept.common.errors import Conflict, DomainError
from staff.models import Facility, User

AHEAD = 12  # months
EARLIEST = timedelta(days=366)  # before today, for what was begun before the program knew of it
State = ControlOccurrence.State


def add(
    facility: Facility,
    elements: list[Element],
    *,
    title: str,
    basis: str,
    owner: User,
    anchor: date,
    every_months: int,
    by: User,
    on: date | None = None,
) -> Control:
    """Plan something that is done every so many months, first on a day. The times of a year are there at once.

    It is planned today, unless what tells of a past says `on` which day. A time that was over by then, because the next
    one had come, is never laid out: nobody was asked for it here, so nobody missed it.

    The same sent twice by the same person is planned once. Raises DomainError, naming the field: for an owner who is
    none, no element, a rhythm or a first day that cannot be; Conflict where the facility has a control of that title
    that goes on.
    """
    today = on or today_of(facility)
    _refuse_owner(owner, facility)
    if not elements:
        raise DomainError(_("A control supports at least one element."), field="elements")
    if not 1 <= every_months <= 60:
        raise DomainError(_("Every 1 to 60 months."), field="every_months")
    if not today - EARLIEST <= anchor <= months_later(today, 60):
        raise DomainError(_("The first time is at most a year ago, and at most five years ahead."), field="anchor")
    with transaction.atomic(), acting_as(by):
        Facility.objects.select_for_update(no_key=True).get(pk=facility.pk)
        said = {"basis": basis, "owner": owner, "anchor": anchor, "every_months": every_months}
        if there := facility.controls.select_related("owner").filter(title=title, ends_on=None).first():
            if _was_just_planned(there, said, elements, by):
                return there
            raise Conflict(_("There is a control of that title here."), field="title")
        control = Control.objects.create(facility=facility, title=title, **said)
        control.elements.set(elements)
        _lay_out(control, today, since=first_open(anchor, every_months, today))
    return control


def _was_just_planned(control: Control, said: dict, elements: list[Element], by: User) -> bool:
    """Whether the same person has planned the same just now; who and when is in the trail."""
    made = LogEntry.objects.get_for_object(control).filter(action=LogEntry.Action.CREATE, actor=by)
    is_same = all(getattr(control, name) == value for name, value in said.items())
    return (
        is_same and set(control.elements.all()) == set(elements) and made.filter(timestamp__gte=twice.since()).exists()
    )


def change(control: Control, elements: list[Element], *, title: str, basis: str, owner: User, by: User) -> Control:
    """Change what a control is called, what it supports and who answers for it. Its rhythm stays."""
    _refuse_owner(owner, control.facility)
    if not elements:
        raise DomainError(_("A control supports at least one element."), field="elements")
    with transaction.atomic(), acting_as(by):
        control = _locked(control)
        same = Control.objects.filter(facility=control.facility_id, title=title, ends_on=None).exclude(pk=control.pk)
        if same.exists():
            raise Conflict(_("There is a control of that title here."), field="title")
        control.title, control.basis, control.owner = title, basis, owner
        control.save(update_fields=["title", "basis", "owner"])
        control.elements.set(elements)
    return control


def end(control: Control, *, because: str, by: User) -> Control:
    """End a control with today. What was scheduled after that is no longer; what was, stays.

    Raises DomainError without a reason, Conflict where it has ended.
    """
    if not because.strip():
        raise DomainError(_("Give a reason."), field="because")
    with transaction.atomic(), acting_as(by, because=because):
        control = _locked(control)
        control.ends_on = today_of(control.facility)
        control.save(update_fields=["ends_on"])
        control.occurrences.open().filter(scheduled_on__gt=control.ends_on).delete()
    return control


def move(occurrence: ControlOccurrence, *, due_on: date, because: str, by: User) -> ControlOccurrence:
    """Move the day by which it is due. The day for which it is scheduled stays, and so does the next one.

    Raises DomainError without a reason, for a day that is over, and for one on which the next one is scheduled already;
    Conflict for what is no longer open.
    """
    if not because.strip():
        raise DomainError(_("Give a reason."), field="because")
    with transaction.atomic(), acting_as(by, because=because):
        occurrence = _open(occurrence)
        if due_on < today_of(occurrence.control.facility):
            raise DomainError(_("That day is over."), field="due_on")
        if not occurrence.begins_on <= due_on < occurrence.next_on:
            told = {"first": spoken.date_of(occurrence.begins_on), "next": spoken.date_of(occurrence.next_on)}
            raise DomainError(
                _("Not before %(first)s, and before %(next)s, for which the next one is scheduled.") % told,
                field="due_on",
            )
        occurrence.due_on = due_on
        occurrence.save(update_fields=["due_on"])
    return occurrence


def do(occurrence: ControlOccurrence, *, kind: Kind, title: str, done_on: date, by: User, **what) -> ControlOccurrence:
    """Write down that it was done, with its own evidence: that tells of the time that it is about, as far as it had
    gone by, and is good until the next one is scheduled. `what` is what evidence of that kind has.

    Raises DomainError, naming the field, as `evidence.add` does, and for a day on which it cannot have been done;
    Conflict for what is no longer open.
    """
    with transaction.atomic(), acting_as(by):
        occurrence = _open(occurrence)
        control, today = occurrence.control, today_of(occurrence.control.facility)
        if not occurrence.begins_on <= done_on <= today:
            told = {"first": spoken.date_of(occurrence.begins_on)}
            raise DomainError(_("It was done between %(first)s and today.") % told, field="done_on")
        kept = evidence.lay_down(
            control.facility,
            list(control.elements.order_by("pk")),
            kind=kind,
            title=title,
            owner=control.owner,
            period=Period(occurrence.begins_on, min(occurrence.scheduled_on, done_on), expires_on=occurrence.next_on),
            by=by,
            **what,
        )
        occurrence.state, occurrence.done_on, occurrence.done_by = State.DONE, done_on, by
        occurrence.evidence = kept.evidence
        occurrence.save(update_fields=["state", "done_on", "done_by", "evidence"])
    return occurrence


def plan_tonight(step) -> dict:
    """The step of the night that lays out the times to come and says which were missed. Twice it changes nothing."""
    facility, today = step.night.facility, step.night.business_date
    controls = list(facility.controls.select_for_update(no_key=True).order_by("pk"))
    planned = sum(plan(control, today) for control in controls)
    return {"planned": planned, "missed": sum(mark_missed(control, today) for control in controls)}


def plan(control: Control, today: date) -> int:
    """Lay out the times of the year to come; how many were new. Whatever was laid out before, by whichever night, the
    same times are there afterwards: those from the first one on that was laid out when the control was planned. Where
    there was none, all were more than a year away, and all of them are laid out."""
    first = control.occurrences.order_by("number").values_list("number", flat=True).first()
    return _lay_out(control, today, since=first or 0)


def _lay_out(control: Control, today: date, *, since: int) -> int:
    until = months_later(today, AHEAD)
    if control.ends_on is not None:
        until = min(until, control.ends_on)
    there = set(control.occurrences.values_list("number", flat=True))
    new = [
        ControlOccurrence(control=control, number=number, scheduled_on=day, due_on=day)
        for number, day in scheduled(control.anchor, control.every_months, until=until)
        if number >= since and number not in there
    ]
    ControlOccurrence.objects.bulk_create(new)
    return len(new)


def mark_missed(control: Control, today: date) -> int:
    """Say of what is open that it was missed, where the next time has come; how many these are."""
    missed = [one for one in control.occurrences.open().order_by("number") if one.next_on <= today]
    for occurrence in missed:
        occurrence.state = State.MISSED
        occurrence.save(update_fields=["state"])
    return len(missed)


def _locked(control: Control) -> Control:
    control = Control.objects.select_for_update(no_key=True, of=["self"]).select_related("facility").get(pk=control.pk)
    if control.ends_on is not None:
        raise Conflict(_("It has ended."))
    return control


def _open(occurrence: ControlOccurrence) -> ControlOccurrence:
    rows = ControlOccurrence.objects.select_for_update(no_key=True, of=["self"])
    occurrence = rows.select_related("control__facility", "control__owner").get(pk=occurrence.pk)
    if occurrence.state != State.OPEN or occurrence.next_on <= today_of(occurrence.control.facility):
        raise Conflict(_("It is no longer open."))
    return occurrence


def _refuse_owner(owner: User, facility: Facility):
    if not queries.owners(facility).filter(pk=owner.pk).exists():
        raise DomainError(_("%(who)s cannot answer for a control of this facility.") % {"who": owner}, field="owner")


def today_of(facility: Facility) -> date:
    return timezone.localdate(timezone=facility.zone)
