import dataclasses
import itertools
import subprocess
import sys
from collections.abc import Iterator
from random import Random
from typing import Any, cast

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp  # type: ignore[import-untyped,unused-ignore]

from praxis.engines.arrays import Floats
from praxis.engines.assignment import Infeasible, Plan, Problem, assign, best_floor, marginals, sample, verify
from praxis.engines.assignment import best as engine
from praxis.engines.assignment.network import build, take_out_forced


@st.composite
def problems(draw: st.DrawFn, *, quarters: bool = False) -> Problem:
    cases, experts = draw(st.integers(1, 4)), draw(st.integers(1, 4))
    random = np.random.default_rng(draw(st.integers(0, 10**6)))
    affinity = random.integers(-2, 9, (cases, experts)) / 4.0 if quarters else random.normal(0, 1, (cases, experts))
    forbidden = random.random((cases, experts)) < draw(st.sampled_from([0.0, 0.2, 0.4]))
    load_min = random.integers(0, 2, experts) * int(draw(st.booleans()))
    forced = []
    if draw(st.integers(0, 3)) == 0:
        forced.append((int(random.integers(cases)), int(random.integers(experts))))
    groups = random.integers(-1, 2, experts) if draw(st.booleans()) else None
    return Problem(
        affinity=affinity,
        forbidden=forbidden,
        demand=random.integers(0, 3, cases),
        load_min=load_min,
        load_max=load_min + random.integers(0, 4, experts),
        forced=forced,
        groups=groups,
        seed=draw(st.integers(0, 5)),
    )


def all_plans(problem: Problem) -> Iterator[frozenset[tuple[int, int]]]:
    """Every set of pairs that keeps the rules, by trying all of them."""

    def sets(case: int) -> list[tuple[int, ...]]:
        allowed = [e for e in range(problem.experts) if not problem.forbidden[case, e]]
        found = []
        for chosen in itertools.combinations(allowed, int(problem.demand[case])):
            if problem.groups is not None:
                member = [int(problem.groups[e]) for e in chosen if problem.groups[e] >= 0]
                if len(set(member)) != len(member):
                    continue
            if all(e in chosen for c, e in problem.forced if c == case):
                found.append(chosen)
        return found

    for rows in itertools.product(*(sets(c) for c in range(problem.cases))):
        pairs = frozenset((c, e) for c, row in enumerate(rows) for e in row)
        loads = np.bincount([e for _, e in pairs], minlength=problem.experts)
        if (loads >= problem.load_min).all() and (loads <= problem.load_max).all():
            yield pairs


def worth(problem: Problem, pairs: frozenset[tuple[int, int]]) -> float:
    return float(sum(problem.affinity[p] for p in pairs))


def least(problem: Problem, pairs: frozenset[tuple[int, int]]) -> float:
    values = [sum(problem.affinity[p] for p in pairs if p[0] == c) for c in np.flatnonzero(problem.demand > 0)]
    return float(min(values)) if values else np.inf


def pairs_of(plan: Plan) -> frozenset[tuple[int, int]]:
    return frozenset((int(c), int(e)) for c, e in plan.pairs)


def problem_of(
    affinity: object, forbidden: object, demand: object, low: object, high: object, **more: object
) -> Problem:
    """Build a problem from plain lists."""
    rest: dict[str, Any] = dict(more)
    return Problem(*(cast(Any, np.array(a)) for a in (affinity, forbidden, demand, low, high)), **rest)


EVEN = problem_of(np.ones((4, 4)), np.zeros((4, 4)), [1] * 4, [0] * 4, [1] * 4)


@settings(deadline=None, max_examples=250)
@given(problems())
def test_the_plan_is_the_best_of_all_plans_and_is_verified(problem: Problem) -> None:
    plans = list(all_plans(problem))
    if not plans:
        with pytest.raises(Infeasible) as refusal:
            assign(problem)
        if refusal.value.kind != "forced":
            assert refusal.value.needed > refusal.value.available
            assert str(int(refusal.value.needed)) in str(refusal.value)
        return
    plan = assign(problem)
    assert pairs_of(plan) in plans
    assert plan.total == pytest.approx(max(worth(problem, p) for p in plans), abs=1e-6)
    assert verify(problem, plan) == []
    assert (plan.report.loads == np.bincount(plan.pairs[:, 1], minlength=problem.experts)).all()


@settings(deadline=None, max_examples=150)
@given(problems(), st.data())
def test_the_checker_refuses_every_other_plan(problem: Problem, data: st.DataObject) -> None:
    plans = list(all_plans(problem))
    if not plans:
        return
    plan = assign(problem)
    other = data.draw(st.sampled_from(plans))
    pairs = np.array(sorted(other), dtype=np.int64).reshape(-1, 2)
    changed = dataclasses.replace(plan, pairs=pairs, total=worth(problem, other))
    is_best = worth(problem, other) > plan.total - 1e-7
    assert (verify(problem, changed) == []) == is_best
    if len(plan.pairs):
        assert verify(problem, dataclasses.replace(plan, pairs=plan.pairs[:-1])) != []
        assert verify(problem, dataclasses.replace(plan, pairs=plan.pairs[::-1])) != [] or len(plan.pairs) == 1
        assert verify(problem, dataclasses.replace(plan, total=plan.total + 0.001)) != []
        prices = dataclasses.replace(plan.certificate, case=plan.certificate.case + plan.certificate.scale * 10**9)
        if problem.demand.sum() > len(problem.forced):
            assert verify(problem, dataclasses.replace(plan, certificate=prices)) != []


@settings(deadline=None, max_examples=80)
@given(problems())
def test_any_set_of_pairs_passes_the_rules_only_if_it_is_a_plan(problem: Problem) -> None:
    plans = set(all_plans(problem))
    if not plans:
        return
    plan = assign(problem)
    free = dataclasses.replace(plan.certificate, kind="sampled")
    everything = [(c, e) for c in range(problem.cases) for e in range(problem.experts)]
    size = int(problem.demand.sum())
    if size > 3:
        return
    for chosen in itertools.combinations(everything, size):
        pairs = np.array(chosen, dtype=np.int64).reshape(-1, 2)
        other = Plan(pairs, worth(problem, frozenset(chosen)), free, plan.report)
        assert (verify(problem, other) == []) == (frozenset(chosen) in plans)


@settings(deadline=None, max_examples=100)
@given(problems(quarters=True))
def test_the_floor_holds_and_the_total_is_the_best_under_it(problem: Problem) -> None:
    plans = list(all_plans(problem))
    if not plans:
        return
    best = max(least(problem, p) for p in plans)
    if not (problem.demand > 0).any():
        assert best_floor(problem) == 0.0
        return
    assert best_floor(problem) == pytest.approx(best, abs=1e-4)
    for floor in (best, best - 0.5):
        plan = assign(problem, floor=floor)
        allowed = [worth(problem, p) for p in plans if least(problem, p) >= floor - 1e-9]
        assert plan.total == pytest.approx(max(allowed), abs=1e-6)
        assert verify(problem, plan) == []
        free = max(worth(problem, p) for p in plans)
        assert plan.report.floor_price == pytest.approx(free - plan.total, abs=1e-6)
    with pytest.raises(Infeasible) as refusal:
        assign(problem, floor=best + 0.25)
    assert refusal.value.kind == "floor"


@settings(deadline=None, max_examples=100)
@given(problems(), st.data())
def test_only_what_has_to_move_moves(problem: Problem, data: st.DataObject) -> None:
    before = list(all_plans(problem))
    if not before:
        return
    earlier: frozenset[tuple[int, int]] = data.draw(st.sampled_from(before))
    keep = np.array(sorted(earlier), dtype=np.int64).reshape(-1, 2)
    forbidden = problem.forbidden.copy()
    if earlier and problem.seed % 2:
        forbidden[min(earlier)] = True
    changed = dataclasses.replace(problem, forbidden=forbidden, forced=())
    plans = list(all_plans(changed))
    if not plans:
        return
    plan = assign(changed, keep=keep)
    best = max((len(p & earlier), worth(changed, p)) for p in plans)
    assert len(pairs_of(plan) & earlier) == best[0] == plan.report.kept
    assert plan.total == pytest.approx(best[1], abs=1e-6)
    assert verify(changed, plan) == []


@settings(deadline=None, max_examples=50)
@given(problems(), st.randoms(use_true_random=False))
def test_relabelling_cases_and_experts_keeps_the_total(problem: Problem, random: Random) -> None:
    rows, columns = list(range(problem.cases)), list(range(problem.experts))
    random.shuffle(rows)
    random.shuffle(columns)
    moved = Problem(
        problem.affinity[np.ix_(rows, columns)],
        problem.forbidden[np.ix_(rows, columns)],
        problem.demand[rows],
        problem.load_min[columns],
        problem.load_max[columns],
        [(rows.index(c), columns.index(e)) for c, e in problem.forced],
        None if problem.groups is None else problem.groups[columns],
    )
    try:
        total = assign(problem).total
    except Infeasible:
        with pytest.raises(Infeasible):
            assign(moved)
        return
    assert assign(moved).total == pytest.approx(total, abs=1e-6)


@settings(deadline=None, max_examples=60)
@given(problems(), st.sampled_from([0.5, 1.0]))
def test_a_thin_graph_with_prices_finds_what_the_whole_graph_finds(problem: Problem, limit: float) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine, "_SMALL", 0)
        patch.setattr(engine, "_A_CASE", 1)
        patch.setattr(engine, "_MORE", 1)
        try:
            thin = assign(problem)
        except Infeasible:
            thin = None
        chances = None if thin is None else attempt(problem, limit)
    if thin is None:
        assert not list(all_plans(problem))
        return
    assert thin.total == pytest.approx(assign(problem).total, abs=1e-9)
    assert verify(problem, thin) == []
    whole = attempt(problem, limit)
    assert (chances is None) == (whole is None)
    if chances is not None and whole is not None:
        assert (chances * problem.affinity).sum() == pytest.approx((whole * problem.affinity).sum(), abs=1e-5)


def attempt(problem: Problem, limit: float) -> Floats | None:
    try:
        return marginals(problem, limit)
    except Infeasible:
        return None


@pytest.mark.parametrize("groups", [False, True])
def test_a_thin_graph_of_a_larger_problem_is_priced_until_no_pair_improves(groups: bool) -> None:
    random = np.random.default_rng(11)
    problem = Problem(
        np.round(random.random((150, 40)) * np.linspace(0.2, 1, 40), 2),
        random.random((150, 40)) < 0.3,
        np.full(150, 3),
        np.full(40, 9),
        np.full(40, 13),
        (),
        random.integers(-1, 12, 40) if groups else None,
        4,
    )
    whole = assign(problem)
    rounds = []
    improving = engine.duals.improving

    def counted(*given: Any) -> Any:
        rounds.append(len(given[4][0]))
        return improving(*given)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine, "_SMALL", 0)
        patch.setattr(engine, "_A_CASE", 2)
        patch.setattr(engine, "_MORE", 2)
        patch.setattr(engine.duals, "improving", counted)
        thin = assign(problem)
    assert len(rounds) > 1
    assert rounds[-1] < 0.8 * (~problem.forbidden).sum()
    assert (thin.pairs == whole.pairs).all()
    assert verify(problem, thin) == []


def medium(seed: int = 1, cases: int = 60, experts: int = 15) -> Problem:
    random = np.random.default_rng(seed)
    return Problem(
        np.round(random.random((cases, experts)), 2),
        random.random((cases, experts)) < 0.1,
        np.full(cases, 3),
        np.full(experts, 6),
        np.full(experts, 16),
        [(0, int(np.argmin(random.random(experts))))] if seed > 5 else (),
        random.integers(0, 8, experts),
        seed,
    )


def plainly(problem: Problem, floor: float | None) -> float | None:
    """The best total under a floor, or without one the highest floor: one integer programme over all pairs."""
    cases, experts = problem.affinity.shape
    case, expert = np.divmod(np.arange(cases * experts), experts)
    worth = problem.affinity.reshape(-1)

    def rows(of: Any, number: int, values: Any) -> Any:
        table = np.zeros((number, len(case) + 1))
        table[of, np.arange(len(case))] = values
        return table

    worst = rows(case, cases, worth)
    worst[:, -1] = -1.0 if floor is None else 0.0
    group = case * (experts + 10) + problem.group_numbers()[expert]
    limits = [
        LinearConstraint(rows(case, cases, 1.0), problem.demand, problem.demand),
        LinearConstraint(rows(expert, experts, 1.0), problem.load_min, problem.load_max),
        LinearConstraint(rows(group, group.max() + 1, 1.0), -np.inf, 1.0),
        LinearConstraint(worst, 0.0 if floor is None else floor, np.inf),
    ]
    aim = -np.append(np.zeros(len(case)) if floor is None else worth, 1.0 if floor is None else 0.0)
    upper = np.append(np.where(problem.forbidden.reshape(-1), 0.0, 1.0), 100.0)
    whole = np.append(np.ones(len(case)), 0.0)
    lower = np.zeros(len(upper))
    lower[[c * experts + e for c, e in problem.forced]] = 1.0
    bounds = Bounds(lower, upper)
    answer = milp(c=aim, constraints=limits, integrality=whole, bounds=bounds, options={"mip_rel_gap": 0.0})
    return None if answer.x is None else float(-answer.fun)


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 10**6), st.booleans(), st.sampled_from([1.02, 1.2, 1.6]))
def test_floors_agree_with_one_programme_over_all_pairs(seed: int, grouped: bool, room: float) -> None:
    random = np.random.default_rng(seed)
    cases, experts = 14, 16
    field, knows = random.dirichlet(np.full(4, 0.3), cases), random.dirichlet(np.full(4, 0.3), experts)
    most = int(np.ceil(cases * 3 * room / experts))
    forbidden = random.random((cases, experts)) < 0.15
    forced = [(c, int(random.choice(np.flatnonzero(~forbidden[c])))) for c in range(0, cases, 4)]
    problem = Problem(
        np.sqrt(field) @ np.sqrt(knows).T,
        forbidden,
        np.full(cases, 3),
        np.full(experts, most // 2),
        np.full(experts, most),
        forced,
        random.integers(-1, 6, experts) if grouped else None,
    )
    highest = plainly(problem, None)
    if highest is None:
        with pytest.raises(Infeasible):
            best_floor(problem)
        return
    assert best_floor(problem) == pytest.approx(highest, abs=1e-4)
    for floor in (highest - 1e-5, highest * 0.9):
        plan = assign(problem, floor=floor)
        assert verify(problem, plan) == []
        assert plan.total == pytest.approx(plainly(problem, floor), abs=1e-5)


def test_a_floor_for_a_whole_call_is_found_and_proven() -> None:
    random = np.random.default_rng(1)
    field, knows = random.dirichlet(np.full(25, 0.08), 2000), random.dirichlet(np.full(25, 0.15), 300)
    problem = Problem(
        np.sqrt(field) @ np.sqrt(knows).T,
        random.random((2000, 300)) < 0.05,
        np.full(2000, 3),
        np.full(300, 11),
        np.full(300, 23),
    )
    free, highest = assign(problem), best_floor(problem)
    assert highest > free.report.values.min() + 0.02
    plan = assign(problem, floor=highest - 1e-6)
    assert verify(problem, plan) == []
    assert plan.report.floor_price is not None
    assert 0.0 < plan.report.floor_price < 0.1
    assert plan.certificate.gap < 0.05
    with pytest.raises(Infeasible, match="the highest floor is"):
        assign(problem, floor=highest + 1e-3)


def test_cases_that_cannot_be_worth_a_floor_even_alone_are_named() -> None:
    affinity = np.ones((3, 5))
    affinity[1] = [0.9, 0.8, 0.7, 0.2, 0.1]
    for groups, most in ((None, 2.4), ([0, 0, 1, 2, 3], 1.8)):
        problem = problem_of(affinity, np.zeros((3, 5)), [3] * 3, [0] * 5, [3] * 5, groups=groups)
        assert best_floor(problem) == pytest.approx(most)
        with pytest.raises(Infeasible) as refusal:
            assign(problem, floor=most + 0.01)
        assert refusal.value.cases == (1,)


def test_the_certificate_of_a_floor_prices_the_floor() -> None:
    random = np.random.default_rng(1)
    affinity = np.outer(random.random(20) + 0.5, random.random(10) + 0.2) + 0.1 * random.random((20, 10))
    problem = problem_of(affinity, np.zeros((20, 10)), [3] * 20, [0] * 10, [6] * 10)
    plan = assign(problem, floor=1.85)
    assert plan.report.floor_price is not None
    assert plan.report.floor_price > 1.0
    assert plan.certificate.gap < plan.report.floor_price / 3
    assert verify(problem, plan) == []
    tighter = dataclasses.replace(plan, certificate=dataclasses.replace(plan.certificate, gap=-0.1))
    assert verify(problem, tighter) != []


def test_the_bottleneck_is_named_in_numbers() -> None:
    forbidden = np.zeros((6, 5), dtype=np.bool_)
    forbidden[:4, 2:] = True
    problem = problem_of(np.ones((6, 5)), forbidden, [2] * 6, [0] * 5, [3] * 5)
    with pytest.raises(Infeasible) as refusal:
        assign(problem)
    assert str(refusal.value) == "4 cases need 8 reviews; the 2 experts who may read them have capacity 6."
    assert refusal.value.cases == (0, 1, 2, 3)
    assert refusal.value.experts == (0, 1)
    idle = problem_of(np.ones((2, 3)), [[0, 0, 1], [0, 0, 1]], [1, 1], [0, 0, 1], [2] * 3)
    with pytest.raises(Infeasible) as refusal:
        assign(idle)
    assert refusal.value.kind == "load"
    assert refusal.value.experts == (2,)
    assert str(refusal.value) == "1 experts are to read at least 1 cases; those they may read have room for 0."


def test_equal_plans_are_decided_by_the_seed() -> None:
    seen = {assign(dataclasses.replace(EVEN, seed=seed)).pairs.tobytes() for seed in range(12)}
    assert len(seen) > 4
    assert assign(EVEN).pairs.tobytes() == assign(EVEN).pairs.tobytes()


@pytest.mark.parametrize("limit", [0.4, 0.5, 0.75, 1.0])
def test_the_marginals_keep_the_limit_and_the_rules(limit: float) -> None:
    problem = medium(2)
    probability = marginals(problem, limit)
    assert probability.max() <= limit
    assert (probability[problem.forbidden] == 0).all()
    assert (probability.sum(axis=1) == problem.demand).all()
    assert (probability.sum(axis=0) <= problem.load_max).all()
    assert (probability.sum(axis=0) >= problem.load_min).all()
    if limit == 1.0:
        assert (probability * problem.affinity).sum() == pytest.approx(assign(problem).total, abs=1e-6)


def test_a_lower_limit_never_raises_the_quality() -> None:
    problem = medium(3)
    quality = [float((marginals(problem, q) * problem.affinity).sum()) for q in (0.35, 0.5, 0.8, 1.0)]
    assert quality == sorted(quality)


def test_samples_keep_the_rules_and_have_the_marginals_as_frequencies() -> None:
    problem = dataclasses.replace(medium(4, 12, 8), load_min=np.full(8, 2), load_max=np.full(8, 6))
    probability = marginals(problem, 0.55)
    draws = 600
    times = np.zeros(problem.affinity.shape)
    for seed in range(draws):
        plan = sample(probability, problem, seed)
        assert verify(problem, plan) == []
        times[plan.pairs[:, 0], plan.pairs[:, 1]] += 1
    spread = np.sqrt(np.maximum(probability * (1 - probability), 1e-12) / draws)
    assert (np.abs(times / draws - probability) < 4.5 * spread + 1e-9).all()


@settings(deadline=None, max_examples=80)
@given(problems(), st.integers(0, 3))
def test_a_sample_of_any_small_problem_is_a_plan(problem: Problem, seed: int) -> None:
    refusal, probability = None, None
    try:
        probability = marginals(problem, 0.6)
    except Infeasible as error:
        refusal = error
    if probability is not None:
        assert verify(problem, sample(probability, problem, seed)) == []
    else:
        assert refusal is not None
        assert refusal.kind == "forced" or refusal.needed > refusal.available


def test_malformed_marginals_are_refused() -> None:
    problem = medium(2)
    probability = marginals(problem, 0.5)
    for wrong in (probability * 0.9, probability[:, :-1], np.roll(probability, 1, axis=1)):
        with pytest.raises(ValueError):
            sample(wrong, problem, 0)


def test_a_case_and_group_node_stands_only_where_two_of_a_group_may_read() -> None:
    problem = problem_of(np.ones((1, 3)), [[0, 0, 0]], [1], [0] * 3, [1] * 3, groups=np.array([4, 4, 5]))
    network = build(take_out_forced(problem))
    assert network.nodes == 1 + 3 + 1 + 1
    assert sorted(zip(network.tail.tolist(), network.head.tolist(), strict=True)) == [
        (0, 3),
        (0, 5),
        (5, 1),
        (5, 2),
    ]


@pytest.mark.parametrize(
    "change", [{"demand": [1]}, {"load_min": [9] * 4}, {"forced": [(9, 0)]}, {"affinity": [[np.nan] * 4] * 4}]
)
def test_malformed_problems_are_refused(change: dict[str, object]) -> None:
    with pytest.raises(ValueError):
        dataclasses.replace(EVEN, **change)  # type: ignore[arg-type]


PROGRAM = """
import numpy as np
from praxis.engines.assignment import Problem, assign, marginals, sample
random = np.random.default_rng(3)
problem = Problem(np.round(random.random((80, 20)), 1), random.random((80, 20)) < 0.1, np.full(80, 3),
                  np.full(20, 8), np.full(20, 16), (), random.integers(0, 9, 20), 7)
plan = assign(problem)
drawn = sample(marginals(problem, 0.5), problem, 5)
print(plan.pairs.tolist(), plan.total, plan.certificate.case.tolist(), drawn.pairs.tolist())
"""


def test_another_process_gives_the_same_answer() -> None:
    runs = {subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, check=True).stdout for _ in range(2)}
    assert len(runs) == 1
