from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "praxis.foundation.jobs"
    label = "jobs"
