"""The daily digest by mail: for each person of a facility, by what their role lets them see, once after each night.

It says how many and where to look, and names nobody. A mail is claimed before it is sent, so that a worker that is lost
between the two sends nothing twice.
"""

from collections import Counter
from functools import partial

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Now
from django.template.loader import render_to_string
from django.urls import reverse

from compliance.digests.models import Digest
from himdept.common import digests
from himdept.common.digests import Line
from himdept.common.post import hand_over
from staff.models import Facility, User

MODELS = "django.contrib.auth.backends.ModelBackend"  # roles are its groups


def send_tonight(step) -> dict:
    """The step of the night that mails the digests. Twice the same night sends nothing twice."""
    return send(step.night)


def send(night) -> dict[str, int]:
    """Write down what this night tells each person and mail it to those who want it; how many mails went out, and how
    many the server refused.

    Nothing is sent where the installation names no mail server, or not its own address. Raises OSError when the server
    is not to be had: the step is tried again.
    """
    counts = Counter(mails=0, refused=0)
    write(night)
    if not settings.SENDS_MAIL:
        return dict(counts)
    written = Digest.objects.filter(facility=night.facility, day=night.business_date, mailed_at=None)
    waiting = written.exclude(person__email="").exclude(person__digest_choice__wanted=False)
    for pk in waiting.order_by("pk").values_list("pk", flat=True):
        with transaction.atomic():
            free = waiting.filter(pk=pk).select_for_update(skip_locked=True, of=["self"])
            digest = free.select_related("person", "facility").first()
            if digest:
                Digest.objects.filter(pk=pk).update(mailed_at=Now())
        if digest:
            give_back = partial(Digest.objects.filter(pk=pk).update, mailed_at=None)
            went = hand_over(letter(digest), digest.person_id, give_back=give_back)
            counts["mails" if went else "refused"] += 1
    return dict(counts)


def write(night):
    """Write down who is told what; who was told of this night before is not told anew."""
    told: dict[int, dict[str, int]] = {}
    for line, number in digests.read(night):
        for person in those_concerned(line, night.facility).values_list("pk", flat=True):
            told.setdefault(person, {})[line.name] = number
    Digest.objects.bulk_create(
        [
            Digest(facility=night.facility, day=night.business_date, person_id=person, numbers=numbers)
            for person, numbers in sorted(told.items())
        ],
        ignore_conflicts=True,
    )


def those_concerned(line: Line, facility: Facility) -> QuerySet[User]:
    """Who is told a line: people of the facility whose role lets them see it.

    To run the software is no reason to be told: an administrator gets what their roles say.
    """
    people = User.objects.with_perm(line.needs, backend=MODELS, include_superusers=False)
    return people.filter(kind=User.Kind.PERSON, facilities=facility)


def letter(digest: Digest) -> EmailMessage:
    lines = {line.name: line for line in digests.lines()}
    told = [
        {"words": lines[name].words(number), "address": settings.PUBLIC_URL + lines[name].address(digest.facility)}
        for name, number in digest.numbers.items()
        if name in lines
    ]
    context = {"told": told, "facility": digest.facility.code, "switch": settings.PUBLIC_URL + reverse("digest")}
    subject, _, body = render_to_string("mail/digest.txt", context).partition("\n")
    return EmailMessage(subject=subject, body=body.lstrip(), to=[digest.person.email])
