"""Who may do what for a recommending unit."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from praxis.foundation import clock
from praxis.foundation.errors import YES, Verdict, no
from praxis.foundation.people.policies import is_member
from praxis.foundation.programmes.policies import is_secretariat
from praxis.lifecycle.recommendations.models import Recommendation, Unit


def is_unit(actor: Any, unit: Unit) -> bool:
    return unit.active and is_member(actor, unit.organisation_id)


def may_see(actor: Any, unit: Unit) -> Verdict:
    if is_unit(actor, unit) or is_secretariat(actor, unit.edition):
        return YES
    return no(_("There is no such page."), "missing")


def may_change(actor: Any, unit: Unit) -> Verdict:
    """May change the unit's page and its table: until the call closes, the secretariat also while screening."""
    seen = may_see(actor, unit)
    if not seen:
        return seen
    if is_secretariat(actor, unit.edition):
        return YES
    if unit.edition.state not in ("open", "screening"):
        return no(_("The time for recommendations has passed."), "state")
    return YES


def may_endorse(actor: Any, recommendation: Recommendation) -> Verdict:
    """May endorse a case: it is linked and submitted, and the quota is not used up."""
    unit = recommendation.unit
    changed = may_change(actor, unit)
    if not changed:
        return changed
    case = recommendation.case
    if case is None or case.state in ("draft", "withdrawn"):
        return no(_("Only a submitted case can be endorsed."), "state")
    if unit.quota is not None and recommendation.state != "endorsed":
        used = unit.recommendations.filter(state="endorsed").count()
        if used >= unit.quota:
            return no(
                _("The quota of %(quota)s is used up. Take back an endorsement first.") % {"quota": unit.quota}, "state"
            )
    return YES


def may_take_back(actor: Any, recommendation: Recommendation) -> Verdict:
    """May take back an endorsement: there must be one, which another window may have changed meanwhile."""
    changed = may_change(actor, recommendation.unit)
    if not changed:
        return changed
    if recommendation.state != Recommendation.State.ENDORSED:
        return no(_("This line is not endorsed."), "state")
    return YES


def members_deadline_passed(unit: Unit) -> bool:
    """Whether the unit's own earlier deadline for its members has passed."""
    return unit.closes_at is not None and clock.now() >= unit.closes_at
