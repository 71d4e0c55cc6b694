from django.apps import AppConfig


class CommonConfig(AppConfig):
    name = "himdept.common"
    label = "common"
