"""Two worlds out of one: the same edition up to two closed rounds, then decided differently.

In `a` and in `b` other cases are chosen, in other numbers, with other reserve lists; one case (`both`) is in the
Casebook of either, and many are in none. The clones of one snapshot are brought to *sealed*, and from there to *told*
with everything that is prepared under the embargo.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from praxis.foundation.files import services as files
from praxis.foundation.jobs import services as jobs
from praxis.foundation.programmes.models import Edition
from praxis.lifecycle.casebook import selectors as entries
from praxis.lifecycle.casebook import services as casebook
from praxis.lifecycle.cases import materials
from praxis.lifecycle.cases.models import Case
from praxis.lifecycle.selection import services as selection
from praxis.lifecycle.showcase import selectors as stage
from praxis.lifecycle.showcase import services as showcase
from praxis.rehearsal.invention import picture
from tests.support import small_edition
from tests.support.small_edition import PREPARED, RELEASED, SEALED, TOLD, Facts

CASEBOOK = {"a": ("both", "a", "a_too", "a_later"), "b": ("both", "b", "b_too", "b_more", "b_later")}
RESERVE = {"a": ("b", "b_later"), "b": ("a",)}
OUTSTANDING = {"a": ("a",), "b": ("b", "b_too")}
OUTSTANDING_RESERVE = {"a": ("a_too",), "b": ("b_more",)}
# Whose cases are chosen in one of the worlds: they are told.
TOLD_ROLES = frozenset({"applicant_a", "applicant_b", "applicant_both"})


def cases(facts: Facts, names: Sequence[str]) -> list[Case]:
    """Cases by what will become of them."""
    return [Case.objects.select_related("edition__programme", "organisation").get(key=facts.cases[name]) for name in names]


def seal(facts: Facts, world: str) -> None:
    """Decide as this world does, and seal."""
    with small_edition.at(facts, SEALED, f"sealed {world}") as edition:
        chair = small_edition.user(facts, "chair")
        for code, chosen, reserve in (
            ("casebook", CASEBOOK, RESERVE), ("outstanding", OUTSTANDING, OUTSTANDING_RESERVE),
        ):  # fmt: skip
            tier = small_edition.tier(edition, code)
            selection.propose(chair, tier)
            selection.decide(
                chair, tier, cases(facts, chosen[world]), cases(facts, reserve[world]), reason=f"As world {world} wants."
            )
        selection.seal(chair, edition)
        jobs.drain(ignore_delay=True, strict=True)


def tell(facts: Facts, world: str) -> None:
    """Tell the chosen, who accept; then prepare the book and the stage as far as it goes before the release."""
    with small_edition.at(facts, TOLD, f"told {world}") as edition:
        desk = small_edition.user(facts, "secretary")
        for telling in selection.tell(desk, edition):
            selection.accept_confidentiality(telling.case.created_by, telling.case)
        jobs.drain(ignore_delay=True, strict=True)
    with small_edition.at(facts, PREPARED, f"prepared {world}") as edition:
        _prepare(facts, desk, edition)
        jobs.drain(ignore_delay=True, strict=True)


def _prepare(facts: Facts, desk: Any, edition: Edition) -> None:
    casebook.begin(desk, edition)
    casebook.set_front(desk, edition, "en", {"foreword_heading": "Foreword", "foreword": "Of the chosen.", "imprint": "-", "signature": "-"})
    showcase.plan(desk, edition)
    rows = entries.all_entries(edition)
    _hand_in(next(entry for entry in rows if entry.case.key == facts.cases["both"]), edition)
    casebook.send_all_proofs(desk, edition)
    for entry in rows:
        casebook.approve_proof(entry.case.created_by, entry)
    casebook.build(desk, edition, "en", "epub")
    showcase.compute_unit_award(desk, edition)
    showcase.set_stage(desk, edition, venue={"en": "Hall 1", "zh-hans": "一号厅"}, starts_at=edition.closes_at, stream="https://live.example.org/")
    for slot in stage.slots(desk, edition):
        showcase.schedule_rehearsal(desk, slot, at=edition.closes_at, place="Hall 1")
    showcase.make_invitations(desk, edition)
    showcase.send_all_invitations(desk, edition)
    showcase.make_certificates(desk, edition)
    for entry in rows[:2]:
        showcase.write_story(desk, entry, "en", title=entry.titles["en"], body="A story that is not out yet.")


def _hand_in(entry: Any, edition: Edition) -> None:
    """Display material of one chosen case."""
    data = picture(3, 3, width=1600, height=1067, category=entry.category.code)
    limits = materials.limits_for(edition.settings, "picture")
    actor = entry.case.created_by
    file = files.take(actor.pk, "picture", io.BytesIO(data), name="display.jpg", size=len(data), limits=limits)
    jobs.drain(ignore_delay=True, strict=True)
    file.refresh_from_db()
    casebook.add_material(actor, entry, file, captions={"en": "On display", "zh-hans": "展示"}, alts={"en": "On display", "zh-hans": "展示"}, credit="Us")


def release(facts: Facts, world: str) -> None:
    """Two people release."""
    with small_edition.at(facts, RELEASED, f"released {world}") as edition:
        for role in ("chair", "second_chair"):
            selection.approve_release(small_edition.user(facts, role), edition)
        edition.refresh_from_db()
        assert edition.state == "released"
        jobs.drain(ignore_delay=True, strict=True)
