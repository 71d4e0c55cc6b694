"""What a personnel file lacks on a day, in words: what a surveyor would find first."""

from collections.abc import Iterator
from datetime import date

from django.utils.translation import gettext as _

from himdept.common import spoken
from staff.continuing.progress import Line as Progress
from staff.fitness.facts import words
from staff.packet.file import File


def gaps(file: File, on: date) -> Iterator[tuple[str, str]]:
    """Pairs of what it is about and what is missing; none when the file is whole."""
    yield from _of_the_job(file)
    yield from _of_credentials(file, on)
    for row in file.trainings:
        if row.due and row.due < on:
            yield _("Training"), _("%(what)s was due on %(day)s") % _told(row.course, row.due)
    for row in file.competences:
        if row.passed is False:
            yield _("Competency"), _("%(what)s was failed on %(day)s") % _told(row.competency, row.assessed_on)
        elif row.due and row.due < on:
            yield _("Competency"), _("%(what)s was due on %(day)s") % _told(row.competency, row.due)
    yield from _of_exclusions(file)
    for reason in file.against:
        yield _("Work"), _("may not work: %(why)s") % {"why": words(reason)}


def _told(what, day: date) -> dict[str, str]:
    return {"what": str(what), "day": spoken.date_of(day)}


def _of_the_job(file: File) -> Iterator[tuple[str, str]]:
    if file.job is None:
        yield _("Job"), _("the person sits in no seat")
        return
    if not file.job.duties:
        yield _("Job description"), _("no duties are written down for %(job)s") % {"job": file.job}
    for line in file.qualification:
        if line.tone != "good":
            yield _("Qualification"), f"{line.title}: {line.word}" + (f" · {line.way}" if line.way else "")


def _of_credentials(file: File, on: date) -> Iterator[tuple[str, str]]:
    learning = {credential.pk: lines for credential, lines in file.learning}
    for credential in file.last_credentials:
        code = credential.certification.code
        if credential.last_day and credential.last_day < on:
            yield _("Credential"), _("%(what)s ended on %(day)s") % _told(code, credential.last_day)
        if credential.found != "confirmed":
            yield _("Credential"), _("%(what)s is not confirmed by its source") % {"what": code}
        for line in learning.get(credential.pk, ()):
            if not line.is_met:
                said = {"what": code, "has": line.counted, "asked": line.asked, "of": of_what(line)}
                yield _("Continuing education"), _("%(what)s: %(has).1f of %(asked).1f units %(of)s") % said


def of_what(line: Progress) -> str:
    """Of what a credential asks so many units: of all, of its domains together, of its issuer, or of one domain."""
    words = {"units": _("in all"), "domains": _("in its domains"), "issuer": _("from its issuer")}
    return words.get(line.of) or _("in %(domain)s") % {"domain": line.of}


def _of_exclusions(file: File) -> Iterator[tuple[str, str]]:
    if not file.lists:
        yield _("Exclusion lists"), _("no list is checked")
    for of in file.lists:
        for month in file.unchecked(of):
            yield (
                _("Exclusion lists"),
                _("%(list)s: not checked in %(month)s")
                % {
                    "list": of,
                    "month": spoken.date_of(month).split(" ", 1)[1],
                },
            )
    for match in file.matches:
        if match.accepted is None:
            yield _("Exclusion lists"), _("an entry of %(list)s waits for a decision") % {"list": match.list}
        elif match.accepted:
            yield _("Exclusion lists"), _("the person stands on %(list)s") % {"list": match.list}
