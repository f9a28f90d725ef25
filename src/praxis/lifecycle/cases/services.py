"""Everything that is done to a case while it is written, submitted and corrected. See `screening` for what follows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from praxis.foundation import clock
from praxis.foundation.audit import services as audit
from praxis.foundation.errors import Invalid, Text, require
from praxis.foundation.links import absolute
from praxis.foundation.notices import services as notices
from praxis.foundation.people.models import Organisation, User
from praxis.foundation.places import selectors as places_table
from praxis.foundation.programmes.models import Category, Edition
from praxis.foundation.randomness import token, uuid_hex
from praxis.foundation.search import services as search
from praxis.foundation.texts import services as texts
from praxis.lifecycle.cases import after_submission, checks, content, policies, selectors
from praxis.lifecycle.cases.models import Case, CasePlace, CaseText, Extension, Message, Revision
from praxis.lifecycle.cases.states import TABLE


@transaction.atomic
def start(
    actor: Any, edition: Edition, organisation: Organisation, *, came_through: str = "", on_behalf: bool = False,
    title: str = "", language: str = "",
) -> Case:
    """Begin a case. `came_through` is the code of the unit whose page led here."""
    require(policies.may_start(actor, edition, organisation.pk))
    case = Case.objects.create(
        edition=edition, key=uuid_hex(), organisation=organisation, came_through=came_through[:40],
        on_behalf=on_behalf, created_by=actor if isinstance(actor, User) else None,
        contact_name=getattr(actor, "name", "") if not on_behalf else "",
        contact_email=getattr(actor, "email", "") if not on_behalf else "",
        created_at=clock.now(), updated_at=clock.now(),
    )
    if title:
        save_texts(actor, case, {(language or edition.settings.edition.default_language, "title"): title})
    audit.append(actor, edition_id=edition.pk, action="case.start", obj=case, label=case.key)
    return case


def parse_month(text: str) -> date | None:
    """A month ("2019-05") or day ("2019-05-17") as a date; None for an empty text; raises Invalid."""
    text = text.strip()
    if not text:
        return None
    try:
        return date.fromisoformat(text if len(text) > 7 else f"{text}-01")
    except ValueError:
        raise Invalid({"started_on": _("Enter a month such as 2019-05.")}) from None


@transaction.atomic
def save_basics(
    actor: Any, case: Case, *, category: str | None, kinds: list[str], started_on: date | None, places: list[str],
    uses_internet: bool | None, contact_name: str, contact_email: str, contact_phone: str,
) -> Case:
    """Save field, kinds of content, start, countries or regions and contact. What is still empty may stay so."""
    require(policies.may_edit(actor, case))
    config = case.edition.settings
    problems: dict[str, Text] = {}
    row = Category.objects.filter(edition_id=case.edition_id, code=category).first() if category else None
    if category and row is None:
        problems["category"] = _("Choose one of the fields.")
    known = {kind.code for kind in config.content_kinds}
    if not set(kinds) <= known:
        problems["kinds"] = _("Choose from the list.")
    codes = list(dict.fromkeys(places))
    if not all(places_table.exists(code) for code in codes):
        problems["places"] = _("Choose countries or regions from the list.")
    if contact_email and "@" not in contact_email:
        problems["contact_email"] = _("Enter an e-mail address such as name@example.org.")
    if problems:
        raise Invalid(problems)
    case.category, case.kinds, case.started_on, case.uses_internet = row, list(dict.fromkeys(kinds)), started_on, uses_internet
    case.contact_name, case.contact_phone = contact_name.strip()[:120], contact_phone.strip()[:40]
    case.contact_email = contact_email.strip()[:254]
    if case.places != codes:
        case.places = codes
        CasePlace.objects.filter(case=case).exclude(place_id__in=codes).delete()
        CasePlace.objects.bulk_create([CasePlace(case=case, place_id=code) for code in codes], ignore_conflicts=True)
    _touch(
        case, "category", "kinds", "started_on", "uses_internet", "contact_name", "contact_phone", "contact_email",
        "places",
    )
    audit.append(
        actor, edition_id=case.edition_id, action="case.save_basics", obj=case, label=case.number or case.key,
        after={"category": category, "kinds": case.kinds, "places": codes, "started_on": str(started_on or "")},
    )
    return case


def _touch(case: Case, *fields: str) -> None:
    case.version += 1
    case.updated_at = clock.now()
    case.save(update_fields=[*fields, "version", "updated_at"])


def _text_keys(case: Case) -> set[str]:
    config = case.edition.settings
    return {field.code for field in config.fields} | {f"{field.code}.heading" for field in config.fields if field.heading}


@transaction.atomic
def save_texts(
    actor: Any, case: Case, bodies: Mapping[texts.Key, str], *, expected: Mapping[texts.Key, int] | None = None
) -> dict[texts.Key, int]:
    """Save texts by (language, field); returns the versions they now have. An over-long text is kept, and warned of.

    Raises `Conflict` (code "stale") when somebody else changed one of them meanwhile.
    """
    require(policies.may_edit(actor, case))
    config, known = case.edition.settings, _text_keys(case)
    wanted = {
        key: body for key, body in bodies.items() if key[0] in config.edition.languages and key[1] in known
    }
    saved = texts.save(actor, CaseText, case, "case", wanted, expected=expected)
    titles = {language: texts.cleaned(body)[:300] for (language, field), body in wanted.items() if field == "title"}
    if titles:
        case.titles = {k: v for k, v in {**case.titles, **titles}.items() if v}
    if saved.changed or titles:
        _touch(case, "titles")
    return selectors.text_versions(case, wanted)


@transaction.atomic
def give_consents(actor: Any, case: Case, given: Mapping[str, bool]) -> Case:
    """Note which commitments the applicant makes."""
    require(policies.may_edit(actor, case))
    known = {consent.code for consent in case.edition.settings.consents}
    case.consents = {code: True for code in sorted(known) if given.get(code)}
    _touch(case, "consents")
    audit.append(
        actor, edition_id=case.edition_id, action="case.give_consents", obj=case, label=case.number or case.key,
        after=case.consents,
    )
    return case


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
    locked = Case.objects.select_for_update().get(pk=case.pk)
    case.state, case.revision_id, case.number, case.submitted_at = (
        locked.state, locked.revision_id, locked.number, locked.submitted_at,
    )  # fmt: skip
    require(policies.may_see(actor, case))
    again = Revision.objects.filter(case=case, submission_key=submission_key).first()
    if again is not None:
        return again
    require(policies.may_edit(actor, case))
    action = "correct" if case.state == "returned" else "submit"
    target = TABLE.step(case.state, action)
    said = content.of(case)
    digest = content.digest(said)
    before = case.revision
    if before is not None and before.digest == digest and case.state == "submitted":
        return before
    walls = checks.walls(check(case, said=said))
    if policies.is_secretariat(actor, case.edition):
        walls = [wall for wall in walls if wall.section != "submit"]
    if walls:
        raise Invalid({wall.section: [_reader(reason) for reason in wall.reasons] for wall in walls}, code="walls")
    return _freeze(actor, case, said, digest, submission_key, target, action)


def _reader(label: dict[str, str]) -> str:
    return selectors.pick(label)


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
    locked = Edition.objects.select_for_update().only("pk", "last_case_number", "year").get(pk=edition.pk)
    locked.last_case_number += 1
    locked.save(update_fields=["last_case_number"])
    return f"{locked.year}-{locked.last_case_number:04d}"


def _index(case: Case, said: content.Content) -> None:
    search.put(
        "case", case.key, f"edition:{case.edition_id}",
        {
            language: (said["titles"].get(language, ""), " ".join((case.number, case.organisation.name_in(language), fields.get("summary", ""))))
            for language, fields in said["texts"].items()
        },
    )


def _send_receipt(case: Case, revision: Revision) -> None:
    for address, language in selectors.letters_to(case):
        notices.send(
            "case.submitted", to=address, language=language, edition_id=case.edition_id,
            key=f"case.submitted:{revision.receipt}:{address}",
            context={
                "title": selectors.pick(case.titles, language), "number": case.number, "receipt": revision.receipt,
                "closes": selectors.instant_in_zone(policies.closes_at(case), case.edition.zone),
                "link": absolute("case", language, key=case.key),
            },
        )


def _tell_applicant(case: Case, kind: str, **context: Any) -> None:
    for address, language in selectors.letters_to(case):
        notices.send(
            kind, to=address, language=language, edition_id=case.edition_id,
            context={
                "title": selectors.pick(case.titles, language), "number": case.number or "—",
                "link": absolute("case", language, key=case.key), **context,
            },
        )


def _step(actor: Any, case: Case, action: str, reason: str = "", **values: Any) -> Case:
    locked = Case.objects.select_for_update().get(pk=case.pk)
    before = locked.state
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
    require(policies.may_withdraw(actor, case))
    return _step(actor, case, "withdraw", reason)


@transaction.atomic
def reopen(actor: Any, case: Case) -> Case:
    """Open a withdrawn case again as a draft, before the deadline."""
    require(policies.may_see(actor, case))
    if clock.now() >= policies.closes_at(case):
        raise Invalid({"": _("The deadline has passed.")})
    return _step(actor, case, "reopen")


def _needs(reason: str, field: str = "reason") -> None:
    if not reason.strip():
        raise Invalid({field: _("Say why.")})


@transaction.atomic
def return_for_correction(actor: Any, case: Case, *, message: str, until: datetime) -> Case:
    """Send a case back to its applicant with what is to be corrected and until when."""
    require(policies.may_run(actor, case))
    _needs(message, "message")
    if until <= clock.now():
        raise Invalid({"until": _("Choose a date in the future.")})
    _step(actor, case, "return", message, return_until=until)
    _say(actor, case, message, from_secretariat=True)
    _tell_applicant(case, "case.returned", message=message, until=selectors.instant_in_zone(until, case.edition.zone))
    return case


@transaction.atomic
def admit(actor: Any, case: Case, *, reason: str = "") -> Case:
    """Let a case into the review."""
    require(policies.may_run(actor, case))
    return _step(actor, case, "admit", reason)


@transaction.atomic
def exclude(actor: Any, case: Case, *, reason: str) -> Case:
    """Find a case not eligible; the applicant is told why."""
    require(policies.may_run(actor, case))
    _needs(reason)
    _step(actor, case, "exclude", reason)
    _tell_applicant(case, "case.excluded", reason=reason)
    return case


@transaction.atomic
def reinstate(actor: Any, case: Case, *, reason: str) -> Case:
    """Take back that a case is not eligible."""
    require(policies.may_run(actor, case))
    _needs(reason)
    return _step(actor, case, "reinstate", reason)


@transaction.atomic
def extend(actor: Any, case: Case, *, until: datetime, reason: str) -> Extension:
    """Give one case a later deadline, with a reason; the applicant is told."""
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
    _tell_applicant(case, "case.extended", until=selectors.instant_in_zone(until, case.edition.zone))
    return row


def _say(actor: Any, case: Case, body: str, *, from_secretariat: bool) -> Message:
    return Message.objects.create(
        case=case, author=actor if isinstance(actor, User) else None, from_secretariat=from_secretariat,
        body=texts.cleaned(body)[:5000], at=clock.now(),
    )


@transaction.atomic
def write(actor: Any, case: Case, body: str) -> Message:
    """Write a line into the thread between applicant and secretariat; the other side is told."""
    require(policies.may_see(actor, case))
    if not texts.cleaned(body):
        raise Invalid({"body": _("Write your question first.")})
    from_secretariat = not policies.is_applicant(actor, case)
    message = _say(actor, case, body, from_secretariat=from_secretariat)
    audit.append(actor, edition_id=case.edition_id, action="case.write", obj=case, label=case.number or case.key)
    if from_secretariat:
        _tell_applicant(case, "case.message", message=message.body)
    return message


@transaction.atomic
def mark_read(actor: Any, case: Case) -> None:
    """Note that the actor's side has read what the other wrote."""
    require(policies.may_see(actor, case))
    case.messages.filter(from_secretariat=policies.is_applicant(actor, case), read_at=None).update(read_at=clock.now())
