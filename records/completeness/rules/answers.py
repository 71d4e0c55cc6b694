"""Rules, profiles and dry runs, as they are written in the API."""

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from himdept.common.api.fields import Instant, Named
from records.completeness.models import Profile, Requirement
from records.completeness.rules import fields, importing
from records.completeness.rules.trials import Trial


class RequirementOut(serializers.Serializer):
    """One version of a rule. Hours and days count from the trigger; null is no limit, an empty list is all."""

    id = serializers.IntegerField(source="pk")
    code = serializers.CharField()
    version = serializers.IntegerField()
    profile = serializers.CharField(source="profile.code")
    topic = serializers.CharField()
    title = serializers.CharField()
    basis = serializers.CharField()
    tag = serializers.CharField(allow_blank=True)
    effective_from = serializers.DateField(source="effective.lower", allow_null=True)
    effective_until = serializers.DateField(
        source="effective.upper", allow_null=True, help_text="The first day on which it is no longer in force."
    )
    trigger = serializers.ChoiceField(choices=Requirement.Trigger)
    document_types = serializers.ListField(child=serializers.CharField())
    encounter_classes = serializers.ListField(child=serializers.CharField())
    services = serializers.ListField(child=serializers.CharField())
    dispositions = serializers.ListField(child=serializers.CharField())
    dispositions_excepted = serializers.ListField(child=serializers.CharField())
    stay_at_least_hours = serializers.FloatField(allow_null=True)
    stay_less_than_hours = serializers.FloatField(allow_null=True)
    age_from_years = serializers.IntegerField(allow_null=True)
    age_below_years = serializers.IntegerField(allow_null=True)
    procedure_codes = serializers.ListField(child=serializers.CharField())
    anesthesia_only = serializers.BooleanField()
    not_before_hours = serializers.FloatField(allow_null=True)
    due_after_hours = serializers.FloatField(allow_null=True)
    due_after_days = serializers.IntegerField(allow_null=True)
    every_hours = serializers.FloatField(allow_null=True)
    every_days = serializers.IntegerField(allow_null=True)
    at_least = serializers.IntegerField(help_text="How many documents in each block of days.")
    begins_after_days = serializers.IntegerField()
    ends_after_days = serializers.IntegerField(allow_null=True)
    only_if_met = serializers.CharField(allow_blank=True)
    exempts = serializers.ListField(
        child=serializers.CharField(), help_text="Topics that are not asked for where this rule applies."
    )
    authentication_required = serializers.BooleanField()
    cosignature = serializers.ChoiceField(choices=Requirement.Cosignature, allow_blank=True)
    entry_must_have = serializers.ListField(child=serializers.CharField())
    sections_required = serializers.ListField(child=serializers.CharField())
    responsible = serializers.ChoiceField(choices=Requirement.Responsible)
    counts_toward_delinquency = serializers.BooleanField()
    severity = serializers.ChoiceField(choices=Requirement.Severity)
    published_at = Instant()


class TermChanged(serializers.Serializer):
    """A term in which two versions differ, in words; empty where it says nothing."""

    field = serializers.CharField()
    before = serializers.CharField(allow_blank=True)
    after = serializers.CharField(allow_blank=True)


class VersionOut(RequirementOut):
    """A version with who published it and why, what its dry run said, and what it changed."""

    published_by = Named(allow_null=True, help_text="Null: it came with the program.")
    published_because = serializers.CharField(allow_blank=True)
    dry_run = serializers.JSONField(
        allow_null=True, help_text="What the dry run before it said: counts, the facility, and the audit compared with."
    )
    not_tried_because = serializers.CharField(allow_blank=True)
    ended_at = Instant(allow_null=True, help_text="When somebody ended the rule, with no version after this one.")
    ended_by = Named(allow_null=True)
    ended_because = serializers.CharField(allow_blank=True)
    changes = serializers.SerializerMethodField(help_text="What differs from the version before it.")

    @extend_schema_field(TermChanged(many=True))
    def get_changes(self, version):
        before = self.context["before"].get(version.pk)
        return changes_of(before, version, self.context["names"]) if before else []


def changes_of(before: Requirement, after: Requirement, names: fields.Names) -> list[dict]:
    return [
        {"field": name, "before": fields.said(before, name, names), "after": fields.said(after, name, names)}
        for name in fields.differing(before, after)
    ]


class ComparedOut(serializers.Serializer):
    """Two versions of a rule, and what differs."""

    before = RequirementOut(allow_null=True, help_text="The older one; null where there is only one.")
    after = RequirementOut()
    changes = TermChanged(many=True)
    says_before = serializers.ListField(child=serializers.CharField(), help_text="The older one in plain language.")
    says_after = serializers.ListField(child=serializers.CharField())


class EffectOut(serializers.Serializer):
    number = serializers.IntegerField(help_text="Of all records of the facility.")
    examples = serializers.ListField(
        child=serializers.IntegerField(), help_text="Some of their records, by our number, that the client may read."
    )
    hidden = serializers.IntegerField(help_text="How many examples are out of its reach.")


class TrialOut(serializers.Serializer):
    """A dry run: what a change would do at a facility, compared with its last audit. Nothing is written."""

    facility = serializers.CharField(help_text="The facility's code.")
    as_of = Instant(help_text="The moment of the audit that it is compared with.")
    since = serializers.DateField(allow_null=True, help_text="As if in force since this local day; null: always.")
    records = serializers.IntegerField(help_text="That would be judged otherwise.")
    opened = EffectOut(help_text="Deficiencies.")
    closed = EffectOut(help_text="Deficiencies.")
    delinquent = EffectOut(help_text="Records.")
    delinquent_no_more = EffectOut(help_text="Records.")
    tried = serializers.CharField(help_text="To be sent when these very values are published, within a day.")

    def to_representation(self, trial: Trial) -> dict:
        effects = {one.name: EffectOut(one).data for one in trial.effects}
        return {
            "facility": trial.facility.code,
            "as_of": Instant().to_representation(trial.as_of),
            "since": trial.since and trial.since.isoformat(),
            "records": trial.records,
            **effects,
            "tried": trial.word,
        }


class Warned(serializers.Serializer):
    """What might be wrong with a term. Nothing is refused for it."""

    field = serializers.CharField()
    message = serializers.CharField()


class RuleTrialOut(TrialOut):
    """A dry run of a rule, with the draft in plain language, what it changes and what might be wrong with it."""

    says = serializers.ListField(child=serializers.CharField())
    changes = TermChanged(many=True)
    warnings = Warned(
        many=True, help_text="Such as a title that says 30 days where the rule says 21. Nothing is refused for it."
    )

    def to_representation(self, trial: Trial) -> dict:
        of_rule = {name: self.context[name] for name in ("says", "changes", "warnings")}
        return super().to_representation(trial) | of_rule


class ProfileOut(serializers.Serializer):
    """A set of rules from one authority."""

    id = serializers.IntegerField(source="pk")
    code = serializers.CharField()
    title = serializers.CharField()
    kind = serializers.ChoiceField(choices=Profile.Kind)
    rank = serializers.IntegerField(help_text="Of two equally strict rules the one of the lesser rank is named.")
    facilities = serializers.SerializerMethodField(help_text="The codes of those that it binds, within reach.")

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_facilities(self, profile):
        return [facility.code for facility in profile.facilities.all()]


class FileOut(serializers.Serializer):
    """A profile as a TOML file, written the same way each time, to be kept in version control."""

    name = serializers.CharField(help_text="A name for the file.")
    text = serializers.CharField()


class StepOut(serializers.Serializer):
    """What becomes of one rule."""

    kind = serializers.ChoiceField(choices=[importing.NEW, importing.CHANGED, importing.ENDED])
    code = serializers.CharField()
    begins = serializers.DateField(allow_null=True, help_text="The first day of what is published; null: always.")
    ends = serializers.DateField(allow_null=True)
    changes = TermChanged(many=True)


class PlanOut(serializers.Serializer):
    """What a file would make of a profile."""

    profile = serializers.CharField(help_text="The profile's code.")
    is_new = serializers.BooleanField(help_text="Whether the file brings a profile that is not there yet.")
    of_profile = TermChanged(many=True, help_text="What it says otherwise about the profile itself.")
    steps = StepOut(many=True, help_text="Rules that are published or ended; those that stay are left out.")
    same = serializers.IntegerField(help_text="How many rules stay as they are.")
    as_read = serializers.CharField(help_text="To be sent when the file is tried and published: the profile as it is.")

    def to_representation(self, plan: importing.Plan) -> dict:
        steps = [step for step in plan.steps if step.kind != importing.SAME]
        return {
            "profile": plan.content.profile["code"],
            "is_new": plan.profile is None,
            "of_profile": [{"field": name, "before": was, "after": now} for name, was, now in plan.of_profile],
            "steps": [step_out(step, plan.names) for step in steps],
            "same": plan.numbers()[importing.SAME],
            "as_read": plan.seal,
        }


def step_out(step: importing.Step, names: fields.Names) -> dict:
    has_both = step.before is not None and step.after is not None
    return {
        "kind": step.kind,
        "code": step.code,
        "begins": step.begins and step.begins.isoformat(),
        "ends": step.ends and step.ends.isoformat(),
        "changes": changes_of(step.before, step.after, names) if has_both else [],
    }
