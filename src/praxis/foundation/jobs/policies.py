"""Who may run a job again or cancel it."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.translation import gettext_lazy as _

from praxis.foundation.audit.services import SYSTEM, Actor
from praxis.foundation.errors import YES, Verdict, no
from praxis.foundation.jobs.models import Job

_managers: list[Callable[[Actor], bool]] = []


def register_manager(is_manager: Callable[[Actor], bool]) -> None:
    """Let a room above say whom it trusts with every job (the secretariat of an edition, for example)."""
    if is_manager not in _managers:
        _managers.append(is_manager)


def manages_all(actor: Actor) -> Verdict:
    """The house itself, administrators, and whom the rooms above trust with every job."""
    if actor is SYSTEM or getattr(actor, "is_superuser", False) or any(ask(actor) for ask in _managers):
        return YES
    return no(_("Only the secretariat can see and change all background jobs."))


def may_manage(actor: Actor, job: Job) -> Verdict:
    """The owner of a job, and whoever manages all."""
    if job.owner_id is not None and job.owner_id == actor.pk:
        return YES
    if manages_all(actor):
        return YES
    return no(_("Only the person who started this job, or the secretariat, can change it."))
