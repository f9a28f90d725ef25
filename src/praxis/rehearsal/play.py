"""Plays a whole edition through the services that the desks call, and writes a report and all products.

The same seed gives the same products, byte for byte; only files with `report` in their name hold timings.
"""

from __future__ import annotations

import argparse
import os
import tomllib
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path

from praxis.foundation import clock
from praxis.foundation.archive import services as archive
from praxis.foundation.archive.models import PastCase
from praxis.foundation.audit import services as audit
from praxis.foundation.audit.verification import verify
from praxis.foundation.errors import DomainError
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
from praxis.rehearsal.stagecraft import STAGES, Play

ROOT = Path(__file__).resolve().parents[3]
PRESET = ROOT / "presets" / "wic-practice-cases-2026.toml"
PAST_CASES = ROOT / "presets" / "past-cases-wic.csv"
# Days after the close of the call at which each stage is looked at.
LOOKED_AT = {
    "draft": -100.0, "open": -12.0, "screening": 4.0, "round1": 20.0, "round2": 47.0, "decided": 62.0, "told": 90.0, "released": 150.0,
}  # fmt: skip
PICTURE = (1200, 800)
# Beyond this many cases pictures are left out: they are the same work again and again.
MOST_WITH_PICTURES = 1000


def main(argv: Sequence[str]) -> int:
    """Command line of `praxis rehearse`; returns 0 when nothing went wrong."""
    options = _options(argv)
    report = Report()
    text = options.preset.read_text(encoding="utf-8")
    try:
        if options.into_demo:
            play = rehearse(text, options.preset.name, options, report, shift_to=clock.now())
        else:
            with seeded(f"rehearsal/{options.seed}"):
                play = rehearse(text, options.preset.name, options, report)
                options.out.mkdir(parents=True, exist_ok=True)
                with report.act("products", "files written") as act:
                    act.count = products.write(play, options.out)
    except presets.PresetError as problem:
        print(problem.told("en"))
        return 1
    except DomainError as problem:
        # What stopped the play is what an organiser wants to read, with all that went before.
        report.stopped(str(problem))
        if options.out is not None:
            options.out.mkdir(parents=True, exist_ok=True)
            report.write(options.out)
        raise
    if options.into_demo:
        demo.write_sign_in(play)
    if options.out is not None:
        report.write(options.out)
        print(f"Products and report: {options.out}")
    return 0 if report.sound else 1


def _options(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="praxis rehearse", description="Play a whole edition in a throw-away database.")
    parser.add_argument("--preset", type=Path, default=PRESET, help="the preset of the edition (a TOML file)")
    parser.add_argument("--seed", type=int, default=1, help="the same seed gives the same products")
    parser.add_argument("--cases", type=int, default=240)
    parser.add_argument("--experts", type=int, default=24)
    parser.add_argument("--out", type=Path, help="folder for the report and all products")
    parser.add_argument("--stage", choices=STAGES, default="released", help="where to stop")
    parser.add_argument("--into-demo", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args(argv)
    if options.out is None and not options.into_demo:
        parser.error("--out DIR is needed")
    if options.cases < 1 or options.experts < 1:
        parser.error("--cases and --experts must be at least 1")
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
    world = _world(config, edition, options)
    with ProcessPoolExecutor(max_workers=os.cpu_count() or 1) as pool:
        painted = options.cases <= MOST_WITH_PICTURES and options.stage != "draft"
        painter = _paint(pool, world, edition.settings) if painted else None
        play = Play(options.seed, edition, world, report, painter, until=options.stage)
        perform(play)
    with report.act("audit", "events sealed") as act, play.on(LOOKED_AT[options.stage]):
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
    for case in world.cases:
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
