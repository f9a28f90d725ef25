"""The award for units, and certificates."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from praxis.foundation import clock
from praxis.foundation.audit import services as audit
from praxis.foundation.errors import Conflict, Invalid, require
from praxis.foundation.jobs import services as jobs
from praxis.foundation.locale import Label
from praxis.foundation.programmes.models import Edition
from praxis.foundation.randomness import token
from praxis.foundation.texts.services import cleaned
from praxis.lifecycle.casebook.selectors import all_entries
from praxis.lifecycle.showcase import award, policies
from praxis.lifecycle.showcase.changing import record
from praxis.lifecycle.showcase.models import (
    Certificate,
    UnitAward,
)

CertificateKey = tuple[str, int | None, int | None]
"""Kind, entry, unit."""

# By name: it loads the typesetting, which only the worker needs.
SET_CERTIFICATES = "praxis.lifecycle.showcase.tasks.set_certificates"


@transaction.atomic
def compute_unit_award(actor: Any, edition: Edition) -> list[UnitAward]:
    """Compute every unit's points; ties share a rank. The first `size_about` with points are put forward."""
    require(policies.may_stage(actor, edition))
    config = edition.settings.unit_award
    if config is None:
        raise Conflict(_("This edition gives no award to units."), code="state")
    if edition.state == "released":
        raise Conflict(_("The award has been handed over."), code="state")
    UnitAward.objects.filter(edition=edition).delete()
    rows, rank = [], 0
    derived = award.derive(edition, config)
    for place, item in enumerate(derived, start=1):
        if place == 1 or item.points != derived[place - 2].points:
            rank = place
        rows.append(
            UnitAward(
                edition=edition, unit=item.unit, points=item.points, rank=rank, derivation=item.to_json(),
                awarded=rank <= config.size_about and item.points > 0, at=clock.now(),
            )
        )
    UnitAward.objects.bulk_create(rows)
    audit.append(actor, edition_id=edition.pk, action="showcase.compute_unit_award", obj=edition, after={"units": len(rows)})
    return rows


@transaction.atomic
def grant_award(actor: Any, row: UnitAward, *, awarded: bool, reason: str) -> UnitAward:
    """Give or take the award against the computed order; needs a reason."""
    require(policies.may_stage(actor, row.edition))
    if row.edition.state == "released":
        raise Conflict(_("The award has been handed over."), code="state")
    if not cleaned(reason):
        raise Invalid({"reason": _("Say why.")})
    row.awarded = awarded
    row.derivation = {**row.derivation, "override": cleaned(reason)[:1000]}
    row.save(update_fields=["awarded", "derivation"])
    record(actor, row.edition, "grant_award", row, {"awarded": awarded}, cleaned(reason), row.unit.code)
    return row


@transaction.atomic
def make_certificates(actor: Any, edition: Edition) -> int:
    """Write certificates for every entry and awarded unit that has none, and have them set by a job.

    Until the release one whose names have changed is set anew, and one that nobody is to get any longer goes.
    Returns how many are new.
    """
    require(policies.may_stage(actor, edition))
    wanted = _certified(edition)
    there = {(row.kind, row.entry_id, row.unit_id): row for row in Certificate.objects.filter(edition=edition)}
    if edition.state != "released":
        _bring_up_to_date(wanted, there)
    fresh = [
        Certificate(
            edition=edition, kind=kind, entry_id=entry_id, unit_id=unit_id, names=names,
            code=f"{edition.year}-{token(6).upper()}", made_at=clock.now(),
        )
        for (kind, entry_id, unit_id), names in wanted.items()
        if (kind, entry_id, unit_id) not in there
    ]  # fmt: skip
    Certificate.objects.bulk_create(fresh)
    jobs.enqueue(SET_CERTIFICATES, key=f"showcase.certificates:{edition.pk}", again=True, edition_id=edition.pk)
    audit.append(
        actor, edition_id=edition.pk, action="showcase.make_certificates", obj=edition, after={"made": len(fresh)}
    )
    return len(fresh)


def _certified(edition: Edition) -> dict[CertificateKey, Label]:
    wanted: dict[CertificateKey, Label] = {}
    for entry in all_entries(edition):
        wanted["casebook", entry.pk, None] = entry.applicants
        if entry.outstanding:
            wanted["outstanding", entry.pk, None] = entry.applicants
    awarded = UnitAward.objects.filter(edition=edition, awarded=True).select_related("unit__organisation")
    for row in awarded.order_by("rank", "id"):
        wanted["unit", None, row.unit_id] = row.unit.organisation.names
    return wanted


def _bring_up_to_date(wanted: dict[CertificateKey, Label], there: dict[CertificateKey, Certificate]) -> None:
    Certificate.objects.filter(pk__in=[row.pk for key, row in there.items() if key not in wanted]).delete()
    for key, row in there.items():
        if key in wanted and row.names != wanted[key]:
            row.names, row.file, row.made_at = wanted[key], None, clock.now()
            row.save(update_fields=["names", "file", "made_at"])
