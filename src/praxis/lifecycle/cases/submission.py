"""Checking a case against the rules of its edition, and submitting it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from praxis.foundation import clock, records
from praxis.foundation.audit import services as audit
from praxis.foundation.errors import Invalid, require
from praxis.foundation.links import absolute
from praxis.foundation.locale import pick
from praxis.foundation.notices import services as notices
from praxis.foundation.people.models import User
from praxis.foundation.programmes.models import Edition
from praxis.foundation.programmes.policies import is_secretariat
from praxis.foundation.randomness import token, uuid_hex
from praxis.foundation.search import services as search
from praxis.foundation.statements import Statement
from praxis.foundation.texts import services as texts
from praxis.lifecycle.cases import after_submission, checks, content, policies, selectors
from praxis.lifecycle.cases.models import Case, Revision
from praxis.lifecycle.cases.states import TABLE
from praxis.lifecycle.cases.writing import keep, known_consents, lock, put_consents, put_texts, text_keys

_SENT: Statement[Revision] = Statement(
    lambda case, key: Revision.objects.filter(case_id=case, submission_key=key), case=int, key=str
)


def check(case: Case, *, said: content.Content | None = None) -> list[checks.Check]:
    """Every rule of the edition held against the case as it now stands."""
    return checks.run(
        said if said is not None else content.of(case),
        case.edition.settings,
        checks.Circumstances(clock.now(), policies.closes_at(case), selectors.past_titles_beside(case)),
    )


@transaction.atomic
def submit(actor: Any, case: Case, *, submission_key: str) -> Revision:
    """Freeze what the case says as a Revision and give a receipt.

    The same `submission_key`, or the same content, makes one revision however often it is sent. Raises `Invalid`
    with the walls by section, `Conflict` when the case is not in a state to be submitted.
    """
    lock(case)
    require(policies.may_see(actor, case))
    again = _sent(case, submission_key)
    if again is not None:
        return again
    require(policies.may_edit(actor, case))
    revision, walls = _submitted(actor, case, content.of(case), submission_key, [])
    if revision is None:
        raise Invalid({wall.section: [pick(reason) for reason in wall.reasons] for wall in walls}, code="walls")
    return revision


@transaction.atomic
def save_and_submit(
    actor: Any, case: Case, *, submission_key: str, bodies: Mapping[texts.Key, str] | None = None,
    expected: Mapping[texts.Key, int] | None = None, consents: Mapping[str, bool] | None = None,
) -> Revision | None:
    """Save texts or commitments, and submit the case with them, in one transaction: what `submit` does, after saving.

    None where a rule stands in the way: what was written is kept then, and `check` says what is missing. The same
    form sent again makes no second revision; sent again with other words it is a submission of its own. Raises what
    `save_texts` and `submit` raise, but for the walls.
    """
    lock(case)
    require(policies.may_see(actor, case))
    again = _sent(case, submission_key)
    if again is not None:
        if _says(again.content, case, bodies or {}, consents):
            return again
        submission_key = uuid_hex()
    require(policies.may_edit(actor, case))
    fields: list[str] = []
    read = None
    if bodies is not None:
        saved, fields = put_texts(actor, case, bodies, expected)
        read = [(language, name, row.body) for (language, name), row in saved.rows.items()]
    if consents is not None:
        fields += put_consents(actor, case, consents)
    revision, _walls = _submitted(actor, case, content.of(case, bodies=read), submission_key, fields)
    return revision


def _sent(case: Case, submission_key: str) -> Revision | None:
    """What the form of this key has made already. A case that was never submitted has nothing to be asked for."""
    return _SENT.first(case=case.pk, key=submission_key[:64]) if case.revision_id else None


def _says(
    said: content.Content, case: Case, bodies: Mapping[texts.Key, str], consents: Mapping[str, bool] | None
) -> bool:
    """Whether a revision says what was written."""
    known = text_keys(case)
    same = all(
        said["texts"].get(language, {}).get(name, "") == texts.cleaned(texts.as_kept(name, body))
        for (language, name), body in bodies.items()
        if (language, name) in known
    )
    return same and (consents is None or said["consents"] == known_consents(case, consents))


def _submitted(
    actor: Any, case: Case, said: content.Content, submission_key: str, fields: list[str]
) -> tuple[Revision | None, list[checks.Check]]:
    """The revision that a locked case has become, or the walls in its way; `fields` of it are still to be written."""
    action = "correct" if case.state == "returned" else "submit"
    target = TABLE.step(case.state, action)
    digest = content.digest(said)
    if case.revision is not None and case.revision.digest == digest and case.state == "submitted":
        keep(case, fields)
        return case.revision, []
    walls = checks.walls(check(case, said=said))
    if walls and is_secretariat(actor, case.edition):
        walls = [wall for wall in walls if wall.section != "submit"]
    if walls:
        keep(case, fields)
        return None, walls
    return _freeze(actor, case, said, digest, submission_key, target, action, fields), []


def _freeze(
    actor: Any, case: Case, said: content.Content, digest: str, submission_key: str, target: str, action: str,
    fields: list[str],
) -> Revision:
    now = clock.now()
    revision = Revision(
        case=case, number=(case.revision.number if case.revision else 0) + 1, content=said, digest=digest,
        receipt=f"R{token(5).upper()}", submission_key=submission_key[:64], submitted_at=now,
        submitted_by=actor if isinstance(actor, User) else None,
    )
    records.insert(revision)
    before = {"state": case.state, "revision": case.revision.number if case.revision else 0}
    case.number = case.number or _next_number(case.edition)
    case.state, case.revision, case.submitted_at, case.return_until = target, revision, case.submitted_at or now, None
    case.updated_at = now
    keep(case, [*fields, "number", "state", "revision", "submitted_at", "return_until", "updated_at"])
    audit.append(
        actor, edition_id=case.edition_id, action=f"case.{action}", obj=case, label=case.number, before=before,
        after={"state": target, "revision": revision.number, "digest": digest},
    )
    _index(case, said, fresh=revision.number == 1)
    _send_receipt(actor, case, revision)
    after_submission.run(actor, case, revision)
    return revision


def _next_number(edition: Edition) -> str:
    return f"{edition.year}-{records.add_one(edition, 'last_case_number'):04d}"


def _index(case: Case, said: content.Content, *, fresh: bool) -> None:
    texts = {
        language: (
            said["titles"].get(language, ""),
            " ".join((case.number, case.organisation.name_in(language), fields.get("summary", ""))),
        )
        for language, fields in said["texts"].items()
    }
    search.put("case", case.key, f"edition:{case.edition_id}", texts, fresh=fresh)


def _send_receipt(actor: Any, case: Case, revision: Revision) -> None:
    for address, language in selectors.letters_to(case):
        # Mostly it is whoever submits: nobody to be asked for. The receipt is new, and so is the letter's key.
        own = isinstance(actor, User) and actor.email.lower() == address.strip().lower()
        notices.send(
            "case.submitted", to=actor if own else address, language=language, edition_id=case.edition_id,
            edition=case.edition, key=f"case.submitted:{revision.receipt}:{address}"[:200], fresh=True,
            context={
                "title": pick(case.titles, language), "number": case.number, "receipt": revision.receipt,
                "closes": selectors.deadline_in_zone(policies.closes_at(case), case.edition.zone),
                "link": absolute("case", language, key=case.key),
            },
        )
