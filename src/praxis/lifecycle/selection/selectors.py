"""Reads of decisions. Before the release they answer only those who may know."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q

from praxis.foundation.errors import Missing
from praxis.foundation.files.models import StoredFile
from praxis.foundation.locale import Label
from praxis.foundation.people.models import Organisation
from praxis.foundation.people.policies import memberships
from praxis.foundation.places import selectors as places
from praxis.foundation.programmes.models import Edition, Tier
from praxis.lifecycle.cases.models import Case
from praxis.lifecycle.reviews import selectors as reviews
from praxis.lifecycle.reviews.models import Standing, StandingRun
from praxis.lifecycle.selection import policies
from praxis.lifecycle.selection.models import Decision, Proposal, ReleaseApproval, Selection, Telling


def selection_of(actor: Any, edition: Edition) -> Selection | None:
    """The selection of an edition, for those named on it; raises Missing to others."""
    if not policies.may_know(actor, edition):
        raise Missing()
    selection = Selection.objects.filter(edition=edition).select_related("sealed_by", "list_docx", "list_xlsx").first()
    if selection is not None:
        selection.edition = edition
    return selection


def decisions(actor: Any, edition: Edition, tier: Tier | None = None) -> list[Decision]:
    """The decisions of an edition (of one tier), chosen before reserve; raises Missing to those not named on it."""
    if not policies.may_know(actor, edition):
        raise Missing()
    rows = Decision.objects.filter(selection__edition=edition).select_related(
        "case__organisation", "case__category", "tier"
    )
    if tier is not None:
        rows = rows.filter(tier=tier)
    return sorted(rows, key=lambda row: (row.tier.position, row.reserve is not None, row.reserve or 0, row.case.number or ""))


def chosen(edition: Edition, tier: Tier) -> list[Decision]:
    """The chosen of a tier without the reserve, for later stages that have asked their own policy."""
    rows = Decision.objects.filter(selection__edition=edition, tier=tier, reserve=None)
    return list(rows.select_related("case__organisation", "case__category", "revision").order_by("case__number"))


def proposals(actor: Any, tier: Tier) -> list[Proposal]:
    if not policies.may_know(actor, tier.edition):
        raise Missing()
    return list(Proposal.objects.filter(tier=tier).select_related("made_by").order_by("-id")[:20])


def approvals(actor: Any, edition: Edition) -> list[ReleaseApproval]:
    if not policies.may_know(actor, edition):
        raise Missing()
    return list(ReleaseApproval.objects.filter(selection__edition=edition).select_related("user").order_by("id"))


def tellings(actor: Any, edition: Edition) -> list[Telling]:
    """Who has been told and who has accepted."""
    if not policies.may_know(actor, edition):
        raise Missing()
    rows = Telling.objects.filter(selection__edition=edition).select_related("case__organisation", "accepted_by")
    return list(rows.order_by("case__number"))


TOLD = ("told", "released")
"""The states of an edition in which an applicant may know of a result of its own."""


@dataclass(frozen=True, slots=True)
class Result:
    """What an applicant may know of its own case: whether it is chosen, and for what, once it has accepted."""

    accepted: bool
    declined: bool
    # The place has gone to another case since.
    left: bool
    tiers: list[Label]
    on_stage: bool


def result_for(actor: Any, case: Case) -> Result | None:
    """The result of the actor's own case, None where the actor is not to know of any.

    A chosen applicant that has been told and has not yet accepted confidentiality gets a Result without tiers, and so
    does one whose place has gone to another case. Before the edition is told no row of a decision is read.
    """
    if case.edition.state not in TOLD or not policies.may_hear(actor, case):
        return None
    telling = Telling.objects.filter(case=case).first()
    if telling is None:
        return None
    rows = Decision.objects.filter(case=case, reserve=None).select_related("tier").order_by("tier__position")
    tiers = [row.tier for row in rows]
    # After the release there is nothing left to keep in confidence.
    accepted = telling.accepted_at is not None or case.edition.state == "released"
    declined = telling.declined_at is not None
    if not accepted or not tiers:
        return Result(accepted, declined, not tiers, [], False)
    return Result(True, declined, False, [tier.labels for tier in tiers], any(tier.on_stage for tier in tiers))


def news_for(actor: Any, cases: Iterable[Case]) -> dict[int, bool]:
    """Of the actor's own cases those there is news of, and whether the actor has promised to keep it in confidence.

    Before an edition is told no row of a decision is read; after it one statement for any number of cases, whoever asks.
    A case whose place has gone to another one, or was given up, is not among them.
    """
    told = [case.pk for case in cases if case.edition.state in TOLD]
    if not told:
        return {}
    kept = Decision.objects.filter(case=OuterRef("case"), reserve=None)
    rows = Telling.objects.filter(
        Exists(kept), case__in=told, case__organisation_id__in=memberships(actor), declined_at=None
    )
    return {case: accepted is not None for case, accepted in rows.values_list("case_id", "accepted_at")}


def has_accepted(case: Case) -> bool:
    """Whether the applicant of a told case has accepted confidentiality."""
    return Telling.objects.filter(case=case, accepted_at__isnull=False).exists()


def accepted_cases(edition: Edition) -> set[int]:
    """The ids of the cases whose applicants have accepted confidentiality, for later stages."""
    rows = Telling.objects.filter(selection__edition=edition, accepted_at__isnull=False)
    return set(rows.values_list("case_id", flat=True))


def telling_of(actor: Any, edition: Edition, case_key: str) -> Telling:
    """The telling of one case, for those named on the edition; raises Missing."""
    if not policies.may_know(actor, edition):
        raise Missing()
    row = Telling.objects.filter(selection__edition=edition, case__key=case_key).select_related("case").first()
    if row is None:
        raise Missing()
    return row


# The choosing


def tier_for_desk(actor: Any, edition: Edition, code: str) -> Tier:
    """A tier of an edition by its code; raises Missing to those not named on it."""
    row = Tier.objects.filter(edition=edition, code=code).select_related("round").first()
    if row is None or not policies.may_know(actor, edition):
        raise Missing()
    row.edition = row.round.edition = edition
    return row


def tiers(actor: Any, edition: Edition) -> list[Tier]:
    if not policies.may_know(actor, edition):
        raise Missing()
    rows = list(Tier.objects.filter(edition=edition).select_related("round").order_by("position"))
    for row in rows:
        row.edition = row.round.edition = edition
    return rows


def proposal(actor: Any, tier: Tier, proposal_id: int) -> Proposal:
    """A proposal for a tier; raises Missing."""
    row = Proposal.objects.filter(tier=tier, pk=proposal_id).select_related("made_by").first()
    if row is None or not policies.may_know(actor, tier.edition):
        raise Missing()
    return row


def prices(proposal: Proposal, edition: Edition) -> list[tuple[str, float]]:
    """What each wish of a proposal costs, in words, the dearest first (at most two statements)."""
    found: dict[str, float] = proposal.report.get("prices", {})
    wanted = [int(name.partition(":")[2]) for name in found if name.startswith("organisation:")]
    organisations = {row.pk: str(row) for row in Organisation.objects.filter(pk__in=wanted)} if wanted else {}
    categories = {row.code: str(row) for row in edition.categories.all()} if found else {}
    named = []
    for name, price in found.items():
        kind, _colon, code = name.partition(":")
        if kind == "category":
            label = categories.get(code, code)
        elif kind == "organisation":
            label = organisations.get(int(code), code)
        else:
            label = places.name(code)
        named.append((label, price))
    return sorted(named, key=lambda item: -item[1])


@dataclass(frozen=True, slots=True)
class Candidate:
    """A case a tier can be chosen from, with its standing in the tier's round and what is decided of it."""

    case: Case
    standing: Standing
    chosen: bool
    reserve: int | None


def candidates(actor: Any, tier: Tier, *, most: int, always: Collection[str] = ()) -> list[Candidate]:
    """The first `most` of a tier's standings in rank order, and whatever is decided or in `always` (numbers)."""
    if not policies.may_know(actor, tier.edition):
        raise Missing()
    run = reviews.latest_run(tier.round)
    if run is None:
        return []
    held = dict(Decision.objects.filter(tier=tier).values_list("case_id", "reserve"))
    rows = run.standings.filter(case__state="admitted")
    first = Tier.objects.filter(edition_id=tier.edition_id, position__lt=tier.position).order_by("-position").first()
    if first is not None:
        inside = Decision.objects.filter(tier=first, reserve=None).values("case_id")
        rows = rows.filter(case_id__in=inside)
    cut = rows.order_by("rank").values_list("rank", flat=True)[most - 1 : most]
    wanted = Q(case_id__in=list(held)) | Q(case__number__in=list(always))
    last = next(iter(cut), None)
    if last is not None:
        rows = rows.filter(Q(rank__lte=last) | wanted)
    found = rows.select_related("case__organisation", "case__category").order_by("rank")
    return [
        Candidate(row.case, row, row.case_id in held and held[row.case_id] is None, held.get(row.case_id)) for row in found
    ]


def cases_by_number(actor: Any, edition: Edition, numbers: Collection[str]) -> dict[str, Case]:
    """Cases of an edition by their numbers; raises Missing to those not named on it."""
    if not policies.may_know(actor, edition):
        raise Missing()
    rows = Case.objects.filter(edition=edition, number__in=list(numbers))
    return {row.number: row for row in rows if row.number}


@dataclass(frozen=True, slots=True)
class TierState:
    """How far the choosing of a tier is."""

    tier: Tier
    run: StandingRun | None
    ranked: int
    chosen: int
    reserve: int
    proposals: int


def overview(actor: Any, edition: Edition) -> list[TierState]:
    """Every tier with its standings and decisions (a constant number of statements for each tier)."""
    counts: dict[tuple[int, bool], int] = {}
    for tier_id, reserve in Decision.objects.filter(selection__edition=edition).values_list("tier_id", "reserve"):
        key = (tier_id, reserve is None)
        counts[key] = counts.get(key, 0) + 1
    proposed = dict(
        Proposal.objects.filter(selection__edition=edition).values_list("tier_id").annotate(n=Count("id")).order_by()
    )
    states = []
    for tier in tiers(actor, edition):
        run = reviews.latest_run(tier.round)
        states.append(
            TierState(
                tier, run, run.standings.filter(mean__isnull=False).count() if run else 0, counts.get((tier.pk, True), 0),
                counts.get((tier.pk, False), 0), proposed.get(tier.pk, 0),
            )
        )  # fmt: skip
    return states


def approved_list(actor: Any, edition: Edition, format_: str) -> StoredFile:
    """The list for approval as docx or xlsx; raises Missing to those not named on the edition."""
    selection = selection_of(actor, edition)
    file = None
    if selection is not None and selection.state != "open":
        file = {"docx": selection.list_docx, "xlsx": selection.list_xlsx}.get(format_)
    if file is None:
        raise Missing()
    return file
