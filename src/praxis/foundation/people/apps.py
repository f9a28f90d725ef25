from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "praxis.foundation.people"
    label = "people"
