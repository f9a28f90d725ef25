from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "praxis.foundation.audit"
    label = "audit"
