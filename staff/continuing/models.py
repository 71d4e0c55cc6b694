"""Continuing education: what each certification asks of a cycle, since when, and what counts toward one."""

from auditlog.registry import auditlog
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from staff.catalogue.models import Certification
from staff.credentials.models import Credential
from staff.qualifications.models import Background

PERCENT = {"max_digits": 5, "decimal_places": 2, "default": 0}


class ContinuingRule(models.Model):
    """What a cycle of a certification asks, if it begins on the day of the rule or later and before the next rule's."""

    certification = models.ForeignKey(Certification, on_delete=models.PROTECT, related_name="continuing_rules")
    from_day = models.DateField(help_text=_("Cycles that begin on this day or later."))
    units = models.DecimalField(max_digits=5, decimal_places=2, help_text=_("In a whole cycle."))
    in_domains_percent = models.DecimalField(**PERCENT, help_text=_("Of these, at least so many in its domains."))
    from_issuer_percent = models.DecimalField(**PERCENT, help_text=_("Of these, at least so many from its issuer."))
    basis = models.CharField(max_length=120, blank=True)
    to_confirm = models.CharField(
        max_length=200, blank=True, help_text=_("What the hospital has yet to confirm; empty when it has.")
    )

    class Meta:
        ordering = ["certification", "-from_day"]
        constraints = [
            models.UniqueConstraint(
                fields=["certification", "from_day"],
                name="one_continuing_rule_of_a_day",
                violation_error_message=_("This certification has a rule from that day on."),
            ),
            models.CheckConstraint(
                name="continuing_rule_asks_what_can_be",
                condition=Q(
                    units__gt=0,
                    in_domains_percent__gte=0,
                    in_domains_percent__lte=100,
                    from_issuer_percent__gte=0,
                    from_issuer_percent__lte=100,
                ),
                violation_error_message=_("More than no units, and shares between none and all."),
            ),
        ]

    def __str__(self):
        return f"{self.certification} from {self.from_day}"


class DomainMinimum(models.Model):
    """How many units a rule asks in one domain."""

    rule = models.ForeignKey(ContinuingRule, on_delete=models.CASCADE, related_name="minimums")
    domain = models.CharField(max_length=60)
    units = models.DecimalField(max_digits=5, decimal_places=2)

    class Meta:
        ordering = ["rule", "domain"]
        constraints = [
            models.UniqueConstraint(fields=["rule", "domain"], name="one_minimum_of_a_domain"),
            models.CheckConstraint(name="domain_minimum_is_some", condition=Q(units__gt=0)),
        ]

    def __str__(self):
        return f"{self.domain}: {self.units}"


class Learning(Background):
    """Something learnt that counts toward one cycle of one credential, and so once."""

    credential = models.ForeignKey(Credential, on_delete=models.PROTECT, related_name="learnings")
    title = models.CharField(_("what was learnt"), max_length=120)
    done_on = models.DateField(_("done on"))
    units = models.DecimalField(_("units"), max_digits=5, decimal_places=2)
    domain = models.CharField(
        _("domain"), max_length=60, blank=True, help_text=_("Of the credential; empty when it is in none of them.")
    )
    from_issuer = models.BooleanField(_("from the issuer or its associations"), default=False)

    class Meta(Background.Meta):
        ordering = ["employee", "-done_on", "-pk"]
        constraints = [
            *Background.Meta.constraints,
            models.CheckConstraint(
                name="learning_has_units",
                condition=Q(units__gt=0, units__lte=100),
                violation_error_message=_("More than no units, and at most 100."),
            ),
            models.UniqueConstraint(
                fields=["employee", "title", "done_on"],
                condition=Q(struck_because=""),
                name="one_learning_counts_once",
                violation_error_message=_("That is written down of that day already, and counts once."),
            ),
        ]

    def __str__(self):
        return f"{self.title}: {self.units}"


class Progress(models.Model):
    """What the rule of a credential's cycle asks, and what counts toward it: a view of the database.

    `asked` is None where no rule is in force; `is_short` says that something of it is missing.
    """

    credential = models.OneToOneField(
        Credential, primary_key=True, on_delete=models.DO_NOTHING, related_name="progress"
    )
    asked = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    counted = models.DecimalField(max_digits=6, decimal_places=2)
    is_short = models.BooleanField()

    class Meta:
        managed = False
        db_table = "staff_progress"

    def __str__(self):
        return f"{self.credential}: {self.counted} of {self.asked}"


auditlog.register(ContinuingRule)
auditlog.register(DomainMinimum)
auditlog.register(Learning, exclude_fields=["written_at"])
