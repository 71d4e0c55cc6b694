"""The packet as a report: the gaps first, then what the file says, section by section."""

from collections.abc import Iterator

from django.utils import timezone
from django.utils.translation import gettext as _

from himdept.common import spoken
from himdept.common.reports import Contents
from himdept.common.sheets import Cell, Column, Look, Table
from staff.packet.file import File
from staff.packet.gaps import gaps, of_what


def contents(file: File, *, by) -> Contents:
    """The packet of a file. `by` is who prints it."""
    person, seat = file.person, file.seat
    at = spoken.minute(timezone.now(), timezone.get_current_timezone())
    hired = spoken.date_of(timezone.localdate(file.hired_at)) if file.hired_at else _("not employed")
    found = list(gaps(file, timezone.localdate()))
    facts = [
        (_("Person"), f"{person} · {person.number}"),
        (_("Job"), f"{seat.job} · {seat.number} · {seat.unit}" if seat else _("in no seat")),
        (_("Employed since"), hired),
        (_("Reports to"), str(file.supervisor or _("nobody"))),
        (_("As of"), at),
        (_("Gaps"), str(len(found)) if found else _("none")),
    ]
    sections = [
        _table("gaps", _("Gaps"), [_("What is missing"), _("About")], [(words, about) for about, words in found]),
        _table("job", _("Job description"), [_("Part"), Column(_("What it says"), 60)], _job(file)),
        _table(
            "qualification",
            _("Qualification"),
            [_("Requirement"), _("Asked"), _("Has"), _("Standing")],
            [(line.title, line.asked, line.has, line.word) for line in file.qualification],
        ),
        _table(
            "credentials",
            _("Credentials, and what their primary sources said"),
            [_("Credential"), _("First day"), _("Last day"), _("Source"), _("Looked up"), _("Result"), _("Proof")],
            _credentials(file),
        ),
        _table(
            "learning",
            _("Continuing education"),
            [_("Credential"), _("Asked of"), _("Asked"), _("Has")],
            _learning(file),
        ),
        _table("training", _("Training"), [_("Course"), _("Taken"), _("Next due"), _("Proof")], _training(file)),
        _table(
            "competencies",
            _("Competencies"),
            [_("Competency"), _("Assessed"), _("Method"), _("Assessor"), _("Result"), _("Next due")],
            _competencies(file),
        ),
        _table(
            "exclusions",
            _("Exclusion checks"),
            [_("List"), _("Month"), _("Checked"), _("Found")],
            [
                (str(one.load.list), f"{one.load.month:%Y-%m}", timezone.localtime(one.checked_at), _found(one.found))
                for one in file.checks
            ],
        ),
        _table(
            "matches",
            _("Entries of exclusion lists that could be the person"),
            [_("List"), _("Why"), _("Found"), _("Decision"), _("By"), _("Reason")],
            _matches(file),
        ),
    ]
    return Contents(_("Personnel file"), facts, sections, by=str(by), at=at)


def _table(name: str, title: str, headings: list[str | Column], rows) -> Table:
    rows = list(rows)
    columns = [heading if isinstance(heading, Column) else Column(heading) for heading in headings]
    return Table(name, title, columns, lambda: iter(rows), look=Look.TALLY)


def _found(number: int) -> str:
    return _("no match") if not number else str(number)


def _job(file: File) -> Iterator[tuple[Cell, ...]]:
    if file.job is None:
        return
    yield _("Title"), file.job.title
    if file.job.summary:
        yield _("Summary"), file.job.summary
    for duty in file.job.duties.splitlines():
        yield _("Duty"), duty


def _credentials(file: File) -> Iterator[tuple[Cell, ...]]:
    for credential in file.credentials:
        own = (f"{credential.certification.code} {credential.number}", credential.first_day, credential.last_day)
        looks = [look for look in credential.verifications.all() if look.written_at >= credential.changed_at]
        for look in looks:
            yield *own, look.source, look.looked_on, look.get_found_display(), look.proof
        if not looks:
            yield *own, "", None, _("Nobody has looked it up."), ""


def _learning(file: File) -> Iterator[tuple[Cell, ...]]:
    for credential, lines in file.learning:
        for line in lines:
            name = f"{credential.certification.code} {credential.number}"
            yield name, of_what(line), f"{line.asked:.1f}", f"{line.counted:.1f}"


def _training(file: File) -> Iterator[tuple[Cell, ...]]:
    due = {row.course_id: row.due for row in file.trainings}
    taken = {row.course_id for row in file.attendances}
    for row in file.attendances:
        yield row.course.title, row.done_on, due.get(row.course_id), row.proof
    for row in file.trainings:
        if row.course_id not in taken:
            yield row.course.title, None, row.due, _("not taken yet")


def _competencies(file: File) -> Iterator[tuple[Cell, ...]]:
    due = {row.competency_id: row.due for row in file.competences}
    shown = {row.competency_id for row in file.assessments}
    for row in file.assessments:
        result = _("passed") if row.passed else _("failed")
        method, assessor = row.get_method_display(), str(row.assessor)
        yield row.competency.title, row.assessed_on, method, assessor, result, due.get(row.competency_id)
    for row in file.competences:
        if row.competency_id not in shown:
            yield row.competency.title, None, row.competency.get_method_display(), "", _("not assessed yet"), row.due


def _matches(file: File) -> Iterator[tuple[Cell, ...]]:
    words = {None: _("to decide"), True: _("the person is excluded"), False: _("somebody else")}
    for match in file.matches:
        decided_by = str(match.decided_by or "")
        yield str(match.list), match.get_by_display(), match.found_on, words[match.accepted], decided_by, match.because
