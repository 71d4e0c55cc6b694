from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class StaffConfig(AppConfig):
    name = "staff"
    verbose_name = _("Staff")

    def ready(self):
        from django.db.models.signals import post_migrate

        from himdept.common import metrics, night
        from staff.credentials import clock as clock_of_credentials
        from staff.credentials import measures as measures_of_credentials
        from staff.credentials import refusals as refusals_of_credentials
        from staff.discipline import clock as clock_of_discipline
        from staff.employment import refusals
        from staff.exclusions import actions as exclusions
        from staff.exclusions import clock as clock_of_exclusions
        from staff.exclusions import measures as measures_of_exclusions
        from staff.fitness import clock as clock_of_fitness
        from staff.fitness import measures as measures_of_fitness
        from staff.home import actions as home
        from staff.people import roles
        from staff.personnel import checklists, open_work
        from staff.personnel import measures as measures_of_personnel
        from staff.replies import actions as replies
        from staff.roster import actions as roster
        from staff.selections import selections
        from staff.training import clock as clock_of_training
        from staff.training import measures as measures_of_training

        night.register(night.Step("old_replies", _("Kept answers"), 92, replies.forget_old))
        night.register(night.Step("selections", _("Forgotten selections"), 97, selections.prune_tonight))
        night.register(night.Step("exclusions", _("Newcomers against exclusion lists"), 55, exclusions.check_newcomers))
        night.register(night.Step("people_files", _("Forgotten files of people"), 98, roster.forget_tonight))
        night.register(night.Step("old_homes", _("Forgotten homes of leavers"), 99, home.forget_tonight))
        refusals.register()
        refusals_of_credentials.register()
        open_work.register()
        clock_of_credentials.register()
        clock_of_training.register()
        clock_of_exclusions.register()
        clock_of_fitness.register()
        clock_of_discipline.register()
        metrics.register(measures_of_credentials.SOURCE)
        metrics.register(measures_of_personnel.SOURCE)
        metrics.register(measures_of_training.SOURCE)
        metrics.register(measures_of_fitness.SOURCE)
        metrics.register(measures_of_exclusions.SOURCE)
        checklists.register()
        post_migrate.connect(roles.sync, dispatch_uid="staff.people.roles")
