"""Who may do what with the Casebook."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from praxis.foundation.errors import YES, Verdict, no
from praxis.foundation.programmes.models import Edition
from praxis.foundation.programmes.policies import is_secretariat
from praxis.lifecycle.casebook.models import Entry
from praxis.lifecycle.cases.models import Case
from praxis.lifecycle.cases.policies import is_applicant
from praxis.lifecycle.selection.selectors import TOLD, has_accepted


def may_edit_book(actor: Any, edition: Edition) -> Verdict:
    return YES if is_secretariat(actor, edition) else no(_("There is no such page."), "missing")


def may_change(actor: Any, entry: Entry) -> Verdict:
    """May change an entry: the secretariat, until the release."""
    edition = entry.casebook.edition
    known = may_edit_book(actor, edition)
    if not known:
        return known
    if edition.state == "released":
        return no(_("The Casebook is published. Write an erratum instead."), "state")
    return YES


def may_see_entry(actor: Any, entry: Entry) -> Verdict:
    """The secretariat, and the applicant once it has accepted confidentiality."""
    if is_secretariat(actor, entry.casebook.edition):
        return YES
    if _has_heard(actor, entry.case, entry.casebook.edition):
        return YES
    return no(_("There is no such page."), "missing")


def may_hand_in(actor: Any, entry: Entry) -> Verdict:
    """May hand in display material or answer a proof: the told applicant, until the release."""
    seen = may_see_entry(actor, entry)
    if not seen:
        return seen
    if entry.casebook.edition.state == "released":
        return no(_("The Casebook is published."), "state")
    if entry.state == "dropped":
        return no(_("This case is not in the Casebook."), "state")
    return YES


def may_learn(actor: Any, case: Case) -> Verdict:
    """May learn that its case has an entry: the told applicant. No row of the Casebook is read to answer."""
    if _has_heard(actor, case, case.edition):
        return YES
    return no(_("There is no such page."), "missing")


def _has_heard(actor: Any, case: Case, edition: Edition) -> bool:
    """Its applicant, who has accepted confidentiality; after the release whether or not."""
    if edition.state not in TOLD or not is_applicant(actor, case):
        return False
    return edition.state == "released" or has_accepted(case)


def is_public(edition: Edition) -> bool:
    """Whether the Casebook of an edition is for everyone."""
    return edition.state == "released"
