"""Why a record is judged otherwise now than by what was known then, in sentences."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.contrib.postgres.aggregates import ArrayAgg
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from himdept.common import spoken
from records.completeness.known.changes import Change
from records.completeness.models import Adoption, Requirement
from records.inventory.models import Document, Episode, Record
from staff.models import Facility

# What a column is to people; of several columns of one thing it is named once.
PARTS = {
    "authored_first": gettext_lazy("time of writing"),
    "authored_last": gettext_lazy("time of writing"),
    "signed": gettext_lazy("signature"),
    "signed_first": gettext_lazy("signature"),
    "signed_last": gettext_lazy("signature"),
    "cosigned": gettext_lazy("co-signature"),
    "cosigned_first": gettext_lazy("co-signature"),
    "cosigned_last": gettext_lazy("co-signature"),
    "sections": gettext_lazy("sections"),
    "document_type_id": gettext_lazy("type"),
    "author_id": gettext_lazy("author"),
    "cosigner_id": gettext_lazy("who is to co-sign"),
    "episode_id": gettext_lazy("procedure"),
    "addendum_to_id": gettext_lazy("what it amends"),
    "replaces_id": gettext_lazy("what it replaces"),
    "verbal": gettext_lazy("whether it was verbal"),
    "status": gettext_lazy("status"),
    "start_first": gettext_lazy("beginning"),
    "start_last": gettext_lazy("beginning"),
    "end_first": gettext_lazy("end"),
    "end_last": gettext_lazy("end"),
    "encounter_class": gettext_lazy("class"),
    "service_id": gettext_lazy("service"),
    "attending_id": gettext_lazy("attending"),
    "disposition": gettext_lazy("disposition"),
    "kind": gettext_lazy("kind"),
    "code": gettext_lazy("code"),
    "anesthesia": gettext_lazy("anesthesia"),
    "performer_id": gettext_lazy("performer"),
    "birth_date": gettext_lazy("day of birth"),
}


@dataclass(frozen=True)
class Cause:
    """Something that became known later, in words, and the document, the procedure or the rule that it is about."""

    words: str
    document: Document | None = None
    episode: int | None = None
    topics: frozenset[str] = frozenset()
    of_all: bool = False  # whatever is asked of the stay may stand otherwise for it


def told(
    record: Record, changes: Iterable[Change], documents: Iterable[Document], episodes: Iterable[Episode]
) -> list[Cause]:
    """The changes in words. `documents` and `episodes` are those of the record, and those that it had."""
    zone = record.facility.zone
    of_number, named = {one.pk: one for one in documents}, {one.pk: one for one in episodes}
    causes = []
    for change in changes:
        match change.kind:
            case "document" if change.number in of_number:
                document = of_number[change.number]
                causes.append(Cause(of_document(document, change, record, zone), document))
            case "filing":
                causes.append(Cause(_("A document was filed here %(when)s.") % when(change, zone), of_all=True))
            case "unfiled":
                words = _("A document that was filed here was taken out %(when)s.") % when(change, zone)
                causes.append(Cause(words, of_all=True))
            case "episode":
                causes.append(Cause(of_episode(named.get(change.number), change, zone), episode=change.number))
            case "encounter" if not change.is_new:
                causes.append(Cause(corrected(_("The stay"), change, zone), of_all=True))
            case "encounter":
                causes.append(Cause(_("The stay became known %(when)s.") % when(change, zone), of_all=True))
            case "patient" if not change.is_new and "birth_date" in change.before:
                causes.append(Cause(corrected(_("The patient"), change, zone), of_all=True))
    return causes


def of_document(document: Document, change: Change, record: Record, zone: ZoneInfo) -> str:
    name = document.document_type.title
    if document.authored_first is not None:
        written = spoken.moment(document.authored_first, document.authored_last, zone)
        name = _("%(document)s of %(time)s") % {"document": name, "time": written}
    words = {"document": name} | when(change, zone)
    if change.is_new:
        return _("%(document)s reached us %(when)s.") % words
    if "record_id" in change.before:
        if document.record_id == record.pk:
            return _("%(document)s was moved here from another record %(when)s.") % words
        return _("%(document)s was moved to another record %(when)s.") % words
    if "status" in change.before:
        match document.status:
            case Document.Status.RETRACTED:
                return _("%(document)s was retracted %(when)s.") % words
            case Document.Status.ENTERED_IN_ERROR:
                return _("%(document)s was marked as entered in error %(when)s.") % words
            case Document.Status.SUPERSEDED:
                return _("%(document)s was replaced by another %(when)s.") % words
    if "signed" in change.before and document.signed:
        return _("The signature of %(document)s reached us %(when)s.") % words
    if "cosigned" in change.before and document.cosigned:
        return _("The co-signature of %(document)s reached us %(when)s.") % words
    return corrected(name, change, zone)


def of_episode(episode: Episode | None, change: Change, zone: ZoneInfo) -> str:
    if episode is None:
        return _("A procedure was moved to another record %(when)s.") % when(change, zone)
    name = episode.title or episode.get_kind_display()
    if change.is_new:
        return _("%(what)s became known %(when)s.") % {"what": name} | when(change, zone)
    return corrected(name, change, zone)


def corrected(name: str, change: Change, zone: ZoneInfo) -> str:
    parts = list(dict.fromkeys(str(PARTS[column]) for column in sorted(change.before) if column in PARTS))
    words = {"what": name, "parts": get_text_list(parts, _("and"))} | when(change, zone)
    return (
        _("%(what)s was corrected %(when)s: %(parts)s.") if parts else _("%(what)s was corrected %(when)s.")
    ) % words


def of_rule(requirement: Requirement, zone: ZoneInfo) -> Cause:
    words = {
        "rule": requirement.title,
        "version": requirement.version,
        "time": spoken.minute(requirement.published_at, zone),
    }
    sentence = _("Version %(version)s of the rule “%(rule)s” was published on %(time)s.") % words
    return Cause(sentence, topics=frozenset({requirement.topic, *requirement.exempts}))


def when(change: Change, zone: ZoneInfo) -> dict[str, str]:
    return {"when": _("on %(time)s") % {"time": spoken.minute(change.known_from, zone)}}


def published_between(requirements: Iterable[Requirement], known_at: datetime, zone: ZoneInfo) -> list[Cause]:
    """The versions of rules that were published since then."""
    return [of_rule(one, zone) for one in requirements if one.published_at > known_at]


def adopted_between(facility: Facility, known_at: datetime) -> list[Cause]:
    """The profiles that came to bind the facility since then, or no longer do. One query."""
    adoptions = Adoption.objects.filter(facility=facility).select_related("profile").order_by("pk")
    changed = adoptions.begun_since(known_at) | adoptions.ended_since(known_at)
    topics = ArrayAgg("profile__requirements__topic", distinct=True)
    return [of_adoption(one, facility.zone) for one in changed.annotate(topics=topics)]


def of_adoption(adoption: Adoption, zone: ZoneInfo) -> Cause:
    words = {"profile": adoption.profile.title, "time": spoken.minute(adoption.until or adoption.since, zone)}
    if adoption.until:
        sentence = _("The profile “%(profile)s” was dropped on %(time)s.") % words
    else:
        sentence = _("The profile “%(profile)s” was adopted on %(time)s.") % words
    return Cause(sentence, topics=frozenset(adoption.topics))
