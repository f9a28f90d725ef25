"""Choosing, telling and release at the secretariat's desk."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from django.test import Client

from praxis.foundation import clock
from praxis.foundation.jobs import services as jobs
from praxis.lifecycle.casebook import selectors as casebook
from praxis.lifecycle.casebook import services as casebook_services
from praxis.lifecycle.casebook.models import Build, Entry
from praxis.lifecycle.selection import selectors, services
from praxis.lifecycle.selection.models import Decision, Proposal, Telling
from tests.support import stages, world

pytestmark = pytest.mark.django_db
reviewed = stages.made_once(stages.reviewing)
with_choice = stages.made_once(stages.chosen)
sealed = stages.made_once(stages.decided)
informed = stages.made_once(lambda: stages.told(accepted=2))
public = stages.made_once(stages.released)
stage = stages.copied()
at = stages.at


def office(stage: stages.Stage, path: str = "", language: str = "en") -> str:
    return f"/{language}/office/{stage.edition.pk}/{path}"


def text(response: Any) -> str:
    return response.content.decode()


PAGES = (
    "selection/", "selection/compare/", "selection/compare/?only=outstanding", "selection/tiers/casebook/",
    "selection/tiers/outstanding/", "selection/tiers/casebook/decide/", "telling/", "release/",
)  # fmt: skip


@at("reviewed", "with_choice", "sealed", "informed", "public")
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_page_opens_for_those_named_and_for_nobody_else(stage: stages.Stage, client: Client, language: str) -> None:
    unknown = None
    with clock.at(stage.instant):
        for path in PAGES:
            client.force_login(stage.desk)
            assert client.get(office(stage, path, language)).status_code == 200, path
            for outsider in (stage.owners[0], stage.owners[4], stage.expert.user):
                client.force_login(outsider)
                hidden = client.get(office(stage, path, language))
                unknown = client.get(f"/{language}/office/999999/{path}")
                assert hidden.status_code == unknown.status_code == 404
                assert neutral(text(hidden), stage.edition.pk) == neutral(text(unknown), 999999)
            client.logout()
            assert client.get(office(stage, path, language)).status_code == 302


def neutral(page: str, edition_id: int) -> str:
    """The page without what every answer has of its own: tokens, nonces and its own address."""
    page = re.sub(r'(nonce|value|csrfmiddlewaretoken)="[A-Za-z0-9+/=_-]{20,}"', "", page)
    return page.replace(f"/office/{edition_id}/", "/office/N/").replace(f"%2F{edition_id}%2F", "%2FN%2F")


@at("reviewed")
def test_proposing_and_deciding(stage: stages.Stage, client: Client) -> None:
    client.force_login(stage.desk)
    here = office(stage, "selection/tiers/casebook/")
    wishes = {"low": "3", "high": "3", "force_in": str(stage.cases[4].number), "seed": "0"}
    page = client.post(here, wishes)
    assert page.status_code == 303
    made = Proposal.objects.get(tier=stage.tiers[0])
    shown = text(client.get(page["Location"]))
    assert all(number in shown for number in made.chosen)
    assert "Who was close" in shown
    decide = office(stage, "selection/tiers/casebook/decide/")
    accepted = client.post(decide, {"proposal": made.pk, "chosen": made.chosen, "reserve": str(stage.cases[2].number)})
    assert accepted.status_code == 303
    held = selectors.decisions(stage.desk, stage.edition, stage.tiers[0])
    assert {row.case.number for row in held if row.reserve is None} == set(made.chosen)
    assert [row.case.number for row in held if row.reserve == 1] == [stage.cases[2].number]


@at("reviewed")
def test_another_set_than_the_proposal_wants_a_reason_and_keeps_the_ticks(stage: stages.Stage, client: Client) -> None:
    client.force_login(stage.desk)
    made = services.propose(stage.desk, stage.tiers[0])
    decide = office(stage, "selection/tiers/casebook/decide/")
    others = [str(case.number) for case in stage.cases[2:5]]
    page = client.post(decide, {"proposal": made.pk, "chosen": others, "reserve": "", "reason": ""})
    assert page.status_code == 422
    assert "Say why" in text(page)
    for number in others:
        assert re.search(rf'value="{re.escape(number)}" checked', text(page))
    assert not Decision.objects.filter(tier=stage.tiers[0]).exists()
    assert client.post(decide, {"proposal": made.pk, "chosen": others, "reason": "As discussed."}).status_code == 303


@at("reviewed")
@pytest.mark.parametrize(
    "data",
    [
        {}, {"low": "x", "high": "3"}, {"low": "5", "high": "2"}, {"low": "-1", "high": "99999999999999999999"},
        {"low": "3", "high": "3", "force_in": "NO-SUCH, \x01\x02"}, {"low": "3", "high": "3", "low_infrastructure": "3", "high_infrastructure": "1"},
        {"low": "3", "high": "3", "seed": "1e9"},
    ],
)  # fmt: skip
def test_wishes_that_cannot_be_are_answered_at_the_field(stage: stages.Stage, client: Client, data: dict[str, str]) -> None:
    client.force_login(stage.desk)
    page = client.post(office(stage, "selection/tiers/casebook/"), data)
    assert page.status_code == 422
    assert not Proposal.objects.filter(tier=stage.tiers[0]).exists()


@at("reviewed")
@pytest.mark.parametrize(
    "data", [{"chosen": ["NO-SUCH"]}, {"chosen": [], "others": "A B C", "reason": "x"}, {"reserve": "?" * 30_000}, {"proposal": "9" * 30}]
)  # fmt: skip
def test_a_decision_that_cannot_be_is_refused(stage: stages.Stage, client: Client, data: dict[str, Any]) -> None:
    client.force_login(stage.desk)
    page = client.post(office(stage, "selection/tiers/casebook/decide/"), data)
    assert page.status_code == 422
    assert not Decision.objects.filter(tier=stage.tiers[0]).exists()


@at("with_choice")
def test_sealing_unsealing_and_the_list_for_approval(stage: stages.Stage, client: Client) -> None:
    seal, unseal = office(stage, "selection/seal/"), office(stage, "selection/unseal/")
    client.force_login(stage.desk)
    assert client.post(seal, {"confirmed": "1"}).status_code == 403
    client.force_login(stage.chairs[0])
    assert client.post(seal).status_code == 422
    assert client.post(seal, {"confirmed": "1"}).status_code == 303
    jobs.drain(ignore_delay=True)
    for format_, opening in (("docx", b"PK"), ("xlsx", b"PK")):
        answer = client.get(office(stage, f"selection/list/{format_}/"))
        assert b"".join(answer.streaming_content).startswith(opening)
        assert "attachment" in answer["Content-Disposition"]
        client.force_login(stage.owners[0])
        assert client.get(office(stage, f"selection/list/{format_}/")).status_code == 404
        client.force_login(stage.chairs[0])
    assert client.get(office(stage, "selection/list/exe/")).status_code == 404
    assert client.post(unseal, {"reason": ""}).status_code == 422
    assert client.post(unseal, {"reason": "A mistake."}).status_code == 303
    assert stage.fresh().state == "reviewing"


@at("sealed")
def test_telling_wants_a_tick(stage: stages.Stage, client: Client) -> None:
    client.force_login(stage.desk)
    tell = office(stage, "telling/tell/")
    assert client.post(tell).status_code == 422
    assert client.post(tell, {"confirmed": "1"}).status_code == 303
    assert Telling.objects.filter(selection__edition=stage.edition).count() == 3
    assert client.post(tell, {"confirmed": "1"}).status_code == 409


@at("informed")
def test_replacing_at_the_desk(stage: stages.Stage, client: Client) -> None:
    here = office(stage, f"telling/{stage.cases[2].key}/replace/")
    client.force_login(stage.desk)
    assert client.get(here).status_code == 200
    assert client.post(here, {"tier": "casebook", "reason": "No answer."}).status_code == 403
    client.force_login(stage.chairs[0])
    assert client.post(here, {"tier": "casebook", "reason": ""}).status_code == 422
    assert client.post(here, {"tier": "casebook", "reason": "No answer."}).status_code == 303
    page = text(client.get(office(stage, "telling/")))
    assert str(stage.cases[3].number) in page
    assert "Place given to another case" in page
    assert client.get(here).status_code == 404


@at("informed")
def test_release_by_two_people(stage: stages.Stage, client: Client) -> None:
    here, approve = office(stage, "release/"), office(stage, "release/approve/")
    client.force_login(stage.desk)
    book = casebook.casebook_of(stage.desk, stage.edition)
    for language in ("zh-hans", "en"):
        digest = casebook.content_digest(book, language)
        for kind in ("pdf", "epub"):
            Build.objects.create(casebook=book, language=language, format=kind, state="ready", digest=digest)
    assert "before the last change" not in text(client.get(here))
    casebook_services.edit_entry(stage.desk, stage.entry(0), bodies={("en", "summary"): "Changed after the book was made."})
    assert "4 were made before the last change of an entry" in text(client.get(here))
    assert "without their applicants' approval" in html.unescape(text(client.get(here)))
    Entry.objects.filter(casebook=book).update(state="approved", approved_at=stage.instant)
    assert "approval" not in text(client.get(here))
    assert client.post(approve).status_code == 422
    assert client.post(approve, {"confirmed": "1"}).status_code == 303
    assert client.post(approve, {"confirmed": "1"}).status_code == 303
    assert "1 more person" in text(client.get(here))
    assert stage.fresh().state == "told"
    client.force_login(stage.chairs[1])
    assert client.post(approve, {"confirmed": "1"}).status_code == 303
    assert stage.fresh().state == "released"
    assert "Public since" in text(client.get(here))
    assert client.post(approve, {"confirmed": "1"}).status_code == 409


@at("sealed")
def test_a_broken_seal_is_shown(stage: stages.Stage, client: Client) -> None:
    Decision.objects.filter(case=stage.cases[4], tier=stage.tiers[0]).update(reserve=None)
    client.force_login(stage.desk)
    assert "The seal is broken" in text(client.get(office(stage, "release/")))
    assert client.post(office(stage, "telling/tell/"), {"confirmed": "1"}).status_code == 409


@at("informed")
def test_pages_cost_the_same_whatever_the_number_of_decisions(
    stage: stages.Stage, client: Client, django_assert_num_queries: Any, django_assert_max_num_queries: Any
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client.force_login(stage.desk)

    def cost(path: str) -> int:
        with CaptureQueriesContext(connection, ) as asked:
            assert client.get(office(stage, path)).status_code == 200
        return len(asked)

    paths = ("selection/", "selection/compare/", "telling/", "release/")
    before = {path: cost(path) for path in paths}
    world_case = stage.cases[0]
    rows = [
        type(world_case)(
            edition=stage.edition, organisation=world_case.organisation, category=world_case.category, key=f"many{n}",
            number=f"MANY-{n}", titles={"en": f"Many {n}"}, state="admitted", submitted_at=stage.instant,
            revision=world_case.revisions.first(),
        )
        for n in range(300)
    ]
    made = type(world_case).objects.bulk_create(rows)
    revision = world_case.revisions.first()
    selection = selectors.selection_of(stage.desk, stage.edition)
    Decision.objects.bulk_create(Decision(selection=selection, case=row, revision=revision, tier=stage.tiers[0]) for row in made)
    Telling.objects.bulk_create(Telling(selection=selection, case=row, told_at=stage.instant) for row in made)
    assert {path: cost(path) for path in paths} == before
    assert "MANY-299" in text(client.get(office(stage, "telling/")))


@at("with_choice")
def test_put_forward_when_the_round_is_over_is_refused_in_words(stage: stages.Stage, client: Client) -> None:
    client.force_login(stage.desk)
    page = client.post(office(stage, "selection/forward/round2/"))
    assert page.status_code == 409
    assert client.post(office(stage, "selection/forward/round1/")).status_code == 422
    assert client.post(office(stage, "selection/forward/no-such/")).status_code == 404
    assert world.WIC
