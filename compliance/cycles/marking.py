"""What a mark is to say, by each hand: pure functions of how an element stands and of what somebody says of it."""

from dataclasses import dataclass
from typing import Self

from django.utils.translation import gettext as _

from compliance.cycles.models import FALLS_SHORT, NOT_ASSESSED, Hand, Mark
from compliance.cycles.standing import Row
from compliance.scoring import scores
from compliance.scoring.models import Reading, Result
from himdept.common.errors import Conflict, DomainError
from staff.models import User

AS_MEASURED = "as_measured"  # of an element that measures judge: what they say, whatever it is


@dataclass(frozen=True)
class Said:
    """What somebody says of an element. `result` is a Result, NOT_ASSESSED or, where measures judge, AS_MEASURED."""

    result: str
    likelihood: str = ""
    scope: str = ""
    because: str = ""

    @classmethod
    def by(cls, mark: Mark | None, *, is_measured: bool) -> Self:
        """What a mark says, in the words of a form or of a sheet; None says nothing yet."""
        if mark is None:
            return cls(AS_MEASURED if is_measured else NOT_ASSESSED)
        result = AS_MEASURED if is_measured and not mark.overrules else mark.result
        return cls(result, mark.likelihood, mark.scope, mark.because)


def individual(row: Row, said: Said, *, by: User) -> Mark:
    """The mark of whoever scores: beside what is measured now. Raises DomainError without a reason where one is asked
    for, and for what cannot be said of the element."""
    measured = (row.live.result, row.live.reading) if row.live else None
    return _made(row, said, Hand.INDIVIDUAL, measured, by=by)


def preliminary(row: Row, said: Said, *, by: User) -> Mark:
    """The mark of whoever coordinates: beside the reading that was kept as the part was submitted. Raises as
    `individual`, and without a reason where it differs from what was scored."""
    mark = _made(row, said, Hand.PRELIMINARY, kept_reading(row.individual), by=by)
    if mark.result != row.individual.result and not mark.because:
        raise DomainError(_("It was scored otherwise: say why you differ."), field="because")
    return mark


def pinned(row: Row, *, by: User) -> Mark | None:
    """What is measured, kept with its reading as a part is submitted; None where a person has the word or where it is
    kept already."""
    if not row.element.is_measured or (row.individual and row.individual.overrules):
        return None
    before = row.individual
    result = row.live.result or NOT_ASSESSED
    reading = row.live.reading
    if before and before.is_measured and (before.result, before.reading_id) == (result, reading and reading.pk):
        return None
    mark = Mark(part=row.part, element=row.element, hand=Hand.INDIVIDUAL, result=result, by=by)
    mark.reading, mark.is_measured = reading, True
    if before and result in FALLS_SHORT:  # the grade is a person's, and stays
        mark.likelihood, mark.scope, mark.because = before.likelihood, before.scope, before.because
    return mark


def accepted(row: Row, *, by: User) -> Mark:
    return _copied(row.individual, Hand.PRELIMINARY, by=by)


def final(row: Row, *, by: User) -> Mark:
    return _copied(row.counting, Hand.FINAL, by=by)


def seen_to(row: Row, mark: Mark, *, after: int) -> Mark | None:
    """The mark that says the same already, where the same person sent it twice; None where `after` is the last one.

    Raises Conflict where somebody has marked the element since.
    """
    if after == row.after:
        return None
    last = max(row.marks.values(), key=lambda one: one.pk)
    if (last.by_id, _content(last)) == (mark.by_id, _content(mark)):
        return last
    raise Conflict(
        _("%(who)s has marked %(element)s meanwhile: %(result)s. Look at it again.")
        % {"who": last.by, "element": row.element, "result": last.get_result_display()}
    )


def kept_reading(mark: Mark) -> tuple[Result | None, Reading | None] | None:
    """What was measured as a mark was made: the result and the reading; None of an element that nobody measures."""
    if not (mark.is_measured or mark.overrules):
        return None
    return (scores.by_measure(mark.reading)[0] if mark.reading else None), mark.reading


def _made(row: Row, said: Said, hand: Hand, measured: tuple | None, *, by: User) -> Mark:
    if said.result not in {*Result.values, NOT_ASSESSED, AS_MEASURED} or (said.result == AS_MEASURED and not measured):
        raise DomainError(_("That is no result."), field="result")
    mark = Mark(part=row.part, element=row.element, hand=hand, by=by, because=said.because.strip())
    mark.result = said.result
    if measured:
        result, mark.reading = measured
        if said.result in (AS_MEASURED, NOT_ASSESSED, result):
            mark.result, mark.is_measured = result or NOT_ASSESSED, True
        else:
            mark.overrules = True
    if mark.result in FALLS_SHORT:
        mark.likelihood, mark.scope = said.likelihood, said.scope
        if bool(mark.likelihood) != bool(mark.scope):
            missing = "scope" if mark.likelihood else "likelihood"
            raise DomainError(_("A grade has both: how likely it is to harm, and how far it reaches."), field=missing)
    if mark.overrules and not mark.because:
        raise DomainError(_("It is measured otherwise: say why that is overruled."), field="because")
    if mark.result == Result.NOT_APPLICABLE and not mark.because:
        raise DomainError(_("Say why it does not apply."), field="because")
    return mark


def _copied(mark: Mark, hand: Hand, *, by: User) -> Mark:
    fields = ("part_id", "element_id", "reading_id", "is_measured", "overrules", *CONTENT[1:])
    return Mark(hand=hand, by=by, **{name: getattr(mark, name) for name in fields})


CONTENT = ("hand", "result", "likelihood", "scope", "because")


def _content(mark: Mark) -> tuple:
    return tuple(getattr(mark, name) for name in CONTENT)
