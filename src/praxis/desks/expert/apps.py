from django.apps import AppConfig


class ExpertConfig(AppConfig):
    name = "praxis.desks.expert"
    label = "desk_expert"
