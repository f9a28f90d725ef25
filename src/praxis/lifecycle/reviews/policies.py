"""Who may do what in the review."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from praxis.foundation.errors import YES, Verdict, no
from praxis.foundation.programmes.models import Round
from praxis.foundation.programmes.policies import is_secretariat, may_run
from praxis.lifecycle.reviews.models import Assignment, Expert


def is_expert(actor: Any, expert: Expert) -> bool:
    return actor is not None and actor.pk is not None and expert.user_id == actor.pk


def may_answer(actor: Any, expert: Expert) -> Verdict:
    """May accept or decline an invitation, or sign the undertaking: the expert alone."""
    return YES if is_expert(actor, expert) else no(_("There is no such page."), "missing")


def may_manage(actor: Any, expert: Expert) -> Verdict:
    return may_run(actor, expert.edition)


def may_read(actor: Any, assignment: Assignment) -> Verdict:
    """May read the case of an assignment: its expert, once the undertaking is given and the round has opened."""
    expert = assignment.expert
    if not is_expert(actor, expert) or assignment.state in ("released", "conflicted"):
        return no(_("There is no such page."), "missing")
    if expert.state != Expert.State.ACTIVE:
        return no(_("You are not active on this review."), "state")
    if expert.undertaking_at is None:
        return no(_("Please give the undertaking of confidentiality first."), "undertaking")
    if assignment.round.state == "planned":
        return no(_("There is no such page."), "missing")
    return YES


def may_score(actor: Any, assignment: Assignment) -> Verdict:
    """May write the score sheet: its expert, while the round is open and it is not submitted."""
    read = may_read(actor, assignment)
    if not read:
        return read
    if assignment.round.state != "open":
        return no(_("This round is closed."), "state")
    if assignment.state == "submitted":
        return no(_("This score sheet has been submitted. Open it again to change it."), "state")
    return YES


def may_reopen(actor: Any, assignment: Assignment) -> Verdict:
    """May open a submitted sheet again: its expert, or the secretariat, while the round is open."""
    if not is_secretariat(actor, assignment.round.edition):
        read = may_read(actor, assignment)
        if not read:
            return read
    if assignment.round.state != "open":
        return no(_("This round is closed."), "state")
    return YES


def may_see_standings(actor: Any, round_: Round) -> Verdict:
    """Standings and aggregates are the secretariat's alone; experts never see them."""
    return may_run(actor, round_.edition)
