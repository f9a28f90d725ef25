from django.apps import AppConfig


class ArchiveConfig(AppConfig):
    name = "praxis.foundation.archive"
    label = "archive"
