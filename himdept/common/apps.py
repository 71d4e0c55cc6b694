from django.apps import AppConfig


class CommonConfig(AppConfig):
    name = "himdept.common"
    label = "common"

    def ready(self):
        from himdept.common import choices
        from himdept.common.db import among  # noqa: F401 - lookups register themselves

        choices.read_at_once()
