"""Who may know and who may do what under the embargo."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from praxis.foundation.errors import YES, Verdict, no
from praxis.foundation.programmes.models import Edition
from praxis.foundation.programmes.policies import is_named, may_seal
from praxis.lifecycle.cases.models import Case
from praxis.lifecycle.cases.policies import is_applicant
from praxis.lifecycle.selection.models import Selection


def may_know(actor: Any, edition: Edition) -> Verdict:
    """May know decisions before the release: the people named on the edition alone."""
    return YES if is_named(actor, edition) else no(_("There is no such page."), "missing")


def may_choose(actor: Any, selection: Selection) -> Verdict:
    """May change decisions: until they are sealed."""
    known = may_know(actor, selection.edition)
    if not known:
        return known
    if selection.state != "open":
        return no(_("The decisions are sealed."), "state")
    return YES


def may_seal_selection(actor: Any, selection: Selection) -> Verdict:
    return may_seal(actor, selection.edition)


def may_hear(actor: Any, case: Case) -> Verdict:
    """May be told of the result of this case: its applicant's colleagues."""
    return YES if is_applicant(actor, case) else no(_("There is no such page."), "missing")
