"""What a program sends to try and to publish rules: the terms of `fields.SECTIONS`, each typed as the model has it."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from rest_framework import serializers

from himdept.common.api.fields import Body, Code, Flag, LocalDay, Number, Whole, Words, WordsOrNone
from records.completeness.models import Requirement
from records.completeness.rules.fields import EDITED
from records.completeness.rules.forms import LONGEST_REASON, LONGEST_WORD

NEEDED = ("title", "topic", "basis", "trigger", "document_types")  # what a new rule cannot leave to what is usual


def term(name: str) -> serializers.Field:
    """The field of a body for a term of a rule."""
    of = Requirement._meta.get_field(name)
    said = {"required": False, "help_text": str(of.help_text)}
    match of:
        case models.BooleanField():
            return Flag(**said)
        case models.DecimalField():
            return Number(allow_null=True, **said)
        case models.PositiveSmallIntegerField():
            return Whole(min_value=0, max_value=2**15 - 1, allow_null=of.null, **said)
        case models.PositiveIntegerField():
            return Whole(min_value=0, max_value=2**31 - 1, allow_null=of.null, **said)
        case ArrayField(base_field=models.Field(choices=None) as one):
            return serializers.ListField(child=Words(max_length=one.max_length), **said)
        case ArrayField(base_field=one):
            return serializers.ListField(child=choice(one), **said)
        case models.Field(choices=None):
            return (WordsOrNone if of.blank else Words)(max_length=of.max_length, **said)
    return choice(of, allow_blank=of.blank, **said)


def choice(of: models.Field, **said) -> serializers.ChoiceField:
    return serializers.ChoiceField(choices=[value for value, _label in of.choices], **said)


class Terms(Body):
    """The terms of a rule. What is left out stays as it is in the version before, or is as usual."""

    def get_fields(self):
        return {name: term(name) for name in EDITED} | super().get_fields()

    @property
    def terms(self) -> dict:
        return {name: value for name, value in self.validated_data.items() if name in EDITED}


class NewRule(Terms):
    """A rule that is not there yet."""

    profile = Words(help_text="The profile's code.")
    code = Code(help_text="Stays the same in all versions, such as HP-24H.")
    effective_from = LocalDay(
        allow_null=True, default=None, help_text="The first local day that it judges; null: from the beginning."
    )

    def get_fields(self):
        found = super().get_fields()
        for name in NEEDED:
            found[name].required = True
        return found


class NewVersion(Terms):
    """A version that follows the one in the address; what is left out of its terms stays as it is there."""

    effective_from = LocalDay(help_text="The first local day that it judges.")


class End(Body):
    on = LocalDay(help_text="The first local day on which the rule is no longer in force.")


class File(Body):
    text = Words(trim_whitespace=False, help_text="The profile as TOML, of at most a million characters.")
    day = LocalDay(help_text="Where what it changes begins, unless it says a later day; what it leaves out ends then.")


class FileAsRead(File):
    as_read = Words(max_length=32, help_text="`as_read` of the preview: the profile as it was looked at.")


class Trying(Body):
    """Where to try a change."""

    facility = Words(required=False, help_text="A facility's code; without it the only one in reach.")
    since = LocalDay(
        required=False,
        help_text="As if in force since this day; without it since it begins, or where that is to come, for 90 days.",
    )


class Publishing(Body):
    """Why a change is made, and that it was tried."""

    because = Words(max_length=LONGEST_REASON, help_text="Kept with the version.")
    tried = Words(required=False, max_length=LONGEST_WORD, help_text="`tried` of a dry run of these very values.")
    not_tried_because = Words(
        required=False, max_length=LONGEST_REASON, help_text="Where there was no dry run: why not."
    )


class NewRuleTried(NewRule, Trying):
    """A rule that is not there yet, and where to try it."""


class NewRulePublished(NewRule, Publishing):
    """A rule that is not there yet, and why."""


class NewVersionTried(NewVersion, Trying):
    """A version, and where to try it."""


class NewVersionPublished(NewVersion, Publishing):
    """A version, and why."""


class EndTried(End, Trying):
    """The end of a rule, and where to try it."""


class EndPublished(End, Publishing):
    """The end of a rule, and why."""


class FileTried(FileAsRead, Trying):
    """A profile's file, and where to try it."""


class FilePublished(FileAsRead, Publishing):
    """A profile's file, and why."""
