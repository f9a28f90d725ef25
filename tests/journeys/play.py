"""Plays one small edition of the real programme and keeps the database as it was at each stage.

Run in a process of its own: `python -m tests.journeys.play FOLDER`, with PRAXIS_DATA naming the same folder. It leaves
`<stage>.sqlite3` for each of `worlds.STAGES`, and `files/` with what all of them have.
"""

from __future__ import annotations

import argparse
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import django
from django.core.management import call_command
from django.db import connection

EXPERTS, CASES, SEED = 9, 24, 4


def main(folder: Path) -> None:
    """Play the edition from the opening to the stage and the book."""
    django.setup()
    from tests.support import template

    database = Path(str(connection.settings_dict["NAME"]))
    if not template.copy_to(database):
        call_command("migrate", verbosity=0, skip_checks=True)
        template.keep(database)
    _play(folder)


def _play(folder: Path) -> None:
    from concurrent.futures import ProcessPoolExecutor

    from praxis.foundation import clock
    from praxis.foundation.audit import services as audit
    from praxis.foundation.people import services as people
    from praxis.foundation.programmes import presets
    from praxis.foundation.randomness import seeded
    from praxis.rehearsal import play as rehearsal
    from praxis.rehearsal.acts import applying, opening, releasing, reviewing, screening
    from praxis.rehearsal.report import Report
    from praxis.rehearsal.stagecraft import Play
    from tests.support.small_edition import preset_text

    text = preset_text()
    config = presets.load(text, "small.toml")
    options = argparse.Namespace(seed=SEED, cases=CASES, experts=EXPERTS, stage="released")
    with seeded(f"journeys/{SEED}"), ProcessPoolExecutor(max_workers=2) as pool:
        with clock.at(config.dates.opens):
            edition = rehearsal._load(text, "small.toml", config, rehearsal.timedelta(0), options)
            people.make_administrator("admin@secretariat.example")
        world = rehearsal._world(config, edition, options)
        play = Play(SEED, edition, world, Report(quiet=True), rehearsal._paint(pool, world, config))

        def keep(stage: str) -> None:
            assert play.report.sound, [(act.name, act.wrong, act.notes) for act in play.report.acts if act.wrong]
            audit.seal()
            connection.close()
            with (
                closing(sqlite3.connect(connection.settings_dict["NAME"])) as source,
                closing(sqlite3.connect(folder / f"{stage}.sqlite3")) as copy,
            ):
                source.backup(copy)

        for act in (opening.name_people, opening.open_call, opening.found_organisations, opening.appoint_units):
            act(play)
        for act in (applying.apply, applying.confirm_partners, applying.change_minds, applying.recommend):
            act(play)
        keep("open")
        screening.close_call(play)
        screening.screen(play, decide=False)
        keep("screening")
        screening.screen(play)
        reviewing.invite(play)
        keep("committee")
        first, second = play.edition.rounds.select_related("edition").order_by("position")
        casebook, outstanding = play.edition.tiers.select_related("edition", "round").order_by("position")
        first.edition = second.edition = casebook.edition = outstanding.edition = play.edition
        reviewing.open_round(play, first, 16.0)
        reviewing.review(play, first, 17.0, share=0.5)
        keep("reviewing")
        reviewing.review(play, first, 27.0)
        reviewing.close_round(play, first, 32.0)
        reviewing.choose(play, casebook, 33.0)
        reviewing.open_round(play, second, 42.0)
        reviewing.review(play, second, 43.0)
        reviewing.close_round(play, second, 55.0)
        keep("deciding")
        reviewing.choose(play, outstanding, 56.0)
        releasing.seal(play)
        releasing.tell(play)
        releasing.hand_in(play)
        with play.on(80):
            from praxis.lifecycle.casebook import services as books

            books.send_all_proofs(play.secretariat[3], play.edition)
            play.finish_jobs(play.report.acts[-1])
        keep("told")
        releasing.proofs(play)
        releasing.build(play)
        releasing.prepare_stage(play)
        releasing.release(play)
        keep("released")
        (folder / "report.txt").write_text("\n".join(f"{act.name} {act.seconds:.1f}" for act in play.report.acts))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
