from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RecordsConfig(AppConfig):
    name = "records"
    verbose_name = "Records"

    def ready(self):
        from auditlog.registry import auditlog

        from himdept.common import night, reports
        from records.completeness import decisions, deficiency_report, kept
        from records.completeness.models import Deficiency

        auditlog.register(Deficiency, include_fields=list(decisions.AUDITED))
        reports.register(deficiency_report.REPORT)
        night.register(night.Step("reports", _("Reports"), 90, kept.keep_tonights, in_transaction=False))
