"""Who may do what with a case."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from praxis.foundation import clock
from praxis.foundation.errors import YES, Verdict, no
from praxis.foundation.people.policies import is_member
from praxis.foundation.programmes.models import Edition
from praxis.foundation.programmes.policies import is_secretariat
from praxis.lifecycle.cases.models import Case

EDITABLE = ("draft", "submitted", "returned")


def closes_at(case: Case) -> datetime:
    """The first instant at which nothing more is taken for this case."""
    if case.state == "returned" and case.return_until:
        return case.return_until
    return max(case.edition.closes_at, case.extended_to) if case.extended_to else case.edition.closes_at


def is_applicant(actor: Any, case: Case) -> bool:
    return is_member(actor, case.organisation_id)


def may_see(actor: Any, case: Case) -> Verdict:
    """The applicant's colleagues and the secretariat; to others the case does not exist."""
    if is_applicant(actor, case) or is_secretariat(actor, case.edition):
        return YES
    return no(_("There is no such page."), "missing")


def may_start(actor: Any, edition: Edition, organisation_id: int) -> Verdict:
    """May begin a case for an organisation: its colleagues while the call is open, the secretariat on behalf."""
    if is_secretariat(actor, edition):
        return YES if edition.state in ("open", "screening") else no(_("The call is not open."), "state")
    if not is_member(actor, organisation_id):
        return no(_("There is no such page."), "missing")
    if edition.state != "open" or not edition.opens_at <= clock.now() < edition.closes_at:
        return no(_("The call is not open."), "state")
    return YES


def may_edit(actor: Any, case: Case) -> Verdict:
    """May change what a case says."""
    seen = may_see(actor, case)
    if not seen:
        return seen
    if case.state not in EDITABLE:
        return no(_("This case can no longer be changed."), "state")
    if clock.now() >= closes_at(case) and not is_secretariat(actor, case.edition):
        return no(_("The deadline has passed. Write to the secretariat if you need to correct something."), "state")
    return YES


def may_withdraw(actor: Any, case: Case) -> Verdict:
    seen = may_see(actor, case)
    if not seen:
        return seen
    if case.state in ("draft", "submitted", "returned") or is_secretariat(actor, case.edition):
        return YES
    return no(_("This case is in review. Ask the secretariat to withdraw it."), "state")


def may_run(actor: Any, case: Case) -> Verdict:
    """What only the secretariat may do."""
    return YES if is_secretariat(actor, case.edition) else no(_("There is no such page."), "missing")


def may_reopen(actor: Any, case: Case) -> Verdict:
    """May take back a withdrawal: its applicant, while cases are taken."""
    seen = may_see(actor, case)
    if not seen:
        return seen
    if clock.now() >= closes_at(case):
        return no(_("The deadline has passed."), "state")
    return YES
