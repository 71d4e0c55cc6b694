"""A dry run as a person sees it, and the proof that one of exactly these values was seen before they are published.

Nothing is kept of a dry run: the page carries a signed word of what was tried, by whom and what it said, for a day. A
version keeps what it said.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.core import signing
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from himdept.common.errors import DomainError
from records.completeness.audits import last_written
from records.completeness.engine.dry_run import Outcome
from records.completeness.models import Requirement
from records.inventory.models import Record
from staff.models import Facility, User

SALT = "dry run of rules"
LASTS = timedelta(days=1)
LOOKED_BACK = timedelta(days=90)  # a rule that begins tomorrow has no occasions yet: it is tried on these days
EFFECTS = {
    "opened": (gettext_lazy("Would open"), gettext_lazy("deficiencies"), "watch"),
    "closed": (gettext_lazy("Would close"), gettext_lazy("deficiencies"), "good"),
    "delinquent": (gettext_lazy("Would turn delinquent"), gettext_lazy("records"), "bad"),
    "delinquent_no_more": (gettext_lazy("Would be delinquent no more"), gettext_lazy("records"), "good"),
}


@dataclass(frozen=True)
class Effect:
    """One of the four numbers, with records to look at: those that the person may open, and how many they may not."""

    name: str
    label: str
    unit: str
    tone: str
    number: int
    examples: list[int]
    hidden: int


@dataclass(frozen=True)
class Trial:
    """What a change would do at a facility, and the signed word that it was seen."""

    facility: Facility
    as_of: datetime
    since: date | None
    records: int
    effects: list[Effect]
    word: str

    @property
    def moves_days_alone(self) -> bool:
        """Whether nothing opens or closes, and yet something is due on another day or was then done late."""
        return bool(self.records) and not any(effect.number for effect in self.effects)


def of(outcome: Outcome, facility: Facility, *, values: dict, since: date | None, by: User) -> Trial:
    """A dry run as this person may see it: the counts are of all records, the examples of those within their reach."""
    numbers = {number for examples in outcome.examples.values() for number in examples}
    visible = set(Record.objects.visible_to(by).filter(pk__in=numbers).values_list("pk", flat=True))
    effects = []
    for name, (label, unit, tone) in EFFECTS.items():
        examples = outcome.examples[name]
        shown = [number for number in examples if number in visible]
        effects.append(
            Effect(name, str(label), str(unit), tone, getattr(outcome, name), shown, len(examples) - len(shown))
        )
    as_of = last_written(facility)
    said = {"facility": facility.code, "as_of": as_of.isoformat(), "records": outcome.records}
    said |= {effect.name: effect.number for effect in effects} | {"since": since.isoformat() if since else None}
    word = signing.dumps({"of": digest(values), "by": by.pk, "said": said}, salt=SALT, compress=True)
    return Trial(facility, as_of, since, outcome.records, effects, word)


def seen(word: str, *, values: dict, by: User) -> dict | None:
    """What the dry run of exactly these values said, if this person has seen one within a day."""
    try:
        told = signing.loads(word, salt=SALT, max_age=LASTS)
    except signing.BadSignature:
        return None
    return told["said"] if (told["of"], told["by"]) == (digest(values), by.pk) else None


def see_to_it(word: str, because: str, *, values: dict, by: User) -> dict:
    """What publishing keeps about its dry run: what it said, or why there was none. Raises DomainError for neither."""
    said = seen(word, values=values, by=by)
    if said is not None:
        return {"dry_run": said, "not_tried_because": ""}
    if because:
        return {"dry_run": None, "not_tried_because": because}
    if word:
        raise DomainError(_("What was tried were other values. Try these, or say why not."), field="not_tried_because")
    raise DomainError(_("Try it first, or say why not."), field="not_tried_because")


def digest(values: dict) -> str:
    """One word for a set of values, the same whatever the order in which they are told."""
    told = json.dumps(values, sort_keys=True, default=plain, ensure_ascii=False)
    return hashlib.sha256(told.encode()).hexdigest()


def plain(value):
    match value:
        case Decimal():
            return f"{value.normalize():f}"
        case date():
            return value.isoformat()
    return str(value)


def as_if_since(facility: Facility, begins: date | None, base: Requirement | None) -> date | None:
    """The day since which a change is tried as if it were in force, where none is asked for. None: the beginning.

    Its own day, or where that is to come, 90 days before the last audit; after the day on which the version that it
    follows began.
    """
    as_of = last_written(facility)
    if begins is None or as_of is None:
        return begins
    since = min(begins, as_of.astimezone(facility.zone).date() - LOOKED_BACK)
    if base is not None and base.effective.lower is not None:
        since = max(since, base.effective.lower + timedelta(days=1))
    return since
