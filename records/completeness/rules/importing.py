"""Bringing a profile to what its file says: what would be new, changed or ended, and all of it in one transaction."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.utils.translation import gettext as _

from himdept.common.errors import Conflict
from records.completeness import requirements, soundness
from records.completeness.models import Profile, Requirement
from records.completeness.rules import fields, files
from records.completeness.rules.fields import EDITED

NEW, CHANGED, ENDED, SAME = "new", "changed", "ended", "same"


@dataclass(frozen=True)
class Step:
    """What becomes of one rule: its newest version now, what the file says, and what differs, in words.

    `begins` is the first day of the version that is to be published, `ends` its end, or that of the one that is there.
    """

    kind: str
    code: str
    before: Requirement | None
    after: Requirement | None
    begins: date | None = None
    ends: date | None = None
    changes: list[tuple[str, str, str]] = field(default_factory=list)


@dataclass(frozen=True)
class Plan:
    """What a file would make of a profile; `profile` is None where the file brings a new one. `names` are of all that
    its rules name, and `seal` is one word for what the profile says now.
    """

    content: files.Content
    profile: Profile | None
    steps: list[Step]
    names: fields.Names
    seal: str

    @property
    def of_profile(self) -> list[tuple[str, str, str]]:
        """What the file says otherwise about the profile itself."""
        if self.profile is None:
            return []
        return [
            (name, str(getattr(self.profile, name)), str(value))
            for name, value in self.content.profile.items()
            if getattr(self.profile, name) != value
        ]

    @property
    def changes_something(self) -> bool:
        return self.profile is None or bool(self.of_profile) or any(step.kind != SAME for step in self.steps)

    def numbers(self) -> dict[str, int]:
        return {kind: sum(step.kind == kind for step in self.steps) for kind in (NEW, CHANGED, ENDED, SAME)}


def plan(content: files.Content, *, day: date) -> Plan:
    """What publishing a file would do, where what it changes begins, and what it leaves out ends, on a day.

    Raises DomainError that names the rule and the field for what cannot be.
    """
    profile = Profile.objects.filter(code=content.profile["code"]).first()
    now = {rule.code: rule for rule in files.newest_of(profile)} if profile else {}
    names = fields.names_of(*now.values(), *(row.rule for row in content.rows.values()))
    steps = [step_of(code, now.get(code), content.rows.get(code), day, names) for code in sorted({*now, *content.rows})]
    found = Plan(content, profile, [step for step in steps if step], names, seal_of(profile))
    refuse_faults(found)
    return found


def seal_of(profile: Profile | None) -> str:
    """One word for all that a profile says now: it changes when somebody publishes."""
    if profile is None:
        return "new"
    versions = Requirement.objects.filter(profile=profile).order_by("pk").values_list("pk", "effective")
    said = repr([(pk, days.lower, days.upper) for pk, days in versions]) + files.write(profile)
    return hashlib.sha256(said.encode()).hexdigest()[:32]


def step_of(code: str, now: Requirement | None, row: files.Row | None, day: date, names) -> Step | None:
    if row is None:
        return Step(ENDED, code, now, None, ends=max(day, ends_after(now))) if now.effective.upper is None else None
    wanted = row.rule
    begins, ends = wanted.effective.lower, wanted.effective.upper
    if now is None:
        return Step(NEW, code, None, wanted, begins, ends)
    changes = fields.difference(now, wanted, names)
    same_terms = all(getattr(now, name) == getattr(wanted, name) for name in EDITED)
    moved = begins is not None and begins != now.effective.lower
    if same_terms and not moved and (now.effective.upper is None or now.effective.upper == ends):
        if ends == now.effective.upper:
            return Step(SAME, code, now, wanted)
        return Step(ENDED, code, now, None, ends=ends)
    first = begins if moved else max(day, ends_after(now))
    if now.effective.lower is not None and first <= now.effective.lower:
        raise files.fault(code, "effective_from", _("a new version begins after the one before it."))
    return Step(CHANGED, code, now, wanted, first, ends, changes)


def ends_after(now: Requirement) -> date:
    """The first day on which a version can be followed by another."""
    return now.effective.lower + timedelta(days=1) if now.effective.lower else date.min


def refuse_faults(found: Plan):
    """Raises DomainError for the first rule that nobody could be held to. Topics of the file itself are known."""
    topics = {row.rule.topic for row in found.content.rows.values()}
    for step in found.steps:
        if step.kind not in (NEW, CHANGED):
            continue
        for name, sentence in soundness.faults(step.after, also=topics):
            raise files.fault(step.code, name, sentence)


def apply(found: Plan, *, by, because: str, as_if_since: date | None = None, **proof) -> Profile:
    """Publish what a plan says, all of it or nothing. `as_if_since` moves what begins or ends to that day: a dry run.

    Raises Conflict where the profile says something else by now than when the plan was made.
    """
    profile = found.profile or Profile.objects.create(**found.content.profile)
    with requirements.writing(profile, by=by, because=because):
        if found.profile is not None and seal_of(profile) != found.seal:
            raise Conflict(_("The profile was changed meanwhile. Look at what the file would change now."))
        if found.of_profile:
            change_profile(profile, found.content.profile)
        for step in in_order(found.steps):
            carry_out(step, profile, by=by, because=because, as_if_since=as_if_since, proof=proof)
    return profile


def change_profile(profile: Profile, said: dict):
    """The profile's own title, kind and rank. Of equally strict rules the rank names one: all records are judged."""
    for name, value in said.items():
        setattr(profile, name, value)
    profile.save(update_fields=list(said))
    requirements.make_due(profile, None)


def carry_out(step: Step, profile: Profile, *, by, because: str, as_if_since: date | None, proof: dict):
    if step.kind == SAME:
        return
    if step.kind in (NEW, CHANGED):
        begins = step.begins
        if as_if_since is not None and begins is not None and as_if_since < begins:
            begins = max(as_if_since, ends_after(step.before)) if step.before else as_if_since
        terms = {name: getattr(step.after, name) for name in EDITED}
        requirements.publish(profile, code=step.code, effective_from=begins, by=by, because=because, **proof, **terms)
    if step.ends is not None:
        ends = step.ends
        if step.kind == ENDED and as_if_since is not None and as_if_since < ends:
            ends = max(as_if_since, ends_after(step.before))
        requirements.end(profile, step.code, on=ends, by=by, because=because)


def in_order(steps: Iterable[Step]) -> list[Step]:
    """Rules whose topics others name come before those others."""
    rest, done = list(steps), []
    while rest:
        waiting = {step.after.topic for step in rest if step.after}
        ready = [step for step in rest if not (named_by(step) & waiting)] or rest
        done += ready
        rest = [step for step in rest if step not in ready]
    return done


def named_by(step: Step) -> set[str]:
    if step.after is None:
        return set()
    return {*step.after.exempts, step.after.only_if_met} - {"", step.after.topic}
