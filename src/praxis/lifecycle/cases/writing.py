"""What applicants do while they write: begin a case, fill in its sections, make their commitments."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from praxis.foundation import clock, records
from praxis.foundation.audit import services as audit
from praxis.foundation.errors import Conflict, Invalid, Missing, Text, require
from praxis.foundation.people.models import Organisation, User
from praxis.foundation.people.services import cleaned_email
from praxis.foundation.places import selectors as places_table
from praxis.foundation.programmes.models import Category, Edition
from praxis.foundation.randomness import uuid_hex
from praxis.foundation.statements import Statement
from praxis.foundation.texts import services as texts
from praxis.lifecycle.cases import policies, selectors
from praxis.lifecycle.cases.models import Case, CasePlace, CaseText

MAX_TITLE = 300
EARLIEST_YEAR = 1900


_FIELD: Statement[Category] = Statement(
    lambda edition, code: Category.objects.filter(edition_id=edition, code=code), edition=int, code=str
)
_LOCKED: Statement[Case] = Statement(lambda case: Case.objects.select_for_update().filter(pk=case), case=int)


def lock(case: Case) -> None:
    """Take the row's lock and bring `case` up to what is in the database."""
    fresh = _LOCKED.first(case=case.pk)
    if fresh is None:
        raise Missing
    for column in Case._meta.concrete_fields:
        setattr(case, column.attname, getattr(fresh, column.attname))


def changed(case: Case, *fields: str) -> list[str]:
    """Note that the case has changed, in these fields or in what belongs to it; returns the fields to be kept."""
    case.version += 1
    case.updated_at = clock.now()
    return [*fields, "version", "updated_at"]


def keep(case: Case, fields: list[str]) -> None:
    """Write fields of the case."""
    if fields:
        records.update(case, fields)


def touch(case: Case, *fields: str) -> None:
    """Save the fields and note that the case has changed."""
    keep(case, changed(case, *fields))


@transaction.atomic
def start(
    actor: Any, edition: Edition, organisation: Organisation, *, came_through: str = "", on_behalf: bool = False,
    title: str = "", language: str = "",
) -> Case:
    """Begin a case. `came_through` is the code of the unit whose page led here."""
    require(policies.may_start(actor, edition, organisation.pk))
    own = not on_behalf and isinstance(actor, User)
    case = Case.objects.create(
        edition=edition, key=uuid_hex(), organisation=organisation, came_through=came_through[:40],
        on_behalf=on_behalf, created_by=actor if isinstance(actor, User) else None,
        contact_name=actor.name if own else "", contact_email=actor.email if own else "",
        created_at=clock.now(), updated_at=clock.now(),
    )
    if title:
        save_texts(actor, case, {(language or edition.settings.edition.default_language, "title"): title})
    audit.append(actor, edition_id=edition.pk, action="case.start", obj=case, label=case.key)
    return case


def parse_month(text: str) -> date | None:
    """A month ("2019-05") or day ("2019-05-17") as a date; None for an empty text; raises Invalid."""
    text = text.strip().replace("/", "-").replace(".", "-")
    if not text:
        return None
    parts = text.split("-")
    try:
        found = date(*(int(part) for part in (*parts, "1")[:3])) if len(parts) in (2, 3) else None
    except (ValueError, OverflowError):
        found = None
    if found is None or found.year < EARLIEST_YEAR:
        raise Invalid({"started_on": _("Enter a month such as 2019-05.")})
    return found


def _line(problems: dict[str, Text], field: str, text: str, limit: int) -> str:
    kept = " ".join(texts.cleaned(text).split())
    if len(kept) > limit:
        problems[field] = _("At most %(limit)s characters.") % {"limit": limit}
    return kept


@transaction.atomic
def save_basics(
    actor: Any, case: Case, *, category: str | None, kinds: list[str], started_on: date | None, places: list[str],
    uses_internet: bool | None, contact_name: str, contact_email: str, contact_phone: str, expected: str | None = None,
) -> Case:
    """Save field, kinds of content, start, countries or regions and contact. What is still empty may stay so.

    `expected` is the `selectors.basics_version` the writer saw; raises `Conflict` (code "stale") where somebody else
    has changed these particulars since, `Invalid` by field.
    """
    lock(case)
    require(policies.may_edit(actor, case))
    before = selectors.basics_version(case)
    problems: dict[str, Text] = {}
    row = _FIELD.first(edition=case.edition_id, code=category) if category else None
    if category and row is None:
        problems["category"] = _("Choose one of the fields.")
    known = {kind.code for kind in case.edition.settings.content_kinds}
    if not set(kinds) <= known:
        problems["kinds"] = _("Choose from the list.")
    codes = list(dict.fromkeys(places))
    if not all(places_table.exists(code) for code in codes):
        problems["places"] = _("Choose countries or regions from the list.")
    name = _line(problems, "contact_name", contact_name, 120)
    phone = _line(problems, "contact_phone", contact_phone, 40)
    email = texts.cleaned(contact_email)
    try:
        email = cleaned_email(email) if email else ""
    except Invalid as invalid:
        problems["contact_email"] = invalid.message
    if problems:
        raise Invalid(problems)
    case.category, case.kinds, case.started_on = row, list(dict.fromkeys(kinds)), started_on
    case.uses_internet = uses_internet
    case.contact_name, case.contact_phone, case.contact_email = name, phone, email
    places_changed = case.places != codes
    case.places = codes
    after = selectors.basics_version(case)
    if after == before:
        return case
    if expected and expected != before:
        raise Conflict(
            _("These particulars were changed in another window or by a colleague. Load the page again to see them."),
            code="stale",
        )
    if places_changed:
        CasePlace.objects.filter(case=case).exclude(place_id__in=codes).delete()
        CasePlace.objects.bulk_create([CasePlace(case=case, place_id=code) for code in codes], ignore_conflicts=True)
    touch(
        case, "category", "kinds", "started_on", "uses_internet", "contact_name", "contact_phone", "contact_email",
        "places",
    )
    audit.append(
        actor, edition_id=case.edition_id, action="case.save_basics", obj=case, label=case.number or case.key,
        after={
            "category": category, "kinds": case.kinds, "places": codes, "started_on": str(started_on or ""),
            "uses_internet": uses_internet,
        },
    )
    return case


def text_keys(case: Case) -> set[texts.Key]:
    """Every (language, field) in which the edition takes a text; headings are "field.heading"."""
    config = case.edition.settings
    names = [field.code for field in config.fields]
    names += [f"{field.code}.heading" for field in config.fields if field.heading]
    return {(language, name) for language in config.edition.languages for name in names}


@transaction.atomic
def save_texts(
    actor: Any, case: Case, bodies: Mapping[texts.Key, str], *, expected: Mapping[texts.Key, int] | None = None
) -> dict[texts.Key, int]:
    """Save texts by (language, field); returns the versions they now have. An over-long text is kept, and warned of.

    `expected` are the versions the writer saw. A text that the writer has left as it was gives way to what a
    colleague made of it; raises `Conflict` (code "stale") when both have changed it, and `Invalid` by "language:field"
    for a text beyond what the house keeps (`texts.MAX_CHARACTERS`), which would lose its end.
    """
    lock(case)
    require(policies.may_edit(actor, case))
    saved, fields = put_texts(actor, case, bodies, expected)
    keep(case, fields)
    asked = bodies if expected is None else {**bodies, **expected}
    return {key: row.version for key, row in saved.rows.items() if key in asked}


def put_texts(
    actor: Any, case: Case, bodies: Mapping[texts.Key, str], expected: Mapping[texts.Key, int] | None
) -> tuple[texts.Saved, list[str]]:
    """Save texts of a case that is locked and may be changed, and say which of its own fields are to be kept now."""
    known = text_keys(case)
    wanted = {key: texts.as_kept(key[1], body) for key, body in bodies.items() if key in known}
    _refuse_endless(wanted)
    rows = selectors.texts_of(case)
    if expected is not None:
        wanted = _own_changes(case, wanted, expected, rows)
    saved = texts.save(actor, CaseText, case, "case", wanted, expected=expected, rows=rows)
    if not saved.changed:
        return saved, []
    titles = {key[0]: texts.cleaned(wanted[key])[:MAX_TITLE] for key in saved.changed if key[1] == "title"}
    case.titles = {k: v for k, v in {**case.titles, **titles}.items() if v}
    return saved, changed(case, *(["titles"] if titles else []))


def _refuse_endless(bodies: Mapping[texts.Key, str]) -> None:
    most = texts.MAX_CHARACTERS
    endless = [key for key, body in bodies.items() if len(body) > most and len(body.strip()) > most]
    if endless:
        message = _("Longer than %(most)s characters: shorten it, then save again.") % {"most": f"{most:,}"}
        raise Invalid({f"{language}:{name}": message for language, name in endless}, code="too_long")


def _own_changes(
    case: Case, bodies: dict[texts.Key, str], expected: Mapping[texts.Key, int], rows: Mapping[texts.Key, CaseText]
) -> dict[texts.Key, str]:
    """What of `bodies` the writer has changed: a text that reads as it did at the version seen is left out."""
    now = {key: row.version for key, row in rows.items()}
    behind = {key: expected[key] for key in bodies if key in expected and now.get(key, 0) != expected[key]}
    if not behind:
        return bodies
    seen = selectors.text_bodies_at(case, behind)
    return {key: body for key, body in bodies.items() if key not in behind or texts.cleaned(body) != seen.get(key)}


@transaction.atomic
def give_consents(actor: Any, case: Case, given: Mapping[str, bool]) -> Case:
    """Note which commitments the applicant makes."""
    lock(case)
    require(policies.may_edit(actor, case))
    keep(case, put_consents(actor, case, given))
    return case


def known_consents(case: Case, given: Mapping[str, bool]) -> dict[str, bool]:
    """The commitments of the edition that are made by `given`, as the case keeps them."""
    known = {consent.code for consent in case.edition.settings.consents}
    return {code: True for code in sorted(known) if given.get(code)}


def put_consents(actor: Any, case: Case, given: Mapping[str, bool]) -> list[str]:
    """Note commitments of a case that is locked and may be changed, and say which of its fields are to be kept now."""
    consents = known_consents(case, given)
    if consents == case.consents:
        return []
    before, case.consents = case.consents, consents
    audit.append(
        actor, edition_id=case.edition_id, action="case.give_consents", obj=case, label=case.number or case.key,
        before=before, after=consents,
    )
    return changed(case, "consents")
