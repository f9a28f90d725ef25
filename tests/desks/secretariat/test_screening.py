"""The screening queue and the decision on a case, as the secretariat sees and does them."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from praxis.foundation import clock
from praxis.foundation.archive.models import PastCase
from praxis.foundation.audit.services import SYSTEM
from praxis.foundation.jobs import services as jobs
from praxis.foundation.people.models import User
from praxis.foundation.programmes.models import Edition
from praxis.lifecycle.cases.models import Case
from praxis.lifecycle.screening import services
from praxis.lifecycle.screening.models import Match, Screening
from tests.support import world

pytestmark = pytest.mark.django_db


@pytest.fixture
def edition() -> Edition:
    return world.edition()


@pytest.fixture
def desk(client: Client, edition: Edition) -> Client:
    client.force_login(world.secretary(edition, "desk@example.org"))
    return client


def at(name: str, edition: Edition, **more: object) -> str:
    return reverse(f"secretariat:{name}", kwargs={"edition_id": edition.pk, **more})


def checked(edition: Edition, **more: object) -> Case:
    owner = world.person()
    case = world.case(owner, world.organisation(owner), edition, submitted=True, **more)  # type: ignore[arg-type]
    case.refresh_from_db()
    services.check(SYSTEM, case)
    return case


def likeness(case: Case, **more: object) -> Match:
    screening = Screening.objects.get(case=case)
    Screening.objects.filter(pk=screening.pk).update(best_match=0.8)
    return Match.objects.create(screening=screening, score=0.8, channel="text", **more)


class TestQueue:
    def test_the_parts_of_the_queue_hold_what_they_say(self, desk: Client, edition: Edition) -> None:
        doubtful, alike, decided = checked(edition), checked(edition), checked(edition)
        Screening.objects.update(warnings=0)
        Screening.objects.filter(case=doubtful).update(noes=1)
        likeness(alike, other=doubtful)
        services.admit(SYSTEM, decided)
        found = {"": {doubtful.key, alike.key}, "noes": {doubtful.key}, "matches": {alike.key}, "decided": {decided.key},
                 "clear": set(), "nonsense": {doubtful.key, alike.key}}  # fmt: skip
        for show, wanted in found.items():
            page = desk.get(at("screening", edition), {"show": show}).content.decode()
            assert set(re.findall(r"/screening/([0-9a-f]{32})/", page)) == wanted, show

    def test_statements_do_not_grow_with_cases(self, desk: Client, edition: Edition) -> None:
        costs = []
        for more in (1, 2):
            for _n in range(more):
                checked(edition)
            desk.get(at("screening", edition))
            with CaptureQueriesContext(connection) as seen:
                desk.get(at("screening", edition))
            costs.append(len(seen))
        assert costs[0] == costs[1] <= 12

    def test_everything_is_checked_and_compared_anew_by_jobs(self, desk: Client, edition: Edition) -> None:
        case = checked(edition)
        Screening.objects.all().delete()
        assert desk.post(at("screening_check", edition)).status_code == 303
        jobs.drain(strict=True)
        assert Screening.objects.get(case=case).outcome == "checked"
        assert desk.get(at("screening_check", edition)).status_code == 405

    def test_clear_cases_are_admitted_after_a_second_look(self, desk: Client, edition: Edition) -> None:
        case = checked(edition)
        jobs.drain()
        Screening.objects.update(warnings=0)
        assert "1 case is clear" in desk.get(at("screening_clear", edition)).content.decode()
        assert desk.post(at("screening_clear", edition)).status_code == 422
        assert desk.post(at("screening_clear", edition), {"confirmed": "1"}).status_code == 303
        jobs.drain(strict=True)
        case.refresh_from_db()
        assert case.state == "admitted"


class TestCase:
    def test_findings_texts_and_the_way_to_the_next_are_there(self, desk: Client, edition: Edition) -> None:
        case, following = checked(edition), checked(edition)
        page = desk.get(at("screening_case", edition, key=case.key)).content.decode()
        for rule in edition.settings.rules:
            assert rule.label["en"] in page
        assert "institutions of two countries" in page
        assert at("screening_case", edition, key=following.key) in page

    def test_what_both_texts_share_is_marked_and_nothing_of_them_is_markup(self, desk: Client, edition: Edition) -> None:
        case, other = checked(edition), checked(edition, title="<b>Bold</b> & co")
        passage = "institutions of two countries run case"
        likeness(case, other=other, passages=[passage])
        past = PastCase.objects.create(programme=edition.programme, key="p", year=2023, names={"en": "<i>Old</i> case"})
        likeness(case, past=past, passages=["Old"])
        page = desk.get(at("screening_case", edition, key=case.key)).content.decode()
        assert page.count(f"<mark>{passage}</mark>") == 2
        assert "<b>Bold</b>" not in page
        assert "&lt;i&gt;<mark>Old</mark>&lt;/i&gt; case" in page
        assert "in the Casebook of 2023" in page

    def test_a_judgement_needs_a_note_and_keeps_what_was_typed(self, desk: Client, edition: Edition) -> None:
        case = checked(edition)
        finding = Screening.objects.get(case=case).findings.order_by("id").first()
        assert finding is not None
        url = at("screening_finding", edition, key=case.key, finding_id=finding.pk)
        for said in ({"answer": "no", "note": ""}, {"answer": "", "note": "Kept text"}, {"answer": "no", "note": "y" * 2001}):
            refused = desk.post(url, said)
            assert refused.status_code == 422
            assert said["note"] in refused.content.decode()
        assert desk.post(url, {"answer": "no", "note": "Only on paper."}).status_code == 303
        finding.refresh_from_db()
        assert (finding.answer, finding.note) == ("no", "Only on paper.")
        assert "Only on paper." in desk.get(at("screening_case", edition, key=case.key)).content.decode()

    def test_a_likeness_gets_its_verdict(self, desk: Client, edition: Edition) -> None:
        case, other = checked(edition), checked(edition)
        match = likeness(case, other=other)
        url = at("screening_match", edition, key=case.key, match_id=match.pk)
        assert desk.post(url, {"verdict": "perhaps", "note": "Hm."}).status_code == 422
        assert desk.post(url, {"verdict": "same", "note": "One project."}).status_code == 303
        match.refresh_from_db()
        assert (match.verdict, match.note) == ("same", "One project.")

    def test_findings_of_another_case_are_no_page(self, desk: Client, edition: Edition) -> None:
        case, other = checked(edition), checked(edition)
        finding = Screening.objects.get(case=other).findings.first()
        assert finding is not None
        url = at("screening_finding", edition, key=case.key, finding_id=finding.pk)
        assert desk.post(url, {"answer": "no", "note": "x"}).status_code == 404
        for number in (0, 2**63):
            wrong = at("screening_finding", edition, key=case.key, finding_id=number)
            assert desk.post(wrong, {"answer": "no", "note": "x"}).status_code in (400, 404)


class TestDecision:
    def decide(self, desk: Client, edition: Edition, case: Case, decision: str, **said: str) -> object:
        form = {f"{decision}-{name}": text for name, text in said.items()}
        return desk.post(at("screening_decide", edition, key=case.key) + "?show=warnings", {"decision": decision, **form})

    def test_admitting_leads_on_to_the_next_of_the_same_part(self, desk: Client, edition: Edition) -> None:
        case, following = checked(edition), checked(edition)
        done = self.decide(desk, edition, case, "admit")
        assert done.status_code == 303  # type: ignore[attr-defined]
        assert done["Location"] == at("screening_case", edition, key=following.key) + "?show=warnings"  # type: ignore[index]
        case.refresh_from_db()
        assert case.state == "admitted"

    def test_against_a_no_a_reason_is_asked_for(self, desk: Client, edition: Edition) -> None:
        case = checked(edition)
        Screening.objects.update(noes=1)
        refused = self.decide(desk, edition, case, "admit")
        assert refused.status_code == 422  # type: ignore[attr-defined]
        assert "Say why it is admitted" in refused.content.decode()  # type: ignore[attr-defined]
        assert self.decide(desk, edition, case, "admit", reason="Cleared.").status_code == 303  # type: ignore[attr-defined]

    def test_not_eligible_and_back(self, desk: Client, edition: Edition) -> None:
        case = checked(edition)
        assert self.decide(desk, edition, case, "exclude").status_code == 422  # type: ignore[attr-defined]
        assert self.decide(desk, edition, case, "exclude", reason="One country.").status_code == 303  # type: ignore[attr-defined]
        case.refresh_from_db()
        assert case.state == "ineligible"
        assert self.decide(desk, edition, case, "admit").status_code == 409  # type: ignore[attr-defined]
        assert self.decide(desk, edition, case, "reinstate", reason="Two after all.").status_code == 303  # type: ignore[attr-defined]
        case.refresh_from_db()
        assert case.state == "submitted"

    def test_returning_needs_a_message_and_a_day_to_come(self, desk: Client, edition: Edition) -> None:
        case = checked(edition)
        with world.after(edition):
            for message, until in (("", "2026-07-01"), ("Add alt texts.", "2026-06-01"), ("Add alt texts.", "later"),
                                   ("Add alt texts.", "")):  # fmt: skip
                refused = self.decide(desk, edition, case, "return", message=message, until=until)
                assert refused.status_code == 422  # type: ignore[attr-defined]
                assert message in refused.content.decode()  # type: ignore[attr-defined]
            done = self.decide(desk, edition, case, "return", message="Add alt texts.", until="2026-07-01")
            assert done.status_code == 303  # type: ignore[attr-defined]
            case.refresh_from_db()
            assert case.state == "returned"
            assert case.return_until is not None
            assert case.return_until - clock.now() > timedelta(days=15)

    @pytest.mark.parametrize("decision", ["", "decide", "\x00", "admit; drop"])
    def test_nothing_else_is_decided(self, desk: Client, edition: Edition, decision: str) -> None:
        case = checked(edition)
        assert self.decide(desk, edition, case, decision).status_code == 422  # type: ignore[attr-defined]
        case.refresh_from_db()
        assert case.state == "submitted"

    def test_strangers_decide_nothing(self, edition: Edition) -> None:
        case = checked(edition)
        stranger = Client()
        stranger.force_login(User.objects.get(email=case.contact_email))
        found = stranger.post(at("screening_decide", edition, key=case.key), {"decision": "admit"})
        assert found.status_code == 404
        assert stranger.post(at("screening_clear", edition), {"confirmed": "1"}).status_code == 404
        assert stranger.post(at("screening_check", edition)).status_code == 404
        case.refresh_from_db()
        assert case.state == "submitted"
