from django.apps import AppConfig


class TextsConfig(AppConfig):
    name = "praxis.foundation.texts"
    label = "texts"
