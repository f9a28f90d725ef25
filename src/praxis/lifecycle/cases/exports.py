"""The list of cases as a spreadsheet: asked for, and fetched when the job has written it."""

from __future__ import annotations

from dataclasses import asdict

from django.db import transaction

from praxis.foundation.audit import services as audit
from praxis.foundation.errors import Missing, require
from praxis.foundation.files.models import StoredFile
from praxis.foundation.jobs import services as jobs
from praxis.foundation.jobs.models import Job
from praxis.foundation.people.models import User
from praxis.foundation.programmes.models import Edition
from praxis.foundation.programmes.policies import is_secretariat, may_run
from praxis.lifecycle.cases.selectors import Filters

# By name: it loads what writes spreadsheets, which only the worker needs.
WRITE_LIST = "praxis.lifecycle.cases.tasks.write_list"


@transaction.atomic
def request(actor: User, edition: Edition, filters: Filters, *, waiting: str = "", language: str = "en") -> Job:
    """Have the cases the filters leave written to a spreadsheet; the job is the actor's own."""
    require(may_run(actor, edition))
    asked = asdict(filters)
    audit.append(actor, edition_id=edition.pk, action="case.export", obj=edition, after={**asked, "waiting": waiting})
    return jobs.enqueue(
        WRITE_LIST, owner_id=actor.pk, edition_id=edition.pk, user_id=actor.pk, filters=asked, waiting=waiting,
        language=language,
    )  # fmt: skip


def product(actor: User, edition: Edition, job: Job) -> StoredFile:
    """The spreadsheet a finished job of the actor's made of this edition; raises Missing."""
    wanted = job.task == WRITE_LIST and job.arguments.get("edition_id") == edition.pk
    if not wanted or job.owner_id != actor.pk or not is_secretariat(actor, edition) or not job.result:
        raise Missing()
    file = StoredFile.objects.filter(key=job.result.get("file", ""), owner_id=actor.pk).first()
    if file is None:
        raise Missing()
    return file
