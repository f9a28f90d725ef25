from django.apps import AppConfig

from praxis.config.logs import configure


class ConfigConfig(AppConfig):
    name = "praxis.config"
    label = "config"

    def ready(self) -> None:
        configure()
