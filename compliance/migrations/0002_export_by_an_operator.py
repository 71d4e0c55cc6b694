"""An export by an operator at the server's terminal has no user, and is logged all the same.

The model is one of records; the step stands here because those of records are under way beside it.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q


class OfRecords:
    """An operation on a model of the app `records`."""

    def state_forwards(self, app_label, state):
        super().state_forwards("records", state)

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        super().database_forwards("records", schema_editor, from_state, to_state)

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        super().database_backwards("records", schema_editor, from_state, to_state)


class AlterField(OfRecords, migrations.AlterField):
    pass


class AddConstraint(OfRecords, migrations.AddConstraint):
    pass


class Migration(migrations.Migration):
    dependencies = [
        ("compliance", "0001_initial"),
        ("records", "0003_document_types"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        AlterField(
            model_name="accesslog",
            name="user",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        AddConstraint(
            model_name="accesslog",
            constraint=models.CheckConstraint(
                name="access_without_a_user_is_an_export",
                condition=Q(user__isnull=False) | (Q(act="listed", record=None) & ~Q(detail="")),
            ),
        ),
    ]
