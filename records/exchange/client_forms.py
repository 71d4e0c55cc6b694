"""What is asked for when a program is let in, changed, or given a secret."""

import json
from datetime import timedelta

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from himdept.common.confidentiality import Confidentiality
from himdept.common.errors import DomainError
from records.exchange import clients, keys, scopes
from records.exchange.models import Client
from staff.models import Facility, User

WORD = rf"^{clients.NAME.pattern}\Z"
WHY = {"required": _("Say why: the reason is kept in the trail.")}


class ReasonForm(forms.Form):
    """Why, in the person's own words: it is kept in the client's trail."""

    because = forms.CharField(
        label=_("Why"),
        help_text=_("Kept in the trail under your name."),
        max_length=clients.LONGEST_REASON,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages=WHY,
    )


class ClientForm(ReasonForm):
    """What a client may do, what it reaches and how often it may ask: never more than `person` reaches."""

    scope = forms.CharField(
        label=_("May"),
        help_text=_("Scopes, separated by spaces, such as system/Encounter.write or system/*.read."),
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false", "autocomplete": "off"}),
    )
    purpose = forms.ChoiceField(
        label=_("Reads records for"),
        help_text=_("Stands beside each of its readings in the access log."),
        choices=Client.Purpose,
        initial=Client.Purpose.OPERATIONS,
    )
    facilities = forms.ModelMultipleChoiceField(
        label=_("Reaches the records of"), queryset=Facility.objects.none(), widget=forms.CheckboxSelectMultiple
    )
    clearance = forms.TypedChoiceField(
        label=_("Up to"),
        help_text=_("The most confidential record that it reaches, as far as you do. Below normal: hardly any."),
        coerce=int,
    )
    requests_per_minute = forms.IntegerField(
        label=_("Requests a minute"),
        help_text=_("At most; left empty, what the installation allows to each."),
        required=False,
        min_value=1,
        max_value=1_000_000,
    )
    as_read = forms.CharField(widget=forms.HiddenInput, required=False, max_length=32)

    field_order = ["name", "source", "scope", "purpose", "facilities", "clearance", "requests_per_minute", "because"]

    def __init__(self, *args, person: User, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["facilities"].queryset = person.facilities.all()
        if len(person.reached) == 1:
            self.fields["facilities"].initial = [person.reached[0].pk]
        self.fields["clearance"].initial = min(Confidentiality.NORMAL, person.clearance)
        self.fields["clearance"].choices = [
            (rank, word) for rank, word in Confidentiality.choices if rank <= person.clearance
        ]

    def clean_scope(self) -> str:
        try:
            return " ".join(sorted(scopes.parse(self.cleaned_data["scope"])))
        except DomainError as refusal:
            raise forms.ValidationError(refusal.message) from refusal

    @classmethod
    def of(cls, client: Client, person: User) -> "ClientForm":
        """The form with what a client has now."""
        return cls(
            person=person,
            initial={
                "scope": client.scopes,
                "purpose": client.purpose,
                "facilities": client.user.facilities.all(),
                "clearance": client.user.clearance,
                "requests_per_minute": client.requests_per_minute,
                "as_read": clients.seal(client),
            },
        )


class NewClientForm(ClientForm):
    """A program that is not known yet."""

    name = forms.RegexField(
        WORD,
        label=_("Name"),
        help_text=_("1 to 50 letters, digits, hyphens and underscores."),
        max_length=50,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"invalid": _("A name has letters, digits, hyphens and underscores alone.")},
    )
    source = forms.RegexField(
        WORD,
        label=_("Source"),
        help_text=_("The space of its ids; left empty, one of its own name. Programs of one system may share one."),
        max_length=50,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"invalid": _("A name has letters, digits, hyphens and underscores alone.")},
    )


class SecretForm(ReasonForm):
    """How long the secret that a client has still works beside the new one."""

    OLD = [
        ("", _("until somebody ends it, when its last use shows that nobody needs it")),
        ("24", _("for a day")),
        ("168", _("for seven days")),
        ("720", _("for thirty days")),
        ("0", _("no longer: it ends at once")),
    ]
    old = forms.ChoiceField(
        label=_("The secret that it has works"), choices=OLD, required=False, widget=forms.RadioSelect, initial=""
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=100)

    field_order = ["old", "because"]

    def __init__(self, *args, has_one: bool, **kwargs):
        super().__init__(*args, **kwargs)
        if not has_one:
            del self.fields["old"]

    @property
    def old_until(self):
        """When the old one ends; None where it is left until somebody ends it."""
        hours = self.cleaned_data.get("old", "")
        return timezone.now() + timedelta(hours=int(hours)) if hours else None


class KeysForm(ReasonForm):
    """The public keys of a client, or where they stand; neither of both to know it by none any more."""

    jwks = forms.CharField(
        label=_("Key set"),
        help_text=_("A JSON Web Key Set of public keys: RSA for RS384, P-384 for ES384, each with its kid."),
        max_length=keys.LARGEST,
        required=False,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false", "autocomplete": "off"}),
    )
    jwks_url = forms.CharField(
        label=_("Or its address"),
        help_text=_("https. It is fetched when the client comes, and believed for five minutes."),
        max_length=500,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off", "spellcheck": "false"}),
    )
    as_read = forms.CharField(widget=forms.HiddenInput, required=False, max_length=32)

    field_order = ["jwks", "jwks_url", "because"]

    def clean_jwks(self) -> list[dict] | None:
        return self.understood(keys.read, self.cleaned_data["jwks"]) if self.cleaned_data["jwks"] else None

    def clean_jwks_url(self) -> str:
        url = self.cleaned_data["jwks_url"]
        if url:
            self.understood(keys.at, url)
        return url

    def understood(self, read, value):
        try:
            return read(value)
        except DomainError as refusal:
            raise forms.ValidationError(refusal.message) from refusal

    def clean(self):
        if self.cleaned_data.get("jwks") and self.cleaned_data.get("jwks_url"):
            raise forms.ValidationError(_("Give the key set or its address, not both."))
        return super().clean()

    @classmethod
    def of(cls, client: Client) -> "KeysForm":
        """The form with what is known of a client now."""
        told = json.dumps({"keys": client.jwks}, indent=2) if client.jwks else ""
        return cls(initial={"jwks": told, "jwks_url": client.jwks_url, "as_read": clients.seal(client)})


class EndForm(ReasonForm):
    """When a secret ends; without a moment, at once."""

    at = forms.DateTimeField(
        label=_("When"),
        help_text=_("Left empty, at once."),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )

    field_order = ["at", "because"]
