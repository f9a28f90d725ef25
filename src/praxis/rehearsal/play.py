"""Plays a whole edition through the services that the desks call, and writes a report and all products.

The same seed gives the same products, byte for byte; only files with `report` in their name hold timings.
"""

from __future__ import annotations

import argparse
import errno
import math
import os
import sys
import tempfile
import tomllib
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.core.management import CommandError
from django.db import DatabaseError
from django.utils.translation import gettext_noop as _

from praxis.foundation import clock
from praxis.foundation.archive import services as archive
from praxis.foundation.archive.models import PastCase
from praxis.foundation.audit import services as audit
from praxis.foundation.audit.verification import verify
from praxis.foundation.bilingual import say
from praxis.foundation.errors import DomainError
from praxis.foundation.locale import pick
from praxis.foundation.places import services as places
from praxis.foundation.places.selectors import choices
from praxis.foundation.programmes import presets
from praxis.foundation.programmes import services as programmes
from praxis.foundation.programmes.config import EditionConfig
from praxis.foundation.programmes.models import Edition
from praxis.foundation.randomness import seeded
from praxis.lifecycle.cases.materials import limits_for
from praxis.rehearsal import demo, products
from praxis.rehearsal.acts import applying, opening, releasing, reviewing, screening
from praxis.rehearsal.invention import InventedCase, World, invent
from praxis.rehearsal.painting import Painter
from praxis.rehearsal.report import Report
from praxis.rehearsal.stagecraft import STAGES, STAYS_OPEN, Play, must_have

ROOT = Path(__file__).resolve().parents[3]
PRESET = ROOT / "presets" / "wic-practice-cases-2026.toml"
PAST_CASES = ROOT / "presets" / "past-cases-wic.csv"
# Days after the close of the call at which each stage is looked at.
LOOKED_AT = {
    "draft": -100.0, "open": -STAYS_OPEN, "screening": 4.0, "round1": 20.0, "round2": 47.0, "decided": 62.0, "told": 90.0, "released": 150.0,
}  # fmt: skip
PICTURE = (1200, 800)
STAGE_NAMES = {
    "draft": _("before the call"), "open": _("while the call is open"), "screening": _("before screening"), "round1": _("the first round"),
    "round2": _("the last round"), "decided": _("decisions sealed"), "told": _("applicants told"), "released": _("release"),
}  # fmt: skip
# Of more cases than this only so many, spread evenly, hand in pictures: they are the same work again and again.
MOST_WITH_PICTURES = 1000
FEWEST_CASES = 5
# Of the invented cases at least this part is admitted.
LEAST_ADMITTED = 0.75


def main(argv: Sequence[str]) -> int:
    """Command line of `praxis rehearse`; returns 0 when nothing went wrong, 1 when something did, 2 when wrongly called."""
    options = _options(argv)
    report = Report()
    try:
        text = options.preset.read_text(encoding="utf-8")
        config = presets.load(text, options.preset.name)
    except presets.PresetError as problem:
        print(problem.told("en"), file=sys.stderr)
        return 1
    except UnicodeDecodeError:
        print(f"praxis rehearse: {options.preset}: this is not text in UTF-8, so it is no preset", file=sys.stderr)
        return 1
    if few := _too_few(config, options):
        print(f"praxis rehearse: {few}", file=sys.stderr)
        return 2
    report.title = say(_("Rehearsal: %(programme)s, %(year)s"), programme=dict(config.programme.names), year=config.edition.year)
    report.played = say(
        _(
            "The preset %(preset)s, played from the opening of the call to the stage “%(stage)s” with %(cases)s invented cases and "
            "%(experts)s invented experts, by the services that people use. Seed %(seed)s: the same seed gives the same products."
        ),
        preset=options.preset.name, stage=say(STAGE_NAMES[options.stage]), cases=f"{options.cases:,}", experts=f"{options.experts:,}",
        seed=options.seed,
    )  # fmt: skip
    report.languages = config.edition.languages
    report.folder = settings.DATA_DIR if not options.into_demo else None
    if options.into_demo:
        demo.write_sign_in(rehearse(text, options.preset.name, options, report, shift_to=clock.now()))
        return 0 if report.sound else 1
    if refused := _take_folder(options.out):
        print(f"praxis rehearse: {refused}", file=sys.stderr)
        return 2
    with seeded(f"rehearsal/{options.seed}"):
        return _into_folder(text, options, report)


def _into_folder(text: str, options: argparse.Namespace, report: Report) -> int:
    """Play, and leave products and report in the folder; the report also where the play had to stop."""
    try:
        play = rehearse(text, options.preset.name, options, report)
        with report.act(_("products"), _("files written")) as act:
            act.count = products.write(play, options.out)
    except (Exception, KeyboardInterrupt) as problem:
        # What stopped the play is what an organiser wants to read, with all that went before.
        report.stopped(_why(problem))
        with suppress(OSError):
            report.write(options.out)
            print(f"praxis rehearse: stopped in the act {report.acts[-1].title()!r}; see {options.out}/report.md", file=sys.stderr)
        if _is_full(problem):
            raise CommandError(_why(problem)) from problem
        raise
    report.write(options.out)
    print(f"Products and report: {options.out}")
    return 0 if report.sound else 1


def _why(problem: BaseException) -> str:
    if isinstance(problem, DomainError):
        return str(problem)
    if _is_full(problem):
        return f"no room is left on a disk: the throw-away database lies in {tempfile.gettempdir()} (TMPDIR names another place)"
    return "it was broken off by hand" if isinstance(problem, KeyboardInterrupt) else f"{type(problem).__name__}: {problem}"[:500]


def _is_full(problem: BaseException) -> bool:
    return (isinstance(problem, OSError) and problem.errno == errno.ENOSPC) or (
        isinstance(problem, DatabaseError) and "disk is full" in str(problem)
    )


def _too_few(config: EditionConfig, options: argparse.Namespace) -> str:
    """What is wrong with the numbers asked for; "" where an edition can be played with them."""
    if options.cases < FEWEST_CASES:
        return f"--cases {options.cases}: an edition cannot be played with fewer than {FEWEST_CASES} cases"
    first = config.tiers[0]
    needed = math.ceil(first.size_low / LEAST_ADMITTED)
    if STAGES.index(options.stage) > STAGES.index("round2") and options.cases < needed:
        return (
            f"--cases {options.cases}: the preset chooses about {first.size_about} ({pick(first.label, 'en')}), and some "
            f"cases are drafts, withdrawn or not eligible; give at least {needed}, or stop earlier with --stage"
        )
    most = max(config.rounds, key=lambda round_: round_.reviews_per_case)
    # One of them falls ill.
    needed = most.reviews_per_case + 1
    if STAGES.index(options.stage) > STAGES.index("screening") and options.experts < needed:
        return (
            f"--experts {options.experts}: in {most.code} each case is read by {most.reviews_per_case} experts, and one "
            f"falls ill in a rehearsal; give at least {needed}, and more where not everybody reads every language"
        )
    return ""


def _take_folder(out: Path) -> str:
    """Make the folder for the products now, not after an hour; returns what is wrong with it, or ""."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        if any(out.iterdir()):
            return f"{out} is not empty; name a new folder, so that these products are not mixed with others"
        probe = out / "report.md"
        probe.touch()
        probe.unlink()
    except FileExistsError:
        return f"{out} is a file; --out names a folder"
    except OSError as problem:
        return f"nothing can be written to {out}: {problem.strerror}"
    return ""


def _options(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="praxis rehearse", description="Play a whole edition in a throw-away database.")
    parser.add_argument("--preset", type=Path, default=PRESET, help="the preset of the edition (a TOML file)")
    parser.add_argument("--seed", type=int, default=1, help="the same seed gives the same products")
    parser.add_argument("--cases", type=int, default=240, help="how many cases are invented (240)")
    parser.add_argument("--experts", type=int, default=24, help="how many experts are invented (24)")
    parser.add_argument("--out", type=Path, help="a new folder for the report and all products")
    parser.add_argument("--stage", choices=STAGES, default="released", help="where to stop")
    parser.add_argument("--into-demo", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args(argv)
    if options.out is None and not options.into_demo:
        parser.error("--out DIR is needed")
    return options


def rehearse(text: str, name: str, options: argparse.Namespace, report: Report, *, shift_to: datetime | None = None) -> Play:
    """Play up to a stage in the database that is set up; `shift_to` moves the edition so that it is then."""
    config = presets.load(text, name)
    shift = timedelta(0)
    if shift_to is not None:
        wanted = shift_to - timedelta(days=LOOKED_AT[options.stage])
        shift = timedelta(days=(wanted - config.dates.closes).days)
    with clock.at(config.dates.opens + shift - timedelta(days=30)):
        edition = _load(text, name, config, shift, options)
    with report.act(_("invention"), _("cases invented")) as act:
        world = _world(config, edition, options)
        act.count = len(world.cases)
    pool = ProcessPoolExecutor(max_workers=os.cpu_count() or 1)
    try:
        painter = _paint(pool, world, edition.settings) if options.stage != "draft" else None
        play = Play(options.seed, edition, world, report, painter, until=options.stage)
        perform(play)
    finally:
        pool.shutdown(cancel_futures=True)
    with report.act(_("audit"), _("events sealed")) as act, clock.at(play.instant(LOOKED_AT[options.stage])):
        act.count = audit.seal()
        found = verify()
        if not found.ok:
            act.wrong.append(found.first_problem)
    return play


def _load(text: str, name: str, config: EditionConfig, shift: timedelta, options: argparse.Namespace) -> Edition:
    places.seed()
    edition = programmes.load_preset(audit.SYSTEM, text, name, rehearsal=True, shift=shift)
    if config.programme.code in PAST_CASES.name or tomllib.loads(text)["programme"]["code"].startswith("wic"):
        archive.load_csv(audit.SYSTEM, edition.programme, PAST_CASES.read_text(encoding="utf-8"))
    return edition


def _world(config: EditionConfig, edition: Edition, options: argparse.Namespace) -> World:
    past = [
        (row.key, dict(row.names))
        for row in PastCase.objects.filter(programme_id=edition.programme_id).order_by("key")
        if len(row.names) == 2
    ]
    return invent(
        options.seed, options.cases, options.experts, [item.code for item in config.categories],
        languages=config.edition.languages, kinds=[item.code for item in config.content_kinds],
        applicant_kinds=[item.code for item in config.applicant_kinds], places=[code for code, _name in choices("en")],
        past=past, year=config.edition.year,
    )


def _pictures_of(case: InventedCase) -> int:
    """Every third case has two pictures, the others one: enough to see both layouts of a page."""
    return 2 if sum(case.key.encode()) % 3 == 0 else 1


def _paint(pool: ProcessPoolExecutor, world: World, config: EditionConfig) -> Painter:
    painter = Painter(pool, limits_for(config, "picture"))
    width, height = PICTURE
    step = 1 if must_have(config, "pictures") else math.ceil(len(world.cases) / MOST_WITH_PICTURES)
    for case in world.cases[::step]:
        for place, seed in enumerate(case.picture_seeds[: _pictures_of(case)]):
            painter.order((case.key, place), seed, place, width=width, height=height, category=case.category)
    return painter


def perform(play: Play) -> None:
    """The acts in their order, up to the stage that is wanted."""
    opening.name_people(play)
    if not play.past("draft"):
        return
    opening.open_call(play)
    opening.found_organisations(play)
    opening.appoint_units(play)
    applying.apply(play)
    applying.confirm_partners(play)
    applying.change_minds(play)
    applying.recommend(play)
    if not play.past("open"):
        return
    screening.close_call(play)
    screening.screen(play, decide=play.past("screening"))
    if not play.past("screening"):
        return
    _review(play)
    if not play.past("round2"):
        return
    releasing.seal(play)
    if not play.past("decided"):
        return
    releasing.tell(play)
    releasing.hand_in(play)
    if not play.past("told"):
        return
    releasing.proofs(play)
    releasing.build(play)
    releasing.prepare_stage(play)
    releasing.release(play)


def _review(play: Play) -> None:
    """Every round in its order, each followed by the choice of its tier; a play may stop in the middle of one."""
    reviewing.invite(play)
    rounds = list(play.edition.rounds.select_related("edition").order_by("position"))
    for place, round_ in enumerate(rounds):
        round_.edition = play.edition
        days, stage = (16.0, "round1") if place == 0 else (42.0 + 8 * (place - 1), "round2")
        reviewing.open_round(play, round_, days)
        last = not play.past(stage) and (place == 0 or place == len(rounds) - 1)
        reviewing.review(play, round_, days + 1, share=0.5 if last else 1.0, someone_ill=place == 0)
        if last:
            return
        reviewing.close_round(play, round_, days + 16 if place == 0 else days + 13)
        for tier in round_.tiers.select_related("edition", "round").order_by("position"):
            tier.edition = play.edition
            reviewing.choose(play, tier, days + 17 if place == 0 else days + 14)
