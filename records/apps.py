from django.apps import AppConfig


class RecordsConfig(AppConfig):
    name = "records"
    verbose_name = "Records"

    def ready(self):
        from himdept.common import reports
        from records.completeness import deficiency_report

        reports.register(deficiency_report.REPORT)
