"""Checking a case against the rules of its edition, and submitting it."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from praxis.foundation import clock
from praxis.foundation.audit import services as audit
from praxis.foundation.errors import Invalid, Missing, require
from praxis.foundation.links import absolute
from praxis.foundation.locale import pick
from praxis.foundation.notices import services as notices
from praxis.foundation.people.models import User
from praxis.foundation.programmes.models import Edition
from praxis.foundation.programmes.policies import is_secretariat
from praxis.foundation.randomness import token
from praxis.foundation.search import services as search
from praxis.foundation.statements import Statement
from praxis.lifecycle.cases import after_submission, checks, content, policies, selectors
from praxis.lifecycle.cases.models import Case, Revision
from praxis.lifecycle.cases.states import TABLE
from praxis.lifecycle.cases.writing import lock

_SENT: Statement[Revision] = Statement(
    lambda case, key: Revision.objects.filter(case_id=case, submission_key=key), case=int, key=str
)
_NUMBERS: Statement[Edition] = Statement(
    lambda pk: Edition.objects.select_for_update().only("pk", "last_case_number", "year").filter(pk=pk), pk=int
)


def check(case: Case, *, said: content.Content | None = None) -> list[checks.Check]:
    """Every rule of the edition held against the case as it now stands."""
    return checks.run(
        said if said is not None else content.of(case),
        case.edition.settings,
        checks.Circumstances(clock.now(), policies.closes_at(case), selectors.past_titles(case.edition.programme_id)),
    )


@transaction.atomic
def submit(actor: Any, case: Case, *, submission_key: str) -> Revision:
    """Freeze what the case says as a Revision and give a receipt.

    The same `submission_key`, or the same content, makes one revision however often it is sent. Raises `Invalid`
    with the walls by section, `Conflict` when the case is not in a state to be submitted.
    """
    lock(case)
    require(policies.may_see(actor, case))
    again = _SENT.first(case=case.pk, key=submission_key[:64])
    if again is not None:
        return again
    require(policies.may_edit(actor, case))
    action = "correct" if case.state == "returned" else "submit"
    target = TABLE.step(case.state, action)
    said = content.of(case)
    digest = content.digest(said)
    if case.revision is not None and case.revision.digest == digest and case.state == "submitted":
        return case.revision
    walls = checks.walls(check(case, said=said))
    if is_secretariat(actor, case.edition):
        walls = [wall for wall in walls if wall.section != "submit"]
    if walls:
        raise Invalid({wall.section: [pick(reason) for reason in wall.reasons] for wall in walls}, code="walls")
    return _freeze(actor, case, said, digest, submission_key, target, action)


def _freeze(
    actor: Any, case: Case, said: content.Content, digest: str, submission_key: str, target: str, action: str
) -> Revision:
    now = clock.now()
    revision = Revision.objects.create(
        case=case, number=(case.revision.number if case.revision else 0) + 1, content=said, digest=digest,
        receipt=f"R{token(5).upper()}", submission_key=submission_key[:64], submitted_at=now,
        submitted_by=actor if isinstance(actor, User) else None,
    )
    before = {"state": case.state, "revision": case.revision.number if case.revision else 0}
    case.number = case.number or _next_number(case.edition)
    case.state, case.revision, case.submitted_at, case.return_until = target, revision, case.submitted_at or now, None
    case.updated_at = now
    case.save(update_fields=["number", "state", "revision", "submitted_at", "return_until", "updated_at"])
    audit.append(
        actor, edition_id=case.edition_id, action=f"case.{action}", obj=case, label=case.number, before=before,
        after={"state": target, "revision": revision.number, "digest": digest},
    )
    _index(case, said)
    _send_receipt(case, revision)
    after_submission.run(actor, case, revision)
    return revision


def _next_number(edition: Edition) -> str:
    locked = _NUMBERS.first(pk=edition.pk)
    if locked is None:
        raise Missing
    locked.last_case_number += 1
    locked.save(update_fields=["last_case_number"])
    return f"{locked.year}-{locked.last_case_number:04d}"


def _index(case: Case, said: content.Content) -> None:
    texts = {
        language: (
            said["titles"].get(language, ""),
            " ".join((case.number, case.organisation.name_in(language), fields.get("summary", ""))),
        )
        for language, fields in said["texts"].items()
    }
    search.put("case", case.key, f"edition:{case.edition_id}", texts)


def _send_receipt(case: Case, revision: Revision) -> None:
    for address, language in selectors.letters_to(case):
        notices.send(
            "case.submitted", to=address, language=language, edition_id=case.edition_id,
            key=f"case.submitted:{revision.receipt}:{address}"[:200],
            context={
                "title": pick(case.titles, language), "number": case.number, "receipt": revision.receipt,
                "closes": selectors.deadline_in_zone(policies.closes_at(case), case.edition.zone),
                "link": absolute("case", language, key=case.key),
            },
        )
