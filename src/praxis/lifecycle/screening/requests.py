"""Asking for what takes longer than a page: each is a job of whoever asked."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction

from praxis.foundation import clock
from praxis.foundation.errors import require
from praxis.foundation.jobs import services as jobs
from praxis.foundation.jobs.models import Job
from praxis.foundation.people.models import User
from praxis.foundation.programmes.models import Edition
from praxis.foundation.programmes.policies import may_run
from praxis.lifecycle.cases.models import Case, Revision

# Comparing is done for all at once: many submissions of one evening make one comparison.
WAIT = timedelta(minutes=2)
# By name: they load the engine that compares, which only the worker needs.
CHECK_CASE = "praxis.lifecycle.screening.tasks.check_case"
MATCH_EDITION = "praxis.lifecycle.screening.tasks.match_edition"
CHECK_EDITION = "praxis.lifecycle.screening.tasks.check_edition"
ADMIT_CLEAR = "praxis.lifecycle.screening.tasks.admit_clear"


def follow_submission(actor: object, case: Case, revision: Revision) -> None:
    """After a submission: check the case at once, compare all a little later."""
    jobs.enqueue(
        CHECK_CASE, key=f"screening.check:{case.pk}:{revision.pk}", fresh=True, case_id=case.pk,
        edition_id=case.edition_id,
    )  # fmt: skip
    _compare(case.edition_id, WAIT)


def _compare(edition_id: int, wait: timedelta) -> None:
    jobs.enqueue(
        MATCH_EDITION, key=f"screening.match:{edition_id}", run_after=clock.now() + wait, again=True,
        edition_id=edition_id,
    )  # fmt: skip


@transaction.atomic
def check_all(actor: User, edition: Edition) -> Job:
    """Have every submitted case checked and compared anew."""
    require(may_run(actor, edition))
    _compare(edition.pk, timedelta(0))
    return jobs.enqueue(
        CHECK_EDITION, key=f"screening.check_all:{edition.pk}", owner_id=actor.pk, edition_id=edition.pk,
        user_id=actor.pk,
    )  # fmt: skip


@transaction.atomic
def admit_clear(actor: User, edition: Edition) -> Job:
    """Have every case admitted against which nothing was found."""
    require(may_run(actor, edition))
    return jobs.enqueue(
        ADMIT_CLEAR, key=f"screening.admit_clear:{edition.pk}", owner_id=actor.pk, edition_id=edition.pk,
        user_id=actor.pk,
    )  # fmt: skip
