"""Proofs: sent to the applicant, approved, or sent back with what should be changed."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from praxis.foundation import clock
from praxis.foundation.errors import Conflict, Invalid, Missing, require
from praxis.foundation.links import absolute
from praxis.foundation.locale import pick
from praxis.foundation.notices import services as notices
from praxis.foundation.programmes.models import Edition
from praxis.foundation.texts import services as texts
from praxis.lifecycle.casebook import policies, selectors
from praxis.lifecycle.casebook.changing import lock, note, step, user_of
from praxis.lifecycle.casebook.models import Entry, Proof
from praxis.lifecycle.casebook.states import ENTRY
from praxis.lifecycle.cases.selectors import letters_to
from praxis.lifecycle.selection import selectors as selection


@transaction.atomic
def send_proof(actor: Any, entry: Entry) -> Proof:
    """Send the entry as it stands to its applicant to approve."""
    lock(entry)
    require(policies.may_change(actor, entry))
    if not selection.has_accepted(entry.case):
        raise Conflict(_("The applicant has not accepted confidentiality yet."), code="state")
    step(entry, "send_proof")
    proof = Proof.objects.create(
        entry=entry, number=entry.proofs.count() + 1, digest=selectors.digest_of(entry), sent_at=clock.now()
    )
    for address, language in letters_to(entry.case):
        notices.send(
            "entry.proof", to=address, language=language, edition_id=entry.casebook.edition_id,
            context={
                "title": pick(entry.titles, language), "number": entry.case.number,
                "link": absolute("result", language, key=entry.case.key),
            },
        )
    note(actor, entry, "send_proof", {"proof": proof.number, "digest": proof.digest})
    return proof


@transaction.atomic
def send_all_proofs(actor: Any, edition: Edition) -> int:
    """Send proofs of every entry that can be sent; returns how many."""
    require(policies.may_edit_book(actor, edition))
    sent = 0
    accepted = selection.accepted_cases(edition)
    for entry in selectors.all_entries(edition):
        if ENTRY.find(entry.state, "send_proof") and entry.case_id in accepted:
            send_proof(actor, entry)
            sent += 1
    return sent


def _open_proof(entry: Entry) -> Proof:
    proof = entry.proofs.order_by("-number").first()
    if proof is None:
        raise Missing()
    return proof


@transaction.atomic
def approve_proof(actor: Any, entry: Entry, *, reason: str = "") -> Proof:
    """Approve the proof as sent. The secretariat may do it for an applicant that does not answer, with a reason."""
    lock(entry)
    require(policies.may_hand_in(actor, entry))
    for_applicant = bool(policies.may_edit_book(actor, entry.casebook.edition))
    if for_applicant and not texts.cleaned(reason):
        raise Invalid({"reason": _("Say why you approve in the applicant's place.")})
    proof = _open_proof(entry)
    if proof.digest != selectors.digest_of(entry):
        raise Conflict(_("The entry has changed since this proof was sent."), code="stale")
    step(entry, "approve", approved_by=user_of(actor), approved_at=clock.now())
    proof.answer, proof.answered_by, proof.answered_at = "approved", user_of(actor), clock.now()
    proof.save()
    note(actor, entry, "approve", {"proof": proof.number, "digest": proof.digest}, reason)
    return proof


@transaction.atomic
def ask_changes(actor: Any, entry: Entry, *, message: str) -> Proof:
    """Ask for changes to a proof."""
    lock(entry)
    require(policies.may_hand_in(actor, entry))
    if not texts.cleaned(message):
        raise Invalid({"message": _("Say what should be changed.")})
    proof = _open_proof(entry)
    step(entry, "ask_changes")
    proof.answer, proof.message = "changes", texts.cleaned(message)[:5000]
    proof.answered_by, proof.answered_at = user_of(actor), clock.now()
    proof.save()
    note(actor, entry, "ask_changes", {"proof": proof.number}, proof.message)
    return proof
