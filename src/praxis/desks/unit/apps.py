from django.apps import AppConfig


class UnitConfig(AppConfig):
    name = "praxis.desks.unit"
    label = "desk_unit"
