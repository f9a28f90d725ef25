"""Jobs of the screening."""

from __future__ import annotations

from django_tasks import task

from praxis.foundation.audit.services import SYSTEM
from praxis.foundation.jobs import services as jobs
from praxis.foundation.programmes.models import Edition
from praxis.lifecycle.cases.models import Case
from praxis.lifecycle.screening import services


@task()
def check_case(*, case_id: int) -> None:
    """Hold one case against the rules."""
    case = Case.objects.select_related("edition__programme", "revision", "category").get(pk=case_id)
    with jobs.fence():
        services.check(SYSTEM, case)


@task()
def match_edition(*, edition_id: int) -> None:
    """Compare the cases of an edition with each other and with earlier ones."""
    services.match_all(Edition.objects.get(pk=edition_id))
