"""Entries, display material, proofs, the book, and its publication."""

from __future__ import annotations

import io
from typing import Any

import pytest

from praxis.foundation import clock
from praxis.foundation.errors import Conflict, DomainError, Invalid, Missing
from praxis.foundation.files import services as files
from praxis.foundation.jobs import services as jobs
from praxis.foundation.jobs.models import Job
from praxis.foundation.notices.models import Notice
from praxis.foundation.search import selectors as search
from praxis.lifecycle.casebook import policies, selectors, services, tasks
from praxis.lifecycle.casebook.models import Build, Entry, EntryPicture, Proof
from praxis.lifecycle.casebook.states import ENTRY
from praxis.lifecycle.casebook.typesetting.book import TypesettingError
from praxis.lifecycle.cases import materials
from praxis.lifecycle.selection import services as selection
from tests.foundation.files import making
from tests.support import stages

pytestmark = pytest.mark.django_db
sealed = stages.made_once(stages.decided)
informed = stages.made_once(stages.told)
two_accepted = stages.made_once(lambda: stages.told(accepted=2))
public = stages.made_once(stages.released)
stage = stages.copied()
at = stages.at


def picture_of(stage: stages.Stage, place: int = 0) -> EntryPicture:
    """A picture handed in by the applicant of a case, ready."""
    owner, entry, data = stage.owners[place], stage.entry(place), making.jpeg(2400, 1600)
    row = services.take_material(owner, entry, "picture", io.BytesIO(data), name="stage.jpg", size=len(data))
    jobs.drain(ignore_delay=True)
    return EntryPicture.objects.select_related("file", "entry__casebook__edition", "entry__case").get(pk=row.pk)


@at("informed")
def test_entries_are_copies_of_what_was_submitted(stage: stages.Stage) -> None:
    rows = selectors.all_entries(stage.edition)
    assert {row.case_id for row in rows} == {case.pk for case in stage.cases[:3]}
    assert [row.case_id for row in rows if row.outstanding] == [stage.cases[0].pk]
    entry = stage.entry(0)
    texts = selectors.texts_of(entry)
    assert {key: row.body for key, row in texts.items()} == {
        (language, field): body for language, fields in entry.revision.content["texts"].items() for field, body in fields.items()
    }
    assert selectors.differences(entry) == []


@at("sealed")
def test_entries_come_only_from_sealed_decisions(stage: stages.Stage) -> None:
    selection.unseal(stage.chairs[0], stage.edition, reason="A mistake.")
    with pytest.raises(Conflict):
        services.begin(stage.desk, stage.edition)


@at("sealed")
def test_beginning_again_follows_the_decisions_and_leaves_the_rest(stage: stages.Stage) -> None:
    services.begin(stage.desk, stage.edition)
    services.edit_entry(stage.desk, stage.entry(1), bodies={("en", "summary"): "Shorter."})
    selection.unseal(stage.chairs[0], stage.edition, reason="A mistake.")
    selection.decide(stage.chairs[0], stage.tiers[0], [stage.case(n) for n in (1, 2, 3)], reason="Corrected.")
    selection.decide(stage.chairs[0], stage.tiers[1], [stage.case(1)], reason="Corrected.")
    with clock.at(stage.instant):
        selection.seal(stage.chairs[0], stage.edition)
    services.begin(stage.desk, stage.edition)
    states = {row.case_id: (row.state, row.outstanding) for row in Entry.objects.filter(casebook__edition=stage.edition)}
    assert states == {
        stage.cases[0].pk: ("dropped", True), stage.cases[1].pk: ("drafted", True), stage.cases[2].pk: ("drafted", False),
        stage.cases[3].pk: ("drafted", False),
    }  # fmt: skip
    assert selectors.texts_of(stage.entry(1))["en", "summary"].body == "Shorter."
    with pytest.raises(Conflict):
        services.restore_entry(stage.desk, stage.entry(0), reason="Back again.")


@at("informed")
def test_every_difference_to_the_submission_is_named(stage: stages.Stage) -> None:
    services.edit_entry(
        stage.desk, stage.entry(0), bodies={("en", "summary"): "Shorter now."}, applicants={"en": "Another name", "zh-hans": "另一个名称"},
        places=["KE"],
    )  # fmt: skip
    found = {(item.language, item.field): item.after for item in selectors.differences(stage.entry(0))}
    assert found["en", "summary"] == "Shorter now."
    assert found["en", "applicant"] == "Another name"
    assert found["zh-hans", "applicant"] == "另一个名称"
    assert ("", "places") in found
    assert len(found) == 4


@at("informed")
def test_a_page_that_is_behind_is_refused(stage: stages.Stage) -> None:
    seen = selectors.texts_of(stage.entry(0))["en", "summary"].version
    services.edit_entry(stage.desk, stage.entry(0), bodies={("en", "summary"): "First."})
    with pytest.raises(Conflict):
        services.edit_entry(
            stage.desk, stage.entry(0), bodies={("en", "summary"): "Second."}, expected={("en", "summary"): seen}
        )
    assert selectors.texts_of(stage.entry(0))["en", "summary"].body == "First."


@at("informed")
def test_a_proof_is_sent_read_sent_back_changed_and_approved(stage: stages.Stage) -> None:
    owner = stage.owners[0]
    services.send_proof(stage.desk, stage.entry(0))
    letter = Notice.objects.get(edition_id=stage.edition.pk, kind="entry.proof")
    assert letter.to == owner.email
    services.ask_changes(owner, stage.entry(0), message="The year is wrong.")
    assert Proof.objects.get(entry=stage.entry(0)).message == "The year is wrong."
    services.edit_entry(stage.desk, stage.entry(0), bodies={("en", "summary"): "The right year."})
    services.send_proof(stage.desk, stage.entry(0))
    services.approve_proof(owner, stage.entry(0))
    entry = stage.entry(0)
    assert (entry.state, entry.approved_by_id) == ("approved", owner.pk)


@at("informed")
def test_a_proof_that_no_longer_shows_the_entry_cannot_be_approved(stage: stages.Stage) -> None:
    services.send_proof(stage.desk, stage.entry(0))
    stage.entry(0).texts.filter(language="en", field="summary").update(body="Changed beside the service.")
    with pytest.raises(Conflict) as refused:
        services.approve_proof(stage.owners[0], stage.entry(0))
    assert refused.value.code == "stale"


@at("informed")
def test_display_material_that_is_not_printed_leaves_the_proof_as_it_is(stage: stages.Stage) -> None:
    services.send_proof(stage.desk, stage.entry(0))
    row = picture_of(stage)
    assert not row.printed
    services.approve_proof(stage.owners[0], stage.entry(0))
    assert stage.entry(0).state == "approved"


@at("informed")
def test_the_secretariat_approves_for_an_applicant_only_with_a_reason(stage: stages.Stage) -> None:
    services.send_proof(stage.desk, stage.entry(0))
    with pytest.raises(Invalid):
        services.approve_proof(stage.desk, stage.entry(0))
    services.approve_proof(stage.desk, stage.entry(0), reason="By telephone.")
    assert stage.entry(0).state == "approved"


@at("two_accepted")
def test_proofs_go_only_to_those_who_have_accepted_confidentiality(stage: stages.Stage) -> None:
    assert services.send_all_proofs(stage.desk, stage.edition) == 2
    with pytest.raises(Conflict):
        services.send_proof(stage.desk, stage.entry(2))
    assert Notice.objects.filter(edition_id=stage.edition.pk, kind="entry.proof", to=stage.owners[2].email).count() == 0


@at("two_accepted")
def test_only_the_told_applicant_sees_its_entry_and_no_other(stage: stages.Stage) -> None:
    assert selectors.entry_for_applicant(stage.owners[0], stage.case(0)).case_id == stage.cases[0].pk
    for owner, place in ((0, 1), (2, 2), (3, 3), (3, 0)):
        with pytest.raises(Missing):
            selectors.entry_for_applicant(stage.owners[owner], stage.case(place))
    for outsider in (stage.owners[0], stage.expert.user):
        for act in (selectors.entries, selectors.casebook_of, selectors.builds, selectors.counts, selectors.display_material):
            with pytest.raises(Missing):
                act(outsider, stage.edition)
        with pytest.raises(Missing):
            selectors.entry_for_desk(outsider, stage.edition, stage.entry(0).key)


@at("informed")
def test_before_the_edition_is_told_no_row_of_the_casebook_is_read_for_an_applicant(
    stage: stages.Stage, django_assert_num_queries: Any
) -> None:
    case, owner = stage.case(0), stage.owners[0]
    policies.may_learn(owner, case)  # the memberships are read once
    case.edition.state = "decided"
    with django_assert_num_queries(0):
        assert not policies.may_learn(owner, case)
        with pytest.raises(Missing):
            selectors.entry_for_applicant(owner, case)


@at("informed")
def test_display_material_is_taken_described_arranged_and_taken_back(stage: stages.Stage) -> None:
    owner, row = stage.owners[0], picture_of(stage)
    services.describe_material(owner, row, captions={"en": "On stage"}, alts={"en": "A hall", "zh-hans": "大厅"}, credit="Us")
    services.arrange_picture(stage.desk, row, printed=True, position=3)
    row.refresh_from_db()
    assert (row.captions, row.printed, row.position) == ({"en": "On stage"}, True, 3)
    for act in (
        lambda: services.remove_material(owner, row),
        lambda: services.describe_material(owner, row, captions={}, alts={}, credit=""),
    ):
        with pytest.raises(Conflict):
            act()
    services.arrange_picture(stage.desk, row, printed=False, position=0)
    services.remove_material(owner, row)
    assert not EntryPicture.objects.filter(pk=row.pk).exists()


@at("informed")
def test_display_material_is_held_to_its_kind_owner_and_number(stage: stages.Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    entry = stage.entry(0)
    with pytest.raises(Invalid):
        services.take_material(stage.owners[0], entry, "document", io.BytesIO(b"%PDF"), name="a.pdf", size=4)
    with pytest.raises(Invalid):
        services.take_material(stage.owners[0], entry, "picture", io.BytesIO(b"no picture"), name="a.jpg", size=10)
    with pytest.raises(Missing):
        services.take_material(stage.owners[1], entry, "picture", io.BytesIO(b"x"), name="a.jpg", size=1)
    data = making.jpeg()
    limits = materials.limits_for(stage.edition.settings, "picture")
    other = files.take(stage.owners[1].pk, "picture", io.BytesIO(data), name="b.jpg", size=len(data), limits=limits)
    with pytest.raises(Missing):
        services.add_material(stage.owners[0], entry, other, captions={}, alts={}, credit="")
    monkeypatch.setattr("praxis.lifecycle.casebook.display.MAX_PICTURES", 0)
    with pytest.raises(Invalid):
        services.take_material(stage.owners[0], entry, "picture", io.BytesIO(data), name="c.jpg", size=len(data))


# The table


def bring(stage: stages.Stage, state: str) -> Entry:
    """The first entry in a state."""
    owner, desk = stage.owners[0], stage.desk
    if state in ("proof_sent", "changes_asked", "approved"):
        services.send_proof(desk, stage.entry(0))
    if state == "changes_asked":
        services.ask_changes(owner, stage.entry(0), message="Please change.")
    if state == "approved":
        services.approve_proof(owner, stage.entry(0))
    if state == "dropped":
        services.drop_entry(desk, stage.entry(0), reason="Declined.")
    assert stage.entry(0).state == state
    return stage.entry(0)


ACTS: dict[str, Any] = {
    "edit": lambda stage, entry: services.edit_entry(stage.desk, entry, bodies={("en", "summary"): "Anew."}),
    "send_proof": lambda stage, entry: services.send_proof(stage.desk, entry),
    "approve": lambda stage, entry: services.approve_proof(stage.owners[0], entry),
    "ask_changes": lambda stage, entry: services.ask_changes(stage.owners[0], entry, message="Please change."),
    "reopen": lambda stage, entry: services.reopen_entry(stage.desk, entry, reason="A mistake."),
    "drop": lambda stage, entry: services.drop_entry(stage.desk, entry, reason="Declined."),
    "restore": lambda stage, entry: services.restore_entry(stage.desk, entry, reason="Came back."),
}


@at("informed")
@pytest.mark.parametrize("action", ENTRY.actions)
@pytest.mark.parametrize("state", list(ENTRY.states))
def test_every_row_of_the_table(stage: stages.Stage, state: str, action: str) -> None:
    entry = bring(stage, state)
    row = ENTRY.find(state, action)
    if row is None:
        with pytest.raises(DomainError):
            ACTS[action](stage, entry)
        assert stage.entry(0).state == state
    else:
        ACTS[action](stage, entry)
        assert stage.entry(0).state == row.target


@at("public")
@pytest.mark.parametrize("action", ENTRY.actions)
def test_after_the_release_nothing_of_an_entry_moves(stage: stages.Stage, action: str) -> None:
    before = stage.entry(0).state
    with pytest.raises(Conflict):
        ACTS[action](stage, stage.entry(0))
    assert stage.entry(0).state == before


@at("informed")
@pytest.mark.parametrize("action", ["reopen", "drop", "restore"])
def test_what_needs_a_reason_is_refused_without(stage: stages.Stage, action: str) -> None:
    entry = bring(stage, {"reopen": "approved", "drop": "drafted", "restore": "dropped"}[action])
    service = {"reopen": services.reopen_entry, "drop": services.drop_entry, "restore": services.restore_entry}[action]
    with pytest.raises(Invalid):
        service(stage.desk, entry, reason=" \n")


# The book


@at("informed")
def test_a_book_is_made_by_a_job_and_knows_when_it_is_behind(stage: stages.Stage) -> None:
    row = services.build(stage.desk, stage.edition, "en", "epub")
    jobs.drain(ignore_delay=True)
    row.refresh_from_db()
    assert row.state == Build.State.READY
    assert row.file is not None
    assert files.read(row.file).startswith(b"PK")
    book = selectors.casebook_of(stage.desk, stage.edition)
    assert book is not None
    assert row.digest == selectors.content_digest(book, "en")
    services.edit_entry(stage.desk, stage.entry(0), bodies={("en", "summary"): "Changed."})
    assert row.digest != selectors.content_digest(book, "en")


@at("informed")
def test_a_book_that_cannot_be_set_keeps_the_reason(stage: stages.Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_book: Any) -> bytes:
        raise TypesettingError({"zh-hans": "第1案例缺字。", "en": "Case 1 has a character without a glyph."})

    monkeypatch.setattr(tasks, "build_pdf", refuse)
    row = services.build(stage.desk, stage.edition, "en", "pdf")
    jobs.drain(ignore_delay=True)
    row.refresh_from_db()
    assert row.state == Build.State.FAILED
    assert row.problem == "Case 1 has a character without a glyph."
    assert row.findings == [{"zh-hans": "第1案例缺字。", "en": "Case 1 has a character without a glyph."}]
    assert row.file is None


@at("informed")
def test_a_book_that_breaks_is_tried_again_and_keeps_the_reason_in_the_end(
    stage: stages.Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(_book: Any) -> bytes:
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(tasks, "build_pdf", crash)
    row = services.build(stage.desk, stage.edition, "en", "pdf")
    Job.objects.filter(key=f"casebook.build:{row.pk}").update(max_attempts=2)
    jobs.drain(ignore_delay=True)
    row.refresh_from_db()
    assert row.state == Build.State.RUNNING
    jobs.drain(ignore_delay=True)
    row.refresh_from_db()
    assert row.state == Build.State.FAILED
    assert "the disk is full" in row.problem
    assert Job.objects.get(key=f"casebook.build:{row.pk}").state == Job.State.DEAD


@at("informed")
def test_all_books_are_made_by_one_job_and_one_that_is_spoilt_leaves_the_others(
    stage: stages.Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(book: Any) -> bytes:
        if book.language == "en":
            raise TypesettingError({"zh-hans": "缺字。", "en": "A glyph is missing."})
        return b"%PDF-"

    monkeypatch.setattr(tasks, "build_pdf", refuse)
    monkeypatch.setattr(tasks, "build_epub", lambda book: f"EPUB {book.language}".encode())
    rows = services.build_all(stage.desk, stage.edition)
    job = Job.objects.get(key__startswith="casebook.build:")
    assert set(selectors.jobs_of(rows)) == {row.pk for row in rows} == {job.arguments["build_id"], *job.arguments["others"]}
    jobs.drain(strict=True)
    made = {(row.language, row.format): row for row in selectors.builds(stage.desk, stage.edition)}
    assert {key for key, row in made.items() if row.state == Build.State.READY} == {
        ("zh-hans", "pdf"), ("zh-hans", "epub"), ("en", "epub"),
    }
    assert files.read(made[("en", "epub")].file) == b"EPUB en"
    assert (made[("en", "pdf")].state, made[("en", "pdf")].problem) == (Build.State.FAILED, "A glyph is missing.")


@at("informed")
def test_preflight_names_what_is_missing(stage: stages.Stage) -> None:
    services.edit_entry(stage.desk, stage.entry(0), bodies={("en", "summary"): ""})
    found = services.preflight(stage.desk, stage.edition, "en")
    numbers = {row.case_id: number for number, row in enumerate(selectors.all_entries(stage.edition), start=1)}
    assert any(item.entry == numbers[stage.cases[0].pk] and item.severity == "error" for item in found)


def library(stage: stages.Stage) -> list[Entry]:
    """What of the edition the library shows to everyone."""
    rows = selectors.public_entries(selectors.Filters(), limit=1000).rows
    return [row for row in rows if row.casebook.edition_id == stage.edition.pk]


@at("informed")
def test_at_the_release_the_latest_books_are_published_and_entries_are_found(stage: stages.Stage) -> None:
    first = services.build(stage.desk, stage.edition, "en", "epub")
    second = services.build(stage.desk, stage.edition, "en", "epub")
    jobs.drain(ignore_delay=True)
    title = stage.entry(0).titles["en"]
    assert search.find(title, audience="public", kinds=["entry"]) == []
    assert selectors.published_builds(stage.edition) == []
    assert not library(stage)
    with pytest.raises(Missing):
        selectors.public_entry(stage.entry(0).key)
    selection.approve_release(stage.chairs[0], stage.edition)
    selection.approve_release(stage.chairs[1], stage.edition)
    published = selectors.published_builds(stage.fresh())
    assert [row.pk for row in published] == [second.pk]
    assert first.pk != second.pk
    assert stage.entry(0).key in {row.object_id for row in search.find(title, audience="public", kinds=["entry"])}
    assert len(library(stage)) == 3


@at("public")
def test_a_book_first_made_after_the_release_is_published_and_a_second_is_not(stage: stages.Stage) -> None:
    rows = [services.build(stage.desk, stage.edition, "en", "epub") for _time in range(2)]
    jobs.drain(ignore_delay=True)
    assert [Build.objects.get(pk=row.pk).published for row in rows] == [True, False]


@at("informed", "public")
def test_errata_are_for_published_books_and_in_every_language(stage: stages.Stage) -> None:
    said = {"en": "Read 2019.", "zh-hans": "应为2019年。"}
    if stage.edition.state != "released":
        with pytest.raises(Conflict):
            services.add_erratum(stage.desk, stage.entry(0), said=said)
        return
    with pytest.raises(Invalid):
        services.add_erratum(stage.desk, stage.entry(0), said={"en": "Read 2019."})
    services.add_erratum(stage.desk, stage.entry(0), said=said)
    assert [row.texts for row in selectors.public_errata(stage.edition)] == [said]


@at("informed")
def test_the_list_of_entries_costs_the_same_for_one_three_and_three_hundred(
    stage: stages.Stage, django_assert_num_queries: Any
) -> None:
    made = stage.entry(0)
    cases = type(made.case).objects.bulk_create(
        type(made.case)(
            edition=stage.edition, organisation=made.case.organisation, category=made.category, key=f"many{n}", number=f"MANY-{n}",
            titles={"en": f"Many {n}"}, state="admitted", submitted_at=stage.instant, revision=made.revision,
        )
        for n in range(300)
    )  # fmt: skip
    selectors.entries(stage.desk, stage.edition)
    for wanted in (0, 1, 297):
        for case in cases[:wanted]:
            Entry.objects.create(casebook=made.casebook, case=case, revision=made.revision, category=made.category, key=case.key, titles=case.titles)
        cases = cases[wanted:]
        with django_assert_num_queries(1):
            page = selectors.entries(stage.desk, stage.edition)
            assert [row.case.number for row in page.rows]
        with django_assert_num_queries(3):
            rows = selectors.whole_entries(stage.edition)
            assert [(selectors.texts_of(row), selectors.pictures_of(row)) for row in rows]
