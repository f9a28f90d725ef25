"""`bin/bench engines`: the bars of the review's engines with this machine's figures, peers beside them.

Every part is seeded and runs in a process of its own, so that memory is its own too; times are processor seconds. Takes
some twenty minutes whole; `--quick` is fewer replicates and smaller sizes, to see whether it works; `--only` takes parts.
"""

from __future__ import annotations

import argparse
import dataclasses
import importlib
import importlib.util
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from scipy import sparse
from scipy.optimize import linear_sum_assignment, linprog

from bench.informed import informed
from praxis.engines.assignment import Problem, assign, marginals, sample, verify
from praxis.engines.assignment.network import build, cheapest_flow, take_out_forced
from praxis.engines.selection import select
from praxis.engines.selection.programme import Programme, solve, to_integers
from praxis.engines.study import Model, calibration_study, deal, world
from praxis.engines.study.choosing import choice
from praxis.engines.study.repeats import KINDS, repeat, search, story
from praxis.engines.study.waves import waves

Row = tuple[str, str, str, bool | None]


def main(arguments: list[str]) -> int:
    """Run the parts that were asked for and print the table; 1 when a bar is missed."""
    parser = argparse.ArgumentParser(prog="bin/bench engines", description=__doc__.splitlines()[0])
    parser.add_argument("--only", action="append", default=[], choices=tuple(PARTS))
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--part", choices=(*PARTS, *PEERS), help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.part:
        print(json.dumps((PARTS | PEERS)[options.part](options.quick)))
        return 0
    rows: list[Row] = []
    for part in options.only or PARTS:
        answer = run(part, options.quick)
        rows += [tuple(row) for row in answer]  # type: ignore[misc]
        for row in answer:
            print("  ".join(str(cell) for cell in row[:3]), file=sys.stderr, flush=True)
    print(table(rows), end="")
    return int(any(row[3] is False for row in rows))


def table(rows: list[Row]) -> str:
    """Lay the rows out."""
    mark = {True: "met", False: "**missed**", None: ""}
    lines = ["| what | bar | here | |", "|---|---|---|---|"]
    return "\n".join(lines + [f"| {what} | {bar} | {here} | {mark[met]} |" for what, bar, here, met in rows]) + "\n"


def run(part: str, quick: bool) -> Any:
    """Run one part in a process of its own, with one thread of linear algebra."""
    command = [sys.executable, "-m", "bench", "engines", "--part", part, *(["--quick"] if quick else [])]
    env = os.environ | {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True, env=env)
    return json.loads(done.stdout)


def timed(call: Callable[[], Any]) -> tuple[Any, float]:
    """Return what a call gives and its processor seconds."""
    start = time.process_time()
    answer = call()
    return answer, time.process_time() - start


def peak() -> float:
    """Return the most memory this process ever had, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def problem(quick: bool) -> Any:
    """A large assignment: twelve fields, a third of the pairs in conflict, loads within 60 and 140 % of the mean."""

    cases, experts = (2000, 300) if quick else (10_000, 2000)
    random = np.random.default_rng(0)
    field, own = random.integers(0, 12, cases), random.integers(0, 12, experts)
    affinity = random.random((cases, experts))
    affinity *= 0.6
    affinity += 0.4 * (field[:, None] == own)
    forbidden = random.random((cases, experts)) < 1 / 3
    mean = 3 * cases / experts
    low, high = np.full(experts, int(mean * 0.6)), np.full(experts, int(np.ceil(mean * 1.4)))
    return Problem(affinity, forbidden, np.full(cases, 3), low, high)


def plain_flow(quick: bool) -> Any:
    """The peer: one flow over all allowed pairs."""

    given = problem(quick)
    base = peak()

    def solve() -> float:
        rest = take_out_forced(given)
        network = build(rest)
        cost = -np.rint(given.affinity[network.case, network.expert] * 10**6).astype(np.int64)
        used = cheapest_flow(rest, network, cost) > 0
        return float(given.affinity[network.case[used], network.expert[used]].sum())

    total, seconds = timed(solve)
    return {"seconds": seconds, "total": total, "peak": peak(), "base": base}


def highs(quick: bool) -> Any:
    """The peer: HiGHS (scipy's) on the linear programme, at 2,000 x 300 or 300 x 60."""

    given = problem(True)
    cases = 300 if quick else 2000
    case, expert = np.nonzero(~given.forbidden[:cases])
    count = np.arange(len(case))
    demands = sparse.csr_array((np.ones(len(case)), (case, count)))
    loads = sparse.csr_array((np.ones(len(case)), (expert, count)))
    high = np.ceil(given.load_max * cases / 2000)
    answer, seconds = timed(
        lambda: linprog(
            -given.affinity[case, expert], A_ub=loads, b_ub=high, A_eq=demands, b_eq=np.full(cases, 3.0), bounds=(0, 1)
        )
    )
    return {"seconds": seconds, "total": float(-answer.fun)}


def rounds(quick: bool) -> Any:
    """The peer: rounds of bipartite matching at 2,000 x 300, each case one expert a round, loads shared over the rounds."""
    given = problem(True)
    cases = 300 if quick else 2000
    value = np.where(given.forbidden, -1e6, given.affinity)[:cases]
    loads = np.ceil(given.load_max * cases / 2000).astype(np.int64)

    def solve() -> float:
        left, open_, total = loads.copy(), value.copy(), 0.0
        for number in range(3):
            places = np.repeat(np.arange(len(left)), np.minimum(left, -(-left // (3 - number)) + 1))
            case, seat = linear_sum_assignment(open_[:, places], maximize=True)
            expert = places[seat]
            total += float(open_[case, expert].sum())
            left -= np.bincount(expert, minlength=len(left))
            open_[case, expert] = -1e6
        return total

    total, seconds = timed(solve)
    return {"seconds": seconds, "total": total}


def assignment(quick: bool) -> list[Row]:
    """The optimum at 10,000 x 2,000 against the plain flow."""

    plain = run("plain_flow", quick)
    given = problem(quick)
    base = peak()
    plan, seconds = timed(lambda: assign(given))
    memory = peak()
    faults, checking = timed(lambda: verify(given, plan))
    same = assign(given).pairs.tobytes() == plan.pairs.tobytes()
    other, matched, small = run("highs", quick), run("rounds", quick), problem(True)
    smaller = assign(dataclasses.replace(small, load_min=np.zeros(small.experts, dtype=np.int64))).total
    proven = not faults and same and abs(plan.total - plain["total"]) < 1e-6 * plan.total
    size = f"{given.cases:,} x {given.experts:,}"
    return [
        (f"assignment {size}: proven, checked, same bytes", "yes", f"total {plan.total:.3f}, {faults or 'no fault'}", proven),
        (f"assignment {size}: time", "0.6 of plain flow", (f"{seconds:.2f} s of {plain['seconds']:.2f} s = "
         f"{seconds / plain['seconds']:.2f}; check {checking:.2f} s"), seconds <= 0.6 * plain["seconds"]),
        (f"assignment {size}: memory", "0.65 of plain flow", (f"{memory:.0f} MiB of {plain['peak']:.0f} MiB "
         f"({base:.0f} before it began) = {memory / plain['peak']:.2f}"), memory <= 0.65 * plain["peak"]),
        ("peer: HiGHS on the linear programme, 2,000 x 300", "", f"{other['seconds']:.2f} s", None),
        ("peer: rounds of matching, 2,000 x 300", "", f"{matched['seconds']:.2f} s, "
         + ("" if quick else f"{1 - matched['total'] / smaller:.2%} of the optimum without least loads is lost"), None),
    ]  # fmt: skip


def chance(quick: bool) -> list[Row]:
    """Randomised assignment at Q = 0.5."""

    plain = run("plain_flow", quick)
    given = problem(quick)
    best = assign(given).total
    found, seconds = timed(lambda: marginals(given, 0.5))
    drawn, drawing = timed(lambda: sample(found, given, 1))
    share = float((found * given.affinity).sum()) / best
    faults = verify(given, drawn)
    both = seconds + drawing
    return [
        ("Q = 0.5: quality", "99 % (98.9 % at 2,000)", (f"{share:.2%}; draw {drawn.total / best:.2%}, "
         f"{faults or 'no fault'}"), share >= (0.985 if quick else 0.99) and not faults),
        ("Q = 0.5: time", "2.5 of plain flow", (f"{seconds:.2f} + {drawing:.2f} s (draw) of {plain['seconds']:.2f} s = "
         f"{both / plain['seconds']:.2f}"), both <= 2.5 * plain["seconds"]),
    ]  # fmt: skip


def precision(quick: bool) -> list[Row]:
    """Calibration on the simulated call, all models and numbers of reviews; the seeds are 0 to 39, on which nothing was
    tuned."""

    rows: list[Row] = []
    for name, bars in (
        ("model", (0.63, 0.71)),
        ("no bias", (None, None)),
        ("equally mild", (None, None)),
        ("collusion", (None, None)),
    ):
        for k, bar in zip((3, 5), bars, strict=True):
            found = calibration_study(name, k, replicates=6 if quick else 40)
            said = ", ".join(f"{way} {value:.3f}" for way, value in found.precision.items())
            ours, mean = found.precision["calibrated"], found.precision["mean"]
            if bar is not None:
                rows.append((f"precision at 60, k = {k}", str(bar), said, round(ours, 3) >= bar))
            elif name != "collusion":
                rows.append((f"{name}, k = {k}: calibrated", "not 0.005 under the mean", said, ours >= mean - 0.005))
                text = f"{found.answered:.3f}, calibration advised in {found.advised:.0%}"
                rows.append((f"{name}, k = {k}: as the engine advises", "not 0.005 under the mean", text,
                             found.answered >= mean - 0.005))  # fmt: skip
            else:
                undeserved = found.undeserved["calibrated"]
                text = f"{undeserved:.2f} (mean {found.undeserved['mean']:.2f}); {said}"
                rows.append((f"10 % collude, k = {k}: undeserved", "1.7 of 60", text, undeserved <= 1.7))
            if name == "model":
                rows.append((f"coverage of 90 % intervals, k = {k}", "88-92 %", f"{found.coverage:.1%}",
                             0.88 <= found.coverage <= 0.92))  # fmt: skip
                rows.append((f"error of P(top 60), k = {k}", "0.01", f"{found.error:.4f}", found.error <= 0.01))
    return rows


def ceiling(quick: bool) -> list[Row]:
    """How far any estimate could go on the same calls: one that is told all spreads and fields."""
    rows: list[Row] = []
    for k in (3, 5):
        hits = []
        for seed in range(3 if quick else 40):
            given, random = world(seed=seed), np.random.default_rng([seed, 2])
            pairs = deal(given, k, random)
            found = informed(given, pairs, given.scores(pairs, random), seed)
            hits.append(float(given.best(60)[np.argsort(-found, kind="stable")[:60]].mean()))
        rows.append((f"peer: told every spread and field, k = {k}", "", f"{np.mean(hits):.3f}", None))
    return rows


def readings(quick: bool) -> list[Row]:
    """The same where the description of the simulated call leaves something open, read in other ways."""
    rows: list[Row] = []
    for name, model in (
        ("misassigned by review", Model(by_review=True)),
        ("scale of everything", Model(whole=True)),
        ("fields exact", Model(exact=True)),
    ):
        for k in (3, 5):
            found = calibration_study("model", k, model=model, replicates=4 if quick else 20)
            said = ", ".join(f"{way} {value:.3f}" for way, value in found.precision.items())
            rows.append(
                (f"{name}, k = {k}", "", f"{said}; {found.coverage:.1%} held, error of P {found.error:.4f}", None)
            )
    return rows


def in_waves(quick: bool) -> list[Row]:
    """Reviews in waves at three sizes, on seeds from 0.

    The schedules of the first two were picked on seeds from 1000, among three each (three or five equal or falling
    waves; five or seven equal or seven falling ones); eight equal waves of the third were not picked at all.
    """

    settings = [(600, 120, 2, [0.3, 0.4, 0.3], 8, 0.70, "3.0"), (2000, 300, 2, [0.6, 0.4, 0.3, 0.3, 0.2, 0.1, 0.1], 3, 0.78, "4.0"),
                (10_000, 1500, 1, [0.25] * 8, 2, 0.70, "3.0")]  # fmt: skip
    rows: list[Row] = []
    for cases, experts, first, shares, replicates, bar, each in settings[:1] if quick else settings:
        hits = []
        for seed in range(replicates):
            given = world(cases, experts, seed=seed)
            found, _ = waves(given, 60, first, shares, room=2.0, seed=seed)
            chosen = np.argsort(-found.quality, kind="stable")[:60]
            hits.append(float(given.best(60)[chosen].mean()))
        said = f"{np.mean(hits):.3f} ({replicates} replicates)"
        rows.append(
            (f"waves: {cases:,} x {experts:,}, {first} then to {each}", str(bar), said, float(np.mean(hits)) >= bar)
        )
    return rows


def selection(quick: bool) -> list[Row]:
    """Selection with prices, 20 why-nots and 200 draws, against 230 plain solves."""

    rows: list[Row] = []
    for cases, bar in ((2000, 5.0),) if quick else ((2000, 5.0), (10_000, 30.0)):
        given = choice(cases)

        def everything(given: Any = given) -> None:
            chosen = select(given.score, given.size, given.quotas)
            inside = set(chosen.chosen.tolist())
            for case in [int(i) for i in np.argsort(-given.score) if int(i) not in inside][:20]:
                chosen.why_not(case)
            chosen.stability(given.draws)

        _, seconds = timed(everything)
        programme = Programme(given.size, tuple(given.quotas), np.zeros(cases, dtype=np.int64))
        units, _ = to_integers(given.score)
        _, once = timed(lambda p=programme, u=units: [solve(p, u) for _ in range(3)])
        plain = once / 3 * 230
        text = f"{seconds:.2f} s; 230 plain solves {plain:.1f} s, ratio {seconds / plain:.2f}"
        rows.append((f"selection of 60 of {cases:,}, {len(given.quotas)} quotas", f"{bar:g} s, 0.5 of 230 solves", text,
                     seconds < bar and seconds <= 0.5 * plain))  # fmt: skip
    return rows


def repeats(quick: bool) -> list[Row]:
    """Repeats of earlier cases, all kinds."""

    found = search(200 if quick else 1000, 40 if quick else 250)
    first, above = float(np.mean(list(found.first.values()))), float(np.mean(list(found.above.values())))
    kinds = ", ".join(f"{kind} {found.first[kind]:.2f}/{found.above[kind]:.2f}" for kind in found.first)
    rows: list[Row] = [
        ("repeats: recall@1", "0.98", f"{first:.3f}", first >= 0.98),
        ("repeats: recall at 1 % false alarms", "0.90", f"{above:.3f} ({kinds})", above >= 0.90),
        (
            "repeats: translated, both ways",
            "0.95",
            f"{found.above['translated']:.3f}",
            found.above["translated"] >= 0.95,
        ),
    ]
    rows.append(("peer: rapidfuzz, token sets", "", fuzzy(quick), None))
    return rows


def fuzzy(quick: bool) -> str:
    """Recall of the best of a fuzzy comparison of whole texts, where the package is there."""
    if importlib.util.find_spec("rapidfuzz") is None:
        return "not installed: give it with PYTHONPATH"
    peer: Any = importlib.import_module("rapidfuzz")
    random = np.random.default_rng([0, 3])
    number = 200 if quick else 1000
    stories = [story(i, random) for i in range(number)]
    languages = ["zh-hans" if i % 2 == 0 else "en" for i in range(number)]

    def body(document: Any) -> str:
        return " ".join(document.texts.values())

    texts = [body(s.told(language)) for s, language in zip(stories, languages, strict=True)]

    def best(text: str) -> tuple[int, float]:
        _, score, place = peer.process.extractOne(text, texts, scorer=peer.fuzz.token_set_ratio)
        return int(place), float(score)

    strange = [best(body(story(number + i, random).told(languages[i % 2])))[1] for i in range(100)]
    level, right, above, asked = float(np.quantile(strange, 0.99, method="higher")), 0, 0, 0
    for kind in KINDS:
        for _ in range(10 if quick else 25):
            place, asked = int(random.integers(number)), asked + 1
            found, score = best(body(repeat(stories[place], kind, 10**6, languages[place], random)))
            right += found == place
            above += found == place and score > level
    return f"recall@1 {right / asked:.3f}, at 1 % false alarms {above / asked:.3f}"


PARTS: dict[str, Callable[[bool], Any]] = {
    "assignment": assignment,
    "chance": chance,
    "precision": precision,
    "ceiling": ceiling,
    "readings": readings,
    "waves": in_waves,
    "selection": selection,
    "repeats": repeats,
}
PEERS: dict[str, Callable[[bool], Any]] = {"plain_flow": plain_flow, "highs": highs, "rounds": rounds}
