from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "praxis.foundation.notices"
    label = "notices"
