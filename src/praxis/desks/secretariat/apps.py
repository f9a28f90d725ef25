from django.apps import AppConfig


class SecretariatConfig(AppConfig):
    name = "praxis.desks.secretariat"
    label = "desk_secretariat"
