"""Services for the members of the committee: invited, answering, changed, leaving."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from praxis.foundation import clock
from praxis.foundation.audit import services as audit
from praxis.foundation.errors import Conflict, Invalid, Text, require
from praxis.foundation.links import absolute
from praxis.foundation.locale import Label, pick
from praxis.foundation.notices import services as notices
from praxis.foundation.people.models import Organisation
from praxis.foundation.people.services import ensure_user
from praxis.foundation.places import selectors as places
from praxis.foundation.programmes.models import Category, Edition
from praxis.foundation.programmes.policies import may_run
from praxis.foundation.texts.services import cleaned, digest
from praxis.lifecycle.reviews import policies
from praxis.lifecycle.reviews.assigning import release
from praxis.lifecycle.reviews.models import Assignment, Expert
from praxis.lifecycle.reviews.undertaking import UNDERTAKING

MOST_CASES = 10_000


def _note(actor: Any, expert: Expert, action: str, **more: Any) -> None:
    audit.append(actor, edition_id=expert.edition_id, action=f"expert.{action}", obj=expert, **more)


def _problems(
    edition: Edition, rows: dict[str, Category], categories: Sequence[str], languages: Sequence[str],
    least: int, most: int,
) -> dict[str, Text]:  # fmt: skip
    found: dict[str, Text] = {}
    if not categories or not set(categories) <= set(rows):
        found["categories"] = _("Choose at least one of the fields.")
    if not languages or not set(languages) <= set(edition.settings.edition.languages):
        found["languages"] = _("Choose at least one language the expert reads.")
    if not 0 <= least <= most <= MOST_CASES:
        said = _("The most must not be less than the least, nor more than %(most)d.")
        found["load_max"] = said % {"most": MOST_CASES}
    return found


def _categories(edition: Edition) -> dict[str, Category]:
    return {row.code: row for row in Category.objects.filter(edition=edition)}


@transaction.atomic
def invite_expert(
    actor: Any, edition: Edition, *, email: str, names: Label, affiliation: str = "",
    organisation: Organisation | None = None, place: str = "", categories: Sequence[str] = (),
    languages: Sequence[str] = (), load_min: int = 0, load_max: int = 40, language: str = "en",
) -> Expert:  # fmt: skip
    """Invite a person to the review committee. `categories` and `languages` are codes; the first field weighs more."""
    require(may_run(actor, edition))
    rows = _categories(edition)
    problems = _problems(edition, rows, categories, languages, load_min, load_max)
    kept = {code: cleaned(name)[:120] for code, name in names.items() if cleaned(name)}
    if not kept:
        problems["names"] = _("Give the person's name in at least one language.")
    if place and not places.exists(place):
        problems["place"] = _("Choose a country or region from the list.")
    if problems:
        raise Invalid(problems)
    user = ensure_user(email, name=pick(kept, language), language=language)
    if Expert.objects.filter(edition=edition, user=user).exists():
        raise Invalid({"email": _("This person is on the committee already.")})
    expert = Expert.objects.create(
        edition=edition, user=user, names=kept, affiliation=cleaned(affiliation)[:300], organisation=organisation,
        place_id=place or None, languages=list(languages), load_min=load_min, load_max=load_max,
        created_at=clock.now(),
    )  # fmt: skip
    # One by one, so that the rows keep the order in which the fields were named.
    for code in categories:
        expert.categories.add(rows[code])
    _note(actor, expert, "invite", after={"categories": list(categories)})
    notices.send(
        "expert.invited", to=user, language=user.language, edition_id=edition.pk, key=f"expert.invited:{expert.pk}",
        context={
            "name": pick(kept, user.language), "edition": pick(edition.names, user.language),
            "link": absolute("expert", user.language, expert_id=expert.pk),
        },
    )  # fmt: skip
    return expert


@transaction.atomic
def change_expert(
    actor: Any, expert: Expert, *, categories: Sequence[str], languages: Sequence[str], load_min: int, load_max: int
) -> Expert:
    """Change an expert's fields, languages and load."""
    require(policies.may_manage(actor, expert))
    rows = _categories(expert.edition)
    problems = _problems(expert.edition, rows, categories, languages, load_min, load_max)
    if problems:
        raise Invalid(problems)
    before = {"load_min": expert.load_min, "load_max": expert.load_max, "languages": expert.languages}
    expert.categories.clear()
    for code in categories:
        expert.categories.add(rows[code])
    expert.languages, expert.load_min, expert.load_max = list(languages), load_min, load_max
    expert.save(update_fields=["languages", "load_min", "load_max"])
    after = {"categories": list(categories), "languages": list(languages), "load_min": load_min, "load_max": load_max}
    _note(actor, expert, "change", before=before, after=after)
    return expert


def _answer(actor: Any, expert: Expert, state: str, action: str) -> Expert:
    require(policies.may_answer(actor, expert))
    now = Expert.objects.select_for_update().get(pk=expert.pk)
    expert.state = now.state
    if now.state == state:
        return expert
    if now.state != Expert.State.INVITED:
        raise Conflict(_("The invitation has been answered."), code="state")
    expert.state = state
    expert.save(update_fields=["state"])
    _note(actor, expert, action)
    return expert


@transaction.atomic
def accept(actor: Any, expert: Expert) -> Expert:
    """Accept the invitation to the committee."""
    return _answer(actor, expert, Expert.State.ACTIVE, "accept")


@transaction.atomic
def decline(actor: Any, expert: Expert) -> Expert:
    """Decline the invitation to the committee."""
    return _answer(actor, expert, Expert.State.DECLINED, "decline")


@transaction.atomic
def sign_undertaking(actor: Any, expert: Expert) -> Expert:
    """Give the undertaking of confidentiality, once accepted; the hash of its words is kept."""
    require(policies.may_answer(actor, expert))
    now = Expert.objects.select_for_update().get(pk=expert.pk)
    if now.undertaking_at is not None:
        expert.undertaking_at, expert.undertaking_text = now.undertaking_at, now.undertaking_text
        return expert
    if now.state != Expert.State.ACTIVE:
        raise Conflict(_("Please accept the invitation first."), code="state")
    expert.undertaking_at = clock.now()
    expert.undertaking_text = digest("\n".join(UNDERTAKING[language] for language in sorted(UNDERTAKING)))
    expert.save(update_fields=["undertaking_at", "undertaking_text"])
    _note(actor, expert, "sign_undertaking", after={"text": expert.undertaking_text})
    return expert


@transaction.atomic
def withdraw_expert(actor: Any, expert: Expert, *, reason: str) -> int:
    """An expert leaves (falls ill): what was handed in counts, the rest is free to be assigned. Returns how many."""
    require(policies.may_manage(actor, expert))
    if not cleaned(reason):
        raise Invalid({"reason": _("Say why.")})
    now = Expert.objects.select_for_update().get(pk=expert.pk)
    if now.state not in (Expert.State.INVITED, Expert.State.ACTIVE):
        raise Conflict(_("This expert has left the committee already."), code="state")
    expert.state = Expert.State.WITHDRAWN
    expert.save(update_fields=["state"])
    rows = Assignment.objects.select_related("round__edition", "case").filter(expert=expert)
    freed = list(rows.filter(state__in=["open", "draft"]))
    for assignment in freed:
        release(actor, assignment, reason=reason)
    _note(actor, expert, "withdraw", reason=cleaned(reason), after={"released": len(freed)})
    return len(freed)
