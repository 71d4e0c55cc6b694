from django.apps import AppConfig


class StaffConfig(AppConfig):
    name = "staff"
    verbose_name = "Staff"

    def ready(self):
        from django.db.models.signals import post_migrate

        from staff.people import roles

        post_migrate.connect(roles.sync, dispatch_uid="staff.people.roles")
