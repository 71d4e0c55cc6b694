"""How the rows of a choice are read: Django has the server open a cursor for them, which is asked three times more."""

from django import forms
from django.forms.models import ModelChoiceIterator
from django_filters import fields as filters


class AllAtOnce(ModelChoiceIterator):
    """The rows to choose from, which are few, in one question."""

    def __iter__(self):
        if self.field.empty_label is not None:
            yield "", self.field.empty_label
        yield from map(self.choice, self.queryset.all())


class OfFilter(filters.ModelChoiceIterator, AllAtOnce):
    """The same, and the word for rows that have none, where the filter has one."""


def read_at_once():
    """Let every form and every filter read them so, the forms of the admin site too."""
    forms.ModelChoiceField.iterator = AllAtOnce
    filters.ModelChoiceField.iterator = OfFilter
