"""One record as of one moment, by what is known now and by what was known then: what differs, and why."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from records.completeness import judgement
from records.completeness.judgement import Judgement, Occasion
from records.completeness.known import causes, changes
from records.completeness.known.causes import Cause
from records.completeness.models import Deficiency
from records.completeness.timeline.rows import Row, row_of
from records.inventory.models import Document, Episode, Record


@dataclass(frozen=True)
class Difference:
    """Something that is asked of the record and stands otherwise: as it was known then, as it is known now, and why.

    Either side may be None: nothing was, or is, asked. `because` is empty where no change is about it by itself.
    """

    then: Row | None
    now: Row | None
    because: tuple[str, ...]

    @property
    def row(self) -> Row:
        """What names it."""
        return self.now or self.then


@dataclass(frozen=True)
class Compared:
    """The differences, in the order of what happened; `others` are changes that made none of them."""

    then: Judgement
    now: Judgement
    differences: list[Difference]
    others: list[str]


def compare(
    record: Record,
    as_of: datetime,
    known_at: datetime,
    *,
    documents: list[Document],
    episodes: list[Episode],
    stored: Iterable[Deficiency],
) -> Compared:
    """Judge a record as of a moment by all that is known and by what was known at another (both UTC).

    `documents`, `episodes` and `stored` as for `judgement.judge`.
    """
    zone, stored = record.facility.zone, list(stored)
    happened = changes.since(record, known_at)
    gone = left(happened, documents)
    known = changes.as_known([*documents, *gone], happened)
    now = judgement.judge(record, as_of, documents=documents, episodes=episodes, stored=stored)
    then = judgement.judge(record, as_of, documents=known, episodes=episodes, stored=stored, known_at=known_at)
    asking = {one.requirement.pk: one.requirement for occasion in now.occasions for one in occasion.verdicts}
    rules = [*asking.values(), *now.silent]
    told = causes.told(record, happened, [*documents, *gone], episodes)
    told += causes.published_between(rules, known_at, zone)
    sides = [{about(one): one for one in side.occasions} for side in (then, now)]
    keys = sorted((sides[0] | sides[1]).items(), key=lambda item: judgement.in_time(item[1]))
    pairs = [tuple(side.get(key) for side in sides) for key, _occasion in keys]
    pairs = [(before, after) for before, after in pairs if verdict_of(before) != verdict_of(after)]
    if any(asked_by(before) != asked_by(after) for before, after in pairs):
        told += causes.adopted_between(record.facility, known_at)
    differences, used = [], set()
    for before, after in pairs:
        why = [cause for cause in told if matches(cause, before, after)]
        used.update(map(id, why))
        rows = (one and row_of(one, as_of, zone) for one in (before, after))
        differences.append(Difference(*rows, tuple(cause.words for cause in why)))
    return Compared(then, now, differences, [cause.words for cause in told if id(cause) not in used])


def left(happened: Iterable[changes.Change], documents: Iterable[Document]) -> list[Document]:
    """The documents that were in the record then, or filed there, and are no more. A query only where there are any."""
    numbers = {one.number for one in happened if one.kind == "document"}
    numbers |= {one.before["document_id"] for one in happened if one.kind == "unfiled"}
    numbers -= {document.pk for document in documents}
    if not numbers:
        return []
    return list(
        Document.objects.filter(pk__in=numbers).select_related("document_type", "author", "cosigner", "episode")
    )


def about(occasion: Occasion) -> tuple:
    episode, entry = occasion.episode, occasion.entry
    return occasion.topic, episode and episode.pk, entry and entry.pk, occasion.block


def verdict_of(occasion: Occasion | None) -> set[tuple] | None:
    """What an occasion is held to, and how it stands; by which document is not a difference of its own."""
    if occasion is None:
        return None
    return {(one.slot, one.state, one.due_at, one.requirement.code) for one in occasion.verdicts}


def asked_by(occasion: Occasion | None) -> set[str]:
    return {one.requirement.code for one in occasion.verdicts} if occasion else set()


def matches(cause: Cause, before: Occasion | None, after: Occasion | None) -> bool:
    """Whether a change is about something that is asked."""
    sides = [side for side in (before, after) if side is not None]
    if cause.of_all or any(side.topic in cause.topics for side in sides):
        return True
    if cause.episode is not None:
        return any(side.episode is not None and side.episode.pk == cause.episode for side in sides)
    if cause.document is None:
        return False
    if entries := [side.entry for side in sides if side.entry is not None]:
        return any(cause.document.pk == entry.pk or cause.document.addendum_to_id == entry.pk for entry in entries)
    code = cause.document.document_type.code
    return any(code in one.requirement.document_types for side in sides for one in side.verdicts)
