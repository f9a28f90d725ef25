"""Choosing, sealing, telling and releasing. Nothing here changes an earlier stage."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from praxis.foundation import clock
from praxis.foundation.audit import services as audit
from praxis.foundation.errors import Conflict, Invalid, Missing, require
from praxis.foundation.jobs import services as jobs
from praxis.foundation.links import absolute
from praxis.foundation.locale import pick
from praxis.foundation.notices import services as notices
from praxis.foundation.people.models import User
from praxis.foundation.programmes import services as programmes
from praxis.foundation.programmes.models import Edition, Round, Tier
from praxis.foundation.programmes.policies import may_run
from praxis.foundation.texts.services import cleaned
from praxis.lifecycle.cases.models import Case
from praxis.lifecycle.cases.selectors import letters_to
from praxis.lifecycle.reviews import selectors as reviews
from praxis.lifecycle.reviews import services as review_services
from praxis.lifecycle.reviews.models import RoundCase
from praxis.lifecycle.selection import after_release, policies, proposals, tasks
from praxis.lifecycle.selection.models import Decision, Proposal, ReleaseApproval, Selection, Telling
from praxis.lifecycle.selection.states import SELECTION

RELEASERS = 2


def _user(actor: Any) -> User | None:
    return actor if isinstance(actor, User) else None


@transaction.atomic
def begin(actor: Any, edition: Edition) -> Selection:
    """The selection of an edition, begun if there is none yet."""
    require(policies.may_know(actor, edition))
    selection, _made = Selection.objects.get_or_create(edition=edition)
    selection.edition = edition
    return selection


def _locked(actor: Any, edition: Edition) -> Selection:
    begin(actor, edition)
    selection = Selection.objects.select_for_update().get(edition=edition)
    selection.edition = edition
    return selection


@transaction.atomic
def propose(actor: Any, tier: Tier, wishes: proposals.Wishes | None = None, *, seed: int = 0) -> Proposal:
    """Have the engine propose the set of a tier from the standings of its round. Decides nothing."""
    selection = _locked(actor, tier.edition)
    require(policies.may_choose(actor, selection))
    wishes = wishes or proposals.usual(tier)
    run = reviews.latest_run(tier.round)
    if run is None:
        raise Conflict(_("There are no standings of this round yet."), code="state")
    standings = reviews.standings_of(run)
    before = _tier_before(tier)
    if before is not None:
        inside = set(Decision.objects.filter(selection=selection, tier=before, reserve=None).values_list("case_id", flat=True))
        standings = [row for row in standings if row.case_id in inside]
    chosen, report = proposals.propose(standings, wishes, advice=run.advice, seed=seed)
    proposal = Proposal.objects.create(
        selection=selection, tier=tier, settings=wishes.to_json(), chosen=[row.case.number for row in chosen],
        report=report, seed=seed, made_by=_user(actor), at=clock.now(),
    )
    _note(actor, selection, "propose", {"tier": tier.code, "size": len(chosen)})
    return proposal


def _tier_before(tier: Tier) -> Tier | None:
    return Tier.objects.filter(edition_id=tier.edition_id, position__lt=tier.position).order_by("-position").first()


def _note(actor: Any, selection: Selection, action: str, after: Any = None, reason: str = "", before: Any = None) -> None:
    audit.append(
        actor, edition_id=selection.edition_id, action=f"selection.{action}", obj=selection, before=before, after=after,
        reason=reason,
    )


@transaction.atomic
def decide(
    actor: Any, tier: Tier, chosen: Sequence[Case], reserve: Sequence[Case] = (), *, reason: str = "",
    proposal: Proposal | None = None,
) -> list[Decision]:
    """Set who is chosen for a tier and the reserve list in its order; what was decided for the tier before goes.

    Where the set differs from the proposal, or there is none, a reason is needed. Raises Invalid for a case the
    round did not look at, or one that the tier before did not choose.
    """
    selection = _locked(actor, tier.edition)
    require(policies.may_choose(actor, selection))
    numbers = sorted(case.number for case in chosen)
    if (proposal is None or numbers != sorted(proposal.chosen)) and not cleaned(reason):
        raise Invalid({"reason": _("The set differs from the proposal. Say why.")})
    looked_at = dict(RoundCase.objects.filter(round=tier.round).values_list("case_id", "revision_id"))
    strange = [case.number for case in (*chosen, *reserve) if case.pk not in looked_at]
    if strange:
        raise Invalid({"chosen": _("Not in this round: %(numbers)s.") % {"numbers": ", ".join(strange)}})
    if len({case.pk for case in (*chosen, *reserve)}) != len(chosen) + len(reserve):
        raise Invalid({"chosen": _("A case stands in the list twice.")})
    before = _tier_before(tier)
    if before is not None:
        inside = set(Decision.objects.filter(selection=selection, tier=before, reserve=None).values_list("case_id", flat=True))
        outside = [case.number for case in chosen if case.pk not in inside]
        if outside:
            raise Invalid({"chosen": _("Not chosen for %(tier)s: %(numbers)s.") % {"tier": before, "numbers": ", ".join(outside)}})
    _clear_later(selection, tier, {case.pk for case in chosen})
    Decision.objects.filter(selection=selection, tier=tier).delete()
    rows = [(case, None) for case in chosen] + [(case, place) for place, case in enumerate(reserve, start=1)]
    made = Decision.objects.bulk_create(
        [
            Decision(
                selection=selection, case=case, revision_id=looked_at[case.pk], tier=tier, reserve=place,
                reason=cleaned(reason), decided_by=_user(actor), at=clock.now(),
            )
            for case, place in rows
        ]
    )
    _note(
        actor, selection, "decide", {"tier": tier.code, "chosen": numbers, "reserve": [case.number for case in reserve]},
        cleaned(reason),
    )
    return made


def _clear_later(selection: Selection, tier: Tier, kept: set[int]) -> None:
    """A case that falls out of a tier falls out of the later ones."""
    Decision.objects.filter(selection=selection, tier__position__gt=tier.position).exclude(case_id__in=kept).delete()


@transaction.atomic
def put_forward(actor: Any, round_: Round) -> int:
    """Open a later round to the chosen of the tier it takes from; returns how many cases it looks at."""
    edition = round_.edition
    selection = _locked(actor, edition)
    require(policies.may_choose(actor, selection))
    source = edition.settings.round(round_.code).takes_from
    tier = Tier.objects.filter(edition=edition, code=source).first()
    if tier is None:
        raise Invalid({"round": _("This round takes every admitted case.")})
    rows = Decision.objects.filter(selection=selection, tier=tier, reserve=None).select_related("case")
    cases = [row.case for row in rows]
    if not cases:
        raise Conflict(_("Nobody has been chosen for %(tier)s yet.") % {"tier": tier}, code="state")
    review_services.set_round_cases(actor, round_, cases)
    return len(cases)


def digest_of(selection: Selection) -> str:
    """SHA-256 of who is chosen for what, on which revision."""
    rows = Decision.objects.filter(selection=selection).values_list(
        "tier__code", "case__number", "revision__digest", "reserve"
    )
    ordered = sorted(rows, key=lambda row: (row[0], row[1]))
    return hashlib.sha256(json.dumps(ordered, separators=(",", ":")).encode()).hexdigest()


def _step(actor: Any, selection: Selection, action: str, reason: str = "", **values: Any) -> None:
    before = selection.state
    selection.state = SELECTION.step(before, action)
    for field, value in values.items():
        setattr(selection, field, value)
    selection.save(update_fields=["state", *values])
    _note(actor, selection, action, {"state": selection.state, "digest": selection.digest}, reason, {"state": before})


@transaction.atomic
def seal(actor: Any, edition: Edition) -> Selection:
    """Seal the decisions: every tier within its size, every round closed. The list gets its digest."""
    selection = _locked(actor, edition)
    require(policies.may_seal_selection(actor, selection))
    if edition.rounds.exclude(state="closed").exists():
        raise Conflict(_("A round of review is not closed yet."), code="state")
    problems = []
    for tier in edition.tiers.all():
        size = Decision.objects.filter(selection=selection, tier=tier, reserve=None).count()
        if not tier.size_low <= size <= tier.size_high:
            problems.append(
                _("%(tier)s: %(size)s chosen, between %(low)s and %(high)s are meant.")
                % {"tier": tier, "size": size, "low": tier.size_low, "high": tier.size_high}
            )
    if problems:
        raise Invalid({"": problems})
    _step(actor, selection, "seal", digest=digest_of(selection), sealed_by=_user(actor), sealed_at=clock.now())
    programmes.advance(actor, edition, "decide")
    jobs.enqueue(tasks.make_lists, key=f"selection.lists:{selection.pk}:{selection.digest}", selection_id=selection.pk)
    return selection


@transaction.atomic
def unseal(actor: Any, edition: Edition, *, reason: str) -> Selection:
    """Open sealed decisions again, while nobody has been told; needs a reason."""
    selection = _locked(actor, edition)
    require(policies.may_seal_selection(actor, selection))
    if not cleaned(reason):
        raise Invalid({"reason": _("Say why.")})
    _step(actor, selection, "unseal", reason, digest="")
    programmes.advance(actor, edition, "undecide", reason=reason)
    ReleaseApproval.objects.filter(selection=selection).delete()
    return selection


def _chosen_cases(selection: Selection) -> list[Case]:
    rows = Case.objects.filter(decisions__selection=selection, decisions__reserve=None).distinct()
    return list(rows.select_related("edition__programme", "organisation", "created_by").order_by("number"))


@transaction.atomic
def tell(actor: Any, edition: Edition) -> list[Telling]:
    """Tell the applicants of the chosen cases, each in confidence and of its own case alone."""
    selection = _locked(actor, edition)
    require(may_run(actor, edition))
    if selection.digest != digest_of(selection):
        raise Conflict(_("The decisions are not those that were sealed."), code="broken_seal")
    _step(actor, selection, "tell", told_at=clock.now())
    programmes.advance(actor, edition, "tell")
    return [_tell_one(selection, case) for case in _chosen_cases(selection)]


def _tell_one(selection: Selection, case: Case) -> Telling:
    telling, _made = Telling.objects.get_or_create(case=case, defaults={"selection": selection, "told_at": clock.now()})
    for address, language in letters_to(case):
        notices.send(
            "selection.told", to=address, language=language, edition_id=case.edition_id,
            key=f"selection.told:{case.pk}:{address}",
            context={
                "title": pick(case.titles, language), "number": case.number,
                "link": absolute("result", language, key=case.key),
            },
        )
    return telling


def _telling(actor: Any, case: Case) -> Telling:
    require(policies.may_hear(actor, case))
    telling = Telling.objects.select_for_update().filter(case=case).first()
    if telling is None:
        raise Missing()
    return telling


@transaction.atomic
def accept_confidentiality(actor: Any, case: Case) -> Telling:
    """An applicant promises to keep its result to itself until the release, and learns it."""
    telling = _telling(actor, case)
    if telling.accepted_at is None:
        telling.accepted_at, telling.accepted_by, telling.declined_at = clock.now(), _user(actor), None
        telling.save(update_fields=["accepted_at", "accepted_by", "declined_at"])
        _note(actor, telling.selection, "accept_confidentiality", {"case": case.number})
    return telling


@transaction.atomic
def decline(actor: Any, case: Case, *, reason: str) -> Telling:
    """An applicant does not want to take part any longer; the secretariat decides who moves up."""
    telling = _telling(actor, case)
    if not cleaned(reason):
        raise Invalid({"reason": _("Say why.")})
    telling.declined_at = clock.now()
    telling.save(update_fields=["declined_at"])
    _note(actor, telling.selection, "decline", {"case": case.number}, cleaned(reason))
    return telling


@transaction.atomic
def replace(actor: Any, leaving: Decision, *, reason: str) -> Decision:
    """Take a told case out of its tier; the first of the reserve moves up and is told. The list is sealed anew."""
    selection = _locked(actor, leaving.selection.edition)
    require(policies.may_seal_selection(actor, selection))
    if selection.state not in ("sealed", "told"):
        raise Conflict(_("Decisions are not sealed, or are already public."), code="state")
    if not cleaned(reason):
        raise Invalid({"reason": _("Say why.")})
    tier = leaving.tier
    first = Decision.objects.filter(selection=selection, tier=tier, reserve__isnull=False).order_by("reserve").first()
    if first is None:
        raise Conflict(_("The reserve list of this tier is empty."), code="state")
    Decision.objects.filter(selection=selection, case=leaving.case, tier__position__gte=tier.position).delete()
    first.reserve, first.reason = None, cleaned(reason)
    first.save(update_fields=["reserve", "reason"])
    selection.digest = digest_of(selection)
    selection.save(update_fields=["digest"])
    ReleaseApproval.objects.filter(selection=selection).delete()
    if selection.state == "told":
        case = Case.objects.select_related("edition__programme", "organisation", "created_by").get(pk=first.case_id)
        _tell_one(selection, case)
    _note(actor, selection, "replace", {"in": first.case.number, "out": leaving.case.number, "digest": selection.digest}, cleaned(reason))
    jobs.enqueue(tasks.make_lists, key=f"selection.lists:{selection.pk}:{selection.digest}", selection_id=selection.pk)
    return first


@transaction.atomic
def approve_release(actor: Any, edition: Edition) -> bool:
    """One person's word for the release; the second different person's releases. Returns whether it is released."""
    selection = _locked(actor, edition)
    require(may_run(actor, edition))
    user = _user(actor)
    if user is None:
        raise Invalid({"": _("Only people can release.")})
    if selection.state != "told":
        SELECTION.step(selection.state, "release")
    if selection.digest != digest_of(selection):
        raise Conflict(_("The decisions are not those that were sealed."), code="broken_seal")
    ReleaseApproval.objects.get_or_create(selection=selection, user=user, defaults={"digest": selection.digest, "at": clock.now()})
    _note(actor, selection, "approve_release", {"digest": selection.digest})
    if ReleaseApproval.objects.filter(selection=selection, digest=selection.digest).count() < RELEASERS:
        return False
    _step(actor, selection, "release", released_at=clock.now())
    programmes.advance(actor, edition, "release")
    after_release.run(actor, edition)
    return True
