"""Publishing requirements, loading the profiles that come with the program, and adopting them."""

import tomllib
from collections.abc import Callable
from contextlib import contextmanager, nullcontext
from datetime import date
from operator import itemgetter
from pathlib import Path

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone
from django.utils.translation import gettext as _

from himdept.common.audit import acting_as
from himdept.common.errors import Conflict, DomainError
from records.completeness import soundness
from records.completeness.audits import last_written
from records.completeness.engine.binding import in_force
from records.completeness.engine.dry_run import Outcome, compare
from records.completeness.models import Adoption, Due, Profile, Requirement
from staff.models import Facility

PROFILES = Path(__file__).parent / "profiles"


class Overtaken(Conflict):
    """Somebody has published a newer version than the one that was looked at. `newest` is that one."""

    def __init__(self, newest: Requirement):
        words = {"code": newest.code, "version": newest.version, "who": newest.published_by or _("the server")}
        super().__init__(_("Version %(version)s of %(code)s was published meanwhile, by %(who)s.") % words)
        self.newest = newest


def publish(
    profile: Profile,
    *,
    effective_from: date | None = None,
    after: int | None = None,
    by=None,
    because: str = "",
    dry_run: dict | None = None,
    not_tried_because: str = "",
    **fields,
) -> Requirement:
    """Publish a version of a requirement, in force from a local date (None: from the beginning).

    It ends the version before it on that day and rewrites none: what an earlier version judged stays so judged.
    `after` is the version that was the newest when the person looked (0: none): what was sent twice is published once,
    and where somebody else was faster it raises Overtaken. Raises DomainError that names the field when the rule cannot
    be.
    """
    with writing(profile, by=by, because=because):
        last = newest(profile, fields["code"])
        if after is not None and after != (last.version if last else 0):
            return the_same(last, after=after, by=by, effective_from=effective_from, fields=fields)
        had_ended = last is not None and last.effective.upper is not None
        if last is not None:
            end_before(last, effective_from)
        requirement = Requirement(
            profile=profile,
            version=last.version + 1 if last else 1,
            effective=DateRange(effective_from, None),
            published_by=by,
            published_because=because,
            dry_run=dry_run,
            not_tried_because=not_tried_because,
            **fields,
        )
        soundness.refuse(requirement)
        try:
            # What the database promises was asked by `soundness`, with the field that is to be mended.
            requirement.full_clean(validate_unique=False, validate_constraints=False)
        except ValidationError as problem:
            field, messages = next(iter(problem.message_dict.items()))
            raise DomainError(f"{fields['code']}: {messages[0]}", field=field) from problem
        requirement.save()
        # One due row for the rule, whatever it touches: not one for each of a million records. After a gap every record
        # is judged, for what stood before cannot be told from the versions alone (`engine.changed.unpublished`).
        make_due(profile, None if had_ended else requirement)
    return requirement


def end(profile: Profile, code: str, *, on: date, after: int | None = None, by, because: str) -> Requirement:
    """Let a rule end: from this local day on it asks nothing, and the next audit judges all records without it.

    Raises Overtaken as `publish` does, Conflict where it has an end already, DomainError for a day before it began.
    """
    with writing(profile, by=by, because=because):
        last = newest(profile, code)
        if last is None:
            raise DomainError(f"There is no rule {code}.", field="code")
        if after is not None and after != last.version:
            raise Overtaken(last)
        if last.ended_at is not None and (last.effective.upper, last.ended_by) == (on, by):
            return last  # sent twice
        if last.effective.upper is not None:
            raise Conflict(_("%(code)s has an end already.") % {"code": code}, field="on")
        if last.effective.lower is not None and on <= last.effective.lower:
            raise DomainError(_("A rule ends after it begins."), field="on")
        last.effective = DateRange(last.effective.lower, on)
        last.ended_at, last.ended_by, last.ended_because = timezone.now(), by, because
        last.save(update_fields=["effective", "ended_at", "ended_by", "ended_because", "known_from"])
        make_due(profile, None)
    return last


@contextmanager
def writing(profile: Profile, *, by, because: str):
    """One writer of a profile at a time; what is written bears who and why. A night that only reads need not wait."""
    with transaction.atomic(), acting_as(by, because=because) if by else nullcontext():
        lock(profile)
        yield


def lock(*profiles: Profile):
    """Wait for who writes one of these, in the order of their numbers: so no two wait for each other."""
    list(Profile.objects.select_for_update(no_key=True).filter(pk__in=[p.pk for p in profiles]).order_by("pk"))


def newest(profile: Profile, code: str) -> Requirement | None:
    return Requirement.objects.filter(profile=profile, code=code).order_by("version").last()


def the_same(last: Requirement | None, *, after: int, by, effective_from: date | None, fields: dict) -> Requirement:
    """The newest version, where the same person has just published the same after the same. Raises Overtaken."""
    if last is None:
        raise Conflict(_("There is no such rule any more."))
    sent_twice = (last.version, last.published_by, last.effective.lower) == (after + 1, by, effective_from)
    if by is None or not sent_twice or any(getattr(last, name) != value for name, value in fields.items()):
        raise Overtaken(last)
    return last


def make_due(profile: Profile, requirement: Requirement | None):
    Due.objects.bulk_create(Due(facility=facility, requirement=requirement) for facility in profile.facilities.all())


def dry_run(profile: Profile, facility: Facility, *, effective_from: date | None = None, **fields) -> Outcome:
    """What publishing this version would open, close and make delinquent at a facility, as of its last audit.

    It is published, judged on the live inventory and taken back: what is refused there is refused here, and nothing
    is written. Raises DomainError as `publish` does, and before the first audit, with which all is compared.
    """
    return tried(
        facility, profile, lambda: publish(profile, effective_from=effective_from, because="A dry run.", **fields)
    )


def tried(
    facility: Facility, profile: Profile | None, change: Callable[[], object], *, binding: bool = True
) -> Outcome:
    """What a change of a profile would open, close and make delinquent at a facility; nothing is written.

    Where there is no profile yet, the change returns it. One that does not bind the facility is tried as if it did from
    now on, unless the change says itself what binds it (`binding` is false). Raises whatever the change raises, and
    DomainError before the first audit, with which all is compared.
    """
    as_of = last_written(facility)
    if as_of is None:
        raise DomainError(_("Nothing was audited yet, so there is nothing to compare with."), field="facility")
    with transaction.atomic():
        before = in_force(facility)
        changed = change()
        bound = profile or changed
        if binding and not bound.facilities.filter(pk=facility.pk).exists():
            bound.facilities.add(facility)
        outcome = compare(facility, before, as_of=as_of)
        transaction.set_rollback(True)
    return outcome


def end_before(version: Requirement, day: date | None):
    """Let a version end before its successor begins. One that has ended earlier keeps its end."""
    if day is None or (version.effective.lower is not None and day <= version.effective.lower):
        raise DomainError("A new version begins after the one before it.", field="effective_from")
    if version.effective.upper is None or version.effective.upper > day:
        version.effective = DateRange(version.effective.lower, day)
        version.save(update_fields=["effective", "known_from"])


def adopt(profile: Profile, facility: Facility, *, by=None, because: str = "", dry_run: dict | None = None) -> Adoption:
    """Let a profile bind a facility from now on; the next audit judges all its records by it.

    Where it does so already, that is left as it is.
    """
    with writing(profile, by=by, because=because):
        there = Adoption.objects.filter(profile=profile, facility=facility, until=None).first()
        if there is None:
            there = Adoption(
                profile=profile, facility=facility, since=timezone.now(), by=by, because=because, dry_run=dry_run
            )
            there.save()
        if not profile.facilities.filter(pk=facility.pk).exists():
            profile.facilities.add(facility)
            Due.objects.create(facility=facility)
    return there


def drop(profile: Profile, facility: Facility, *, by=None, because: str = "") -> Adoption:
    """Let a profile bind a facility no more: what was found by its rules alone is withdrawn by the next audit.

    Raises Conflict where it does not bind it.
    """
    with writing(profile, by=by, because=because):
        if not profile.facilities.filter(pk=facility.pk).exists():
            raise Conflict(_("%(profile)s does not bind %(facility)s.") % {"profile": profile, "facility": facility})
        profile.facilities.remove(facility)
        Due.objects.create(facility=facility)
        ended = Adoption.objects.filter(profile=profile, facility=facility, until=None).first()
        ended = ended or Adoption(profile=profile, facility=facility)
        ended.until, ended.ended_by, ended.ended_because = timezone.now(), by, because
        ended.save()
    return ended


def load_profiles() -> list[Profile]:
    """Load the profiles that come with the program; what is there already stays as it is.

    The federal baseline, and 48 hours for verbal orders, bind every facility that has adopted no profile.
    """
    contents = [tomllib.loads(path.read_text()) for path in PROFILES.glob("*.toml")]
    contents.sort(key=itemgetter("rank", "code"))  # what an exception exempts is there before it
    with transaction.atomic():
        profiles = {content["code"]: load(content) for content in contents}
        for facility in Facility.objects.filter(profiles=None):
            for content in contents:
                if content.get("by_default"):
                    adopt(profiles[content["code"]], facility)
    return list(profiles.values())


def load(content: dict) -> Profile:
    profile, _ = Profile.objects.get_or_create(
        code=content["code"], defaults={name: content[name] for name in ("title", "kind", "rank")}
    )
    there = set(profile.requirements.values_list("code", flat=True))
    for rule in content["requirement"]:
        fields = dict(rule)
        because = "Comes with the program."
        if doubt := fields.pop("confirm", content.get("confirm")):
            because += f" To be confirmed by the hospital: {doubt}."
        if fields["code"] not in there:
            publish(profile, because=because, **fields)
    return profile
