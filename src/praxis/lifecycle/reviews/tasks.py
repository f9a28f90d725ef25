"""Jobs of the review: what takes longer than a page may."""

from __future__ import annotations

from django_tasks import task

from praxis.foundation.audit.services import SYSTEM
from praxis.foundation.files import services as files
from praxis.foundation.jobs import services as jobs
from praxis.foundation.programmes.models import Round
from praxis.lifecycle.reviews import rounds, standings, tables
from praxis.lifecycle.reviews.assigning import complete_plan
from praxis.lifecycle.reviews.models import AssignmentPlan, StandingRun


@task()
def plan(*, plan_id: int) -> None:
    """Fill in a plan of assignments."""
    row = AssignmentPlan.objects.select_related("round__edition").get(pk=plan_id)
    with jobs.fence():
        complete_plan(SYSTEM, row)


@task()
def compute(*, round_id: int) -> None:
    """Compute the standings of a round."""
    round_ = Round.objects.select_related("edition").get(pk=round_id)
    with jobs.fence():
        standings.compute_standings(SYSTEM, round_)


@task()
def remind(*, round_id: int) -> None:
    """Remind every expert of a round who has sheets to hand in."""
    round_ = Round.objects.select_related("edition").get(pk=round_id)
    with jobs.fence():
        rounds.remind(SYSTEM, round_)


@task()
def export_standings(*, run_id: int, language: str) -> None:
    """The standings of a run as a spreadsheet; the job's result names the file."""
    run = StandingRun.objects.select_related("round__edition").get(pk=run_id)
    data = tables.standings(run, language)
    with jobs.fence() as held:
        file = files.store_product(f"standings-{run.round.code}-{run.pk}.xlsx", tables.XLSX, data)
        held.result = {"file": file.pk, "round": run.round_id}
