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
from praxis.foundation.programmes.policies import is_named, may_run
from praxis.foundation.texts.services import cleaned
from praxis.lifecycle.cases.models import Case
from praxis.lifecycle.cases.selectors import letters_to
from praxis.lifecycle.reviews import selectors as reviews
from praxis.lifecycle.reviews import services as review_services
from praxis.lifecycle.reviews.models import RoundCase
from praxis.lifecycle.selection import after_release, after_replacement, policies, proposals
from praxis.lifecycle.selection.models import Decision, Proposal, ReleaseApproval, Selection, Telling
from praxis.lifecycle.selection.states import SELECTION

RELEASERS = 2
# By name: it loads what writes documents, which only the worker needs.
MAKE_LISTS = "praxis.lifecycle.selection.tasks.make_lists"


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
    standings = [row for row in reviews.standings_of(run) if row.case.state == "admitted"]
    inside = _inside(selection, tier)
    if inside is not None:
        standings = [row for row in standings if row.case_id in inside]
    chosen, report = proposals.propose(standings, wishes, advice=run.advice, seed=seed)
    proposal = Proposal.objects.create(
        selection=selection, tier=tier, settings=wishes.to_json(), chosen=[row.case.number for row in chosen],
        report={**report, "run": run.pk}, seed=seed, made_by=_user(actor), at=clock.now(),
    )  # fmt: skip
    _note(actor, selection, "propose", {"tier": tier.code, "size": len(chosen)})
    return proposal


def _tier_before(tier: Tier) -> Tier | None:
    return Tier.objects.filter(edition_id=tier.edition_id, position__lt=tier.position).order_by("-position").first()


def _inside(selection: Selection, tier: Tier) -> set[int] | None:
    """The ids of the cases a tier is chosen out of; None where it is chosen out of all."""
    before = _tier_before(tier)
    if before is None:
        return None
    rows = Decision.objects.filter(selection=selection, tier=before, reserve=None)
    return set(rows.values_list("case_id", flat=True))


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
    _refuse_unfit(selection, tier, chosen, reserve, set(looked_at))
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


def _refuse_unfit(
    selection: Selection, tier: Tier, chosen: Sequence[Case], reserve: Sequence[Case], looked_at: set[int]
) -> None:
    problems: dict[str, list[Any]] = {}
    inside = _inside(selection, tier)
    for name, cases in (("chosen", chosen), ("reserve", reserve)):
        strange = [case.number for case in cases if case.pk not in looked_at]
        gone = [case.number for case in cases if case.pk in looked_at and case.state != "admitted"]
        outside = [case.number for case in cases if inside is not None and case.pk not in inside]
        if strange:
            problems.setdefault(name, []).append(_("Not in this round: %(numbers)s.") % {"numbers": ", ".join(strange)})
        if gone:
            problems.setdefault(name, []).append(_("No longer admitted: %(numbers)s.") % {"numbers": ", ".join(gone)})
        if outside and not strange:
            told = _("Not chosen for %(tier)s: %(numbers)s.") % {"tier": _tier_before(tier), "numbers": ", ".join(outside)}
            problems.setdefault(name, []).append(told)
    if len({case.pk for case in (*chosen, *reserve)}) != len(chosen) + len(reserve):
        problems.setdefault("reserve", []).append(_("A case stands in the lists twice."))
    if problems:
        raise Invalid(problems)


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


def is_broken(selection: Selection) -> bool:
    """Whether the decisions are no longer those that were sealed."""
    return selection.state != "open" and selection.digest != digest_of(selection)


def _check_seal(selection: Selection) -> None:
    if is_broken(selection):
        raise Conflict(_("The decisions are not those that were sealed."), code="broken_seal")


def _step(actor: Any, selection: Selection, action: str, reason: str = "", **values: Any) -> None:
    before = selection.state
    selection.state = SELECTION.step(before, action)
    for field, value in values.items():
        setattr(selection, field, value)
    selection.save(update_fields=["state", *values])
    _note(actor, selection, action, {"state": selection.state, "digest": selection.digest}, reason, {"state": before})


def seal_problems(selection: Selection) -> list[str]:
    """What stands in the way of sealing, in words: a tier outside its size, a chosen case that has left the call."""
    problems = []
    sizes: dict[int, int] = {}
    gone: set[str] = set()
    rows = Decision.objects.filter(selection=selection).values_list("tier_id", "reserve", "case__state", "case__number")
    for tier_id, reserve, state, number in rows:
        sizes[tier_id] = sizes.get(tier_id, 0) + (reserve is None)
        if state != "admitted":
            gone.add(number)
    for tier in selection.edition.tiers.all():
        size = sizes.get(tier.pk, 0)
        if not tier.size_low <= size <= tier.size_high:
            problems.append(
                _("%(tier)s: %(size)s chosen, between %(low)s and %(high)s are meant.")
                % {"tier": tier, "size": size, "low": tier.size_low, "high": tier.size_high}
            )
    if gone:
        problems.append(_("No longer admitted: %(numbers)s.") % {"numbers": ", ".join(sorted(gone))})
    return problems


@transaction.atomic
def seal(actor: Any, edition: Edition) -> Selection:
    """Seal the decisions: every tier within its size, every round closed. The list gets its digest."""
    selection = _locked(actor, edition)
    require(policies.may_seal_selection(actor, selection))
    if edition.rounds.exclude(state="closed").exists():
        raise Conflict(_("A round of review is not closed yet."), code="state")
    problems = seal_problems(selection)
    if problems:
        raise Invalid({"": problems})
    _step(actor, selection, "seal", digest=digest_of(selection), sealed_by=_user(actor), sealed_at=clock.now())
    programmes.advance(actor, edition, "decide")
    jobs.enqueue(MAKE_LISTS, key=f"selection.lists:{selection.pk}:{selection.digest}", selection_id=selection.pk)
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
    rows = Case.objects.filter(pk__in=Decision.objects.filter(selection=selection, reserve=None).values("case_id"))
    return list(rows.select_related("edition__programme", "organisation", "created_by").order_by("number"))


@transaction.atomic
def tell(actor: Any, edition: Edition) -> list[Telling]:
    """Tell the applicants of the chosen cases, each in confidence and of its own case alone."""
    selection = _locked(actor, edition)
    require(may_run(actor, edition))
    _check_seal(selection)
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
    if telling is None or not Decision.objects.filter(selection=telling.selection_id, case=case, reserve=None).exists():
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
    if case.edition.state != "told":
        raise Conflict(_("The results have been released."), code="state")
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
    _check_seal(selection)
    if leaving.reserve is not None or not Decision.objects.filter(pk=leaving.pk, reserve=None).exists():
        raise Conflict(_("This case is not among the chosen any more."), code="state")
    movers = _move_up(selection, leaving, cleaned(reason))
    selection.digest = digest_of(selection)
    selection.save(update_fields=["digest"])
    ReleaseApproval.objects.filter(selection=selection).delete()
    if selection.state == "told":
        for mover in movers:
            _tell_one(selection, mover.case)
    _note(
        actor, selection, "replace", {"in": [f"{row.tier.code}:{row.case.number}" for row in movers], "digest": selection.digest},
        cleaned(reason), {"out": f"{leaving.tier.code}:{leaving.case.number}"},
    )  # fmt: skip
    jobs.enqueue(MAKE_LISTS, key=f"selection.lists:{selection.pk}:{selection.digest}", selection_id=selection.pk)
    after_replacement.run(actor, selection.edition)
    return movers[0]


def _move_up(selection: Selection, leaving: Decision, reason: str) -> list[Decision]:
    """Take a case out of its tier and the later ones; in each the first of the reserve takes its place.

    A later tier whose reserve is empty goes without, as long as it keeps its least size.
    """
    left = list(
        Decision.objects.filter(selection=selection, case=leaving.case, tier__position__gte=leaving.tier.position)
        .select_related("tier").order_by("tier__position")
    )  # fmt: skip
    Decision.objects.filter(pk__in=[row.pk for row in left]).delete()
    movers = []
    for row in left:
        if row.reserve is not None:
            continue
        waiting = Decision.objects.filter(selection=selection, tier=row.tier, reserve__isnull=False, case__state="admitted")
        inside = _inside(selection, row.tier)
        if inside is not None:
            waiting = waiting.filter(case_id__in=inside)
        first = waiting.select_related("tier", "case__edition__programme", "case__organisation", "case__created_by").order_by("reserve").first()
        if first is None:
            size = Decision.objects.filter(selection=selection, tier=row.tier, reserve=None).count()
            if row.tier_id == leaving.tier_id or size < row.tier.size_low:
                raise Conflict(_("The reserve list of %(tier)s is empty.") % {"tier": row.tier}, code="state")
            continue
        first.reserve, first.reason = None, reason
        first.save(update_fields=["reserve", "reason"])
        movers.append(first)
    return movers


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
    _check_seal(selection)
    ReleaseApproval.objects.get_or_create(selection=selection, user=user, defaults={"digest": selection.digest, "at": clock.now()})
    _note(actor, selection, "approve_release", {"digest": selection.digest})
    given = ReleaseApproval.objects.filter(selection=selection, digest=selection.digest).select_related("user")
    # The word of somebody who has been taken off the edition since no longer counts.
    if sum(1 for row in given if is_named(row.user, edition)) < RELEASERS:
        return False
    _step(actor, selection, "release", released_at=clock.now())
    programmes.advance(actor, edition, "release")
    after_release.run(actor, edition)
    return True
