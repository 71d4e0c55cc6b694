"""The rules that both sides judge by: a frozen copy of the federal baseline (profile.toml), and the change of one."""

import tomllib
from datetime import date
from pathlib import Path

import psycopg

from records.completeness import requirements
from records.models import Due, Profile, Requirement
from staff.models import Facility

FROZEN = Path(__file__).parent / "profile.toml"
CHANGED = "DISCHARGE-SUMMARY"
DAYS = 15  # half of what the baseline allows
EVERY = ("federal", "accreditation", "verbal-orders-48h", "bylaws-example")


def adopt(facility: Facility) -> Profile:
    """Let the frozen rules, and no others, bind a facility, whatever the program's own profiles have become."""
    profile = requirements.load(tomllib.loads(FROZEN.read_text()))
    _bind(facility, profile)
    return profile


def adopt_every(facility: Facility) -> Profile:
    """Let all rules that come with the program bind a facility, but those that take the place of others; returns the
    federal baseline."""
    profiles = {profile.code: profile for profile in requirements.load_profiles()}
    _bind(facility, *(profiles[code] for code in EVERY))
    return profiles["federal"]


def _bind(facility: Facility, *profiles: Profile):
    for other in facility.profiles.exclude(pk__in=[profile.pk for profile in profiles]):
        other.facilities.remove(facility)
    for profile in profiles:
        requirements.adopt(profile, facility)
    Due.objects.filter(facility=facility).delete()  # everything is due anyway


def change(profile: Profile, since: date) -> Requirement:
    """Publish one rule anew, stricter from a day on."""
    before = Requirement.objects.get(profile=profile, code=CHANGED)
    fields = {
        f.name: getattr(before, f.name) for f in Requirement._meta.concrete_fields if f.name not in OF_THE_VERSION
    }
    fields["due_after_days"] = DAYS
    return requirements.publish(profile, effective_from=since, because="The bench changes a rule.", **fields)


def take_back(connection: psycopg.Connection):
    """Forget the change as if it had never been; whatever names it was emptied before. As a superuser."""
    with connection.transaction():
        connection.execute("SET LOCAL session_replication_role = replica")  # neither triggers nor versions of it
        connection.execute("DELETE FROM records_requirement WHERE published_because = 'The bench changes a rule.'")
        connection.execute(
            "UPDATE records_requirement SET effective = daterange(NULL, NULL) WHERE code = %s AND NOT EXISTS "
            "(SELECT FROM records_requirement later WHERE later.profile_id = records_requirement.profile_id "
            "AND later.code = records_requirement.code AND later.version > records_requirement.version)",
            [CHANGED],
        )


OF_THE_VERSION = {
    "id", "profile", "version", "effective", "published_at", "published_by", "published_because", "known_from",
}  # fmt: skip
