"""Choosing, sealing, telling, replacing and releasing."""

from __future__ import annotations

import dataclasses
import io
import re

import docx as python_docx
import pytest
import python_calamine

from praxis.foundation import clock
from praxis.foundation.audit.services import SYSTEM
from praxis.foundation.errors import Conflict, DomainError, Forbidden, Invalid, Missing
from praxis.foundation.jobs import services as jobs
from praxis.foundation.notices.models import Notice
from praxis.foundation.programmes import services as programmes
from praxis.foundation.programmes.models import EditionRole
from praxis.lifecycle.casebook.models import Entry
from praxis.lifecycle.cases import services as cases
from praxis.lifecycle.cases.models import Case
from praxis.lifecycle.selection import lists, proposals, selectors, services
from praxis.lifecycle.selection.models import Decision, ReleaseApproval, Selection
from praxis.lifecycle.selection.states import SELECTION
from tests.support import stages, world

pytestmark = pytest.mark.django_db
reviewed = stages.made_once(stages.reviewing)
with_choice = stages.made_once(stages.chosen)
sealed = stages.made_once(stages.decided)
informed = stages.made_once(stages.told)
uninformed = stages.made_once(lambda: stages.told(accepted=0, begun=False))
public = stages.made_once(stages.released)


stage = stages.copied()
at = stages.at


def numbers(stage: stages.Stage, tier: int) -> list[str | None]:
    return [row.case.number for row in selectors.chosen(stage.edition, stage.tiers[tier])]


@at("reviewed")
def test_the_proposal_is_the_best_set_and_says_who_was_close(stage: stages.Stage) -> None:
    made = services.propose(stage.desk, stage.tiers[0])
    assert made.chosen == [case.number for case in stage.cases[:3]]
    assert made.report["near"][0]["number"] == stage.cases[3].number
    assert made.report["near"][0]["leavers"] == [stage.cases[2].number]
    assert made.report["near"][0]["cost"] == pytest.approx(1.0, abs=0.2)
    assert not Decision.objects.filter(selection__edition=stage.edition).exists()


@at("reviewed")
def test_wishes_are_kept_and_their_price_is_told(stage: stages.Stage) -> None:
    second = stage.cases[1].category
    assert second is not None
    wishes = proposals.Wishes(3, 3, categories={second.code: (0, 0)})
    made = services.propose(stage.desk, stage.tiers[0], wishes)
    assert made.chosen == [stage.cases[n].number for n in (0, 2, 4)]
    ((label, price),) = selectors.prices(made, stage.edition)
    assert label == str(second)
    assert price > 0


@at("reviewed")
def test_a_case_can_be_forced_in_and_out(stage: stages.Stage) -> None:
    last, first = str(stage.cases[4].number), str(stage.cases[0].number)
    made = services.propose(stage.desk, stage.tiers[0], proposals.Wishes(3, 3, force_in=(last,), force_out=(first,)))
    assert sorted(made.chosen) == sorted(str(stage.cases[n].number) for n in (1, 2, 4))


@pytest.mark.parametrize(
    ("wishes", "field"),
    [
        (proposals.Wishes(4, 3), "high"),
        (proposals.Wishes(1, 3, force_in=("NO-SUCH",)), "force_in"),
        (proposals.Wishes(3, 3, categories={"infrastructure": (3, 1)}), "category_infrastructure"),
        (proposals.Wishes(5, 5, per_organisation=1, categories={"infrastructure": (0, 1)}), "quotas"),
    ],
)
@at("reviewed")
def test_wishes_that_make_no_sense_are_refused_in_words(stage: stages.Stage, wishes: proposals.Wishes, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        services.propose(stage.desk, stage.tiers[0], wishes)
    assert field in refused.value.fields


@at("reviewed")
def test_a_set_other_than_the_proposal_needs_a_reason(stage: stages.Stage) -> None:
    made = services.propose(stage.desk, stage.tiers[0])
    services.decide(stage.desk, stage.tiers[0], stage.cases[:3], proposal=made)
    with pytest.raises(Invalid) as refused:
        services.decide(stage.desk, stage.tiers[0], stage.cases[1:4], proposal=made)
    assert "reason" in refused.value.fields
    assert numbers(stage, 0) == [case.number for case in stage.cases[:3]]
    services.decide(stage.desk, stage.tiers[0], stage.cases[1:4], proposal=made, reason="The field would be empty.")
    assert numbers(stage, 0) == [case.number for case in stage.cases[1:4]]


@at("with_choice")
def test_only_what_the_round_looked_at_and_the_tier_before_chose_can_be_chosen(stage: stages.Stage) -> None:
    outsider = Case.objects.create(edition=stage.edition, organisation=stage.cases[0].organisation, key="outside", number="X-1")
    for chosen, reserve in (([outsider], []), ([stage.cases[0]], [stage.cases[0]]), ([stage.cases[4]], []), ([stage.cases[0]], [stage.cases[4]])):
        with pytest.raises(Invalid):
            services.decide(stage.desk, stage.tiers[1], chosen, reserve, reason="A try.")


@at("with_choice")
def test_falling_out_of_a_tier_is_falling_out_of_the_later_ones(stage: stages.Stage) -> None:
    services.decide(stage.desk, stage.tiers[0], stage.cases[1:4], reason="Another set.")
    assert numbers(stage, 1) == []


@at("with_choice")
def test_a_case_that_has_left_the_call_cannot_be_sealed(stage: stages.Stage) -> None:
    cases.withdraw(stage.desk, stage.case(1), reason="Asked by letter.")
    with clock.at(stage.instant), pytest.raises(Invalid) as refused:
        services.seal(stage.chairs[0], stage.edition)
    assert str(stage.cases[1].number) in str(refused.value)
    with pytest.raises(Invalid):
        services.decide(stage.desk, stage.tiers[0], [stage.case(n) for n in (0, 1, 2)], reason="A try.")


@at("with_choice")
def test_sealing_wants_every_tier_within_its_size_and_a_chair(stage: stages.Stage) -> None:
    with pytest.raises(Forbidden):
        services.seal(stage.desk, stage.edition)
    services.decide(stage.desk, stage.tiers[1], [], reason="None.")
    with pytest.raises(Invalid):
        services.seal(stage.chairs[0], stage.edition)


@at("sealed")
def test_sealing_makes_the_list_for_approval_and_shuts_the_decisions(stage: stages.Stage) -> None:
    jobs.drain(ignore_delay=True)
    sealed = Selection.objects.get(edition=stage.edition)
    assert sealed.digest == services.digest_of(sealed)
    assert sealed.list_docx is not None
    assert sealed.list_xlsx is not None
    assert stage.fresh().state == "decided"
    with pytest.raises(Conflict):
        services.decide(stage.desk, stage.tiers[0], stage.cases[:3], reason="Again.")
    with pytest.raises(Conflict):
        services.propose(stage.desk, stage.tiers[0])


@at("sealed")
def test_the_list_for_approval_is_in_the_languages_of_its_edition(stage: stages.Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    selection = Selection.objects.get(edition=stage.edition)
    found = Decision.objects.filter(selection=selection, reserve=None).select_related("case__organisation", "case__category", "tier")
    rows = list(found.order_by("tier__position", "case__number"))

    def read() -> tuple[list[str], list[list[str]]]:
        document = python_docx.Document(io.BytesIO(lists.docx(selection, rows)))
        section, table = document.sections[0], document.tables[0]
        assert section.page_width > section.page_height
        return [paragraph.text for paragraph in document.paragraphs], [[cell.text for cell in row.cells] for row in table.rows]

    said, table = read()
    assert table[0] == ["编号 No.", "案例", "Case", "申报单位 Applicant", "领域 Field", "国家或地区 Countries or regions"]
    assert any(text.endswith("· 入选 Chosen (3)") for text in said)
    both = read_xlsx(lists.xlsx(selection, rows))
    assert both[1] == table[0]

    info = dataclasses.replace(stage.edition.settings.edition, languages=("en",), default_language="en")
    english = dataclasses.replace(stage.edition.settings, edition=info)
    monkeypatch.setattr(type(selection.edition), "settings", english)
    said, table = read()
    assert table[0] == ["No.", "Case", "Applicant", "Field", "Countries or regions"]
    assert table[1][1] == rows[0].case.titles["en"]
    assert not re.search(r"[\u4e00-\u9fff]", "".join(said) + "".join(table[0]) + table[1][3] + table[1][4])
    assert read_xlsx(lists.xlsx(selection, rows))[1] == table[0]


def read_xlsx(data: bytes) -> list[list[str]]:
    """The first sheet."""
    return python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()


@at("sealed")
def test_unsealing_needs_a_reason_and_opens_all_again(stage: stages.Stage) -> None:
    with pytest.raises(Invalid):
        services.unseal(stage.chairs[0], stage.edition, reason=" ")
    services.unseal(stage.chairs[0], stage.edition, reason="A conflict came to light.")
    assert stage.fresh().state == "reviewing"
    services.decide(stage.desk, stage.tiers[0], stage.cases[:3], reason="Again.")


@at("sealed")
def test_a_broken_seal_stops_telling_and_release(stage: stages.Stage) -> None:
    Decision.objects.filter(case=stage.cases[4], tier=stage.tiers[0]).update(reserve=None)
    with pytest.raises(Conflict) as refused:
        services.tell(stage.desk, stage.edition)
    assert refused.value.code == "broken_seal"
    assert Notice.objects.filter(edition_id=stage.edition.pk, kind="selection.told").count() == 0


@at("informed")
def test_a_seal_broken_after_telling_stops_the_release_and_replacements(stage: stages.Stage) -> None:
    Decision.objects.filter(case=stage.cases[1], tier=stage.tiers[1]).update(reserve=None)
    for act in (
        lambda: services.approve_release(stage.chairs[0], stage.edition),
        lambda: services.replace(stage.chairs[0], selectors.chosen(stage.edition, stage.tiers[0])[2], reason="Declined."),
    ):
        with pytest.raises(Conflict) as refused:
            act()
        assert refused.value.code == "broken_seal"
    assert stage.fresh().state == "told"


@at("uninformed")
def test_letters_go_to_the_chosen_alone_and_say_no_word_of_the_result(stage: stages.Stage) -> None:
    letters = Notice.objects.filter(edition_id=stage.edition.pk, kind="selection.told")
    assert sorted(letters.values_list("to", flat=True)) == sorted(owner.email for owner in stage.owners[:3])
    for letter in letters:
        words = f"{letter.subject} {letter.body}".lower()
        assert not any(word in words for word in ("casebook", "outstanding", "chosen", "精品", "案例集", "入选"))


@at("uninformed")
def test_a_result_is_known_only_after_accepting(stage: stages.Stage) -> None:
    before = selectors.result_for(stage.owners[0], stage.case(0))
    assert before is not None
    assert (before.accepted, before.tiers) == (False, [])
    services.accept_confidentiality(stage.owners[0], stage.case(0))
    after = selectors.result_for(stage.owners[0], stage.case(0))
    assert after is not None
    assert [tier["en"] for tier in after.tiers] == ["Casebook", "Outstanding Case"]
    assert after.on_stage
    for place in (3, 4):
        assert selectors.result_for(stage.owners[place], stage.case(place)) is None
        with pytest.raises(Missing):
            services.accept_confidentiality(stage.owners[place], stage.case(place))
    assert selectors.result_for(stage.owners[3], stage.case(0)) is None


@at("informed")
def test_replacing_moves_the_reserve_up_in_every_tier_and_tells_it(stage: stages.Stage) -> None:
    services.approve_release(stage.chairs[0], stage.edition)
    services.decline(stage.owners[0], stage.case(0), reason="We cannot travel.")
    leaving = next(row for row in selectors.chosen(stage.edition, stage.tiers[0]) if row.case_id == stage.cases[0].pk)
    mover = services.replace(stage.chairs[0], leaving, reason="Declined.")
    assert mover.case_id == stage.cases[3].pk
    assert numbers(stage, 0) == [stage.cases[n].number for n in (1, 2, 3)]
    assert numbers(stage, 1) == [stage.cases[1].number]
    assert Notice.objects.filter(kind="selection.told", to=stage.owners[3].email).count() == 1
    assert not ReleaseApproval.objects.filter(selection__edition=stage.edition).exists()
    states = dict(Entry.objects.values_list("case_id", "state"))
    assert states[stage.cases[0].pk] == "dropped"
    assert states[stage.cases[3].pk] == "drafted"
    assert Entry.objects.get(case=stage.cases[1]).outstanding
    result = selectors.result_for(stage.owners[0], stage.case(0))
    assert result is not None
    assert result.left
    assert result.tiers == []
    selection = selectors.selection_of(stage.desk, stage.edition)
    assert selection is not None
    assert not services.is_broken(selection)
    with pytest.raises(Conflict):
        services.replace(stage.chairs[0], leaving, reason="Twice.")


@at("informed")
def test_without_a_reserve_nobody_can_be_replaced(stage: stages.Stage) -> None:
    for _time in range(2):
        services.replace(stage.chairs[0], selectors.chosen(stage.edition, stage.tiers[0])[-1], reason="Declined.")
    with pytest.raises(Conflict):
        services.replace(stage.chairs[0], selectors.chosen(stage.edition, stage.tiers[0])[-1], reason="Declined.")


@at("informed")
def test_two_different_people_release(stage: stages.Stage) -> None:
    assert services.approve_release(stage.desk, stage.edition) is False
    assert services.approve_release(stage.desk, stage.edition) is False
    assert stage.fresh().state == "told"
    assert services.approve_release(stage.chairs[0], stage.edition) is True
    assert stage.fresh().state == "released"


@at("informed")
def test_the_word_of_somebody_taken_off_the_edition_no_longer_counts(stage: stages.Stage) -> None:
    services.approve_release(stage.desk, stage.edition)
    programmes.take_off(SYSTEM, stage.edition, stage.desk, EditionRole.Role.SECRETARIAT)
    assert services.approve_release(stage.chairs[0], stage.edition) is False
    assert services.approve_release(stage.chairs[1], stage.edition) is True


@at("informed")
def test_the_house_itself_cannot_release(stage: stages.Stage) -> None:
    with pytest.raises(Invalid):
        services.approve_release(SYSTEM, stage.edition)


ACTS = {
    "seal": lambda stage: services.seal(stage.chairs[0], stage.edition),
    "unseal": lambda stage: services.unseal(stage.chairs[0], stage.edition, reason="A mistake."),
    "tell": lambda stage: services.tell(stage.chairs[0], stage.edition),
    "release": lambda stage: [services.approve_release(person, stage.edition) for person in stage.chairs],
}
MADE = {"with_choice": "open", "sealed": "sealed", "informed": "told", "public": "released"}


@pytest.mark.parametrize("action", SELECTION.actions)
@at(*MADE)
def test_every_row_of_the_table(stage: stages.Stage, action: str) -> None:
    state = Selection.objects.get(edition=stage.edition).state
    row = SELECTION.find(state, action)
    with clock.at(stage.instant):
        if row is None:
            with pytest.raises(DomainError) as refused:
                ACTS[action](stage)
            assert str(refused.value)
            assert Selection.objects.get(edition=stage.edition).state == state
        else:
            ACTS[action](stage)
            assert Selection.objects.get(edition=stage.edition).state == row.target


@at("sealed")
def test_others_cannot_even_see_that_there_is_a_selection(stage: stages.Stage) -> None:
    for outsider in (stage.owners[0], stage.expert.user, world.person()):
        for act, more in (
            (services.seal, {}), (services.unseal, {"reason": "x"}), (services.tell, {}), (services.approve_release, {}),
            (selectors.decisions, {}), (selectors.tellings, {}), (selectors.approved_list, {"format_": "docx"}),
            (selectors.overview, {}), (selectors.selection_of, {}),
        ):  # fmt: skip
            with pytest.raises(Missing):
                act(outsider, stage.edition, **more)
        with pytest.raises(Missing):
            services.propose(outsider, stage.tiers[0])
