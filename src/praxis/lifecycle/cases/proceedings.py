"""What happens to a case beside its writing: withdrawal, return, admission, extension, and what is said about it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from praxis.foundation import clock
from praxis.foundation.audit import services as audit
from praxis.foundation.errors import Invalid, require
from praxis.foundation.links import absolute
from praxis.foundation.locale import pick
from praxis.foundation.notices import services as notices
from praxis.foundation.people.models import User
from praxis.foundation.texts import services as texts
from praxis.lifecycle.cases import policies, selectors
from praxis.lifecycle.cases.models import Case, Extension, Message
from praxis.lifecycle.cases.states import TABLE
from praxis.lifecycle.cases.writing import lock

MAX_MESSAGE = 5000


def _tell_applicant(case: Case, kind: str, **context: Any) -> None:
    for address, language in selectors.letters_to(case):
        notices.send(
            kind, to=address, language=language, edition_id=case.edition_id,
            context={
                "title": pick(case.titles, language), "number": case.number or "—",
                "link": absolute("case", language, key=case.key), **context,
            },
        )


def _step(actor: Any, case: Case, action: str, reason: str = "", **values: Any) -> Case:
    before = case.state
    case.state = TABLE.step(before, action)
    for field, value in values.items():
        setattr(case, field, value)
    case.updated_at = clock.now()
    case.save(update_fields=["state", "updated_at", *values])
    audit.append(
        actor, edition_id=case.edition_id, action=f"case.{action}", obj=case, label=case.number or case.key,
        before={"state": before}, after={"state": case.state}, reason=reason,
    )
    return case


@transaction.atomic
def withdraw(actor: Any, case: Case, *, reason: str = "") -> Case:
    """Take a case out of the call. What was submitted is kept; before the deadline it can be opened again."""
    lock(case)
    require(policies.may_withdraw(actor, case))
    return _step(actor, case, "withdraw", reason)


@transaction.atomic
def reopen(actor: Any, case: Case) -> Case:
    """Open a withdrawn case again as a draft, before the deadline."""
    lock(case)
    require(policies.may_reopen(actor, case))
    return _step(actor, case, "reopen")


def _needs(reason: str, field: str = "reason") -> None:
    if not reason.strip():
        raise Invalid({field: _("Say why.")})


@transaction.atomic
def return_for_correction(actor: Any, case: Case, *, message: str, until: datetime) -> Case:
    """Send a case back to its applicant with what is to be corrected and until when."""
    lock(case)
    require(policies.may_run(actor, case))
    _needs(message, "message")
    if until <= clock.now():
        raise Invalid({"until": _("Choose a date in the future.")})
    _step(actor, case, "return", message, return_until=until)
    _say(actor, case, message, from_secretariat=True)
    _tell_applicant(case, "case.returned", message=message, until=selectors.deadline_in_zone(until, case.edition.zone))
    return case


@transaction.atomic
def admit(actor: Any, case: Case, *, reason: str = "") -> Case:
    """Let a case into the review."""
    lock(case)
    require(policies.may_run(actor, case))
    return _step(actor, case, "admit", reason)


@transaction.atomic
def exclude(actor: Any, case: Case, *, reason: str) -> Case:
    """Find a case not eligible; the applicant is told why."""
    lock(case)
    require(policies.may_run(actor, case))
    _needs(reason)
    _step(actor, case, "exclude", reason)
    _say(actor, case, reason, from_secretariat=True)
    _tell_applicant(case, "case.excluded", reason=reason)
    return case


@transaction.atomic
def reinstate(actor: Any, case: Case, *, reason: str) -> Case:
    """Take back that a case is not eligible."""
    lock(case)
    require(policies.may_run(actor, case))
    _needs(reason)
    return _step(actor, case, "reinstate", reason)


@transaction.atomic
def extend(actor: Any, case: Case, *, until: datetime, reason: str) -> Extension:
    """Give one case a later deadline, with a reason; the applicant is told."""
    lock(case)
    require(policies.may_run(actor, case))
    _needs(reason)
    if until <= case.edition.closes_at:
        raise Invalid({"until": _("Choose a date after the deadline of the call.")})
    row = Extension.objects.create(
        case=case, until=until, reason=reason, granted_by=actor if isinstance(actor, User) else None, at=clock.now()
    )
    before = case.extended_to
    case.extended_to = until
    case.save(update_fields=["extended_to"])
    audit.append(
        actor, edition_id=case.edition_id, action="case.extend", obj=case, label=case.number or case.key,
        before={"until": before.isoformat() if before else None}, after={"until": until.isoformat()}, reason=reason,
    )
    _tell_applicant(case, "case.extended", until=selectors.deadline_in_zone(until, case.edition.zone))
    return row


def _say(actor: Any, case: Case, body: str, *, from_secretariat: bool) -> Message:
    return Message.objects.create(
        case=case, author=actor if isinstance(actor, User) else None, from_secretariat=from_secretariat,
        body=texts.cleaned(body)[:MAX_MESSAGE], at=clock.now(),
    )


@transaction.atomic
def write(actor: Any, case: Case, body: str) -> Message:
    """Write a line into the thread between applicant and secretariat; the other side is told."""
    require(policies.may_see(actor, case))
    said = texts.cleaned(body)
    if not said:
        raise Invalid({"body": _("Write your question first.")})
    if len(said) > MAX_MESSAGE:
        raise Invalid({"body": _("At most %(limit)s characters.") % {"limit": f"{MAX_MESSAGE:,}"}})
    from_secretariat = not policies.is_applicant(actor, case)
    message = _say(actor, case, said, from_secretariat=from_secretariat)
    audit.append(actor, edition_id=case.edition_id, action="case.write", obj=case, label=case.number or case.key)
    if from_secretariat:
        _tell_applicant(case, "case.message", message=message.body)
    return message


@transaction.atomic
def mark_read(actor: Any, case: Case) -> None:
    """Note that the actor's side has read what the other wrote."""
    require(policies.may_see(actor, case))
    case.messages.filter(from_secretariat=policies.is_applicant(actor, case), read_at=None).update(read_at=clock.now())
