from django.apps import AppConfig


class ProgrammesConfig(AppConfig):
    name = "praxis.foundation.programmes"
    label = "programmes"
