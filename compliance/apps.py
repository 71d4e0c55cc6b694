from django.apps import AppConfig


class ComplianceConfig(AppConfig):
    name = "compliance"
    verbose_name = "Compliance"

    def ready(self):
        from django.utils.translation import gettext_lazy as _

        from compliance import glossary as ours
        from compliance.clocks import reminders
        from compliance.controls import actions as controls
        from compliance.controls import clock as clock_of_controls
        from compliance.cycles import clock as clock_of_cycles
        from compliance.cycles import refusals as refusals_of_cycles
        from compliance.cycles.offline import actions as offline
        from compliance.digests import sending
        from compliance.evidence import clock as clock_of_evidence
        from compliance.nightly import digest as digest_of_nights
        from compliance.nightly import measures, program  # noqa: F401
        from compliance.scoring import digest as digest_of_scores
        from compliance.scoring import readings
        from compliance.selfcheck import tonight as selfcheck
        from himdept.common import digests, glossary, handover, metrics, night

        metrics.register(measures.SOURCE)
        glossary.register(ours.TERMS)

        night.register(night.Step("scores", _("Survey readiness"), 40, readings.take_tonight))
        night.register(night.Step("controls", _("Recurring controls"), 45, controls.plan_tonight))
        night.register(night.Step("self_check", _("Self-check of the compliance data"), 50, selfcheck.check_tonight))
        night.register(night.Step("clocks", _("What comes due"), 60, reminders.write_tonight))
        night.register(night.Step("mail", _("Reminders by mail"), 94, reminders.mail_tonight, in_transaction=False))
        night.register(night.Step("digests", _("Digests by mail"), 100, sending.send_tonight, in_transaction=False))
        digests.register(digest_of_nights.SOURCE)
        digests.register(digest_of_scores.SOURCE)
        night.register(night.Step("cycle_files", _("Forgotten sheets of survey cycles"), 96, offline.forget_tonight))
        clock_of_evidence.register()
        clock_of_controls.register()
        handover.keeps("compliance.Reminder.person", "compliance.Assessment.by", "compliance.Aim.by")
        handover.keeps("compliance.Digest.person", "compliance.DigestChoice.person", "compliance.Night.requested_by")
        clock_of_cycles.register()
        refusals_of_cycles.register()
