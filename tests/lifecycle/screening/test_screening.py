"""The screening: what the house finds, what a person judges, what is decided."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from praxis.engines.similarity import Document, Index
from praxis.foundation import clock
from praxis.foundation.archive.models import PastCase
from praxis.foundation.audit import selectors as audit
from praxis.foundation.audit.services import SYSTEM
from praxis.foundation.errors import Conflict, Invalid, Missing
from praxis.foundation.jobs import services as jobs
from praxis.foundation.jobs.models import Job
from praxis.foundation.notices.models import Notice
from praxis.foundation.people.models import User
from praxis.foundation.programmes.models import Edition
from praxis.lifecycle.cases import services as cases
from praxis.lifecycle.cases.models import Case
from praxis.lifecycle.screening import comparing, matching, requests, selectors, services
from praxis.lifecycle.screening.models import Match, Screening
from praxis.rehearsal.invention import invent
from tests.support import world

pytestmark = pytest.mark.django_db

LONG = (
    "The network joins {n} village clinics along the river by radio links, and nurses trained in {n} weeks read "
    "scans together with doctors of the county hospital over a shared channel that also works when power fails."
)
OTHERS = (
    "Farmers of the dry plateau sell saffron and honey through one market in which buyers abroad see each harvest.",
    "Museums lend each other scanned paintings so that pupils compare brush strokes of masters from two continents.",
    "Banks and police of neighbouring states exchange signs of fraud within minutes and warn the elderly by voice.",
    "Weather balloons report to an open archive from which fishing crews read waves and storms before they sail.",
)


@pytest.fixture
def edition() -> Edition:
    return world.edition()


@pytest.fixture
def secretary(edition: Edition) -> User:
    return world.secretary(edition)


def submitted(edition: Edition, **more: object) -> Case:
    owner = world.person()
    case = world.case(owner, world.organisation(owner), edition, submitted=True, **more)  # type: ignore[arg-type]
    case.refresh_from_db()
    return case


def checked(edition: Edition, **more: object) -> tuple[Case, Screening]:
    case = submitted(edition, **more)
    screening = services.check(SYSTEM, case)
    assert screening is not None
    return case, screening


class TestChecking:
    def test_a_submission_is_checked_by_a_job_and_compared_a_little_later(self, edition: Edition) -> None:
        with world.during(edition):
            case = submitted(edition)
            ours = Job.objects.filter(state="ready", arguments__edition_id=edition.pk)
            waiting = {job.task.rpartition(".")[2]: job for job in ours}
            assert waiting["match_edition"].run_after - clock.now() == requests.WAIT
            jobs.drain(strict=True)
            screening = Screening.objects.get(case=case)
            assert screening.outcome == "checked"
            assert screening.revision_id == case.revision_id
            assert Job.objects.get(pk=waiting["match_edition"].pk).state == "ready"

    def test_many_submissions_make_one_comparison(self, edition: Edition) -> None:
        with world.during(edition):
            for _n in range(3):
                submitted(edition)
        assert Job.objects.filter(key=f"screening.match:{edition.pk}").count() == 1

    def test_every_rule_of_the_edition_has_its_finding_and_a_second_check_doubles_none(self, edition: Edition) -> None:
        case, screening = checked(edition)
        rules = [rule.code for rule in edition.settings.rules]
        assert [row.rule for row in selectors.findings(screening)] == rules
        services.check(SYSTEM, case)
        assert screening.findings.count() == len(rules)

    def test_what_a_person_has_judged_stands(self, edition: Edition, secretary: User) -> None:
        case, screening = checked(edition)
        finding = selectors.findings(screening)[0]
        services.judge_finding(secretary, selectors.finding(screening, finding.pk), answer="no", note="Not so.")
        services.check(SYSTEM, case)
        finding.refresh_from_db()
        assert (finding.answer, finding.by, finding.note) == ("no", secretary, "Not so.")
        screening.refresh_from_db()
        assert screening.noes == 1

    def test_a_draft_is_not_checked(self, edition: Edition) -> None:
        owner = world.person()
        draft = world.case(owner, world.organisation(owner), edition)
        assert services.check(SYSTEM, draft) is None
        assert not Screening.objects.exists()

    def test_a_corrected_case_is_looked_at_anew(self, edition: Edition) -> None:
        with world.during(edition):
            case, screening = checked(edition)
            owner = User.objects.get(email=case.contact_email)
            cases.save_texts(owner, case, {("en", "summary"): "Corrected in every word."})
            cases.submit(owner, case, submission_key="again")
            with pytest.raises(Conflict):
                services.admit(SYSTEM, case)
            services.check(SYSTEM, case)
            screening.refresh_from_db()
            assert screening.revision.number == 2
            services.admit(SYSTEM, case)

    def test_checking_all_looks_at_submitted_cases_only(self, edition: Edition, secretary: User) -> None:
        first, second = submitted(edition), submitted(edition)
        cases.withdraw(secretary, second)
        assert services.check_all(secretary, edition) == 1
        assert list(Screening.objects.values_list("case", flat=True)) == [first.pk]
        with pytest.raises(Missing):
            services.check_all(world.person(), edition)


class TestLikeness:
    def say(self, edition: Edition, case: Case, words: str) -> Case:
        """Have every element of a case (in English alone) say the same words, and submit it."""
        owner = User.objects.get(email=case.contact_email)
        with world.during(edition):
            said = {("en", field.code): words for field in edition.settings.fields if field.code != "title"}
            cases.save_texts(owner, case, said)
            cases.submit(owner, case, submission_key=f"say-{case.key}")
        return case

    def two_alike(self, edition: Edition) -> tuple[Case, Case]:
        """Two cases that say the same among others that do not."""
        for words in OTHERS:
            self.say(edition, submitted(edition, languages=("en",), title=words[:40]), words)
        alike = [submitted(edition, languages=("en",), title=f"{name} river clinics") for name in ("Blue", "Green")]
        first, second = (self.say(edition, case, LONG.format(n=48)) for case in alike)
        services.check_all(SYSTEM, edition)
        comparing.match_all(edition)
        return first, second

    def test_the_later_of_two_alike_carries_the_match_with_what_both_say(self, edition: Edition) -> None:
        first, second = self.two_alike(edition)
        match = Match.objects.get(screening__case=second, other=first)
        assert match.score >= matching.FEW_LEAST_TEXT
        assert all(isinstance(passage, str) and len(passage) > 7 for passage in match.passages)
        assert any("village clinics" in passage for passage in match.passages)
        assert not Match.objects.filter(screening__case=first, other=second).exists()

    def test_a_case_of_an_earlier_casebook_is_found_by_its_name(self, edition: Edition) -> None:
        name = "Solar ferries carry broadband across the lake of four countries"
        past = PastCase.objects.create(programme=edition.programme, key="p1", year=2023, names={"en": name})
        for words in OTHERS:
            self.say(edition, submitted(edition, languages=("en",), title=words[:40]), words)
        repeat = submitted(edition, languages=("en",), title=f"{name}, continued")
        self.say(edition, repeat, f"{name}: the boats now run at night as well.")
        services.check_all(SYSTEM, edition)
        comparing.match_all(edition)
        assert Match.objects.get(past=past).screening.case == repeat

    def test_what_a_person_judged_is_kept_and_nothing_is_doubled(self, edition: Edition, secretary: User) -> None:
        first, second = self.two_alike(edition)
        match = Match.objects.get(screening__case=second, other=first)
        screening = selectors.screening_for(secretary, second)
        assert screening is not None
        found = selectors.match(screening, match.pk)
        services.judge_match(secretary, found, verdict="different", note="Another river.")
        screening.refresh_from_db()
        assert screening.best_match is None
        comparing.match_all(edition)
        comparing.match_all(edition)
        kept = Match.objects.get(screening__case=second, other=first)
        assert (kept.pk, kept.verdict, kept.by) == (match.pk, "different", secretary)

    def test_no_phone_or_address_is_kept_with_a_match(self, edition: Edition) -> None:
        first, second = self.two_alike(edition)
        said = " ".join(passage for match in Match.objects.all() for passage in match.passages)
        for contact in (*matching.contacts(first), *matching.contacts(second)):
            assert contact not in said


class TestManyOfOneForm:
    def test_a_repeat_is_told_from_cases_written_on_the_same_pattern(self) -> None:
        """Of 100 invented cases, dozens share each pattern; four tell an earlier one again in part in other words."""
        told = invent(
            5, 100, 4, ["economy", "culture"], kinds=["a"], applicant_kinds=["company"], places=["CN", "KE", "BR"]
        ).cases
        documents = [
            Document(case.key, {"en": "\n".join(case.texts["en"].values())}, case.organisation) for case in told
        ]
        found = matching._alike(Index.build(documents), documents)
        repeats = {case.key: case.repeat_of for case in told if case.planted == "repeat_of_case"}
        shown = {case.key: [hit.id for hit in hits] for case, hits in zip(told, found, strict=True)}
        assert len(repeats) == 4
        assert [key for key, original in repeats.items() if original not in shown[key]] == []
        assert sum(map(bool, shown.values())) <= 12
        assert all(hit.passages for hits in found for hit in hits)


class TestDeciding:
    def test_a_no_is_overruled_only_with_a_reason(self, edition: Edition, secretary: User) -> None:
        case, screening = checked(edition)
        finding = selectors.findings(screening)[0]
        services.judge_finding(secretary, selectors.finding(screening, finding.pk), answer="no", note="Doubtful.")
        with pytest.raises(Invalid) as caught:
            services.admit(secretary, case)
        assert "reason" in caught.value.fields
        services.admit(secretary, case, reason="Clarified by phone.")
        case.refresh_from_db()
        screening.refresh_from_db()
        assert (case.state, screening.outcome, screening.decided_by) == ("admitted", "decided", secretary)
        event = audit.events(f"edition:{edition.pk}", object=case, action="case.admit")[0]
        assert event.reason == "Clarified by phone."

    def test_judging_needs_an_answer_and_a_note(self, edition: Edition, secretary: User) -> None:
        _case, screening = checked(edition)
        finding = selectors.finding(screening, selectors.findings(screening)[0].pk)
        for answer, note, field in (("maybe", "x", "answer"), ("no", " ", "note"), ("no", "x" * 2001, "note")):
            with pytest.raises(Invalid) as caught:
                services.judge_finding(secretary, finding, answer=answer, note=note)
            assert field in caught.value.fields
        finding.refresh_from_db()
        assert finding.by is None

    def test_exclusion_tells_the_applicant_and_can_be_taken_back(self, edition: Edition, secretary: User) -> None:
        case, screening = checked(edition)
        with pytest.raises(Invalid):
            services.exclude(secretary, case, reason="")
        services.exclude(secretary, case, reason="In one country only.")
        assert Notice.objects.filter(kind="case.excluded", body__contains="In one country only.").count() == 1
        services.reinstate(secretary, case, reason="A second country was overlooked.")
        case.refresh_from_db()
        screening.refresh_from_db()
        assert (case.state, screening.outcome) == ("submitted", "checked")
        assert (screening.decided_by, screening.reason) == (None, "")

    def test_a_returned_case_waits_until_it_is_corrected(self, edition: Edition, secretary: User) -> None:
        case, screening = checked(edition)
        with world.after(edition):
            with pytest.raises(Invalid):
                services.return_case(secretary, case, message="Add alt texts.", until=clock.now())
            services.return_case(secretary, case, message="Add alt texts.", until=clock.now() + timedelta(days=3))
            screening.refresh_from_db()
            assert screening.outcome == "waiting"
            owner = User.objects.get(email=case.contact_email)
            cases.save_texts(owner, case, {("en", "summary"): "Now it says more."})
            cases.submit(owner, case, submission_key="corrected")
            jobs.drain(strict=True)
        screening.refresh_from_db()
        assert (screening.outcome, screening.revision.number, screening.noes) == ("checked", 2, 0)

    def test_only_what_is_clear_is_admitted_at_once(self, edition: Edition, secretary: User) -> None:
        clear, doubtful = submitted(edition), submitted(edition)
        services.check_all(SYSTEM, edition)
        screening = Screening.objects.get(case=doubtful)
        finding = selectors.finding(screening, selectors.findings(screening)[0].pk)
        services.judge_finding(secretary, finding, answer="warning", note="Look again.")
        Screening.objects.filter(case=clear).update(warnings=0)
        assert services.admit_clear(secretary, edition) == Screening.objects.filter(outcome="decided").count() == 1
        clear.refresh_from_db()
        doubtful.refresh_from_db()
        assert (clear.state, doubtful.state) == ("admitted", "submitted")

    def test_the_job_admits_for_whoever_asked_and_refuses_strangers(self, edition: Edition, secretary: User) -> None:
        case, _screening = checked(edition)
        Screening.objects.update(warnings=0)
        Job.objects.filter(task__endswith="check_case").delete()
        with pytest.raises(Missing):
            requests.admit_clear(world.person(), edition)
        first, second = requests.admit_clear(secretary, edition), requests.admit_clear(secretary, edition)
        assert first.pk == second.pk
        jobs.drain(strict=True)
        case.refresh_from_db()
        assert case.state == "admitted"
        assert audit.events(f"edition:{edition.pk}", object=case, action="case.admit")[0].actor_id == secretary.pk

    @pytest.mark.parametrize("act", ["judge_finding", "admit", "exclude", "return_case", "reinstate"])
    def test_nobody_else_decides(self, edition: Edition, act: str) -> None:
        case, screening = checked(edition)
        stranger = User.objects.get(email=case.contact_email)
        finding = selectors.finding(screening, selectors.findings(screening)[0].pk)
        given = {
            "judge_finding": (finding, {"answer": "yes", "note": "mine"}),
            "return_case": (case, {"message": "x", "until": clock.now() + timedelta(days=1)}),
        }
        obj, more = given.get(act, (case, {"reason": "because"}))
        with pytest.raises(Missing):
            getattr(services, act)(stranger, obj, **more)
        case.refresh_from_db()
        assert case.state == "submitted"


class TestQueue:
    def test_each_part_of_the_queue_shows_what_it_says(self, edition: Edition, secretary: User) -> None:
        rows = [submitted(edition) for _n in range(4)]
        services.check_all(SYSTEM, edition)
        Screening.objects.update(warnings=0)
        Screening.objects.filter(case=rows[0]).update(noes=1)
        Screening.objects.filter(case=rows[1]).update(warnings=2)
        Screening.objects.filter(case=rows[2]).update(best_match=0.7)
        services.admit(secretary, rows[3])

        def shown(show: str) -> list[int]:
            return [row.case_id for row in selectors.queue(secretary, edition, selectors.Filters(show=show)).rows]

        assert shown("open") == [row.pk for row in rows[:3]]
        assert (shown("noes"), shown("warnings"), shown("matches")) == ([rows[0].pk], [rows[1].pk], [rows[2].pk])
        assert (shown("decided"), shown("clear"), shown("nonsense")) == ([rows[3].pk], [], shown("open"))
        counts = selectors.counts(edition)
        assert {name: counts[name] for name in ("open", "noes", "decided")} == {"open": 3, "noes": 1, "decided": 1}

    def test_the_next_case_follows_and_begins_again_at_the_end(self, edition: Edition, secretary: User) -> None:
        rows = [submitted(edition) for _n in range(3)]
        services.check_all(SYSTEM, edition)
        found = [selectors.screening_for(secretary, row) for row in rows]
        keys = [selectors.next_key(secretary, one, selectors.Filters()) for one in found if one]
        assert keys == [rows[1].key, rows[2].key, rows[0].key]

    def test_strangers_see_nothing(self, edition: Edition) -> None:
        case, screening = checked(edition)
        stranger = world.secretary(world.edition(world.PITCH, "draft"))
        for read in (
            lambda: selectors.queue(stranger, edition, selectors.Filters()),
            lambda: selectors.screening_for(stranger, case),
            lambda: selectors.next_key(stranger, screening, selectors.Filters()),
        ):
            with pytest.raises(Missing):
                read()

    def test_a_page_of_the_queue_is_one_statement(self, edition: Edition, secretary: User) -> None:
        selectors.queue(secretary, edition, selectors.Filters())
        costs = []
        for total in (1, 3):
            while Case.objects.count() < total:
                submitted(edition)
            services.check_all(SYSTEM, edition)
            with CaptureQueriesContext(connection, ) as seen:
                for row in selectors.queue(secretary, edition, selectors.Filters()).rows:
                    str(row.case), str(row.case.organisation), str(row.case.category)
            costs.append(len(seen))
        assert costs == [1, 1]
