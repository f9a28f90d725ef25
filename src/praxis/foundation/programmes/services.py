"""Changes to programmes and editions."""

from __future__ import annotations

import hashlib
import json
from dataclasses import fields, replace
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from praxis.foundation import clock
from praxis.foundation.audit import services as audit
from praxis.foundation.errors import Conflict, Invalid, Missing, require
from praxis.foundation.people import services as people
from praxis.foundation.people.models import User
from praxis.foundation.programmes import date_words, policies, presets
from praxis.foundation.programmes.config import DatesConfig, EditionConfig
from praxis.foundation.programmes.models import (
    Category,
    Criterion,
    Edition,
    EditionRole,
    Programme,
    Round,
    Tier,
)
from praxis.foundation.programmes.states import EDITION, ROUND


def _digest(config: dict[str, Any]) -> str:
    return hashlib.sha256(
        json.dumps(config, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()
    ).hexdigest()


@transaction.atomic
def load_preset(
    actor: Any, text: str, name: str, *, rehearsal: bool = False, shift: timedelta = timedelta(0)
) -> Edition:
    """Load a preset: makes the programme and edition, or brings an edition in preparation up to it.

    `shift` moves every date, those in sentences too, so that a rehearsal can stand where one wants it. A deadline that was moved by hand stays
    where it is as long as the preset's own is what it was. Raises `presets.PresetError` (each mistake with its line),
    `Conflict` once applications have begun and the preset would take away a category, a round or a tier.
    """
    require(policies.may_administer(actor))
    config = date_words.filled(_shifted(presets.load(text, name), shift))
    data = config.to_json()
    programme, _made = Programme.objects.update_or_create(
        code=config.programme.code, defaults={"names": config.programme.names}
    )
    values = {
        "year": config.edition.year,
        "names": config.edition.names,
        "zone": config.edition.zone,
        "opens_at": config.dates.opens,
        "closes_at": config.dates.closes,
        "config": data,
        "config_digest": _digest(data),
        "rehearsal": rehearsal,
    }
    edition = Edition.objects.filter(programme=programme, code=config.edition.code).first()
    before = edition.config_digest if edition else None
    if edition is None:
        edition = Edition.objects.create(programme=programme, code=config.edition.code, **values)
    else:
        if edition.state not in ("draft", "open"):
            raise Conflict(_("A preset can be loaded anew only before the edition closes."), code="state")
        values["rehearsal"] = rehearsal or edition.rehearsal
        if edition.state == "open" and edition.settings.dates.closes == config.dates.closes:
            values["closes_at"] = edition.closes_at
        for field, value in values.items():
            setattr(edition, field, value)
        edition.save(update_fields=list(values))
    _bring_up_to(edition, config)
    audit.append(
        actor, edition_id=edition.pk, action="edition.load_preset", obj=edition, label=name,
        before={"digest": before}, after={"digest": edition.config_digest},
    )
    return edition


def _shifted(config: EditionConfig, shift: timedelta) -> EditionConfig:
    if not shift:
        return config
    moved: dict[str, datetime] = {
        field.name: value + shift
        for field in fields(config.dates)
        if (value := getattr(config.dates, field.name)) is not None
    }
    rounds = tuple(replace(item, due=item.due + shift if item.due else None) for item in config.rounds)
    return replace(config, dates=DatesConfig(**moved), rounds=rounds)


def _bring_up_to(edition: Edition, config: EditionConfig) -> None:
    fixed = edition.state != "draft"
    wanted = {
        Category: [item.code for item in config.categories],
        Round: [item.code for item in config.rounds],
        Tier: [item.code for item in config.tiers],
    }
    for model in (Tier, Category, Round):
        gone = model._default_manager.filter(edition=edition).exclude(code__in=wanted[model])
        if fixed and gone.exists():
            raise Conflict(_("Applications have begun: a field, round or tier cannot be taken away."), code="state")
        gone.delete()
    for position, category in enumerate(config.categories):
        Category.objects.update_or_create(
            edition=edition, code=category.code,
            defaults={"position": position, "labels": category.label, "hue": category.hue},
        )
    for position, item in enumerate(config.rounds):
        round_, _made = Round.objects.update_or_create(
            edition=edition, code=item.code,
            defaults={"position": position, "labels": item.label, "kind": item.kind, "due_at": item.due},
        )
        criteria = config.criteria_of(item.code)
        round_.criteria.exclude(code__in=[criterion.code for criterion in criteria]).delete()
        for place, criterion in enumerate(criteria):
            Criterion.objects.update_or_create(
                round=round_, code=criterion.code,
                defaults={"position": place, "labels": criterion.label, "weight": criterion.weight},
            )
    rounds = {round_.code: round_ for round_ in edition.rounds.all()}
    for position, tier in enumerate(config.tiers):
        Tier.objects.update_or_create(
            edition=edition, code=tier.code,
            defaults={
                "round": rounds[tier.round], "position": position, "labels": tier.label,
                "size_low": tier.size_low, "size_about": tier.size_about, "size_high": tier.size_high,
                "on_stage": tier.on_stage,
            },
        )


@transaction.atomic
def name_on(actor: Any, edition: Edition, user: User, role: str) -> EditionRole:
    """Name a person on an edition as `secretariat` or `chair`."""
    require(policies.may_administer(actor))
    if role not in EditionRole.Role.values:
        raise Invalid({"role": _("Choose secretariat or chair.")})
    row, _made = EditionRole.objects.get_or_create(edition=edition, user=user, role=role)
    policies.forget_roles(user)
    audit.append(actor, edition_id=edition.pk, action="edition.name_on", obj=user, after={"role": role})
    return row


@transaction.atomic
def name_by_address(actor: Any, edition: Edition, email: str, role: str) -> EditionRole:
    """Name the person of an e-mail address, with or without an account yet; raises Invalid on `email` or `role`."""
    require(policies.may_administer(actor))
    return name_on(actor, edition, people.ensure_user(email), role)


@transaction.atomic
def take_off(actor: Any, edition: Edition, user: User, role: str) -> None:
    """Take a person off an edition."""
    require(policies.may_administer(actor))
    deleted, _rows = EditionRole.objects.filter(edition=edition, user=user, role=role).delete()
    if not deleted:
        raise Missing()
    policies.forget_roles(user)
    audit.append(actor, edition_id=edition.pk, action="edition.take_off", obj=user, before={"role": role})


@transaction.atomic
def advance(actor: Any, edition: Edition, action: str, *, reason: str = "") -> Edition:
    """Move an edition by its table. Stages call it with what they have guarded; raises `Conflict`."""
    require(policies.may_run(actor, edition))
    edition_now = Edition.objects.select_for_update().get(pk=edition.pk)
    before = edition_now.state
    edition_now.state = EDITION.step(before, action)
    if action == "reopen" and edition_now.closes_at <= clock.now():
        raise Conflict(_("The deadline has passed. Give the call a new one to open it again."), code="state")
    if action == "close" and clock.now() < edition_now.closes_at and not reason.strip():
        raise Invalid({"reason": _("The deadline has not passed. Say why the call closes early.")})
    edition_now.save(update_fields=["state"])
    edition.state = edition_now.state
    audit.append(
        actor, edition_id=edition.pk, action=f"edition.{action}", obj=edition,
        before={"state": before}, after={"state": edition.state}, reason=reason,
    )
    return edition


@transaction.atomic
def move_deadline(actor: Any, edition: Edition, closes_at: datetime, *, reason: str) -> Edition:
    """Give the whole call another deadline; needs a reason."""
    require(policies.may_run(actor, edition))
    if not reason.strip():
        raise Invalid({"reason": _("Say why the deadline moves.")})
    if closes_at <= edition.opens_at:
        raise Invalid({"closes_at": _("The call cannot close before it opens.")})
    if edition.state not in ("draft", "open"):
        raise Conflict(_("The call has closed."), code="state")
    before = edition.closes_at
    edition.closes_at = closes_at
    edition.save(update_fields=["closes_at"])
    audit.append(
        actor, edition_id=edition.pk, action="edition.move_deadline", obj=edition, reason=reason,
        before={"closes_at": before.isoformat()}, after={"closes_at": closes_at.isoformat()},
    )
    return edition


@transaction.atomic
def reopen(actor: Any, edition: Edition, closes_at: datetime, *, reason: str) -> Edition:
    """Open a closed call again until a new deadline, with a reason; cases that are in stay in."""
    require(policies.may_run(actor, edition))
    problems: dict[str, Any] = {}
    if not reason.strip():
        problems["reason"] = _("Say why the call is opened again.")
    if closes_at <= clock.now():
        problems["closes_at"] = _("Choose a date in the future.")
    if problems:
        raise Invalid(problems)
    locked = Edition.objects.select_for_update().get(pk=edition.pk)
    EDITION.step(locked.state, "reopen")
    before = locked.closes_at
    locked.closes_at = edition.closes_at = closes_at
    locked.save(update_fields=["closes_at"])
    audit.append(
        actor, edition_id=edition.pk, action="edition.move_deadline", obj=edition, reason=reason,
        before={"closes_at": before.isoformat()}, after={"closes_at": closes_at.isoformat()},
    )
    return advance(actor, edition, "reopen", reason=reason)


@transaction.atomic
def step_round(actor: Any, round_: Round, action: str, *, reason: str = "") -> Round:
    """Open, close or reopen a round. The stage `reviews` guards what this cannot see."""
    require(policies.may_run(actor, round_.edition))
    now = Round.objects.select_for_update().get(pk=round_.pk)
    before = now.state
    now.state = ROUND.step(before, action)
    if action == "reopen" and not reason.strip():
        raise Invalid({"reason": _("Say why the round is opened again.")})
    if now.state == "open":
        now.opened_at, now.closed_at = now.opened_at or clock.now(), None
    else:
        now.closed_at = clock.now()
    now.save(update_fields=["state", "opened_at", "closed_at"])
    round_.state, round_.opened_at, round_.closed_at = now.state, now.opened_at, now.closed_at
    audit.append(
        actor, edition_id=round_.edition_id, action=f"round.{action}", obj=round_, label=round_.code,
        before={"state": before}, after={"state": now.state}, reason=reason,
    )
    return round_
