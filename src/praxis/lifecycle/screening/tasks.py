"""Jobs of the screening. Each may run twice: what is done already is found done."""

from __future__ import annotations

from django_tasks import task

from praxis.foundation.audit.services import SYSTEM
from praxis.foundation.jobs import services as jobs
from praxis.foundation.people.models import User
from praxis.foundation.programmes.models import Edition
from praxis.lifecycle.cases.models import Case
from praxis.lifecycle.screening import comparing, services


@task()
def check_case(*, case_id: int, edition_id: int) -> None:
    """Hold one case against the rules; `edition_id` says whose job it is."""
    case = Case.objects.select_related("edition__programme", "revision", "category").get(pk=case_id)
    with jobs.fence():
        services.check(SYSTEM, case)


@task()
def match_edition(*, edition_id: int) -> int:
    """Compare the cases of an edition with each other and with earlier ones."""
    return comparing.match_all(Edition.objects.get(pk=edition_id))


@task()
def check_edition(*, edition_id: int, user_id: int) -> int:
    """Hold every submitted case of an edition against the rules anew, for whoever asked for it."""
    return services.check_all(User.objects.get(pk=user_id), Edition.objects.get(pk=edition_id))


@task()
def admit_clear(*, edition_id: int, user_id: int) -> int:
    """Admit every case against which nothing was found, for whoever asked for it."""
    return services.admit_clear(User.objects.get(pk=user_id), Edition.objects.get(pk=edition_id))
