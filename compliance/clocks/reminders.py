"""Telling people of what comes due: written down in one step of the night, sent by mail in another.

A mail is claimed before it is sent, so that a worker that is lost between the two sends nothing twice; what it had not
sent yet stands on the page of what comes due all the same, and is mailed at the next rung.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from functools import partial

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models.functions import Now
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from compliance.clocks.models import Reminder
from himdept.common import clocks
from himdept.common.clocks import Clock
from himdept.common.post import hand_over
from staff.models import Facility, User

TOO_OLD = timedelta(days=7)  # a reminder that could not be mailed for so long is none any more
TOGETHER = 1_000  # rows of one statement


def write_tonight(step) -> dict:
    """The step of the night that writes down whom to tell of what. Twice the same night changes nothing."""
    facility = step.night.facility
    return write(facility, on=timezone.localdate(step.night.as_of, facility.zone))


def write(facility: Facility, *, on: date) -> dict[str, int]:
    """Write down who is to be told, of everything whose next rung is reached on this local day; how much by clock."""
    return {clock.name: sum(map(_kept, _batches(clock, facility, on))) for clock in clocks.every()}


def _batches(clock: Clock, facility: Facility, on: date) -> Iterator[list[Reminder]]:
    rows = clock.rows(facility.pk).filter(**{f"{clock.due}__lte": on + timedelta(days=max(clock.ladder))})
    due = dict(rows.order_by("pk").values_list("pk", clock.due))
    batch = []
    for row, person in sorted(clock.whom(rows)) if due else ():
        batch.append(
            Reminder(
                clock=clock.name,
                row=row,
                due=due[row],
                rung=clock.rung(due[row], on),
                person_id=person,
                facility=facility,
            )
        )
        if len(batch) == TOGETHER:
            yield batch
            batch = []
    if batch:
        yield batch


def _kept(batch: list[Reminder]) -> int:
    """Write those that were not written before; how many these are."""
    key = ("clock", "row", "due", "rung", "person_id")
    told = Reminder.objects.filter(clock=batch[0].clock, row__in=[one.row for one in batch])
    known = set(told.values_list(*key))
    new = [one for one in batch if tuple(getattr(one, name) for name in key) not in known]
    Reminder.objects.bulk_create(new, ignore_conflicts=True)  # of two at once the database keeps one
    return len(new)


def mail_tonight(step) -> dict:
    """The step of the night that sends what was written down."""
    return mail(step.night.facility)


def mail(facility: Facility) -> dict[str, int]:
    """Send each person one mail of all that they are to be told and were not; how many were sent, and how many refused.

    Nothing is sent where the installation names no mail server, or not its own address. Raises OSError when the server
    is not to be had: the step is tried again.
    """
    counts = Counter(mails=0, refused=0)
    if not settings.SENDS_MAIL:
        return dict(counts)
    waiting = Reminder.objects.filter(
        facility=facility, mailed_at=None, written_at__gte=timezone.now() - TOO_OLD, person__is_active=True
    ).exclude(person__email="")
    for person in User.objects.filter(pk__in=waiting.values("person")).order_by("pk"):
        with transaction.atomic():
            claimed = list(waiting.filter(person=person).select_for_update(skip_locked=True))
            Reminder.objects.filter(pk__in=[one.pk for one in claimed]).update(mailed_at=Now())
        if not claimed:
            continue
        went = hand_over(letter(person, claimed), person.pk, give_back=partial(_give_back, claimed))
        counts["mails" if went else "refused"] += 1
    return dict(counts)


def _give_back(claimed: list[Reminder]):
    Reminder.objects.filter(pk__in=[one.pk for one in claimed]).update(mailed_at=None)


def letter(person: User, reminders: list[Reminder]) -> EmailMessage:
    """One mail with a line for each clock and rung: how many, and where to look. It names nobody."""
    numbers = Counter((one.clock, one.rung) for one in reminders)
    lines = [
        render_to_string(clock.mail, {"number": number, "days": rung}).strip()
        for (name, rung), number in sorted(numbers.items(), key=lambda item: (item[0][1], item[0][0]))
        if (clock := clocks.named(name))
    ]
    address = settings.PUBLIC_URL + reverse("coming_due")
    subject, _, body = render_to_string("mail/coming_due.txt", {"lines": lines, "address": address}).partition("\n")
    return EmailMessage(subject=subject, body=body.lstrip(), to=[person.email])
