from django.apps import AppConfig


class ComplianceConfig(AppConfig):
    name = "compliance"
    verbose_name = "Compliance"

    def ready(self):
        from django.utils.translation import gettext_lazy as _

        from compliance import glossary as ours
        from compliance.clocks import reminders
        from compliance.nightly import measures, program  # noqa: F401
        from compliance.scoring import readings
        from himdept.common import glossary, handover, metrics, night

        metrics.register(measures.SOURCE)
        glossary.register(ours.TERMS)

        night.register(night.Step("scores", _("Survey readiness"), 40, readings.take_tonight))
        night.register(night.Step("clocks", _("What comes due"), 60, reminders.write_tonight))
        night.register(night.Step("mail", _("Reminders by mail"), 94, reminders.mail_tonight, in_transaction=False))
        handover.keeps("compliance.Reminder.person", "compliance.Assessment.by", "compliance.Aim.by")
