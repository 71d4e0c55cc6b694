"""The parameters by which lists are narrowed, each as strict as the OpenAPI document says."""

import django_filters
from django import forms
from drf_spectacular.drainage import set_override

LARGEST = 2**63 - 1  # of a number that PostgreSQL calls bigint
NO_NUL = r"[^\u0000]"  # PostgreSQL cannot hold that character


def describe(parameter: django_filters.Filter, **schema):
    """Say in the document what a parameter takes, with its own help text."""
    set_override(parameter, "field", schema | {"description": parameter.extra.get("help_text", "")})


class Text(django_filters.CharFilter):
    """A text of at least one character, taken as it is: stripped, one of spaces would narrow nothing."""

    pattern = f"^{NO_NUL}+$"

    def __init__(self, *args, **options):
        super().__init__(*args, **{"strip": False} | options)
        describe(self, type="string", pattern=self.pattern)


class NumberInItsSystem(Text):
    """SYSTEM|VALUE."""

    pattern = rf"^[^|\u0000]*\|{NO_NUL}+$"


class OursOrInItsSystem(Text):
    """A number of ours, or SYSTEM|VALUE."""

    pattern = rf"^([0-9]{{1,18}}|[^|\u0000]*\|{NO_NUL}+)$"


class Digits(forms.IntegerField):
    """A whole number in ASCII digits alone: neither 1.0 nor 1_0, nor the digits of another script."""

    def to_python(self, value):
        if value and not (str(value).isascii() and str(value).removeprefix("-").isdecimal()):
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return super().to_python(value)


class WholeNumber(django_filters.NumberFilter):
    """A number of ours."""

    field_class = Digits

    def __init__(self, *args, **options):
        super().__init__(*args, **{"min_value": 1, "max_value": LARGEST} | options)
        describe(self, type="integer", minimum=1, maximum=LARGEST)

    def get_max_validator(self):
        return None


class Day(django_filters.DateFilter):
    """A date such as 2026-11-23, and in no other form."""

    def __init__(self, *args, **options):
        super().__init__(*args, **{"input_formats": ["%Y-%m-%d"]} | options)
        describe(self, type="string", format="date")


class YesOrNo(django_filters.TypedChoiceFilter):
    """`true` or `false`; any other word is refused."""

    def __init__(self, *args, **options):
        words = {"choices": [("true", "true"), ("false", "false")], "coerce": lambda word: word == "true"}
        super().__init__(*args, **words | options)
        describe(self, type="boolean")
