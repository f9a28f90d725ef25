"""Services for who reads what: plans of the engine, and single assignments by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from praxis.foundation import clock
from praxis.foundation.audit import services as audit
from praxis.foundation.bilingual import say
from praxis.foundation.errors import Conflict, Invalid, require
from praxis.foundation.loading import on_use
from praxis.foundation.locale import Label, pick
from praxis.foundation.people.models import User
from praxis.foundation.programmes.models import Round
from praxis.foundation.programmes.policies import may_run
from praxis.foundation.randomness import uuid_hex
from praxis.foundation.texts.services import cleaned
from praxis.lifecycle.cases.models import Case
from praxis.lifecycle.reviews import affinity, letters
from praxis.lifecycle.reviews.models import Assignment, AssignmentPlan, Expert, RoundCase
from praxis.lifecycle.reviews.models import Conflict as ConflictRow
from praxis.lifecycle.reviews.states import ASSIGNMENT

if TYPE_CHECKING:
    import numpy as np

    from praxis.engines import assignment as engine
else:
    np, engine = on_use("numpy"), on_use("praxis.engines.assignment")

GONE = ("released", "conflicted")
# So many pairs of case and expert the engine plans in well under 300 ms; more is a job.
AT_ONCE = 20_000


def _note(actor: Any, round_: Round, action: str, **more: Any) -> None:
    audit.append(
        actor, edition_id=round_.edition_id, action=f"round.{action}", obj=round_, label=round_.code, **more
    )  # fmt: skip


def may_take_long(round_: Round) -> bool:
    """Whether planning this round is work for a job."""
    experts = Expert.objects.filter(edition_id=round_.edition_id, state=Expert.State.ACTIVE).count()
    return RoundCase.objects.filter(round=round_).count() * experts > AT_ONCE


def begin_plan(actor: Any, round_: Round, *, seed: int = 0) -> AssignmentPlan:
    """A plan that a job will fill in (`complete_plan`)."""
    require(may_run(actor, round_.edition))
    _refuse_closed(round_)
    return AssignmentPlan.objects.create(
        round=round_, seed=seed, made_by=actor if isinstance(actor, User) else None, created_at=clock.now()
    )


def _refuse_closed(round_: Round) -> None:
    if round_.state == "closed":
        raise Conflict(_("This round is closed."), code="state")


@transaction.atomic
def plan_assignments(actor: Any, round_: Round, *, seed: int = 0) -> AssignmentPlan:
    """Have the engine propose who reads what; what is being read stays. Proposes, does not assign.

    Raises Invalid naming the bottleneck in numbers where the experts cannot give the reviews that are needed.
    """
    plan = begin_plan(actor, round_, seed=seed)
    why = _solve(actor, plan)
    if why:
        raise Invalid({"": pick(why)}, code="infeasible")
    return plan


@transaction.atomic
def complete_plan(actor: Any, plan: AssignmentPlan) -> AssignmentPlan:
    """Fill in a plan that was begun; where there is none it becomes failed and says why, in both languages."""
    locked = AssignmentPlan.objects.select_for_update().get(pk=plan.pk)
    if locked.state != AssignmentPlan.State.RUNNING:
        return locked
    why = _solve(actor, plan)
    if why:
        plan.state, plan.report = AssignmentPlan.State.FAILED, {"why": why}
        plan.save(update_fields=["state", "report"])
    return plan


def _solve(actor: Any, plan: AssignmentPlan) -> Label | None:
    """Solve a plan and write its rows; what is wrong instead, where nothing can be planned."""
    round_ = plan.round
    held = list(Assignment.objects.filter(round=round_).exclude(state__in=GONE))
    board = affinity.board(round_, seed=plan.seed, keep_only=held)
    if not board.cases or not board.experts:
        return say(gettext_noop("There are no cases or no active experts."))
    try:
        solved = engine.assign(board.problem)
    except engine.Infeasible as problem:
        return _why(problem, board)
    problems = engine.verify(board.problem, solved)
    plan.state = AssignmentPlan.State.FAILED if problems else AssignmentPlan.State.PROPOSED
    plan.pairs = [[board.cases[int(c)].case_id, board.experts[int(e)].pk] for c, e in solved.pairs]
    plan.report, plan.problem = _report(board, solved, len(held)), "; ".join(problems)[:2000]
    plan.save()
    _note(actor, round_, "plan", after={"plan": plan.pk, "pairs": len(plan.pairs)})
    return None


def _why(problem: engine.Infeasible, board: affinity.Board) -> Label:
    """The bottleneck in words: which cases or experts, how much is needed, how much there is."""
    numbers = ", ".join(board.cases[c].case.number for c in problem.cases[:5])
    values = {
        "needed": f"{problem.needed:g}", "available": f"{problem.available:g}", "cases": len(problem.cases),
        "experts": len(problem.experts), "numbers": numbers + (" …" if len(problem.cases) > 5 else ""),
    }  # fmt: skip
    if problem.kind == "load":
        words = gettext_noop(
            "%(experts)s experts are to read at least %(needed)s cases together, but only %(available)s are there for "
            "them. Lower the least number of cases."
        )
    else:
        words = gettext_noop(
            "%(cases)s cases need %(needed)s reviews, but the experts who may read them can give only %(available)s "
            "(%(numbers)s). Raise loads, or invite experts of these fields and languages."
        )
    return say(words, **values)


def _report(board: affinity.Board, plan: Any, held: int) -> dict[str, Any]:
    """What a person wants to know of a plan: loads, how many readings are outside the expert's fields, the proof."""
    loads = np.bincount(plan.pairs[:, 1], minlength=len(board.experts))
    outside = int((board.problem.affinity[plan.pairs[:, 0], plan.pairs[:, 1]] < affinity.FIELD).sum())
    return {
        "total": round(float(plan.total), 4), "cases": len(board.cases), "experts": len(board.experts),
        "load_least": int(loads.min(initial=0)) if len(loads) else 0, "load_most": int(loads.max(initial=0)),
        "loads": {str(expert.pk): int(loads[e]) for e, expert in enumerate(board.experts)},
        "outside_field": outside, "pairs": len(plan.pairs), "kept": held,
        "demand": int(board.problem.demand.sum()), "proven": plan.certificate.kind == "optimal",
    }  # fmt: skip


@transaction.atomic
def apply_plan(actor: Any, plan: AssignmentPlan) -> int:
    """Make the assignments of a proposed plan that are not there yet; the experts are told. Returns how many.

    What became impossible meanwhile (an expert left, a conflict was declared) is left out.
    """
    round_ = plan.round
    require(may_run(actor, round_.edition))
    locked = AssignmentPlan.objects.select_for_update().get(pk=plan.pk)
    if locked.state != AssignmentPlan.State.PROPOSED:
        raise Conflict(_("This plan has been applied, or failed."), code="state")
    now = Round.objects.select_for_update().get(pk=round_.pk)
    _refuse_closed(now)
    fresh = _fresh(now, locked)
    Assignment.objects.bulk_create(fresh, batch_size=500)
    plan.state, plan.applied_at = AssignmentPlan.State.APPLIED, clock.now()
    plan.save(update_fields=["state", "applied_at"])
    _note(actor, round_, "assign", after={"plan": plan.pk, "assigned": len(fresh)})
    if now.state == "open":
        letters.tell_assigned(round_, {row.expert_id for row in fresh})
    return len(fresh)


def _fresh(round_: Round, plan: AssignmentPlan) -> list[Assignment]:
    there = set(
        Assignment.objects.filter(round=round_).exclude(state__in=GONE).values_list("case_id", "expert_id")
    )  # fmt: skip
    looked_at = {row.case_id: row for row in RoundCase.objects.filter(round=round_).select_related("case")}
    active = set(Expert.objects.filter(edition_id=round_.edition_id, state="active").values_list("pk", flat=True))
    barred = ConflictRow.objects.filter(expert_id__in=active)
    by_case = set(barred.exclude(case=None).values_list("expert_id", "case_id"))
    by_organisation = set(barred.exclude(organisation=None).values_list("expert_id", "organisation_id"))
    return [
        Assignment(
            round=round_, expert_id=expert, case_id=case, revision_id=looked_at[case].revision_id, key=uuid_hex(),
            created_at=clock.now(), updated_at=clock.now(),
        )
        for case, expert in plan.pairs
        if (case, expert) not in there
        and case in looked_at
        and expert in active
        and (expert, case) not in by_case
        and (expert, looked_at[case].case.organisation_id) not in by_organisation
    ]  # fmt: skip


@transaction.atomic
def assign_one(actor: Any, round_: Round, expert: Expert, case: Case, *, reason: str) -> Assignment:
    """Assign one case to one expert by hand, with a reason. A round refuses every case it does not look at."""
    require(may_run(actor, round_.edition))
    now = Round.objects.select_for_update().get(pk=round_.pk)
    _refuse_closed(now)
    if not cleaned(reason):
        raise Invalid({"reason": _("Say why.")})
    row = RoundCase.objects.select_related("revision").filter(round=round_, case=case).first()
    if row is None:
        raise Invalid({"case": _("This round does not look at this case.")})
    if expert.state != Expert.State.ACTIVE or expert.edition_id != round_.edition_id:
        raise Invalid({"expert": _("This expert is not active.")})
    barred = Q(case=case) | Q(organisation_id=case.organisation_id)
    if affinity.belongs_to(expert, case, row.revision.content) or expert.conflicts.filter(barred).exists():
        raise Invalid({"expert": _("This expert has a conflict of interest with this case.")})
    if Assignment.objects.filter(round=round_, expert=expert, case=case).exclude(state__in=GONE).exists():
        raise Invalid({"expert": _("This expert reads this case already.")})
    made = Assignment.objects.create(
        round=round_, expert=expert, case=case, revision_id=row.revision_id, key=uuid_hex(),
        reason=cleaned(reason)[:1000], created_at=clock.now(), updated_at=clock.now(),
    )  # fmt: skip
    audit.append(
        actor, edition_id=round_.edition_id, action="assignment.make", obj=made, label=case.number,
        reason=cleaned(reason), after={"expert": expert.pk},
    )  # fmt: skip
    if now.state == "open":
        letters.tell_assigned(round_, {expert.pk})
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
    audit.append(
        actor, edition_id=assignment.round.edition_id, action="assignment.release", obj=assignment,
        label=assignment.case.number, reason=cleaned(reason), before={"state": now.state},
    )  # fmt: skip
    return assignment
