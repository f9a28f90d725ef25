"""Editions: loading, naming people, moving on, deadlines; and past cases."""

from __future__ import annotations

from datetime import timedelta

import pytest

from praxis.foundation import clock
from praxis.foundation.archive import selectors as archive_selectors
from praxis.foundation.archive import services as archive
from praxis.foundation.audit import selectors as audit
from praxis.foundation.audit.services import SYSTEM
from praxis.foundation.errors import Conflict, Invalid, Missing
from praxis.foundation.programmes import policies, presets, selectors, services
from praxis.foundation.programmes.models import Edition, Tier
from praxis.foundation.programmes.states import EDITION, ROUND
from tests.support import world

pytestmark = pytest.mark.django_db


def edition(state: str = "draft") -> Edition:
    return world.edition(state=state)


class TestLoading:
    def test_a_preset_makes_fields_rounds_criteria_and_tiers(self) -> None:
        made = edition()
        config = made.settings
        assert [row.code for row in selectors.categories(made)] == [item.code for item in config.categories]
        assert [row.code for row in selectors.rounds(made)] == [item.code for item in config.rounds]
        assert {row.code: row.round.code for row in selectors.tiers(made)} == {i.code: i.round for i in config.tiers}
        for row in selectors.rounds(made):
            assert [one.code for one in row.criteria.all()] == [one.code for one in config.criteria_of(row.code)]
        assert made.closes_at == config.dates.closes

    def test_a_configuration_that_comes_along_with_many_rows_is_read_once(self) -> None:
        made = edition()
        first, second = (Tier.objects.select_related("edition").filter(edition=made).order_by("position")[place] for place in (0, 1))
        assert first.edition is not second.edition
        assert first.edition.config is second.edition.config
        assert first.edition.config == made.settings.to_json()
        Edition.objects.filter(pk=made.pk).update(config={"changed": True})
        assert Tier.objects.select_related("edition").get(pk=first.pk).edition.config == {"changed": True}

    def test_loading_again_changes_what_changed_and_doubles_nothing(self) -> None:
        made = edition()
        text = world.preset_text(world.WIC)
        before = made.config_digest
        services.load_preset(SYSTEM, text.replace("[programme]", "# same\n[programme]", 1), "again")
        assert Edition.objects.count() == 1
        made.refresh_from_db()
        assert made.config_digest == before
        assert made.categories.count() == len(made.settings.categories)

    def test_only_an_administrator_loads(self) -> None:
        with pytest.raises(Missing):
            services.load_preset(world.person(), world.preset_text(world.WIC), "x")
        assert not Edition.objects.exists()

    def test_a_mistake_is_told_with_its_line_and_nothing_is_loaded(self) -> None:
        text = world.preset_text(world.WIC).replace("size_about = ", "size_about = -", 1)
        with pytest.raises(presets.PresetError) as caught:
            services.load_preset(SYSTEM, text, "broken.toml")
        line = next(n for n, row in enumerate(text.split("\n"), 1) if "size_about = -" in row)
        assert line in [problem.line for problem in caught.value.problems]
        assert not Edition.objects.exists()

    def test_an_open_edition_keeps_its_fields_and_a_closed_one_takes_no_preset(self) -> None:
        made = edition("open")
        text = world.preset_text(world.WIC)
        code = made.settings.categories[0].code
        with pytest.raises(Conflict):
            services.load_preset(SYSTEM, text.replace(f'"{code}"', '"other-field"'), "x")
        assert made.categories.filter(code=code).exists()
        world.move_to(made, "screening")
        with pytest.raises(Conflict):
            services.load_preset(SYSTEM, text, "x")

    def test_a_deadline_moved_by_hand_survives_loading_the_same_preset(self) -> None:
        made = edition("open")
        later = made.closes_at + timedelta(days=3)
        services.move_deadline(SYSTEM, made, later, reason="Post was slow.")
        services.load_preset(SYSTEM, world.preset_text(world.WIC), "x")
        made.refresh_from_db()
        assert made.closes_at == later

    def test_sentences_follow_the_dates_of_the_edition(self) -> None:
        text = world.preset_text(world.WIC)
        stages = services.load_preset(SYSTEM, text, "wic").settings.call.stages
        assert [(stage.when["zh-hans"], stage.when["en"]) for stage in stages[:3]] == [
            ("3月至6月", "March to June"), ("7月", "July"), ("8月至峰会前", "August to the summit"),
        ]  # fmt: skip
        dated = text.replace("Cases are submitted online before the deadline.", "Submit before 24:00 on {closes.day}.")
        moved = services.load_preset(SYSTEM, dated, "wic", shift=timedelta(days=201)).settings.call.stages
        assert moved[0].text["en"] == "Submit before 24:00 on 2 January 2027."
        assert moved[2].when == {"zh-hans": "3月至峰会前", "en": "March to the summit"}

    def test_a_rehearsal_stays_one_and_can_be_moved_in_time(self) -> None:
        text = world.preset_text(world.WIC)
        plain = services.load_preset(SYSTEM, text, "x")
        opens = plain.opens_at
        moved = services.load_preset(SYSTEM, text, "x", rehearsal=True, shift=timedelta(days=10))
        assert moved.opens_at == opens + timedelta(days=10)
        again = services.load_preset(SYSTEM, text, "x")
        assert again.rehearsal


class TestPeople:
    def test_naming_gives_the_desk_and_taking_off_takes_it(self) -> None:
        made, user = edition(), world.person()
        with pytest.raises(Missing):
            selectors.edition_for_desk(user, made.pk)
        services.name_on(SYSTEM, made, user, "chair")
        assert selectors.edition_for_desk(user, made.pk) == made
        assert policies.is_chair(user, made)
        services.take_off(SYSTEM, made, user, "chair")
        with pytest.raises(Missing):
            selectors.edition_for_desk(user, made.pk)
        with pytest.raises(Missing):
            services.take_off(SYSTEM, made, user, "chair")

    def test_naming_twice_makes_one_row_and_an_unknown_role_is_refused(self) -> None:
        made = edition()
        services.name_by_address(world.administrator(), made, "New.Person@example.org", "secretariat")
        services.name_by_address(world.administrator(), made, "new.person@example.org", "secretariat")
        assert [row.user.email for row in selectors.people(made)] == ["new.person@example.org"]
        with pytest.raises(Invalid) as caught:
            services.name_by_address(SYSTEM, made, "a@example.org", "king")
        assert "role" in caught.value.fields
        with pytest.raises(Invalid) as caught:
            services.name_by_address(SYSTEM, made, "no address", "chair")
        assert "email" in caught.value.fields

    def test_the_secretariat_cannot_name_itself(self) -> None:
        made = edition()
        secretary = world.secretary(made)
        with pytest.raises(Missing):
            services.name_by_address(secretary, made, secretary.email, "chair")

    def test_who_sees_which_editions(self) -> None:
        first, second = edition(), world.edition(world.PITCH, "draft")
        secretary, administrator = world.secretary(first), world.administrator()
        assert selectors.for_desk(secretary) == [first]
        assert selectors.for_administrator(secretary) == []
        assert {row.pk for row in selectors.for_administrator(administrator)} == {first.pk, second.pk}
        assert selectors.edition_for_people(administrator, second.pk) == second
        with pytest.raises(Missing):
            selectors.edition_for_people(secretary, second.pk)

    def test_named_everywhere_means_on_every_edition_under_way(self) -> None:
        first, second = edition("open"), world.edition(world.PITCH, "draft")
        secretary = world.secretary(first)
        assert policies.is_named_everywhere(secretary)
        world.move_to(second, "open")
        assert not policies.is_named_everywhere(secretary)
        assert not policies.is_named_everywhere(world.person())


class TestMoving:
    @pytest.mark.parametrize("state", list(EDITION.states))
    @pytest.mark.parametrize("action", EDITION.actions)
    def test_every_pair_of_state_and_action_is_allowed_or_refused(self, state: str, action: str) -> None:
        made = edition()
        Edition.objects.filter(pk=made.pk).update(state=state, closes_at=clock.now() + timedelta(days=9))
        made.refresh_from_db()
        row = EDITION.find(state, action)
        if row is None:
            with pytest.raises(Conflict):
                services.advance(SYSTEM, made, action, reason="because")
        else:
            assert services.advance(SYSTEM, made, action, reason="because").state == row.target
        made.refresh_from_db()
        assert made.state == (row.target if row else state)

    @pytest.mark.parametrize("state", list(ROUND.states))
    @pytest.mark.parametrize("action", ROUND.actions)
    def test_every_pair_of_a_round(self, state: str, action: str) -> None:
        round_ = edition().rounds.get(position=0)
        round_.state = state
        round_.save()
        row = ROUND.find(state, action)
        if row is None:
            with pytest.raises(Conflict):
                services.step_round(SYSTEM, round_, action, reason="because")
        else:
            assert services.step_round(SYSTEM, round_, action, reason="because").state == row.target

    def test_an_early_close_needs_a_reason_and_is_told_in_the_log(self) -> None:
        made = edition("open")
        secretary = world.secretary(made)
        with world.during(made):
            with pytest.raises(Invalid) as caught:
                services.advance(secretary, made, "close")
            assert "reason" in caught.value.fields
            services.advance(secretary, made, "close", reason="By order.")
        event = audit.events(f"edition:{made.pk}", action="edition.close")[0]
        assert (event.actor_id, event.reason, event.body.after) == (secretary.pk, "By order.", {"state": "screening"})

    def test_the_call_opens_again_only_with_a_new_deadline_and_a_reason(self) -> None:
        made = edition("screening")
        secretary = world.secretary(made)
        with world.after(made):
            with pytest.raises(Conflict):
                services.advance(secretary, made, "reopen", reason="because")
            with pytest.raises(Invalid) as caught:
                services.reopen(secretary, made, clock.now(), reason=" ")
            assert set(caught.value.fields) == {"closes_at", "reason"}
            later = clock.now() + timedelta(days=2)
            assert services.reopen(secretary, made, later, reason="Power cut.").state == "open"
        made.refresh_from_db()
        assert made.closes_at == later

    def test_a_deadline_moves_with_a_reason_while_the_call_is_not_closed(self) -> None:
        made = edition("open")
        later = made.closes_at + timedelta(days=2)
        with pytest.raises(Invalid):
            services.move_deadline(SYSTEM, made, later, reason="")
        with pytest.raises(Invalid):
            services.move_deadline(SYSTEM, made, made.opens_at, reason="why")
        with pytest.raises(Missing):
            services.move_deadline(world.person(), made, later, reason="why")
        world.move_to(made, "screening")
        with pytest.raises(Conflict):
            services.move_deadline(SYSTEM, made, later, reason="why")


class TestPastCases:
    HEAD = "year,year_status,level,name_zh,name_en,field,field_status,applicant,applicant_status,countries,source\n"

    def test_unknown_stays_unknown_and_loading_twice_doubles_nothing(self) -> None:
        programme = edition().programme
        table = self.HEAD + "2023,,outstanding,甲,First,culture,,Org,,KE;CN,book\n,2021-2022,,乙,,,unknown,,unknown,,\n"
        assert archive.load_csv(SYSTEM, programme, table) == 2
        assert archive.load_csv(SYSTEM, programme, "\ufeff" + table) == 2
        first, second = archive_selectors.of(programme)
        assert (first.year, first.places, first.names["en"]) == (2023, ["KE", "CN"], "First")
        assert (second.year, second.year_note, second.places) == (None, "2021-2022", [])
        assert second.names == {"zh-hans": "乙"}

    def test_a_missing_column_is_named(self) -> None:
        with pytest.raises(Invalid) as caught:
            archive.load_csv(SYSTEM, edition().programme, "year,name_zh\n2023,甲\n")
        assert "name_en" in str(caught.value)

    def test_only_an_administrator_loads_past_cases(self) -> None:
        made = edition()
        with pytest.raises(Missing):
            archive.load_csv(world.secretary(made), made.programme, self.HEAD)
