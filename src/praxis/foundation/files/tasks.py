"""Background work on files; each may run again after a crash."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import transaction
from django_tasks import task

from praxis.foundation import clock
from praxis.foundation.files import processing, storage
from praxis.foundation.files.limits import Limits
from praxis.foundation.files.models import StoredFile, UploadSession
from praxis.foundation.files.problems import Problem
from praxis.foundation.jobs import services as jobs

# What nobody has touched for so long is not being worked at any more.
_PATIENCE = timedelta(days=2)


@task()
def process(file_id: int, limits: dict[str, Any]) -> None:
    """Make a received file ready, or say why it is rejected."""
    file = StoredFile.objects.filter(pk=file_id, state=StoredFile.State.PROCESSING).first()
    if file is None:
        return
    try:
        changes = _changes(file, processing.process(file.key, file.purpose, file.name, Limits.from_json(limits)))
    except Problem as problem:
        changes = {"state": StoredFile.State.REJECTED, "problem": problem.code, "problem_facts": problem.facts}
    with jobs.fence():
        alive = StoredFile.objects.filter(pk=file_id, state=StoredFile.State.PROCESSING).update(**changes)
        # Nothing of the original stays where it was written anew; nothing at all where it was rejected or deleted.
        kept = {changes["path"], *changes["derived"].values()} if alive and "path" in changes else set()
        jobs.enqueue(remove_bytes, paths=[path for path in storage.parts_of(file.key) if path not in kept])


def _changes(file: StoredFile, outcome: processing.Outcome) -> dict[str, Any]:
    return {
        "state": StoredFile.State.READY,
        "path": storage.path_for(file.key, outcome.part),
        "name": outcome.name,
        "media_type": outcome.media_type,
        "size": outcome.size,
        "sha256": outcome.sha256,
        "width": outcome.width,
        "height": outcome.height,
        "seconds": outcome.seconds,
        "derived": {name: storage.path_for(file.key, part) for name, part in outcome.derived.items()},
    }


@task()
def remove_bytes(paths: list[str]) -> None:
    """Delete bytes that no row names any more."""
    for path in paths:
        storage.remove(path)


@task()
def tidy() -> None:
    """Drop uploads past their time, and reject what no worker managed to make ready."""
    expired = UploadSession.objects.filter(expires_at__lte=clock.now())
    for key in list(expired.values_list("key", flat=True)):
        storage.part_of_upload(key).unlink(missing_ok=True)
    expired.delete()
    storage.sweep_uploads(set(UploadSession.objects.values_list("key", flat=True)), clock.now() - _PATIENCE)
    stuck = StoredFile.objects.filter(state=StoredFile.State.PROCESSING, created_at__lt=clock.now() - _PATIENCE)
    for file_id, key in list(stuck.values_list("pk", "key")):
        with transaction.atomic():
            if stuck.filter(pk=file_id).update(state=StoredFile.State.REJECTED, problem="not_processed"):
                jobs.enqueue(remove_bytes, paths=storage.parts_of(key))
