"""An action of somebody who was there before may say that they had no seat, or that nobody wrote down why they left."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("staff", "0025_rescinded_by_two"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="personnelaction",
            name="action_position_where_its_kind_says",
        ),
        migrations.RemoveConstraint(
            model_name="personnelaction",
            name="action_fte_where_its_kind_says",
        ),
        migrations.RemoveConstraint(
            model_name="personnelaction",
            name="action_reason_where_its_kind_says",
        ),
        migrations.AlterField(
            model_name="personnelaction",
            name="reason",
            field=models.CharField(
                blank=True,
                choices=[
                    ("resignation", "Resignation"),
                    ("retirement", "Retirement"),
                    ("discharge", "Discharge"),
                    ("layoff", "Layoff"),
                    ("end_of_term", "End of term"),
                    ("death", "Death"),
                    ("not_kept", "Not written down"),
                    ("family", "Family leave"),
                    ("medical", "Medical leave"),
                    ("military", "Military leave"),
                    ("education", "Education leave"),
                    ("personal", "Personal leave"),
                ],
                max_length=20,
            ),
        ),
        migrations.AddConstraint(
            model_name="personnelaction",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind__in", ["return", "pay", "supervisor", "leave", "separation"]), ("position", None)),
                    models.Q(
                        ("kind__in", ["hire", "rehire", "reclassification", "transfer", "promotion", "demotion"]),
                        ("position__isnull", False),
                    ),
                    ("kind__in", ["taken_over"]),
                    _connector="OR",
                ),
                name="action_position_where_its_kind_says",
                violation_error_message="A seat belongs to hires, transfers, promotions, demotions, reclassifications.",
            ),
        ),
        migrations.AddConstraint(
            model_name="personnelaction",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("fte", None), ("kind__in", ["return", "pay", "supervisor", "leave", "separation"])),
                    models.Q(("fte__isnull", False), ("kind__in", ["hire", "rehire"])),
                    ("kind__in", ["taken_over", "reclassification", "transfer", "promotion", "demotion"]),
                    _connector="OR",
                ),
                name="action_fte_where_its_kind_says",
                violation_error_message="A hire needs a share of full time; only what gives a seat can change it.",
            ),
        ),
        migrations.AddConstraint(
            model_name="personnelaction",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("kind", "separation"),
                        (
                            "reason__in",
                            ["death", "discharge", "end_of_term", "layoff", "not_kept", "resignation", "retirement"],
                        ),
                    ),
                    models.Q(
                        ("kind", "leave"), ("reason__in", ["education", "family", "medical", "military", "personal"])
                    ),
                    models.Q(("reason", ""), models.Q(("kind__in", ["separation", "leave"]), _negated=True)),
                    _connector="OR",
                ),
                name="action_reason_where_its_kind_says",
                violation_error_message="A separation and a leave need a reason of their own; no other kind has one.",
            ),
        ),
        migrations.AddConstraint(
            model_name="personnelaction",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "taken_over"), _negated=True),
                    models.Q(("fte", None), ("position", None)),
                    models.Q(("fte__gt", 0), ("position__gt", 0)),
                    _connector="OR",
                ),
                name="action_has_a_share_with_its_seat",
                violation_error_message="A seat and a share of full time belong together.",
            ),
        ),
    ]
