"""What recommending units do, and what the secretariat does with units."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from praxis.foundation import clock
from praxis.foundation.audit import services as audit
from praxis.foundation.errors import Invalid, require
from praxis.foundation.links import absolute
from praxis.foundation.locale import Label
from praxis.foundation.notices import services as notices
from praxis.foundation.people.models import Membership, Organisation
from praxis.foundation.people.services import cleaned_email
from praxis.foundation.programmes.models import Edition
from praxis.foundation.programmes.policies import may_run
from praxis.foundation.randomness import token
from praxis.foundation.texts.services import cleaned
from praxis.lifecycle.cases import checks
from praxis.lifecycle.cases.models import Case
from praxis.lifecycle.recommendations import policies
from praxis.lifecycle.recommendations.models import Recommendation, Unit
from praxis.lifecycle.recommendations.tables import Line


@transaction.atomic
def appoint(
    actor: Any,
    edition: Edition,
    organisation: Organisation,
    *,
    code: str = "",
    quota: int | None = None,
    closes_at: datetime | None = None,
    mailbox: str = "",
) -> Unit:
    """Make an organisation a recommending unit; its colleagues are told where its desk is."""
    require(may_run(actor, edition))
    wanted = slugify(code) or f"u-{token(3)}"
    if Unit.objects.filter(edition=edition, code=wanted).exists():
        raise Invalid({"code": _("Another unit has this code.")})
    if Unit.objects.filter(edition=edition, organisation=organisation).exists():
        raise Invalid({"organisation": _("This organisation is a unit already.")})
    config = edition.settings
    unit = Unit.objects.create(
        edition=edition,
        organisation=organisation,
        code=wanted,
        quota=quota if quota is not None else config.nominators.quota,
        mailbox=cleaned_email(mailbox) if mailbox.strip() else "",
        **_deadline(edition, closes_at),
    )
    audit.append(actor, edition_id=edition.pk, action="unit.appoint", obj=unit, label=unit.code)
    for membership in Membership.objects.select_related("user").filter(organisation=organisation):
        language = membership.user.language
        notices.send(
            "unit.appointed",
            to=membership.user,
            language=language,
            edition_id=edition.pk,
            context={
                "unit": organisation.name_in(language),
                "edition": edition.names.get(language, str(edition)),
                "link": absolute("unit", language, unit_id=unit.pk),
            },
        )
    return unit


def _deadline(edition: Edition, closes_at: datetime | None) -> dict[str, Any]:
    if closes_at is not None and closes_at > edition.closes_at:
        raise Invalid({"closes_at": _("The unit's deadline must not be later than that of the call.")})
    return {"closes_at": closes_at}


@transaction.atomic
def change_page(actor: Any, unit: Unit, *, welcome: Label, mailbox: str, closes_at: datetime | None) -> Unit:
    """Change the unit's page for its members: words of welcome, mailbox, earlier deadline."""
    require(policies.may_change(actor, unit))
    unit.welcome = {language: cleaned(text)[:2000] for language, text in welcome.items() if cleaned(text)}
    unit.mailbox = cleaned_email(mailbox) if mailbox.strip() else ""
    unit.closes_at = _deadline(unit.edition, closes_at)["closes_at"]
    unit.save(update_fields=["welcome", "mailbox", "closes_at"])
    audit.append(actor, edition_id=unit.edition_id, action="unit.change_page", obj=unit, label=unit.code)
    return unit


@transaction.atomic
def set_quota(actor: Any, unit: Unit, quota: int | None, *, active: bool = True) -> Unit:
    """Set how many a unit may endorse (None: no limit), and whether it takes part."""
    require(may_run(actor, unit.edition))
    before = {"quota": unit.quota, "active": unit.active}
    unit.quota, unit.active = quota, active
    unit.save(update_fields=["quota", "active"])
    audit.append(
        actor,
        edition_id=unit.edition_id,
        action="unit.set_quota",
        obj=unit,
        label=unit.code,
        before=before,
        after={"quota": quota, "active": active},
    )
    return unit


@transaction.atomic
def import_table(actor: Any, unit: Unit, lines: Sequence[Line]) -> list[Recommendation]:
    """Take in a table as read by `tables.read`; a project already listed is brought up to date, not doubled.

    A line is tied to a submitted case of the same folded name and applicant where there is exactly one.
    """
    require(policies.may_change(actor, unit))
    there = {_identity(row.project, row.applicant): row for row in unit.recommendations.exclude(state="dropped")}
    last = max((row.position for row in there.values()), default=0)
    kept = []
    for line in lines:
        key = _identity(line.project, line.applicant)
        row = there.get(key)
        if row is None:
            last += 1
            row = Recommendation(unit=unit, position=last, created_at=clock.now())
            there[key] = row
        row.project, row.applicant, row.summary = line.project[:300], line.applicant[:300], line.summary
        row.contact, row.phone = line.contact[:120], line.phone[:40]
        row.save()
        kept.append(row)
    _tie(unit, kept)
    audit.append(
        actor,
        edition_id=unit.edition_id,
        action="unit.import_table",
        obj=unit,
        label=unit.code,
        after={"rows": len(kept)},
    )
    return kept


def _identity(project: str, applicant: str) -> tuple[str, str]:
    return checks.fold(project), checks.fold(applicant)


def _tie(unit: Unit, rows: list[Recommendation]) -> None:
    """Tie lines to cases of the same name; a case that is in the unit's table already is left where it is."""
    loose = [row for row in rows if row.case_id is None]
    if not loose:
        return
    taken = set(unit.recommendations.exclude(case=None).values_list("case_id", flat=True))
    by_name: dict[str, list[Case]] = {}
    cases = (
        Case.objects.select_related("organisation")
        .filter(edition_id=unit.edition_id)
        .exclude(number="")
        .exclude(state="withdrawn")
    )
    for case in cases.only("titles", "organisation__names", "edition_id"):
        for title in {checks.fold(text) for text in case.titles.values()}:
            by_name.setdefault(title, []).append(case)
    for row in loose:
        named = checks.fold(row.applicant)
        found = {
            case.pk
            for case in by_name.get(checks.fold(row.project), [])
            if case.pk not in taken
            and (not named or named in {checks.fold(n) for n in case.organisation.names.values()})
        }
        if len(found) == 1:
            row.case_id, row.state = found.pop(), Recommendation.State.LINKED
            taken.add(row.case_id)
            row.save(update_fields=["case", "state"])


@transaction.atomic
def list_case(actor: Any, unit: Unit, case: Case) -> Recommendation:
    """Put a case that came through the unit's page into its table."""
    require(policies.may_change(actor, unit))
    if case.edition_id != unit.edition_id or (case.came_through != unit.code and not may_run(actor, unit.edition)):
        raise Invalid({"case": _("This case did not come through your page.")})
    row, _made = Recommendation.objects.get_or_create(
        unit=unit,
        case=case,
        defaults={
            "project": str(case)[:300],
            "applicant": str(case.organisation)[:300],
            "state": "linked",
            "position": unit.recommendations.count() + 1,
            "created_at": clock.now(),
        },
    )
    if row.state == Recommendation.State.DROPPED:
        row.state = Recommendation.State.LINKED
        row.save(update_fields=["state"])
    audit.append(
        actor,
        edition_id=unit.edition_id,
        action="unit.list_case",
        obj=unit,
        label=unit.code,
        after={"case": case.number or case.key},
    )
    return row


@transaction.atomic
def endorse(actor: Any, recommendation: Recommendation, *, opinion: str) -> Recommendation:
    """Endorse a case with the unit's opinion."""
    Unit.objects.select_for_update().get(pk=recommendation.unit_id)
    require(policies.may_endorse(actor, recommendation))
    if not cleaned(opinion):
        raise Invalid({"opinion": _("Write the unit's opinion: why it recommends this case.")})
    recommendation.state, recommendation.opinion = Recommendation.State.ENDORSED, cleaned(opinion)[:3000]
    recommendation.endorsed_at = clock.now()
    recommendation.save(update_fields=["state", "opinion", "endorsed_at"])
    _note(actor, recommendation, "endorse")
    return recommendation


@transaction.atomic
def take_back(actor: Any, recommendation: Recommendation) -> Recommendation:
    """Take back an endorsement."""
    require(policies.may_take_back(actor, recommendation))
    recommendation.state, recommendation.endorsed_at = Recommendation.State.LINKED, None
    recommendation.save(update_fields=["state", "endorsed_at"])
    _note(actor, recommendation, "take_back")
    return recommendation


@transaction.atomic
def drop(actor: Any, recommendation: Recommendation) -> Recommendation:
    """Take a line out of the unit's table."""
    require(policies.may_change(actor, recommendation.unit))
    recommendation.state = Recommendation.State.DROPPED
    recommendation.save(update_fields=["state"])
    _note(actor, recommendation, "drop")
    return recommendation


def _note(actor: Any, recommendation: Recommendation, action: str) -> None:
    audit.append(
        actor,
        edition_id=recommendation.unit.edition_id,
        action=f"recommendation.{action}",
        obj=recommendation,
        label=recommendation.project,
        after={"state": recommendation.state},
    )
