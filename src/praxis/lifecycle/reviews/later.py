"""What a desk asks for: done at once where it is short, by a job where it would keep a person waiting."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from praxis.foundation.errors import require
from praxis.foundation.jobs import services as jobs
from praxis.foundation.jobs.models import Job
from praxis.foundation.people.models import User
from praxis.foundation.programmes.models import Round
from praxis.foundation.programmes.policies import may_run
from praxis.lifecycle.reviews import assigning, policies, rounds, standings
from praxis.lifecycle.reviews.models import Assignment, AssignmentPlan, StandingRun
from praxis.lifecycle.reviews.selectors import EXPORT_STANDINGS

# What stays under 300 ms on one slow core.
MOST_SHEETS, MOST_LETTERS = 500, 40
# By name: they load the engines and what writes spreadsheets, which only the worker needs.
PLAN = "praxis.lifecycle.reviews.tasks.plan"
COMPUTE = "praxis.lifecycle.reviews.tasks.compute"
REMIND = "praxis.lifecycle.reviews.tasks.remind"


def _owner(actor: Any) -> int | None:
    return actor.pk if isinstance(actor, User) else None


@transaction.atomic
def request_plan(actor: Any, round_: Round, *, seed: int = 0) -> AssignmentPlan:
    """A plan of assignments: proposed at once, or begun for a job to fill in. Raises Invalid with the bottleneck."""
    require(may_run(actor, round_.edition))
    if not assigning.may_take_long(round_):
        return assigning.plan_assignments(actor, round_, seed=seed)
    plan = assigning.begin_plan(actor, round_, seed=seed)
    jobs.enqueue(PLAN, key=f"reviews.plan:{plan.pk}", owner_id=_owner(actor), plan_id=plan.pk)
    return plan


def _is_large(round_: Round) -> bool:
    return Assignment.objects.filter(round=round_, state="submitted").count() > MOST_SHEETS


def _compute_later(actor: Any, round_: Round) -> Job:
    key = f"reviews.compute:{round_.pk}"
    return jobs.enqueue(COMPUTE, key=key, owner_id=_owner(actor), again=True, round_id=round_.pk)


@transaction.atomic
def request_standings(actor: Any, round_: Round) -> StandingRun | None:
    """Standings from the sheets handed in so far; None where a job will compute them."""
    require(policies.may_see_standings(actor, round_))
    if not _is_large(round_):
        return standings.compute_standings(actor, round_)
    _compute_later(actor, round_)
    return None


@transaction.atomic
def finish_round(actor: Any, round_: Round, *, reason: str = "") -> Round:
    """Close a round; the standings of a large one are left to a job."""
    require(may_run(actor, round_.edition))
    large = _is_large(round_)
    rounds.close_round(actor, round_, reason=reason, compute=not large)
    if large:
        _compute_later(actor, round_)
    return round_


@transaction.atomic
def remind_all(actor: Any, round_: Round) -> int | None:
    """Remind everyone with sheets to hand in; how many were written to, None where a job will do it."""
    require(may_run(actor, round_.edition))
    waiting = Assignment.objects.filter(round=round_, state__in=["open", "draft"]).values("expert_id").distinct()
    if round_.state != "open" or waiting.count() <= MOST_LETTERS:
        return rounds.remind(actor, round_)
    jobs.enqueue(REMIND, key=f"reviews.remind:{round_.pk}", owner_id=_owner(actor), round_id=round_.pk)
    return None


@transaction.atomic
def request_export(actor: User, run: StandingRun, language: str) -> Job:
    """A spreadsheet of a run's standings, made by a job of the actor's."""
    require(policies.may_see_standings(actor, run.round))
    return jobs.enqueue(
        EXPORT_STANDINGS, key=f"reviews.export:{run.pk}:{language}:{actor.pk}", owner_id=actor.pk,
        run_id=run.pk, language=language,
    )  # fmt: skip
