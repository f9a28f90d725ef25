from django.apps import AppConfig


class AccountConfig(AppConfig):
    name = "praxis.desks.account"
    label = "desk_account"
