"""Experts are invited, assigned, and score; one falls ill; standings are computed."""

from __future__ import annotations

import math

from django.utils.translation import gettext_noop as _

from praxis.foundation.errors import DomainError
from praxis.foundation.programmes.models import Round, Tier
from praxis.lifecycle.cases.models import Case
from praxis.lifecycle.reviews import services as reviews
from praxis.lifecycle.reviews.models import Assignment, Expert, RoundCase, StandingRun
from praxis.lifecycle.selection import services as selection
from praxis.rehearsal.invention import comment, score
from praxis.rehearsal.report import Act
from praxis.rehearsal.stagecraft import Play

RESERVE = 5


# How far each expert's load may stray from an equal share; the next is tried where a plan cannot keep to one.
STRAYING = ((0.8, 1.25), (0.5, 1.6), (0.0, 2.5), (0.0, 5.0), (0.0, 20.0))


def invite(play: Play) -> None:
    """The committee is invited, accepts, gives the undertaking and declares its conflicts."""
    with play.report.act(_("committee"), _("experts active")) as act, play.on(8):
        for number, invented in enumerate(play.world.experts):
            language = "zh-hans" if invented.place == "CN" else "en"
            expert = reviews.invite_expert(
                play.secretariat[2], play.edition, email=invented.email, names=dict(invented.names),
                affiliation=invented.organisation_names.get("en", ""), place=invented.place, categories=list(invented.categories),
                languages=[code for code in invented.languages if code in play.config.edition.languages] or [play.config.edition.default_language],
                load_min=0, load_max=max(1, round(_share(play, play.config.rounds[0].reviews_per_case, len(play.numbers)) * 1.6)), language=language,
            )
            actor = expert.user
            reviews.accept(actor, expert)
            reviews.sign_undertaking(actor, expert)
            for key in invented.conflicts:
                if key in play.organisations:
                    reviews.declare_conflict(
                        actor, expert, organisation=play.organisations[key], reason="I have worked with this organisation."
                    )
            play.experts[invented.key] = expert
            play.report.progress(number + 1, len(play.world.experts))
        act.count = len(play.experts)
        play.finish_jobs(act)


def _share(play: Play, reviews_per_case: int, cases: int) -> float:
    return reviews_per_case * max(1, cases) / max(1, len(play.world.experts))


def _set_loads(play: Play, round_: Round, low: float, high: float) -> None:
    """As a person at the desk would: everyone about an equal share of this round, within bounds."""
    share = _share(play, play.config.round(round_.code).reviews_per_case, RoundCase.objects.filter(round=round_).count())
    for expert in Expert.objects.filter(edition=play.edition, state="active").prefetch_related("categories"):
        reviews.change_expert(
            play.secretariat[2], expert, categories=[row.code for row in expert.categories.all()], languages=expert.languages,
            load_min=math.floor(share * low), load_max=math.ceil(share * high) + 1,
        )


def assign(play: Play, round_: Round, act: Act) -> None:
    """Plan by the engine and apply; loads are as equal as fields, languages and conflicts of the experts allow.

    Raises what the engine says where these experts cannot read these cases at all.
    """
    desk = play.secretariat[2]
    for place, (low, high) in enumerate(STRAYING):
        _set_loads(play, round_, low, high)
        try:
            plan = reviews.plan_assignments(desk, round_, seed=play.seed)
            break
        except DomainError:
            if place == len(STRAYING) - 1:
                raise
    said = plan.report
    act.details["plans"] = [*act.details.get("plans", []), said]
    act.note(
        _(
            "%(demand)s reviews of %(cases)s cases by %(experts)s experts, who read %(load_least)s to %(load_most)s each; "
            "%(outside_field)s reviews are outside the expert's fields"
        ),
        **{key: f"{value:,}" for key, value in said.items() if isinstance(value, int)},
    )
    if said["proven"]:
        act.note(_("there is no better plan: proven"))
    if place:
        act.note(_("no plan keeps every load nearer to an equal share than %(low)s to %(high)s of it"), low=f"{low:.0%}", high=f"{high:.0%}")
    if plan.problem:
        act.wrong.append(plan.problem)
    act.count = reviews.apply_plan(desk, plan)


def open_round(play: Play, round_: Round, days: float) -> None:
    """Open a round and assign it."""
    with play.report.act(_("assignment"), _("assignments"), of=round_.labels) as act, play.on(days):
        if play.config.round(round_.code).takes_from is not None:
            count = selection.put_forward(play.chairs[0], round_)
            act.note(_("%(count)s cases put forward"), count=count)
            _try_outsider(play, round_, act)
        reviews.open_round(play.secretariat[2], round_)
        assign(play, round_, act)
        play.finish_jobs(act)


def _try_outsider(play: Play, round_: Round, act: Act) -> None:
    """A later round refuses every case that is not put forward."""
    outsider = Case.objects.filter(edition=play.edition, state="admitted").exclude(round_cases__round=round_).order_by("number").first()
    expert = Expert.objects.filter(edition=play.edition, state="active").order_by("id").first()
    if outsider is None or expert is None:
        return
    try:
        reviews.assign_one(play.secretariat[2], round_, expert, outsider, reason="A try.")
        act.wrong.append(f"{round_.code} took {outsider.number}, which was not put forward")
    except DomainError:
        act.refuse(_("an assignment of a case outside the round"))


def review(play: Play, round_: Round, days: float, *, share: float = 1.0, someone_ill: bool = False) -> None:
    """Experts score with their own leniency and noise; `share` of each one's work is done."""
    with play.report.act(_("score sheets"), _("sheets handed in"), of=round_.labels) as act:
        keys = {expert.pk: key for key, expert in play.experts.items()}
        total = Assignment.objects.filter(round=round_, state="open").count()
        if someone_ill:
            _fall_ill(play, round_, days, keys, act)
        for place, (pk, key) in enumerate(sorted(keys.items())):
            rows = list(
                Assignment.objects.filter(round=round_, expert_id=pk, state="open")
                .select_related("round__edition__programme", "case", "expert__user", "revision")
                .order_by("case__number")
            )
            with play.on(days + 10 * place / max(1, len(keys))):
                for number, row in enumerate(rows[: round(len(rows) * share)]):
                    _score(play, row, key, half=share < 1 and number == round(len(rows) * share) - 1)
                    act.count += 1
                    play.report.progress(act.count, total)


def _score(play: Play, assignment: Assignment, key: str, *, half: bool) -> None:
    invented, expert = play.invented_expert(key), play.invented(assignment.case.number)
    scale = play.config.scale
    marks: dict[str, float | None] = {}
    for place, criterion in enumerate(play.config.criteria_of(assignment.round.code)):
        tenth = score(invented, expert, place, play.seed + assignment.round.position)
        steps = round((tenth - 1) / 9 * (scale.high - scale.low) / scale.step)
        marks[criterion.code] = round(scale.low + steps * scale.step, 6)
    language = assignment.expert.user.language
    actor = assignment.expert.user
    said = comment(invented, expert, language if language in expert.texts else min(expert.texts), play.seed)
    reviews.save_sheet(actor, assignment, scores=marks, comment=said)
    if not half:
        reviews.submit_sheet(actor, assignment)


def _fall_ill(play: Play, round_: Round, days: float, keys: dict[int, str], act: Act) -> None:
    """One expert hands in a third and falls ill; the rest of her cases go to others."""
    ill = play.experts[keys[min(keys)]]
    rows = list(
        Assignment.objects.filter(round=round_, expert=ill, state="open")
        .select_related("round__edition__programme", "case", "expert__user", "revision").order_by("case__number")
    )  # fmt: skip
    with play.on(days):
        for row in rows[: len(rows) // 3]:
            _score(play, row, keys[ill.pk], half=False)
            act.count += 1
    with play.on(days + 1):
        ill.refresh_from_db()
        freed = reviews.withdraw_expert(play.secretariat[2], ill, reason="Ill until the end of the review.")
        held = act.count
        assign(play, round_, act)
        act.note(_("one expert fell ill: %(freed)s cases freed, %(given)s given to others"), freed=freed, given=act.count)
        act.count = held
    del keys[ill.pk]


def close_round(play: Play, round_: Round, days: float) -> None:
    """Close a round and compute its standings."""
    with play.report.act(_("standings"), _("cases ranked"), of=round_.labels) as act, play.on(days):
        reviews.close_round(play.secretariat[2], round_, reason="The time for this round is over.")
        run = round_.runs.order_by("-id").first()
        act.count = run.standings.count() if run else 0
        if run is not None:
            _tell_advice(run, act)
            act.details["advice"] = {"advice": run.advice, **run.reason}
        play.finish_jobs(act)


def _tell_advice(run: StandingRun, act: Act) -> None:
    """Which of both scores the house advises, and why, in a sentence."""
    reason = run.reason
    if reason.get("code") == "few_reviews":
        act.note(
            _("ranked by the mean: half of the experts have at most %(median)s reviews, too few to know how lenient they are"),
            median=f"{reason['median']:g}",
        )
        return
    act.note(
        _("ranked by the calibrated score: it predicts a review with an error of %(calibrated)s, the mean with one of %(mean)s")
        if run.advice == "calibrated"
        else _("ranked by the mean: it predicts a review with an error of %(mean)s, the calibrated score with one of %(calibrated)s"),
        mean=f"{reason['error_mean']:.2f}", calibrated=f"{reason['error_calibrated']:.2f}",
    )


def choose(play: Play, tier: Tier, days: float) -> None:
    """The engine proposes, the chair decides, with a reserve list."""
    with play.report.act(_("choice"), _("cases chosen"), of=tier.labels) as act, play.on(days):
        chair = play.chairs[0]
        proposal = selection.propose(chair, tier, seed=play.seed)
        cases = {case.number: case for case in Case.objects.filter(edition=play.edition, state="admitted")}
        near = [row["number"] for row in proposal.report["near"]][:RESERVE]
        selection.decide(
            chair, tier, [cases[number] for number in proposal.chosen], [cases[number] for number in near], proposal=proposal
        )
        act.count = len(proposal.chosen)


