"""Publishing requirements, loading the profiles that come with the program, and adopting them."""

import tomllib
from datetime import date
from operator import itemgetter
from pathlib import Path

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from himdept.common.errors import DomainError
from records.completeness import soundness
from records.completeness.audits import last_written
from records.completeness.engine.binding import in_force
from records.completeness.engine.dry_run import Outcome, compare
from records.completeness.models import Due, Profile, Requirement
from staff.models import Facility

PROFILES = Path(__file__).parent / "profiles"


def publish(
    profile: Profile, *, effective_from: date | None = None, by=None, because: str = "", **fields
) -> Requirement:
    """Publish a version of a requirement, in force from a local date (None: from the beginning).

    It ends the version before it on that day and rewrites none: what an earlier version judged stays so judged.
    Raises DomainError that names the field when the rule cannot be.
    """
    with transaction.atomic():
        versions = Requirement.objects.select_for_update().filter(profile=profile, code=fields["code"])
        last = versions.order_by("version").last()
        if last is not None:
            end_before(last, effective_from)
        requirement = Requirement(
            profile=profile,
            version=last.version + 1 if last else 1,
            effective=DateRange(effective_from, None),
            published_by=by,
            published_because=because,
            **fields,
        )
        soundness.refuse(requirement)
        try:
            requirement.full_clean()
        except ValidationError as problem:
            field, messages = next(iter(problem.message_dict.items()))
            raise DomainError(f"{fields['code']}: {messages[0]}", field=field) from problem
        requirement.save()
        # One due row for the rule, whatever it touches: not one for each of a million records.
        bound = profile.facilities.all()
        Due.objects.bulk_create(Due(facility=facility, requirement=requirement) for facility in bound)
    return requirement


def dry_run(profile: Profile, facility: Facility, *, effective_from: date | None = None, **fields) -> Outcome:
    """What publishing this version would open, close and make delinquent at a facility, as of its last audit.

    It is published, judged on the live inventory and taken back: what is refused there is refused here, and nothing
    is written. Raises DomainError as `publish` does, and before the first audit, with which all is compared.
    """
    as_of = last_written(facility)
    if as_of is None:
        raise DomainError("Nothing was audited yet, so there is nothing to compare with.")
    with transaction.atomic():
        before = in_force(facility)
        publish(profile, effective_from=effective_from, because="A dry run.", **fields)
        outcome = compare(facility, before, as_of=as_of)
        transaction.set_rollback(True)
    return outcome


def end_before(version: Requirement, day: date | None):
    if day is None or (version.effective.lower is not None and day <= version.effective.lower):
        raise DomainError("A new version begins after the one before it.", field="effective_from")
    version.effective = DateRange(version.effective.lower, day)
    version.save(update_fields=["effective", "known_from"])


def adopt(profile: Profile, facility: Facility):
    """Let a profile bind a facility from now on; the next audit judges all its records by it."""
    with transaction.atomic():
        if not profile.facilities.filter(pk=facility.pk).exists():
            profile.facilities.add(facility)
            Due.objects.create(facility=facility)


def drop(profile: Profile, facility: Facility):
    """Let a profile bind a facility no more: what was found by its rules alone is withdrawn by the next audit."""
    with transaction.atomic():
        if profile.facilities.filter(pk=facility.pk).exists():
            profile.facilities.remove(facility)
            Due.objects.create(facility=facility)


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
