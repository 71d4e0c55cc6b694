"""How values are written in the API."""

import math
import re
from datetime import UTC, date, datetime
from decimal import Decimal

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.settings import api_settings

from himdept.common.confidentiality import Confidentiality
from himdept.common.errors import DomainError

YEARS = range(1900, 2100)  # of every date that is taken in

INSTANT = {"type": "string", "format": "date-time", "nullable": True}


def instant(value: datetime | None) -> str | None:
    """An instant in UTC, as ISO 8601 with Z."""
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z") if value else None


@extend_schema_field(INSTANT)
class Instant(serializers.DateTimeField):
    """An instant, always in UTC and with Z, whatever the server's time zone is."""

    def to_representation(self, value):
        return instant(value)


def whole(value) -> int:
    """The whole number that a JSON number is: 7.0 is one. Raises ValidationError for any other value."""
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value // 1:
        raise serializers.ValidationError("This is a whole number.")
    return int(value)


def out_of_years(name: str) -> str:
    return f"{name} lies in one of the years {YEARS.start} to {YEARS.stop - 1}."


class Body(serializers.Serializer):
    """A JSON object that a program sends. A name that it does not know is refused: it may be a misspelt one."""

    def run_validation(self, data=serializers.empty):
        if data is not serializers.empty and not isinstance(data, dict):
            raise serializers.ValidationError({api_settings.NON_FIELD_ERRORS_KEY: ["The body is a JSON object."]})
        return super().run_validation(data)

    def to_internal_value(self, data):
        if unknown := sorted(data.keys() - self.fields.keys()):
            known = ", ".join(self.fields)
            raise serializers.ValidationError(
                {unknown[0]: [f"There is nothing of this name here; there are: {known}."]}
            )
        return super().to_internal_value(data)


# What is cut off at either end as a space; to a pattern of ECMA's some of these are none.
SPACES = r"\s\u001c-\u001f\u0085"


@extend_schema_field({"type": "string", "pattern": rf"^[^\u0000]*[^\u0000{SPACES}][^\u0000]*$"})
class Words(serializers.CharField):
    """A text that a program sends, of more than spaces: a number is none."""

    def to_internal_value(self, data):
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


@extend_schema_field({"type": "string", "pattern": r"^[^\u0000]+$"})
class WordsOrNone(Words):
    """A text that may say nothing."""

    def __init__(self, **options):
        super().__init__(allow_blank=True, **options)


@extend_schema_field({"type": "string", "pattern": "^[A-Za-z0-9._-]{1,40}$"})
class Code(Words):
    """A short name that stands in addresses and files."""

    default_error_messages = {"code": "A code has 1 to 40 letters, digits, dots, hyphens and underscores."}

    def to_internal_value(self, data):
        code = super().to_internal_value(data)
        if not re.fullmatch("[A-Za-z0-9._-]{1,40}", code):
            self.fail("code")
        return code


@extend_schema_field({"type": "number"})
class Number(serializers.Field):
    """A number that a program sends, as it was written: a tenth is a tenth."""

    default_error_messages = {"invalid": "This is a number."}

    def to_internal_value(self, data):
        if isinstance(data, bool) or not isinstance(data, int | float) or not math.isfinite(data):
            self.fail("invalid")
        return Decimal(repr(data))


@extend_schema_field({"type": "string", "format": "date"})
class LocalDay(serializers.Field):
    """A date that a program sends, such as 2026-12-01, and in no other form."""

    default_error_messages = {"invalid": "This is no day: one is written such as 2026-12-01."}

    def to_internal_value(self, data):
        if not isinstance(data, str) or not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", data):
            self.fail("invalid")
        try:
            day = date.fromisoformat(data)
        except ValueError:
            self.fail("invalid")
        if day.year not in YEARS:
            raise DomainError(out_of_years(self.field_name), field=self.field_name)
        return day


class Whole(serializers.IntegerField):
    """A whole number that a program sends: a text is none."""

    def to_internal_value(self, data):
        return super().to_internal_value(whole(data))


class Flag(serializers.BooleanField):
    """`true` or `false`, and no other word for it."""

    def to_internal_value(self, data):
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data


class WithOffset(serializers.DateTimeField):
    """An instant that a program sends: it says its offset from UTC, for a local time would be anybody's guess."""

    default_error_messages = {
        "invalid": "This is no moment: one is written with its offset, such as 2026-03-03T00:00:00Z.",
        "offset": "This needs an offset, such as 2026-03-03T00:00:00Z.",
    }

    def enforce_timezone(self, value):
        if value.tzinfo is None:
            self.fail("offset")
        if value.year not in YEARS:
            raise DomainError(out_of_years(self.field_name), field=self.field_name)
        return value.astimezone(UTC)


@extend_schema_field(
    {
        "type": "string",
        "nullable": True,
        "description": "An instant in UTC, or, where only the day is known, that local date.",
        "examples": ["2026-10-08T18:10:00Z", "2026-10-08"],
    }
)
class Moment(serializers.Field):
    """A clinical moment of an encounter: the instant, or its local date where only the day is known.

    `name` begins both columns. Given the encounter, which knows its facility's time zone.
    """

    def __init__(self, name: str, **options):
        super().__init__(read_only=True, **options)
        self.name = name

    def to_representation(self, encounter):
        first, last = getattr(encounter, f"{self.name}_first"), getattr(encounter, f"{self.name}_last")
        if first is None or first == last:
            return instant(first)
        return first.astimezone(encounter.facility.zone).date().isoformat()


class Identified(serializers.Serializer):
    """A number within its system of numbers."""

    system = serializers.CharField()
    value = serializers.CharField()


class Named(serializers.Serializer):
    """Somebody or something, by our number, with the name to show."""

    id = serializers.IntegerField(source="pk")
    display = serializers.CharField(source="__str__")


@extend_schema_field({"type": "string", "enum": list("ULMNRV"), "description": "HL7 v3 Confidentiality."})
class ConfidentialityCode(serializers.Field):
    """A rank of confidentiality, as its HL7 v3 letter."""

    def to_representation(self, value):
        return "ULMNRV"[Confidentiality(value)]
