"""People who go through a survey cycle: Rosa coordinates, Sam and Vera score."""

from datetime import date, timedelta
from decimal import Decimal
from types import SimpleNamespace

from django.utils import timezone

from compliance.cycles import actions
from compliance.cycles.marking import AS_MEASURED, Said
from compliance.cycles.models import Cycle, CyclePart
from compliance.cycles.standing import Row, stand
from compliance.scoring.models import Reading
from compliance.standards import library
from compliance.standards.models import Edition
from tests import factories as make

DAY = timedelta(days=1)
MET = Said("met")
SHORT = Said("not_met", "moderate", "pattern", "The log of March lacks two.")


def house(code: str = "1", since: date | None = None, *, chapters=None, name: str = "house") -> Edition:
    """An edition: chapter A of two elements that people judge, chapter M of one that a measure judges and one not."""
    chapters = chapters or {
        "A": [{"code": "A-1"}, {"code": "A-2"}],
        "M": [{"code": "M-1", "metrics": ["discharge-summary"]}, {"code": "M-2"}],
    }
    content = {
        "code": name,
        "title": "House rules",
        "edition": code,
        "effective_from": since or timezone.localdate() - 30 * DAY,
        "source": "https://example.org/rules",
        "kinds": ["hospital"],
        "chapter": [
            {
                "code": chapter,
                "title": f"Chapter {chapter}",
                "element": [{"asks": f"What {one['code']} asks", "basis": "bylaws"} | one for one in elements],
            }
            for chapter, elements in chapters.items()
        ],
    }
    return library.load(content)


def people() -> SimpleNamespace:
    return SimpleNamespace(
        rosa=make.manager("rosa", first_name="Rosa", last_name="Amberlin"),
        sam=make.person("sam", role="Records supervisor", first_name="Sam", last_name="Ito"),
        vera=make.person("vera", role="Privacy officer", first_name="Vera", last_name="Okoye"),
    )


def read(numerator: int, denominator: int = 10, *, days: int = 0, metric: str = "discharge-summary") -> Reading:
    """A reading of MAIN of so many days ago, with an aim of nine in ten."""
    at = timezone.now() - days * DAY
    facility = make.facility()
    return Reading.objects.create(
        facility=facility,
        metric=metric,
        day=timezone.localdate(at, facility.zone),
        as_of=at,
        known_at=at,
        numerator=numerator,
        denominator=denominator,
        offenders=list(range(1, denominator - numerator + 1)),
        aim=Decimal("0.9"),
    )


def begun(by, editions=None, *, title: str = "Mock survey", scored_by=None) -> Cycle:
    """A cycle that began today and is due in a month; its parts are all somebody's, where that is named."""
    today = timezone.localdate()
    cycle = actions.start(
        make.facility(), title=title, editions=editions or [house()], begins=today, due=today + 30 * DAY, by=by
    )
    for part in cycle.parts.all():
        if scored_by:
            give(part, scored_by, by=by)
    return cycle


def give(part: CyclePart, to, *, by) -> CyclePart:
    return actions.assign(part, assignee=to, due=part.due, seen=(part.assignee_id, part.due), by=by)


def part_of(cycle: Cycle, chapter: str) -> CyclePart:
    return CyclePart.objects.with_names().get(cycle=cycle, chapter__code=chapter)


def row_of(part: CyclePart, code: str) -> Row:
    part = CyclePart.objects.with_names().get(pk=part.pk)
    return next(row for row in stand(part.cycle, [part])[0].rows if row.element.code == code)


def score(part: CyclePart, code: str, said: Said = MET, *, by=None):
    row = row_of(part, code)
    return actions.score(part, row.element, said, after=row.after, by=by or row.part.assignee)


def review(part: CyclePart, code: str, said: Said, *, by):
    row = row_of(part, code)
    return actions.review(part, row.element, said, after=row.after, by=by)


def score_rest(part: CyclePart, said: Said = MET):
    """Score whatever is left of a part in the same way; what is measured is graded where it falls short."""
    part = CyclePart.objects.with_names().get(pk=part.pk)
    for row in stand(part.cycle, [part])[0].rows:
        if not row.is_done:
            score(part, row.element.code, said)
        elif row.falls_short and row.grade is None:
            score(part, row.element.code, Said(AS_MEASURED, "low", "limited"))


def finish(part: CyclePart, *, by):
    """Score what is left, submit, accept and close."""
    score_rest(part)
    part.refresh_from_db()
    actions.submit(part, by=part.assignee)
    actions.accept(part, by=by)
    actions.close_part(part, by=by)


def closed(by, scored_by, editions=None, *, title: str = "Mock survey", said: dict[str, Said] | None = None) -> Cycle:
    """A cycle that is over: of what is named so was found, everything else met."""
    cycle = begun(by, editions, title=title, scored_by=scored_by)
    for part in cycle.parts.with_names():
        for code in part.chapter.elements.values_list("code", flat=True):
            if said and code in said:
                score(part, code, said[code])
        finish(part, by=by)
    return actions.close(cycle, by=by)
