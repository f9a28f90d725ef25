from django.apps import AppConfig


class PublicConfig(AppConfig):
    name = "praxis.desks.public"
    label = "desk_public"
