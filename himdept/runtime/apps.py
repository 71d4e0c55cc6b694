from django.apps import AppConfig


class RuntimeConfig(AppConfig):
    name = "himdept.runtime"
    label = "runtime"
    verbose_name = "Running"

    def ready(self):
        # Every process that loads Django can then send tasks, and `shared_task` finds the one application.
        from himdept import celery  # noqa: F401
        from himdept.runtime import checks  # noqa: F401
