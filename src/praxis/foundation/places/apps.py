from django.apps import AppConfig


class PlacesConfig(AppConfig):
    name = "praxis.foundation.places"
    label = "places"
