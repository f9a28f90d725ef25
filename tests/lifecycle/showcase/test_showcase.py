"""The stage, invitations, certificates, the award for units, stories, and the export of everything."""

from __future__ import annotations

import hashlib
import io
import json
import tracemalloc
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pypdf
import pytest

from praxis.foundation import clock
from praxis.foundation.errors import Conflict, Invalid, Missing
from praxis.foundation.files import services as files
from praxis.foundation.jobs import services as jobs
from praxis.foundation.jobs.models import Job
from praxis.foundation.notices.models import Notice
from praxis.lifecycle.cases.models import Attachment
from praxis.lifecycle.recommendations import services as recommendations
from praxis.lifecycle.recommendations.models import Recommendation
from praxis.lifecycle.showcase import certificates, exports, privacy, selectors, services
from praxis.lifecycle.showcase.models import Certificate, Invitation, Slot, UnitAward
from tests.support import stages, world

pytestmark = pytest.mark.django_db
sealed = stages.made_once(stages.decided)
informed = stages.made_once(lambda: stages.told(accepted=2))
public = stages.made_once(stages.released)
stage = stages.copied()
at = stages.at


def slot_of(stage: stages.Stage) -> Slot:
    return selectors.slots(stage.desk, stage.edition)[0]


def named(stage: stages.Stage) -> Slot:
    """The slot of the Outstanding Case with its presenter and assistant."""
    slot = slot_of(stage)
    services.name_presenter(stage.owners[0], slot, "presenter", name="Amina Diallo", email="amina@example.org", language="en")
    services.name_presenter(stage.owners[0], slot, "assistant", name="李波", email="bo@example.org", language="zh-hans")
    return slot


# The stage


@at("informed")
def test_each_outstanding_case_has_a_slot_that_can_be_moved(stage: stages.Stage) -> None:
    assert [row.entry.case_id for row in selectors.slots(stage.desk, stage.edition)] == [stage.cases[0].pk]
    for place in (1, 2):
        Slot.objects.create(showcase=slot_of(stage).showcase, entry=stage.entry(place), position=place + 1)
    last = selectors.slots(stage.desk, stage.edition)[-1]
    services.move_slot(stage.desk, last, 1)
    order = [(row.entry.case_id, row.position) for row in selectors.slots(stage.desk, stage.edition)]
    assert order == [(stage.cases[2].pk, 1), (stage.cases[0].pk, 2), (stage.cases[1].pk, 3)]
    services.plan(stage.desk, stage.edition)
    assert [row.entry.case_id for row in selectors.slots(stage.desk, stage.edition)] == [stage.cases[0].pk]


@at("informed")
def test_presenters_rehearsals_and_trophies(stage: stages.Stage) -> None:
    slot = named(stage)
    services.name_presenter(stage.owners[0], slot, "presenter", name="Another Person")
    assert selectors.presenters(slot_of(stage))["presenter"].name == "Another Person"
    services.set_slot(stage.desk, slot, minutes=8, trophy="engraved", note="Comes by train")
    row = services.schedule_rehearsal(stage.desk, slot, at=stage.instant, place="Hall 1", note="With slides")
    services.mark_rehearsal(stage.desk, row, held=True)
    slot = slot_of(stage)
    assert (slot.minutes, slot.trophy, slot.note) == (8, "engraved", "Comes by train")
    assert [(item.held, item.note) for item in slot.rehearsals.all()] == [(True, "With slides")]
    with pytest.raises(Invalid):
        services.set_slot(stage.desk, slot, minutes=0, trophy="engraved", note="")
    with pytest.raises(Invalid):
        services.set_slot(stage.desk, slot, minutes=5, trophy="melted", note="")
    with pytest.raises(Invalid):
        services.set_stage(stage.desk, stage.edition, venue={}, starts_at=None, stream="javascript:alert(1)")


@at("informed")
def test_only_its_own_applicant_and_the_secretariat_name_who_speaks(stage: stages.Stage) -> None:
    slot = slot_of(stage)
    for outsider in (stage.owners[1], stage.owners[4], stage.expert.user):
        with pytest.raises(Missing):
            services.name_presenter(outsider, slot, "presenter", name="Nobody")
        for act in (selectors.slots, selectors.invitations, selectors.certificates, selectors.unit_awards, selectors.stories, selectors.exports):
            with pytest.raises(Missing):
                act(outsider, stage.edition)
        for change in (services.plan, services.make_invitations, services.make_certificates, services.compute_unit_award, services.export_everything):
            with pytest.raises(Missing):
                change(outsider, stage.edition)


# Invitations


@at("informed")
def test_invitations_go_to_those_who_know_and_say_nothing_of_others(stage: stages.Stage) -> None:
    named(stage)
    assert services.make_invitations(stage.desk, stage.edition) == 3
    rows = Invitation.objects.filter(edition=stage.edition)
    assert sorted(rows.values_list("mode", "name")) == [("online", "Wanjiku Kamau"), ("onsite", "Amina Diallo"), ("onsite", "李波")]
    assert services.make_invitations(stage.desk, stage.edition) == 0
    assert services.send_all_invitations(stage.desk, stage.edition) == 3
    letters = Notice.objects.filter(edition_id=stage.edition.pk, kind__startswith="showcase.invited")
    assert set(letters.values_list("to", flat=True)) == {"amina@example.org", "bo@example.org", stage.owners[1].email}
    assert "Outstanding" not in " ".join(row.body for row in letters)


@at("informed")
def test_another_presenter_means_another_draft_and_the_old_one_goes(stage: stages.Stage) -> None:
    slot = named(stage)
    services.make_invitations(stage.desk, stage.edition)
    services.name_presenter(stage.owners[0], slot, "presenter", name="Another Person", email="another@example.org")
    assert services.make_invitations(stage.desk, stage.edition) == 1
    names = set(Invitation.objects.filter(edition=stage.edition, mode="onsite").values_list("name", flat=True))
    assert names == {"Another Person", "李波"}


@at("informed")
def test_an_invitation_is_answered_by_its_link_once_it_is_sent(stage: stages.Stage) -> None:
    named(stage)
    services.make_invitations(stage.desk, stage.edition)
    row = Invitation.objects.filter(edition=stage.edition, name="Amina Diallo").get()
    with pytest.raises(Missing):
        selectors.invitation_by_token(row.token)
    services.send_invitation(stage.desk, row)
    services.answer_invitation(selectors.invitation_by_token(row.token), comes=True)
    assert Invitation.objects.get(pk=row.pk).state == "accepted"


@at("informed")
def test_a_persons_data_is_given_out_and_erased(stage: stages.Stage) -> None:
    named(stage)
    services.make_invitations(stage.desk, stage.edition)
    person = world.person("amina@example.org")
    assert privacy.collect(person) == {"on_stage": [], "invitations": []}
    services.send_all_invitations(stage.desk, stage.edition)
    assert [row["name"] for row in privacy.collect(person)["invitations"]] == ["Amina Diallo"]
    privacy.erase(person)
    assert "Amina" not in str(list(Invitation.objects.values_list("name", "email")) + list(slot_of(stage).presenters.values_list("name", "email")))


# The award for units


def with_units(stage: stages.Stage) -> None:
    """Unit one recommends its own first case and the second; unit two the fourth, which is only admitted."""
    own = stage.cases[0].organisation
    other = world.organisation(world.person(), "Other unit", place="CN")
    for code, organisation in (("unit-one", own), ("unit-two", other), ("unit-idle", world.organisation(world.person(), "Idle", place="CN"))):
        recommendations.appoint(stage.desk, stage.edition, organisation, code=code, mailbox=f"{code}@example.org")
    units = {row.code: row for row in stage.edition.units.all()}
    for code, place in (("unit-one", 0), ("unit-one", 1), ("unit-two", 3)):
        Recommendation.objects.create(unit=units[code], case=stage.cases[place], project="x", state="linked")


@at("informed")
def test_the_award_is_as_computed_by_hand(stage: stages.Stage) -> None:
    """Own: 1 admitted + 4 Casebook + 5 Outstanding = 10. Collected: 1 + 4 = 5. Unit two: 1. Idle: none."""
    with_units(stage)
    rows = {row.unit.code: row for row in services.compute_unit_award(stage.desk, stage.edition)}
    assert {code: (row.points, row.rank, row.awarded) for code, row in rows.items()} == {
        "unit-one": (15.0, 1, True), "unit-two": (1.0, 2, True), "unit-idle": (0.0, 3, False),
    }  # fmt: skip
    lines = {line["number"]: line for line in rows["unit-one"].derivation["cases"]}
    own, collected = lines[stage.cases[0].number], lines[stage.cases[1].number]
    assert (own["own"], own["steps"], own["points"]) == (True, ["submitted", "admitted", "casebook", "outstanding"], 10.0)
    assert (collected["own"], collected["steps"], collected["points"]) == (False, ["submitted", "admitted", "casebook"], 5.0)
    with pytest.raises(Invalid):
        services.grant_award(stage.desk, rows["unit-two"], awarded=False, reason="")
    services.grant_award(stage.desk, rows["unit-two"], awarded=False, reason="Points of one case only.")
    again = UnitAward.objects.get(pk=rows["unit-two"].pk)
    assert not again.awarded
    assert again.derivation["override"] == "Points of one case only."


@at("public")
def test_after_the_release_the_award_stands(stage: stages.Stage) -> None:
    with pytest.raises(Conflict):
        services.compute_unit_award(stage.desk, stage.edition)


@at("informed")
def test_awarded_units_are_invited_after_the_release_only(stage: stages.Stage) -> None:
    with_units(stage)
    services.compute_unit_award(stage.desk, stage.edition)
    services.make_invitations(stage.desk, stage.edition)
    row = Invitation.objects.get(edition=stage.edition, unit__code="unit-one")
    with pytest.raises(Conflict):
        services.send_invitation(stage.desk, row)
    assert selectors.public_unit_awards(stage.edition) == []


# Certificates


@at("informed")
def test_certificates_are_accessible_archival_and_the_same_each_time(stage: stages.Stage) -> None:
    with_units(stage)
    services.compute_unit_award(stage.desk, stage.edition)
    with clock.at(stage.instant):
        assert services.make_certificates(stage.desk, stage.edition) == 3 + 1 + 2
    jobs.drain(ignore_delay=True)
    rows = list(Certificate.objects.filter(edition=stage.edition).select_related("entry", "unit", "file").order_by("id"))
    assert {row.kind for row in rows} == {"casebook", "outstanding", "unit"}
    for row in rows:
        assert row.file is not None
        data = files.read(row.file)
        reader = pypdf.PdfReader(io.BytesIO(data))
        assert len(reader.pages) == 1
        assert row.code in reader.pages[0].extract_text()
        described = reader.metadata
        assert described is not None
        stream = reader.trailer["/Root"]["/Metadata"].get_data().decode()
        assert "pdfaid:part" in stream
        assert ">2<" in stream.partition("pdfaid:part")[2][:4] or 'pdfaid:part="2"' in stream
        assert "pdfuaid" in stream
        assert hashlib.sha256(data).hexdigest() == row.file.sha256
    again = certificates.build(stage.edition, rows[:2])
    assert [hashlib.sha256(data).hexdigest() for data in again] == [row.file.sha256 for row in rows[:2] if row.file]


@at("informed")
def test_certificates_follow_names_and_decisions_until_the_release(stage: stages.Stage) -> None:
    services.make_certificates(stage.desk, stage.edition)
    jobs.drain(ignore_delay=True)
    first = Certificate.objects.get(edition=stage.edition, kind="casebook", entry=stage.entry(1))
    entry = stage.entry(1)
    entry.applicants = {"en": "A corrected name"}
    entry.save(update_fields=["applicants"])
    dropped = stage.entry(2)
    dropped.state = "dropped"
    dropped.save(update_fields=["state"])
    assert services.make_certificates(stage.desk, stage.edition) == 0
    jobs.drain(ignore_delay=True)
    row = Certificate.objects.get(pk=first.pk)
    assert row.names == {"en": "A corrected name"}
    assert row.file_id not in (None, first.file_id)
    assert not Certificate.objects.filter(edition=stage.edition, entry=dropped).exists()
    assert selectors.certificate_by_code(row.code) is None
    assert selectors.certificates_for_applicant(stage.owners[1], stage.case(1)) == []


@at("public")
def test_anyone_can_check_a_certificate_by_its_code_after_the_release(stage: stages.Stage) -> None:
    services.make_certificates(stage.desk, stage.edition)
    row = Certificate.objects.filter(edition=stage.edition).order_by("id")[0]
    assert selectors.certificate_by_code(f" {row.code.lower()} ") == row
    assert selectors.certificate_by_code("2026-000000") is None


# Stories


@at("informed", "public")
def test_stories_are_written_before_and_published_after_the_release(stage: stages.Stage) -> None:
    with pytest.raises(Invalid):
        services.write_story(stage.desk, stage.entry(0), "en", title="", body="")
    with pytest.raises(Invalid):
        services.write_story(stage.desk, stage.entry(0), "fr", title="Titre", body="Texte")
    row = services.write_story(stage.desk, stage.entry(0), "en", title="On the lake", body="A story.")
    if stage.edition.state != "released":
        with pytest.raises(Conflict):
            services.publish_story(stage.desk, row)
        assert selectors.public_stories(stage.entry(0)) == []
        return
    services.publish_story(stage.desk, row)
    assert [item.title for item in selectors.public_stories(stage.entry(0))] == ["On the lake"]
    services.publish_story(stage.desk, row, publish=False)
    assert selectors.public_stories(stage.entry(0)) == []


# The export of everything


def keep(stage: stages.Stage, size: int) -> None:
    """Another file of a case, of `size` bytes that do not compress."""
    data = hashlib.shake_128(str(size).encode()).digest(size)
    file = files.store_product("large.bin", "application/octet-stream", data)
    Attachment.objects.create(case=stage.cases[0], key=f"large{size}", kind="document", file=file)


@at("informed")
def test_the_archive_holds_every_table_and_file_with_true_hashes(stage: stages.Stage) -> None:
    keep(stage, 100_000)
    services.make_invitations(stage.desk, stage.edition)
    job = services.export_everything(stage.desk, stage.edition)
    jobs.drain(ignore_delay=True)
    job = Job.objects.get(pk=job.pk)
    assert job.state == Job.State.DONE
    file = selectors.export_file(stage.desk, stage.edition, job.handle)
    with zipfile.ZipFile(io.BytesIO(files.read(file))) as archive:
        manifest = json.loads(archive.read("manifest.json"))
        assert set(manifest) == set(archive.namelist()) - {"manifest.json"}
        for name, expected in manifest.items():
            assert hashlib.sha256(archive.read(name)).hexdigest() == expected
        cases = [json.loads(line) for line in archive.read("tables/cases.case.jsonl").splitlines()]
        assert {row["number"] for row in cases} == {case.number for case in stage.cases}
        invitations = archive.read("tables/showcase.invitation.jsonl")
        assert invitations
        assert Invitation.objects.filter(edition=stage.edition)[0].token.encode() not in invitations
        assert any(name.endswith("large.bin") for name in manifest)
    for outsider in (stage.owners[0], stage.expert.user):
        with pytest.raises(Missing):
            selectors.export_file(outsider, stage.edition, job.handle)


@at("informed")
def test_the_archive_needs_no_more_memory_for_larger_files(stage: stages.Stage, tmp_path: Path) -> None:
    def peak(name: str) -> int:
        tracemalloc.start()
        exports.write(stage.edition, tmp_path / name)
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found

    peak("first.zip")
    small = peak("small.zip")
    keep(stage, 24_000_000)
    assert peak("large.zip") < small + 4_000_000
    assert (tmp_path / "large.zip").stat().st_size > 24_000_000


@at("informed")
def test_lists_cost_the_same_for_one_three_and_three_hundred(stage: stages.Stage, django_assert_num_queries: Any) -> None:
    entry = stage.entry(0)
    selectors.invitations(stage.desk, stage.edition)
    made = 0
    for wanted in (1, 3, 300):
        Invitation.objects.bulk_create(
            Invitation(edition=stage.edition, entry=entry, mode="online", name=f"N{n}", token=f"t{n}") for n in range(made, wanted)
        )
        Certificate.objects.bulk_create(
            Certificate(edition=stage.edition, entry=entry, kind=f"k{n}", code=f"c{n}") for n in range(made, wanted)
        )
        made = wanted
        with django_assert_num_queries(2):
            assert [row.entry.case.number for row in selectors.invitations(stage.desk, stage.edition).rows if row.entry]
            assert [row.entry.case.number for row in selectors.certificates(stage.desk, stage.edition).rows if row.entry]
    for place in (1, 2):
        Slot.objects.create(showcase=slot_of(stage).showcase, entry=stage.entry(place), position=place + 1)
    services.schedule_rehearsal(stage.desk, slot_of(stage), at=stage.instant + timedelta(days=1), place="Hall")
    with django_assert_num_queries(3):
        rows = selectors.slots(stage.desk, stage.edition)
        assert [(row.presenters.all(), list(row.rehearsals.all()), row.entry.category) for row in rows]
