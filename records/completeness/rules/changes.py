"""A change of the rules on its way: what it would say, how it is tried on the live inventory, and how it is kept.

The editor, the import and the API each make one here, so that all of them try, refuse and publish alike.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from himdept.common.errors import DomainError
from records.completeness import requirements
from records.completeness.models import Adoption, Profile, Requirement
from records.completeness.rules import importing, trials
from records.completeness.rules.trials import Trial
from staff.models import Facility, User

A_DRY_RUN = "A dry run."
DAYS = ("effective_from", "on", "day")  # the fields that say where a change begins


@dataclass(frozen=True)
class Change:
    """What is meant: the values that a dry run is sealed with, where it begins, how it is tried and how it is kept.

    `base` is the version that it follows or ends, `profile` the one that is changed; None where it brings a new one.
    Where it is `binding`, it is tried as if the profile bound the facility.
    """

    profile: Profile | None
    base: Requirement | None
    values: dict
    begins: date | None
    attempt: Callable[[date | None], object]
    keep: Callable[[dict], Requirement | Profile | Adoption]
    binding: bool = True

    def tried(self, facility: Facility, *, since: date | None = None, by: User) -> Trial:
        """Judge a facility's inventory by it, as if in force since a local day, and take that back.

        Without a day since the usual one (`trials.as_if_since`). Raises what publishing it would raise.
        """
        since = since or trials.as_if_since(facility, self.begins, self.base)
        try:
            outcome = requirements.tried(facility, self.profile, lambda: self.attempt(since), binding=self.binding)
        except DomainError as refusal:
            if refusal.field in DAYS and since != self.begins:
                refusal.field = "since"  # the day that was tried is a field of its own
            raise
        return trials.of(outcome, facility, values=self.values, since=since, by=by)

    def publish(self, *, tried: str, not_tried_because: str, by: User) -> Requirement | Profile | Adoption:
        """Keep it. `tried` is the word of a dry run of the same values by the same person, else it is said why not.

        Raises DomainError for neither, Overtaken or Conflict where somebody else was faster.
        """
        return self.keep(trials.see_to_it(tried, not_tried_because, values=self.values, by=by))


def version(
    profile: Profile,
    code: str,
    *,
    base: Requirement | None,
    after: int,
    effective_from: date | None,
    terms: dict,
    by: User,
    because: str,
) -> Change:
    """A new version of a rule, or a new rule. `after` is the number of the version that was looked at; 0: none.

    Raises DomainError where nothing would change: a version says something else than the one before it. What has ended
    may begin again as it was.
    """
    goes_on = base is not None and base.effective.upper is None  # of one that was followed it is said who was faster
    if goes_on and all(getattr(base, name) == value for name, value in terms.items()):
        sentence = _("Nothing would change from this day on: version %(version)s of %(code)s says the same.")
        raise DomainError(sentence % {"version": base.version, "code": code}, field="effective_from")
    values = {"profile": profile.code, "code": code, "from": effective_from, "after": after, **terms}

    def attempt(since: date | None):
        return requirements.publish(profile, code=code, effective_from=since, after=after, because=A_DRY_RUN, **terms)

    def keep(proof: dict) -> Requirement:
        return requirements.publish(
            profile, code=code, effective_from=effective_from, after=after, by=by, because=because, **proof, **terms
        )

    return Change(profile, base, values, effective_from, attempt, keep)


def end(base: Requirement, *, after: int, on: date, by: User, because: str) -> Change:
    """The end of a rule, of which `after` is the number of the version that was looked at."""
    profile, code = base.profile, base.code
    values = {"profile": profile.code, "code": code, "ends": on, "after": after}

    def attempt(since: date | None):
        return requirements.end(profile, code, on=since, after=after, by=by, because=A_DRY_RUN)

    def keep(proof: dict) -> Requirement:
        said = with_why_not_tried(because, proof)
        return requirements.end(profile, code, on=on, after=after, by=by, because=said)

    return Change(profile, base, values, on, attempt, keep)


def with_why_not_tried(because: str, proof: dict) -> str:
    """The reason, and where there was no dry run, why not: for what has no place of its own for that."""
    if why := proof["not_tried_because"]:
        return _("%(because)s (Without a dry run: %(why)s)") % {"because": because, "why": why}
    return because


def of_file(plan: importing.Plan, text: str, *, day: date, by: User, because: str) -> Change:
    """All that a profile's file changes, from a day on. `text` is the file as it was sent."""
    # The same for the same lines, however they end.
    values = {"text": "\n".join(text.splitlines()), "day": day, "seal": plan.seal}

    def attempt(since: date | None):
        return importing.apply(plan, by=by, because=A_DRY_RUN, as_if_since=since)

    def keep(proof: dict) -> Profile:
        return importing.apply(plan, by=by, because=because, **proof)

    return Change(plan.profile, None, values, day, attempt, keep)


def adoption(
    profile: Profile, facility: Facility, *, in_place_of: Profile | None = None, by: User, because: str
) -> Change:
    """That a profile binds a facility from now on, beside the others or in place of one of them."""
    others = {"in_place_of": in_place_of.code, "theirs": importing.seal_of(in_place_of)} if in_place_of else {}
    values = {"adopts": profile.code, "at": facility.code, "rules": importing.seal_of(profile)} | others

    def adopted(said: str, dry_run: dict | None = None) -> Adoption:
        with transaction.atomic():
            if in_place_of is not None:
                requirements.lock(profile, in_place_of)
                requirements.drop(in_place_of, facility, by=by, because=said)
            return requirements.adopt(profile, facility, by=by, because=said, dry_run=dry_run)

    def attempt(since: date | None):
        return adopted(A_DRY_RUN)

    def keep(proof: dict) -> Adoption:
        return adopted(with_why_not_tried(because, proof), proof["dry_run"])

    return Change(profile, None, values, None, attempt, keep, binding=False)


def end_of_adoption(profile: Profile, facility: Facility, *, by: User, because: str) -> Change:
    """That a profile binds a facility no more."""
    values = {"drops": profile.code, "at": facility.code, "rules": importing.seal_of(profile)}

    def attempt(since: date | None):
        return requirements.drop(profile, facility, by=by, because=A_DRY_RUN)

    def keep(proof: dict) -> Adoption:
        return requirements.drop(profile, facility, by=by, because=with_why_not_tried(because, proof))

    return Change(profile, None, values, None, attempt, keep, binding=False)
