from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RecordsConfig(AppConfig):
    name = "records"
    verbose_name = "Records"

    def ready(self):
        from auditlog.registry import auditlog

        from himdept.common import digests, glossary, handover, metrics, night, reports
        from himdept.common.api import resources
        from records import glossary as ours
        from records.completeness import decisions, deficiency_report, kept, measures
        from records.completeness.models import Deficiency, Profile, Requirement
        from records.exchange import access, tokens
        from records.exchange import digest as digest_of_interfaces
        from records.exchange import measures as measures_of_interfaces
        from records.exchange.models import Client, ClientSecret

        auditlog.register(Deficiency, include_fields=list(decisions.AUDITED))
        auditlog.register(Requirement, exclude_fields=["known_from"])
        auditlog.register(Profile, m2m_fields={"facilities"})
        auditlog.register(Client, exclude_fields=["last_used_at"])
        auditlog.register(ClientSecret, exclude_fields=["sha256", "last_used_at"])
        # All say who did something: what a clinician owes is the clinician's, who is none of the department's staff.
        handover.keeps(
            "records.Record.closed_by",
            "records.Requirement.published_by",
            "records.Requirement.ended_by",
            "records.Adoption.by",
            "records.Adoption.ended_by",
            "records.AuditRun.requested_by",
            "records.Deficiency.waived_by",
            "records.Deficiency.reassigned_by",
            "records.Decision.by",
            "records.DeficiencyEvent.by",
            "records.RecordGrant.user",
            "records.AccessLog.user",
            "records.Client.user",
            "records.ClientSecret.made_by",
            "records.MessageReplay.by",
        )
        resources.register_log(access.log)
        glossary.register(ours.TERMS)
        reports.register(deficiency_report.REPORT)
        metrics.register(measures.SOURCE)
        metrics.register(measures_of_interfaces.SOURCE)
        digests.register(digest_of_interfaces.SOURCE)
        night.register(night.Step("reports", _("Reports"), 90, kept.keep_tonights, in_transaction=False))
        night.register(night.Step("old_tokens", _("Expired tokens"), 93, tokens.forget_old))
        night.register(night.Step("old_reports", _("Old reports"), 91, kept.prune, in_transaction=False))
