from django.apps import AppConfig


class ApplicantConfig(AppConfig):
    name = "praxis.desks.applicant"
    label = "desk_applicant"
