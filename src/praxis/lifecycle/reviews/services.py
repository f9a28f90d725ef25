"""Experts, rounds, assignments and standings. Score sheets are in `sheets`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from django.db import transaction
from django.utils.translation import gettext as _

from praxis.engines.assignment import Infeasible, assign, verify
from praxis.foundation import clock
from praxis.foundation.audit import services as audit
from praxis.foundation.errors import Conflict, Invalid, require
from praxis.foundation.links import absolute
from praxis.foundation.locale import Label, pick
from praxis.foundation.notices import services as notices
from praxis.foundation.people.models import Organisation, User
from praxis.foundation.people.services import ensure_user
from praxis.foundation.places import selectors as places
from praxis.foundation.programmes import services as programmes
from praxis.foundation.programmes.models import Category, Edition, Round
from praxis.foundation.programmes.policies import may_run
from praxis.foundation.randomness import uuid_hex
from praxis.foundation.texts.services import cleaned, digest
from praxis.lifecycle.cases.models import Case
from praxis.lifecycle.reviews import affinity, policies
from praxis.lifecycle.reviews.models import Assignment, AssignmentPlan, Conflict as ConflictRow, Expert, RoundCase
from praxis.lifecycle.reviews.sheets import declare_conflict, reopen_sheet, save_sheet, submit_sheet
from praxis.lifecycle.reviews.standings import compute_standings
from praxis.lifecycle.reviews.states import ASSIGNMENT
from praxis.lifecycle.reviews.undertaking import UNDERTAKING

__all__ = ["compute_standings", "declare_conflict", "reopen_sheet", "save_sheet", "submit_sheet"]


def _user(actor: Any) -> User | None:
    return actor if isinstance(actor, User) else None


def _note(actor: Any, edition_id: int, action: str, obj: Any, **more: Any) -> None:
    audit.append(actor, edition_id=edition_id, action=action, obj=obj, **more)


@transaction.atomic
def invite_expert(
    actor: Any, edition: Edition, *, email: str, names: Label, affiliation: str = "",
    organisation: Organisation | None = None, place: str = "", categories: Sequence[str] = (),
    languages: Sequence[str] = (), load_min: int = 0, load_max: int = 40, language: str = "en",
) -> Expert:
    """Invite a person to the review committee. `categories` and `languages` are codes; the first field weighs more."""
    require(may_run(actor, edition))
    rows = {row.code: row for row in Category.objects.filter(edition=edition)}
    if not categories or not set(categories) <= set(rows):
        raise Invalid({"categories": _("Choose at least one of the fields.")})
    if not languages:
        raise Invalid({"languages": _("Choose at least one language the expert reads.")})
    if place and not places.exists(place):
        raise Invalid({"place": _("Choose a country or region from the list.")})
    if not 0 <= load_min <= load_max:
        raise Invalid({"load_max": _("The most must not be less than the least.")})
    user = ensure_user(email, name=pick(names, language), language=language)
    if Expert.objects.filter(edition=edition, user=user).exists():
        raise Invalid({"email": _("This person is on the committee already.")})
    expert = Expert.objects.create(
        edition=edition, user=user, names=names, affiliation=affiliation.strip()[:300], organisation=organisation,
        place_id=place or None, languages=list(languages), load_min=load_min, load_max=load_max, created_at=clock.now(),
    )
    for code in categories:
        expert.categories.add(rows[code])
    _note(actor, edition.pk, "expert.invite", expert, after={"categories": list(categories)})
    notices.send(
        "expert.invited", to=user, language=user.language, edition_id=edition.pk, key=f"expert.invited:{expert.pk}",
        context={
            "name": str(user), "edition": pick(edition.names, user.language),
            "link": absolute("expert", user.language, expert_id=expert.pk),
        },
    )
    return expert


@transaction.atomic
def change_expert(
    actor: Any, expert: Expert, *, categories: Sequence[str], languages: Sequence[str], load_min: int, load_max: int
) -> Expert:
    """Change an expert's fields, languages and load."""
    require(policies.may_manage(actor, expert))
    rows = {row.code: row for row in Category.objects.filter(edition_id=expert.edition_id)}
    if not categories or not set(categories) <= set(rows) or not languages:
        raise Invalid({"categories": _("Choose at least one of the fields.")})
    if not 0 <= load_min <= load_max:
        raise Invalid({"load_max": _("The most must not be less than the least.")})
    expert.categories.set([rows[code] for code in categories])
    expert.languages, expert.load_min, expert.load_max = list(languages), load_min, load_max
    expert.save(update_fields=["languages", "load_min", "load_max"])
    _note(actor, expert.edition_id, "expert.change", expert, after={"categories": list(categories), "load_max": load_max})
    return expert


def _answer(actor: Any, expert: Expert, state: str, action: str) -> Expert:
    require(policies.may_answer(actor, expert))
    if expert.state not in (Expert.State.INVITED, state):
        raise Conflict(_("The invitation has been answered."), code="state")
    expert.state = state
    expert.save(update_fields=["state"])
    _note(actor, expert.edition_id, f"expert.{action}", expert)
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
    """Give the undertaking of confidentiality; the hash of its words is kept."""
    require(policies.may_answer(actor, expert))
    if expert.undertaking_at is None:
        expert.undertaking_at = clock.now()
        expert.undertaking_text = digest("\n".join(UNDERTAKING[language] for language in sorted(UNDERTAKING)))
        expert.save(update_fields=["undertaking_at", "undertaking_text"])
        _note(actor, expert.edition_id, "expert.sign_undertaking", expert, after={"text": expert.undertaking_text})
    return expert


@transaction.atomic
def set_round_cases(actor: Any, round_: Round, cases: Sequence[Case]) -> None:
    """Say which cases a round looks at. Cases that have assignments in it cannot be taken away."""
    require(may_run(actor, round_.edition))
    if round_.state == "closed":
        raise Conflict(_("This round is closed."), code="state")
    strange = [case.number or case.key for case in cases if case.state != "admitted" or case.edition_id != round_.edition_id]
    if strange:
        raise Invalid({"cases": _("Not admitted: %(numbers)s.") % {"numbers": ", ".join(strange)}})
    wanted = {case.pk: case for case in cases}
    gone = RoundCase.objects.filter(round=round_).exclude(case_id__in=wanted)
    held = Assignment.objects.filter(round=round_, case_id__in=gone.values("case_id"))
    if held.exclude(state__in=["released", "conflicted"]).exists():
        raise Conflict(_("A case that is being read cannot be taken out of the round."), code="state")
    gone.delete()
    RoundCase.objects.bulk_create(
        [RoundCase(round=round_, case=case, revision_id=case.revision_id) for case in cases], ignore_conflicts=True
    )
    _note(actor, round_.edition_id, "round.set_cases", round_, label=round_.code, after={"cases": len(wanted)})


@transaction.atomic
def open_round(actor: Any, round_: Round) -> Round:
    """Open a round. One that takes every admitted case gets them now; another needs its cases put forward first."""
    edition = round_.edition
    require(may_run(actor, edition))
    if edition.rounds.filter(position__lt=round_.position).exclude(state="closed").exists():
        raise Conflict(_("The round before is not closed yet."), code="state")
    if edition.settings.round(round_.code).takes_from is None:
        set_round_cases(actor, round_, list(Case.objects.filter(edition=edition, state="admitted").order_by("number")))
    if not RoundCase.objects.filter(round=round_).exists():
        raise Conflict(_("This round has no cases yet."), code="state")
    if edition.state == "screening":
        programmes.advance(actor, edition, "start_review")
    return programmes.step_round(actor, round_, "open")


@transaction.atomic
def plan_assignments(actor: Any, round_: Round, *, seed: int = 0) -> AssignmentPlan:
    """Have the engine propose who reads what; what is being read stays. Proposes, does not assign.

    Raises Invalid naming the bottleneck in numbers where the experts cannot give the reviews that are needed.
    """
    require(may_run(actor, round_.edition))
    held = list(Assignment.objects.filter(round=round_).exclude(state__in=["released", "conflicted"]))
    board = affinity.board(round_, seed=seed, keep_only=held)
    if not board.cases or not board.experts:
        raise Conflict(_("There are no cases or no active experts."), code="state")
    try:
        plan = assign(board.problem)
    except Infeasible as problem:
        raise Invalid({"": _("The experts cannot give all the reviews that are needed: %(why)s") % {"why": problem}}) from None
    problems = verify(board.problem, plan)
    pairs = [[board.cases[int(c)].case_id, board.experts[int(e)].pk] for c, e in plan.pairs]
    row = AssignmentPlan.objects.create(
        round=round_, state=AssignmentPlan.State.FAILED if problems else AssignmentPlan.State.PROPOSED, pairs=pairs,
        report={"total": round(float(plan.total), 4), "cases": len(board.cases), "experts": len(board.experts), **_loads(board, plan)},
        problem="; ".join(problems)[:2000], seed=seed, made_by=_user(actor), created_at=clock.now(),
    )
    _note(actor, round_.edition_id, "round.plan", round_, label=round_.code, after={"plan": row.pk, "pairs": len(pairs)})
    return row


def _loads(board: affinity.Board, plan: Any) -> dict[str, Any]:
    """What a person wants to know of a plan: loads, and how many readings are outside the expert's fields."""
    loads = np.bincount(plan.pairs[:, 1], minlength=len(board.experts))
    outside = int((board.problem.affinity[plan.pairs[:, 0], plan.pairs[:, 1]] < affinity.FIELD).sum())
    return {
        "load_least": int(loads.min(initial=0)), "load_most": int(loads.max(initial=0)), "outside_field": outside,
        "pairs": len(plan.pairs), "proven": True,
    }  # fmt: skip


@transaction.atomic
def apply_plan(actor: Any, plan: AssignmentPlan) -> int:
    """Make the assignments of a proposed plan that are not there yet; the experts are told. Returns how many."""
    round_ = plan.round
    require(may_run(actor, round_.edition))
    locked = AssignmentPlan.objects.select_for_update().get(pk=plan.pk)
    if locked.state != AssignmentPlan.State.PROPOSED:
        raise Conflict(_("This plan has been applied, or failed."), code="state")
    there = set(
        Assignment.objects.filter(round=round_)
        .exclude(state__in=["released", "conflicted"])
        .values_list("case_id", "expert_id")
    )
    revisions = dict(RoundCase.objects.filter(round=round_).values_list("case_id", "revision_id"))
    active = set(Expert.objects.filter(edition_id=round_.edition_id, state="active").values_list("pk", flat=True))
    fresh = [
        Assignment(
            round=round_, expert_id=expert, case_id=case, revision_id=revisions[case], key=uuid_hex(),
            created_at=clock.now(), updated_at=clock.now(),
        )
        for case, expert in locked.pairs
        if (case, expert) not in there and case in revisions and expert in active
    ]
    Assignment.objects.bulk_create(fresh)
    plan.state, plan.applied_at = AssignmentPlan.State.APPLIED, clock.now()
    plan.save(update_fields=["state", "applied_at"])
    _note(actor, round_.edition_id, "round.assign", round_, label=round_.code, after={"plan": plan.pk, "assigned": len(fresh)})
    _tell_experts(round_, {row.expert_id for row in fresh})
    return len(fresh)


def _tell_experts(round_: Round, experts: set[int]) -> None:
    for expert in Expert.objects.filter(pk__in=experts).select_related("user").order_by("pk"):
        language = expert.user.language
        notices.send(
            "expert.assigned", to=expert.user, language=language, edition_id=round_.edition_id,
            context={
                "name": str(expert.user), "round": pick(round_.labels, language),
                "link": absolute("expert", language, expert_id=expert.pk),
            },
        )


@transaction.atomic
def assign_one(actor: Any, round_: Round, expert: Expert, case: Case, *, reason: str) -> Assignment:
    """Assign one case to one expert by hand, with a reason. A round refuses every case it does not look at."""
    require(may_run(actor, round_.edition))
    if not cleaned(reason):
        raise Invalid({"reason": _("Say why.")})
    row = RoundCase.objects.filter(round=round_, case=case).first()
    if row is None:
        raise Invalid({"case": _("This round does not look at this case.")})
    if expert.state != Expert.State.ACTIVE or expert.edition_id != round_.edition_id:
        raise Invalid({"expert": _("This expert is not active.")})
    barred = ConflictRow.objects.filter(expert=expert, case=case) | ConflictRow.objects.filter(
        expert=expert, organisation_id=case.organisation_id
    )
    if barred.exists() or (expert.organisation_id and expert.organisation_id == case.organisation_id):
        raise Invalid({"expert": _("This expert has a conflict of interest with this case.")})
    if Assignment.objects.filter(round=round_, expert=expert, case=case).exclude(state__in=["released", "conflicted"]).exists():
        raise Invalid({"expert": _("This expert reads this case already.")})
    made = Assignment.objects.create(
        round=round_, expert=expert, case=case, revision_id=row.revision_id, key=uuid_hex(), reason=cleaned(reason)[:1000],
        created_at=clock.now(), updated_at=clock.now(),
    )
    _note(actor, round_.edition_id, "assignment.make", made, label=case.number, reason=cleaned(reason))
    _tell_experts(round_, {expert.pk})
    return made


@transaction.atomic
def release(actor: Any, assignment: Assignment, *, reason: str) -> Assignment:
    """Take an assignment back that is not handed in."""
    require(may_run(actor, assignment.round.edition))
    if not cleaned(reason):
        raise Invalid({"reason": _("Say why.")})
    now = Assignment.objects.select_for_update().get(pk=assignment.pk)
    assignment.state = ASSIGNMENT.step(now.state, "release")
    assignment.reason, assignment.updated_at = cleaned(reason)[:1000], clock.now()
    assignment.save(update_fields=["state", "reason", "updated_at"])
    _note(actor, assignment.round.edition_id, "assignment.release", assignment, label=assignment.case.number, reason=reason)
    return assignment


@transaction.atomic
def withdraw_expert(actor: Any, expert: Expert, *, reason: str) -> int:
    """An expert leaves (falls ill): what was handed in counts, the rest is free to be assigned. Returns how many."""
    require(policies.may_manage(actor, expert))
    if not cleaned(reason):
        raise Invalid({"reason": _("Say why.")})
    expert.state = Expert.State.WITHDRAWN
    expert.save(update_fields=["state"])
    open_ones = list(Assignment.objects.select_related("round__edition", "case").filter(expert=expert, state__in=["open", "draft"]))
    for assignment in open_ones:
        release(actor, assignment, reason=reason)
    _note(actor, expert.edition_id, "expert.withdraw", expert, reason=cleaned(reason), after={"released": len(open_ones)})
    return len(open_ones)


@transaction.atomic
def close_round(actor: Any, round_: Round, *, reason: str = "") -> Round:
    """Close a round; with sheets still missing a reason is needed."""
    require(may_run(actor, round_.edition))
    missing = Assignment.objects.filter(round=round_, state__in=["open", "draft"]).count()
    if missing and not cleaned(reason):
        raise Invalid({"reason": _("%(missing)s score sheets are not in yet. Say why the round closes without them.") % {"missing": missing}})
    programmes.step_round(actor, round_, "close", reason=reason)
    compute_standings(actor, round_)
    return round_
