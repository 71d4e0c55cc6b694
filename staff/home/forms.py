"""What is asked for of somebody's home."""

from django import forms
from django.utils.translation import gettext_lazy as _

from staff.home.models import Home


class HomeForm(forms.ModelForm):
    """All of it in one form; nothing is asked for that the person does not want to tell."""

    as_read = forms.CharField(widget=forms.HiddenInput, required=False, max_length=60)

    class Meta:
        model = Home
        fields = ("address", "telephone", "email", "contact", "relation", "contact_telephone")
        widgets = {"address": forms.Textarea(attrs={"rows": 3})}
        help_texts = {"relation": _("Such as husband, mother, neighbour.")}

    def __init__(self, *args, home: Home, **kwargs):
        super().__init__(*args, instance=home, initial={"as_read": home.as_read}, **kwargs)
        for field in self.fields.values():
            field.widget.attrs["autocomplete"] = "off"

    def _post_clean(self):
        """The row itself is written, and checked, by the action: another may have been faster."""
