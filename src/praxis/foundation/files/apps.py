from django.apps import AppConfig


class FilesConfig(AppConfig):
    name = "praxis.foundation.files"
    label = "files"
