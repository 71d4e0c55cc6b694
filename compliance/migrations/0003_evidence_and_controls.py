"""Evidence with what it supports, append-only (docs/adr/0046); controls that come back, and their times."""

from django.conf import settings
from django.db import migrations, models
from django.db.models import PROTECT, BigAutoField, F, ForeignKey, Q
from django.db.models.functions import Now

import compliance.evidence.models
import himdept.common.stored
from himdept.common.db.operations import AppendOnly, CreateTogether

from ._replaced import REPLACED

STAYS = """
CREATE FUNCTION compliance_control_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.ends_on IS NOT NULL
        OR (OLD.facility_id, OLD.anchor, OLD.every_months) <> (NEW.facility_id, NEW.anchor, NEW.every_months) THEN
        RAISE EXCEPTION 'A control keeps its first time and its rhythm, and ends once.'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'control_keeps_its_rhythm';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER stays BEFORE UPDATE OR DELETE ON compliance_control FOR EACH ROW
    EXECUTE FUNCTION compliance_control_stays();

CREATE FUNCTION compliance_occurrence_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND OLD.state = 'open' AND EXISTS (
        SELECT FROM compliance_control WHERE id = OLD.control_id AND ends_on < OLD.scheduled_on) THEN
        RETURN OLD;
    END IF;
    IF TG_OP = 'DELETE' OR OLD.state <> 'open'
        OR (OLD.control_id, OLD.number, OLD.scheduled_on) <> (NEW.control_id, NEW.number, NEW.scheduled_on) THEN
        RAISE EXCEPTION 'The day for which it is scheduled does not move, and what is done or missed stays so.'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'occurrence_stays_where_it_is_scheduled';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER stays BEFORE UPDATE OR DELETE ON compliance_controloccurrence FOR EACH ROW
    EXECUTE FUNCTION compliance_occurrence_stays();
"""


class Migration(migrations.Migration):
    replaces = REPLACED["0003_evidence_and_controls"]
    dependencies = [("compliance", "0002_standards"), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]

    operations = [
        CreateTogether(
            migrations.CreateModel(
                name="Evidence",
                fields=[
                    ("id", BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("facility", ForeignKey(on_delete=PROTECT, related_name="evidence", to="staff.facility")),
                    (
                        "elements",
                        models.ManyToManyField(
                            related_name="evidence", through="compliance.EvidenceSupport", to="compliance.element"
                        ),
                    ),
                ],
                options={
                    "verbose_name_plural": "evidence",
                    "permissions": [
                        ("own_evidence", "Can answer for evidence and recurring controls, and withdraw evidence")
                    ],
                },
            ),
            migrations.CreateModel(
                name="EvidenceSupport",
                fields=[
                    ("id", BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("at", models.DateTimeField(db_default=Now())),
                    ("by", ForeignKey(on_delete=PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                    ("element", ForeignKey(on_delete=PROTECT, related_name="supported_by", to="compliance.element")),
                    ("evidence", ForeignKey(on_delete=PROTECT, related_name="supports", to="compliance.evidence")),
                ],
                options={
                    "constraints": [
                        models.UniqueConstraint(
                            fields=("evidence", "element"),
                            name="supports_once",
                            violation_error_message="It supports that element already.",
                        )
                    ]
                },
            ),
            migrations.CreateModel(
                name="EvidenceWithdrawal",
                fields=[
                    ("id", BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("because", models.TextField()),
                    ("at", models.DateTimeField(db_default=Now())),
                    ("by", ForeignKey(on_delete=PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                    (
                        "evidence",
                        models.OneToOneField(on_delete=PROTECT, related_name="withdrawal", to="compliance.evidence"),
                    ),
                ],
                options={
                    "constraints": [
                        models.CheckConstraint(
                            condition=Q(("because", ""), _negated=True), name="withdrawal_has_a_reason"
                        )
                    ]
                },
            ),
            migrations.CreateModel(
                name="EvidenceRevision",
                fields=[
                    ("id", BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("number", models.PositiveSmallIntegerField()),
                    (
                        "kind",
                        models.CharField(
                            choices=[
                                ("file", "File"),
                                ("link", "Link"),
                                ("reading", "Reading of a measure"),
                                ("policy", "Policy"),
                                ("records", "List of records"),
                            ],
                            max_length=10,
                        ),
                    ),
                    ("title", models.CharField(max_length=160)),
                    ("covers_from", models.DateField()),
                    ("covers_until", models.DateField(null=True)),
                    ("claimed_for", models.DateField(null=True)),
                    ("review_by", models.DateField(null=True)),
                    ("expires_on", models.DateField(null=True)),
                    (
                        "because",
                        models.TextField(blank=True, help_text="What was revised, and why; empty of the first."),
                    ),
                    ("at", models.DateTimeField(db_default=Now())),
                    (
                        "file",
                        models.FileField(
                            blank=True,
                            max_length=200,
                            storage=himdept.common.stored.private_storage,
                            upload_to=compliance.evidence.models.place_of,
                        ),
                    ),
                    (
                        "filename",
                        models.CharField(blank=True, help_text="As whoever brought it named it.", max_length=120),
                    ),
                    ("media_type", models.CharField(blank=True, help_text="By its content.", max_length=100)),
                    ("size", models.PositiveIntegerField(default=0, help_text="In bytes.")),
                    ("sha256", models.CharField(blank=True, max_length=64)),
                    ("link", models.URLField(blank=True, max_length=500)),
                    (
                        "records",
                        models.CharField(blank=True, help_text="The address of a list of ours.", max_length=1000),
                    ),
                    ("version", models.CharField(blank=True, max_length=40)),
                    ("approved_on", models.DateField(null=True)),
                    ("by", ForeignKey(on_delete=PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                    ("evidence", ForeignKey(on_delete=PROTECT, related_name="revisions", to="compliance.evidence")),
                    (
                        "owner",
                        ForeignKey(on_delete=PROTECT, related_name="evidence_owned", to=settings.AUTH_USER_MODEL),
                    ),
                    ("reading", ForeignKey(null=True, on_delete=PROTECT, related_name="+", to="compliance.reading")),
                ],
                options={
                    "indexes": [models.Index(fields=["expires_on"], name="evidence_by_expiry")],
                    "constraints": [
                        models.UniqueConstraint(fields=("evidence", "number"), name="revision_once"),
                        models.CheckConstraint(
                            condition=Q(
                                Q(
                                    ("approved_on", None),
                                    ("kind", "file"),
                                    ("link", ""),
                                    ("reading", None),
                                    ("records", ""),
                                    ("size__gt", 0),
                                    ("version", ""),
                                    Q(("file", ""), _negated=True),
                                    Q(("filename", ""), _negated=True),
                                    Q(("media_type", ""), _negated=True),
                                    Q(("sha256", ""), _negated=True),
                                ),
                                Q(
                                    ("approved_on", None),
                                    ("file", ""),
                                    ("kind", "link"),
                                    ("link__startswith", "https://"),
                                    ("reading", None),
                                    ("records", ""),
                                    ("version", ""),
                                ),
                                Q(
                                    ("approved_on", None),
                                    ("file", ""),
                                    ("kind", "reading"),
                                    ("link", ""),
                                    ("reading__isnull", False),
                                    ("records", ""),
                                    ("version", ""),
                                ),
                                Q(
                                    ("approved_on__isnull", False),
                                    ("file", ""),
                                    ("kind", "policy"),
                                    ("link", ""),
                                    ("reading", None),
                                    ("records", ""),
                                    Q(("version", ""), _negated=True),
                                ),
                                Q(
                                    ("approved_on", None),
                                    ("file", ""),
                                    ("kind", "records"),
                                    ("link", ""),
                                    ("reading", None),
                                    ("version", ""),
                                    Q(("records", ""), _negated=True),
                                ),
                                _connector="OR",
                            ),
                            name="evidence_has_what_its_kind_has",
                        ),
                        models.CheckConstraint(
                            condition=Q(
                                Q(("covers_until", None), ("kind", "policy")),
                                ("covers_until__gte", F("covers_from")),
                                _connector="OR",
                            ),
                            name="evidence_covers_some_time",
                            violation_error_message="It ends before it begins.",
                        ),
                        models.CheckConstraint(
                            condition=Q(
                                ("claimed_for", None),
                                Q(
                                    ("claimed_for__gte", F("covers_from")),
                                    Q(("covers_until", None), ("claimed_for__lte", F("covers_until")), _connector="OR"),
                                ),
                                _connector="OR",
                            ),
                            name="evidence_covers_what_it_is_claimed_for",
                            violation_error_message="The period does not cover that day.",
                        ),
                        models.CheckConstraint(
                            condition=Q(("expires_on", None), ("expires_on__gte", F("covers_from")), _connector="OR"),
                            name="evidence_expires_after_it_begins",
                        ),
                        models.CheckConstraint(
                            condition=Q(
                                ("number", 1), Q(("number__gt", 1), Q(("because", ""), _negated=True)), _connector="OR"
                            ),
                            name="revision_says_why",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Control",
                fields=[
                    ("id", BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("title", models.CharField(max_length=160, verbose_name="What is done")),
                    ("basis", models.CharField(blank=True, max_length=200, verbose_name="The rule that asks for it")),
                    ("anchor", models.DateField(verbose_name="First time")),
                    ("every_months", models.PositiveSmallIntegerField(verbose_name="Every so many months")),
                    ("ends_on", models.DateField(null=True)),
                    ("facility", ForeignKey(on_delete=PROTECT, related_name="controls", to="staff.facility")),
                    (
                        "owner",
                        ForeignKey(on_delete=PROTECT, related_name="controls_owned", to=settings.AUTH_USER_MODEL),
                    ),
                    ("elements", models.ManyToManyField(related_name="controls", to="compliance.element")),
                ],
                options={
                    "constraints": [
                        models.CheckConstraint(
                            condition=Q(("every_months__gte", 1), ("every_months__lte", 60)),
                            name="control_comes_back",
                            violation_error_message="Every 1 to 60 months.",
                        ),
                        models.UniqueConstraint(
                            condition=Q(("ends_on", None)),
                            fields=("facility", "title"),
                            name="one_control_of_a_title",
                            violation_error_message="There is a control of that title here.",
                        ),
                    ]
                },
            ),
            migrations.CreateModel(
                name="ControlOccurrence",
                fields=[
                    ("id", BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("number", models.PositiveSmallIntegerField()),
                    ("scheduled_on", models.DateField()),
                    ("due_on", models.DateField()),
                    (
                        "state",
                        models.CharField(
                            choices=[("open", "open"), ("done", "done"), ("missed", "missed")],
                            default="open",
                            max_length=6,
                        ),
                    ),
                    ("done_on", models.DateField(null=True)),
                    ("control", ForeignKey(on_delete=PROTECT, related_name="occurrences", to="compliance.control")),
                    (
                        "done_by",
                        ForeignKey(null=True, on_delete=PROTECT, related_name="+", to=settings.AUTH_USER_MODEL),
                    ),
                    (
                        "evidence",
                        models.OneToOneField(
                            null=True, on_delete=PROTECT, related_name="occurrence", to="compliance.evidence"
                        ),
                    ),
                ],
                options={
                    "indexes": [
                        models.Index(condition=Q(("state", "open")), fields=["due_on"], name="occurrence_open_by_day")
                    ],
                    "constraints": [
                        models.UniqueConstraint(fields=("control", "number"), name="occurrence_once"),
                        models.UniqueConstraint(fields=("control", "scheduled_on"), name="occurrence_of_a_day_once"),
                        models.CheckConstraint(
                            condition=Q(
                                Q(
                                    ("done_by__isnull", False),
                                    ("done_on__isnull", False),
                                    ("evidence__isnull", False),
                                    ("state", "done"),
                                ),
                                Q(
                                    ("done_by", None),
                                    ("done_on", None),
                                    ("evidence", None),
                                    ("state__in", ["open", "missed"]),
                                ),
                                _connector="OR",
                            ),
                            name="occurrence_is_done_with_evidence",
                            violation_error_message="It is done when there is evidence of it.",
                        ),
                    ],
                },
            ),
        ),
        AppendOnly(
            "compliance_evidence",
            "compliance_evidencesupport",
            "compliance_evidencewithdrawal",
            "compliance_evidencerevision",
        ),
        migrations.RunSQL(STAYS),
    ]
