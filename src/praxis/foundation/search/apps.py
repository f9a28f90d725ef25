from django.apps import AppConfig


class SearchConfig(AppConfig):
    name = "praxis.foundation.search"
    label = "search"
